"""The vocabulary of the demonstration: fictitious structures, plausible trainings, texts a small association writes."""

FIRST_NAMES = [
    "Amandine",
    "Baptiste",
    "Camille",
    "Djamila",
    "Élodie",
    "Farid",
    "Gaëlle",
    "Henri",
    "Isabelle",
    "Jérémy",
    "Karima",
    "Laurent",
    "Maëlle",
    "Nicolas",
    "Océane",
    "Pascal",
    "Quentin",
    "Rachida",
    "Sébastien",
    "Thérèse",
    "Ugo",
    "Valérie",
    "William",
    "Yasmine",
    "Zoé",
    "Anaïs",
    "Benoît",
    "Chloé",
    "David",
    "Estelle",
]
LAST_NAMES = [
    "Abadie",
    "Barthélemy",
    "Chevallier",
    "Dumoulin",
    "Escoffier",
    "Fontanel",
    "Guérin",
    "Haddad",
    "Imbert",
    "Jaouen",
    "Kermarrec",
    "Lacombe",
    "Mercadier",
    "Nogaret",
    "Ollivier",
    "Pelletier",
    "Quéméner",
    "Roussel",
    "Sauvage",
    "Tessier",
    "Urvoy",
    "Vasseur",
    "Wagner",
    "Yvon",
    "Zeller",
    "Aubry",
    "Bonnefoy",
    "Castel",
]

#: A beginning and an end make the name of a structure; none of them is meant to exist.
STRUCTURE_BEGINNINGS = (
    "Atelier numérique",
    "Campus des écrans",
    "Fabrique des savoirs",
    "La Boussole numérique",
    "L'Établi du code",
    "Le Phare connecté",
    "Maison des pixels",
    "Passerelle numérique",
    "Les Compagnons du clavier",
    "Tremplin web",
    "Le Verger numérique",
    "Cap sur le code",
    "La Ruche aux projets",
    "Escale numérique",
    "Les Ateliers du lien",
    "Carrefour des métiers connectés",
    "L'Envol numérique",
    "La Place aux talents",
)
STRUCTURE_ENDS = ("de {town}", "du pays de {town}", "{town} et alentours", "– {town}")

#: Titles by family of jobs (the families of domain.md §5.3), with the jobs aimed at.
TRAININGS = (
    ("dev", "Développeur web junior", "développeur web"),
    ("dev", "Développement d'applications mobiles", "développeur mobile"),
    ("dev", "Intégrateur web", "intégrateur web"),
    ("dev", "Concepteur de sites et d'applications en alternance", "développeur d'applications"),
    ("sysnet", "Technicien d'assistance informatique", "technicien d'assistance"),
    ("sysnet", "Technicien systèmes et réseaux", "technicien réseaux"),
    ("data_ai", "Opérateur en données ouvertes", "assistant en données"),
    ("data_ai", "Analyste de données débutant", "analyste de données"),
    ("cyber", "Agent de cybersécurité de premier niveau", "technicien en sécurité informatique"),
    ("design", "Graphiste multimédia", "graphiste"),
    ("design", "Conception d'interfaces accessibles", "concepteur d'interfaces"),
    ("marketing", "Commerce en ligne pour petites entreprises", "chargé de commerce en ligne"),
    ("marketing", "Animateur de communautés en ligne", "animateur de communautés"),
    ("mediation", "Médiateur numérique", "médiateur numérique"),
    ("mediation", "Conseiller numérique en milieu rural", "conseiller numérique"),
    ("making", "Technicien d'atelier de fabrication numérique", "animateur d'atelier de fabrication"),
    ("making", "Objets connectés et maintenance", "technicien en objets connectés"),
    ("project", "Assistant de projet numérique", "assistant de projet"),
)

SUMMARIES = (
    "Une formation courte et intensive pour des jeunes sans diplôme, qui apprennent en réalisant les projets de "
    "commerçants et d'associations du quartier.",
    "Huit mois pour apprendre un métier en le pratiquant : trois jours d'atelier par semaine, deux jours en entreprise.",
    "Un parcours ouvert à tous, sans condition de diplôme, qui mène à un premier emploi dans le bassin de vie.",
    "Une promotion de quinze personnes, encadrée par deux formateurs et un parrain du monde professionnel pour chacun.",
)
PROGRAMMES = (
    "Module 1 – Découverte des métiers et remise à niveau (70 h).\nModule 2 – Bases techniques et premiers projets "
    "(210 h).\nModule 3 – Projet collectif pour un commanditaire local (140 h).\nModule 4 – Stage (140 h).\n"
    "Chaque module se termine par une présentation devant un jury de professionnels.",
    "Les douze premières semaines posent les bases ; les douze suivantes sont consacrées à des projets réels, en équipe "
    "de trois. Un carnet de compétences suit chaque apprenant.",
)
PEDAGOGIES = (
    "Apprentissage par projet, entraide entre pairs, point individuel chaque semaine. Une conseillère en insertion est "
    "présente deux jours par semaine ; un référent handicap adapte les postes et les rythmes.",
    "Pédagogie active : aucun cours magistral, des ateliers courts, des revues de travail quotidiennes. Un prêt "
    "d'ordinateur et une aide à la mobilité sont proposés à ceux qui en ont besoin.",
)
SOURCINGS = (
    "Repérage avec la mission locale, les clubs de prévention et l'agence pour l'emploi. Trois réunions d'information "
    "dans les quartiers, une journée d'essai, un entretien sans test scolaire.",
    "Campagne menée avec les associations du quartier et les centres sociaux ; des anciennes apprenantes présentent le "
    "métier aux candidates.",
)
PARTNERSHIPS = (
    "Mission locale (repérage), communauté d'agglomération (locaux), six entreprises du bassin (stages et jurys), "
    "chambre de commerce (mise en relation).",
    "Région (aide aux apprenants), quatre entreprises d'insertion, un lycée professionnel pour les plateaux techniques.",
)
OUTLOOKS = (
    "Une enquête auprès de quarante employeurs du bassin annonce vingt-cinq recrutements par an sur ces métiers ; "
    "huit d'entre eux s'engagent à recevoir des apprenants.",
    "Les petites entreprises du territoire peinent à trouver ces compétences ; la moitié des apprenants vise "
    "l'alternance à la sortie.",
)
COMMENTS = (
    "Le besoin est réel et documenté par les partenaires locaux.",
    "Projet solide ; le calendrier de la première promotion reste serré.",
    "L'accompagnement des publics est bien décrit, le repérage des femmes moins.",
    "Les débouchés sont plausibles mais reposent sur un petit nombre d'employeurs.",
    "La pédagogie par projet est convaincante et les moyens sont proportionnés.",
    "Le budget est cohérent ; la part des fonds propres pourrait être précisée.",
    "Les partenariats annoncés ne sont pas encore tous signés.",
    "Contenu clair, progression bien pensée, certification adaptée au public.",
)
REASONS = {
    "labelled": "Le projet répond à un besoin local établi, s'adresse aux publics visés par l'appel et présente des "
    "débouchés crédibles. La pédagogie et l'accompagnement sont à la hauteur des ambitions.",
    "conditional": "Le projet est de qualité ; deux partenariats d'entreprise restent à formaliser avant le début de la "
    "première promotion.",
    "deferred": "Le projet mérite d'être retenu mais son plan de financement n'est pas stabilisé : il est réexaminé au "
    "relevé suivant.",
    "refused": "Le besoin local n'est pas démontré et le repérage des publics éloignés de l'emploi n'est pas décrit. "
    "Les débouchés annoncés ne s'appuient sur aucun engagement d'employeur.",
}
CRITERION_REASONS = {
    "local": "Le besoin est affirmé mais pas démontré : aucun chiffre du bassin d'emploi, aucun acteur local associé.",
    "content": "Le programme juxtapose des modules sans progression, et la certification visée n'est pas précisée.",
    "audience": "Le repérage des publics éloignés de l'emploi n'est pas décrit, ni ce qui est fait contre les abandons.",
    "partners": "Les partenaires sont nommés, mais aucun ne s'engage par écrit ni n'a de rôle précis.",
    "employment": "Les débouchés annoncés ne s'appuient sur aucun engagement d'employeur.",
}
CONDITIONS = (
    "Transmettre les conventions signées avec deux entreprises d'accueil, et la composition définitive de l'équipe de "
    "formation, avant le début de la première promotion."
)
LOSSES = (
    "Arrêt de la formation faute d'apprenants en nombre suffisant pour une deuxième promotion.",
    "Fusion de la structure avec une autre : la formation n'est plus proposée sous cette forme.",
    "Départ des deux formateurs principaux, non remplacés.",
    "Locaux repris par la commune ; aucun autre site n'a été trouvé.",
    "Cessation d'activité de l'association.",
    "Formation remplacée par un parcours en alternance qui n'entre pas dans le cadre du label.",
)
DIFFICULTIES = (
    "",
    "",
    "Deux abandons liés à des problèmes de transport ; une aide à la mobilité est mise en place.",
    "Le recrutement de candidates reste difficile malgré deux journées portes ouvertes.",
    "La deuxième promotion commence avec un mois de retard, le temps de trouver un formateur.",
)
REGIONAL_DIFFICULTIES = (
    "Le label reste peu connu des entreprises, et des sortants peinent à trouver un premier emploi.",
    "Deux fabriques recrutent sur le même bassin : leurs promotions commencent à moitié pleines.",
    "Peu de candidates, malgré des réunions d'information réservées aux femmes.",
    "Le transport freine les candidats des zones rurales ; aucune aide à la mobilité n'est encore en place.",
)
REGIONAL_ACTIONS = (
    "Une rencontre entre fabriques et employeurs s'est tenue ; une deuxième est prévue au prochain trimestre.",
    "Les missions locales et les fabriques se réunissent chaque mois autour des promotions à venir.",
    "Une attestation de formation labellisée est remise aux sortants lors d'une cérémonie en préfecture.",
)
STREETS = (
    "rue des Tisserands",
    "avenue Jean-Moulin",
    "place du Marché",
    "rue de la Gare",
    "allée des Tilleuls",
    "quai du Port",
    "boulevard de la République",
    "rue Olympe-de-Gouges",
    "chemin du Moulin",
    "rue de l'Industrie",
)
CRITERIA = (
    (
        "local",
        "Ancrage territorial et réponse à un besoin local",
        20,
        "Besoin démontré, territoire nommé, acteurs locaux associés.",
    ),
    (
        "content",
        "Contenu, pédagogie, certification",
        25,
        "Programme progressif, pédagogie adaptée, certification utile à l'emploi.",
    ),
    (
        "audience",
        "Publics cibles, repérage, accompagnement",
        25,
        "Publics éloignés de l'emploi, repérage concret, accompagnement jusqu'à l'emploi.",
    ),
    ("partners", "Partenariats", 15, "Entreprises, service de l'emploi, collectivités : rôles et engagements écrits."),
    ("employment", "Débouchés et insertion visée", 15, "Employeurs identifiés, objectif chiffré de sorties positives."),
)
DOCUMENTS = (
    ("Statuts ou acte constitutif", True),
    ("Derniers comptes approuvés", True),
    ("Budget prévisionnel de la formation", True),
    ("Lettres d'engagement des partenaires", False),
)

#: Share of those who started, in % from least to most.
SHARES = {
    "women_count": (20, 45),
    "bac_or_below_count": (40, 75),
    "priority_area_count": (10, 40),
    "rural_area_count": (0, 15),
    "job_seeker_count": (55, 85),
    "disabled_count": (0, 10),
}
EXIT_WEIGHTS = (18, 17, 15, 5, 20, 15, 10)  # in the order of arithmetic.EXIT_TYPES
SILENCE = (
    "La demande ayant un caractère financier, le silence gardé pendant deux mois vaut décision implicite de rejet (article "
    "L. 231-4 du code des relations entre le public et l'administration)."
)
REMEDIES = (
    "Une décision de rejet peut être contestée dans les deux mois qui suivent sa notification ou sa naissance : par un "
    "recours gracieux adressé au service, ou devant le tribunal administratif de Paris (article R. 421-1 du code de justice "
    "administrative). Un recours gracieux formé dans ce délai l'interrompt."
)

#: Links that reviewers declare, with fictitious bodies.
LINKS = (
    {"kind": "past_employer", "name": "Coopérative Fil rouge", "siren": "", "detail": "conseillère jusqu'en 2023"},
    {"kind": "mandate", "name": "Association Les Passerelles de demain", "siren": "", "detail": "membre du conseil"},
    {"kind": "close", "name": "École du Petit Octet", "siren": "", "detail": "mon frère y enseigne"},
    {"kind": "money", "name": "Cabinet Trame et Pixel", "siren": "", "detail": "formation donnée en 2025"},
)
