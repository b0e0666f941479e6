"""What is asked, of whom, and beside which floor: the requests of both sides, made from the rows of a database."""

from dataclasses import asdict, dataclass, field, replace
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from applications.models import Application
from fabriques.models import FollowUpCampaign
from gen_portal.bench import counting
from gen_portal.core import clock
from gen_portal.core.models import User
from labelling.models import Assignment

CALL = "appel-grande-echelle"
GZIP = {"Accept-Encoding": "gzip"}
OFFICER, REVIEWER = "charge@gen.example", "instructeur@ministere.example"


@dataclass(frozen=True)
class Target:
    """A request, and the name of what is compared: page and floor have the same key."""

    key: str
    label: str
    name: str
    args: list = field(default_factory=list)
    query: str = ""
    user: str = ""
    form: dict | None = None
    rows: int = 0
    headers: dict = field(default_factory=dict)


def cookie_of(email):
    """A session of this person, who gave a password and a second factor just now."""
    client, user = Client(), User.objects.get(email=email)
    client.force_login(user)
    session, at = client.session, clock.now().timestamp()
    request = SimpleNamespace(session=session)
    record_authentication(request, user, "password", at=at, email=user.email)
    record_authentication(request, user, "mfa", at=at, type="totp")
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


class Subjects:
    """The rows that the requests are about."""

    def __init__(self):
        large = Application.objects.filter(call__slug=CALL)
        self.dossier = large.filter(figures__review_count=4).order_by("pk")[20]
        self.place = Assignment.objects.to_do().filter(application__call__slug=CALL, reviewer__email=REVIEWER)[:1].get()
        self.campaign = FollowUpCampaign.objects.latest_first()[0]

    @property
    def author(self):
        return self.dossier.started_by.email

    @property
    def draft(self):
        """A review as typed, complete."""
        typed = {"recommendation": "favourable", "comment": "Le besoin local est démontré, les partenaires engagés."}
        for criterion in self.place.application.call.criteria.order_by("pk"):
            typed |= {f"mark_{criterion.pk}": "4", f"comment_{criterion.pk}": "Chiffres à l'appui."}
        return typed

    @property
    def quarter(self):
        starts_on = self.campaign.starts_on
        return [starts_on.year, (starts_on.month + 2) // 3]


def pages():
    """The portal's own, in the order of the table."""
    about = Subjects()
    dossier, place = [about.dossier.reference], [about.place.application.reference]
    return [
        Target("board_250", "Tableau, 250 dossiers", "call_board", [CALL], "?par_page=250", OFFICER, rows=250),
        Target("board_all", "Tableau, tous les dossiers", "call_board", [CALL], "?par_page=tout", OFFICER, rows=5000),
        Target("board_50", "Tableau, 50 dossiers", "call_board", [CALL], user=OFFICER, rows=50),
        Target("board_search", "Tableau, recherche", "call_board", [CALL], "?texte=numerique", OFFICER, rows=50),
        Target("board_line", "Tableau, ligne et ajustée", "call_board", [CALL], "?ligne=200&tri=ajustee", OFFICER, rows=50),
        Target("list_50", "Dossiers déposés, 50 lignes", "admissibility_list", [CALL], user=OFFICER, rows=50),
        Target("dossier", "Dossier, côté équipe", "admissibility_page", dossier, user=OFFICER),
        Target("own_dossier", "Dossier, côté structure", "application_page", dossier, user=about.author),
        Target("review", "Évaluation, lecture", "review_page", place, user=REVIEWER),
        Target("review_save", "Évaluation, brouillon", "review_page", place, user=REVIEWER, form=about.draft),
        Target("registry", "Registre, 50 lieux", "registry", rows=50),
        Target("points", "Points de la carte", "registry_points", headers=GZIP),
        Target("calls", "Liste des appels", "call_list"),
        Target("desk", "Bureau du chargé de mission", "desk", user=OFFICER),
        Target("campaign", "Campagne de suivi, 50 relevés", "campaign_page", about.quarter, user=OFFICER, rows=50),
    ]


def floors():
    """The floor of each page, by the same key."""
    about = Subjects()
    dossier, place = [about.dossier.reference], [about.place.application.reference]
    return [
        Target("board_250", "", "board", [CALL, 250], user=OFFICER),
        Target("board_all", "", "board_all", [CALL], user=OFFICER),
        Target("board_50", "", "board", [CALL, 50], user=OFFICER),
        Target("board_search", "", "board", [CALL, 50], user=OFFICER),
        Target("board_line", "", "board", [CALL, 50], user=OFFICER),
        Target("list_50", "", "dossiers", [CALL], user=OFFICER),
        Target("dossier", "", "dossier", dossier, user=OFFICER),
        Target("own_dossier", "", "dossier", dossier, user=about.author),
        Target("review", "", "review", place, user=REVIEWER),
        Target("review_save", "", "review", place, user=REVIEWER, form=about.draft),
        Target("registry", "", "registry"),
        Target("points", "", "points", headers=GZIP),
        Target("calls", "", "calls"),
        Target("desk", "", "desk", user=OFFICER),
        Target("campaign", "", "campaign", [about.campaign.pk], user=OFFICER),
    ]


def requests_of(targets):
    """Each target as a request, with what it costs the database; a page that does not exist yet is left out and named."""
    cookies = {target.user: cookie_of(target.user) for target in targets if target.user}
    found = []
    for target in targets:
        try:
            path = reverse(target.name, args=target.args) + target.query
        except NoReverseMatch:
            found.append({**asdict(target), "missing": True})
            continue
        request = {**asdict(target), "path": path, "cookie": cookies.get(target.user, "")}
        found.append({**request, **counting.count(request)})
    return found


def main(side):
    named = [replace(target, label=target.label or f"référence {target.key}") for target in SIDES[side]()]
    return requests_of(named)


SIDES = {"pages": pages, "floors": floors}
