"""Pages that three fabriques of the demonstration wrote, one held back by the team, and what they tell one another."""

from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from applications.models import Membership
from fabriques.actions.own_pages import join_photo, mark_of, save_draft, set_contacts, set_offers
from fabriques.models import Fabrique
from fabriques.models.fabrique import directory
from fabriques.models.registry import public_labels
from fabriques.transitions.own_pages import hold_page, publish_page
from gen_portal.core import clock
from gen_portal.core.inspection.kinds import Kind

_WORDS = (
    (
        "Installés dans une ancienne filature, nous formons chaque année **une cinquantaine de personnes** aux métiers du "
        "numérique, sans condition de diplôme.\n\n# Comment se passe la formation\n\n"
        "- un atelier ouvert, trente postes, un fablab ;\n- des projets réels, confiés par des entreprises du bassin ;\n"
        "- un accompagnement vers l'emploi pendant six mois après la sortie.\n\n"
        "# Venir nous voir\n\nUne réunion d'information a lieu chaque premier mardi du mois, à 14 h, sans inscription. "
        "Le bâtiment est accessible aux personnes à mobilité réduite."
    ),
    (
        "Notre école est née d'un quartier : la moitié de nos apprenants y habitent. On y apprend **en faisant**, à "
        "plusieurs, avec des formateurs qui exercent encore leur métier.\n\n# Pour qui\n\nToute personne motivée, "
        "quel que soit son parcours. Nous aidons à trouver un financement, une garde d'enfant, un moyen de venir."
    ),
    "Une formation courte, et un emploi garanti à tous dès la sortie.",
)
_HOURS = "Du lundi au jeudi : 9 h – 17 h 30\nVendredi : 9 h – 12 h\nFermé au mois d'août"
_CONTACTS = (
    ("Inscriptions", "", "inscriptions@fabrique.example", "01 00 00 00 11", True, False),
    ("Partenariats et stages", "Maëlle Kerjean", "partenariats@fabrique.example", "", True, True),
    ("Formateurs", "Sofiane Haddad", "", "01 00 00 00 12", False, True),
)
_OFFERS = (
    [["materiel", "propose"], ["atelier", "propose"], ["handicap", "propose"], ["formateurs", "recherche"]],
    [["quartiers", "propose"], ["femmes", "propose"], ["ressources", "propose"], ["locaux", "recherche"]],
    [["certification", "recherche"], ["formateurs", "recherche"], ["employeurs", "propose"]],
)
_REASON = "« Emploi garanti à tous » : aucune formation ne peut le promettre. Donnez plutôt vos taux d'insertion."
_NAMES = ("name", "function", "email", "phone", "is_public", "is_shared")


class OwnPages:
    """The first fabrique is that of the demonstration's structure when it has one; the last page is held back."""

    def __init__(self, scenario):
        self.scenario = scenario

    def load(self):
        for number, (fabrique, owner) in enumerate(self._chosen()):
            page = save_draft(fabrique, self._content(number, fabrique), by=owner, seen="0")
            if number == 0:
                join_photo(fabrique, upload=BytesIO(_drawing()), kind=Kind.PNG, by=owner, is_decorative=False,
                           alt="L'atelier : des postes de travail en îlots, sous une verrière")  # fmt: skip
                page.refresh_from_db()
            page = publish_page(page, page.typed, by=owner, seen=page.mark)
            set_contacts(fabrique, [_contact(row) for row in _CONTACTS], by=owner, seen=mark_of([]))
            set_offers(fabrique, _OFFERS[number], by=owner, seen=mark_of([]))
            if number == 2:
                hold_page(page, by=self.scenario.officer, reason=_REASON, seen=str(page.current_id))
        self.scenario.say("Pages de trois fabriques, dont une retenue, et leur annuaire.")

    def _chosen(self):
        """Three fabriques of the day with an owner of each, that of responsable@structure.example first."""
        user = self.scenario.users["responsable@structure.example"]
        own = Fabrique.objects.of_member(user).with_label_in_force(clock.today()).for_page()
        others = directory(clock.today()).exclude(pk__in=own.values("pk")).for_page()
        found = [*own[:1], *others[:3]][:3]
        owners = Membership.objects.owners().filter(structure__in=[row.structure_id for row in found]).order_by("-pk")
        by_structure = {row.structure_id: row.user for row in owners.select_related("user")}
        return [(fabrique, by_structure[fabrique.structure_id]) for fabrique in found]

    def _content(self, number, fabrique):
        label = public_labels().of(fabrique).in_force(clock.today()).for_page().first()
        coming = {
            "label": label.reference,
            "starts_on": (clock.today() + timedelta(days=45)).isoformat(),
            "place": fabrique.structure.commune.name,
            "seat_count": 15,
            "link": "https://fabrique.example/inscription",
        }
        sessions = [coming] if number == 0 else []
        return {"description": _WORDS[number], "hours": _HOURS, "website": "", "sessions": sessions}


def _contact(row):
    function, name, *rest = row
    return dict(zip(_NAMES, (name, function, *rest), strict=True))


def _drawing():
    """A workshop, roughly: rows of desks under a glass roof."""
    picture = Image.new("RGB", (960, 640), "#e8edff")
    pen = ImageDraw.Draw(picture)
    for left in range(-120, 960, 120):
        pen.polygon([(left, 200), (left + 120, 60), (left + 240, 200)], fill="#c1d0fc", outline="#6a6af4")
    pen.rectangle((0, 200, 960, 640), fill="#f6f6f6")
    for top in (300, 430, 560):
        for left in range(60, 900, 220):
            pen.rectangle((left, top, left + 150, top + 50), fill="#6a6af4")
            pen.rectangle((left + 50, top - 45, left + 110, top - 5), fill="#161616")
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
