"""What a new call is offered: the common grid, whose weights are ours, and the usual documents.

The five heads of the grid are those the labelling committee of 2015 was reported to use; no weight was ever published, so
these are invented, and the call says so (`Call.is_grid_fictional`). The documents are those French grant files ask for.
"""

#: `section`: where a dossier answers for it. Territory goes with the sites, as local jobs go with the outlook.
CRITERIA = (
    {
        "code": "local",
        "section": "sites",
        "label": "Ancrage territorial et réponse à un besoin local",
        "weight_percent": 20,
        "guidance": "Le besoin est démontré, le territoire est nommé, les acteurs locaux sont associés.",
    },
    {
        "code": "content",
        "section": "programme",
        "label": "Contenu, pédagogie, certification",
        "weight_percent": 25,
        "guidance": "Le programme est progressif, la pédagogie convient aux publics, la certification sert à l'emploi.",
    },
    {
        "code": "audience",
        "section": "publics",
        "label": "Publics cibles, repérage, accompagnement",
        "weight_percent": 25,
        "guidance": "Les publics sont éloignés de l'emploi, le repérage est concret, personne n'est laissé seul.",
    },
    {
        "code": "partners",
        "section": "partenariats",
        "label": "Partenariats (entreprises, emploi, collectivités)",
        "weight_percent": 15,
        "guidance": "Chaque partenaire a un rôle précis et s'y engage par écrit.",
    },
    {
        "code": "employment",
        "section": "debouches",
        "label": "Débouchés, insertion visée",
        "weight_percent": 15,
        "guidance": "Des employeurs sont identifiés, l'objectif de sorties positives est chiffré et crédible.",
    },
)

DOCUMENTS = (
    {
        "label": "Statuts ou acte constitutif",
        "help_text": "La version en vigueur, signée.",
        "is_mandatory": True,
        "accepts_sheets": False,
    },
    {
        "label": "Preuve d'immatriculation",
        "help_text": "Avis de situation SIRENE, extrait Kbis ou récépissé de déclaration.",
        "is_mandatory": True,
    },
    {
        "label": "Derniers comptes approuvés",
        "help_text": "Bilan et compte de résultat ; une structure de moins d'un an joint ses comptes prévisionnels.",
        "is_mandatory": True,
    },
    {
        "label": "Budget prévisionnel de la formation",
        "help_text": "Dépenses et ressources, avec les financements demandés et obtenus.",
        "is_mandatory": True,
        "accepts_images": False,
    },
    {
        "label": "Lettres d'engagement des partenaires",
        "help_text": "Une lettre par partenaire, réunies en un seul PDF.",
        "is_mandatory": False,
        "accepts_images": False,
        "accepts_sheets": False,
    },
)
