"""What every page shows beside its own content: the navigation of the person's roles, the demo's helps."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from gen_portal.core import access, clock, sessions
from gen_portal.core.models import LegalBody, Role
from gen_portal.demo import accounts

#: Label and url name of each entry, for everybody and then by role, in reading order.
EVERYBODY = (("Accueil", "home"), ("Appels", "call_list"), ("Fabriques et carte", "registry"))
SIGNED_IN = (("Mon bureau", "desk"),)
WITHOUT_CAPACITY = (("Mes candidatures", "application_list"), ("Suivi trimestriel", "report_list"))
BY_ROLE = (
    (Role.REVIEWER, "Mes évaluations", "review_list"),
    (Role.COMMITTEE_MEMBER, "Contreseings", "countersign_list"),
    (Role.OFFICER, "Gérer les appels", "call_staff_list"),
    (Role.DIRECTOR, "Appels et décisions", "call_staff_list"),
    (Role.SECOND_SIGNATORY, "Appels et décisions", "call_staff_list"),
    (Role.OFFICER, "Suivi", "campaign_list"),
    (Role.DIRECTOR, "Suivi", "campaign_list"),
    (Role.REGIONAL_SERVICE, "Avis", "regional_list"),
    (Role.REGIONAL_SERVICE, "Suivi", "campaign_list"),
    (Role.REGIONAL_SERVICE, "Points d'avancement", "progress_list"),
    *((role, "Carte de l'équipe", "staff_map") for role in (Role.OFFICER, Role.DIRECTOR, Role.REGIONAL_SERVICE)),
    (Role.OFFICER, "Courriels", "outbox_list"),
    (Role.OFFICER, "Journal", "journal_list"),
    (Role.TECHNICAL_ADMIN, "Habilitations", "capacity_list"),
)
#: The mandatory links of the footer, in the DSFR's order, and the page of statistics.
FOOTER = (
    ("Plan du site", "page_sitemap"),
    ("Accessibilité : non conforme", "page_accessibility"),
    ("Mentions légales", "page_legal"),
    ("Données personnelles", "page_privacy"),
    ("Gestion des cookies", "page_cookies"),
    ("Sécurité", "page_security"),
    ("Chiffres", "public_figures"),
)


@dataclass(frozen=True)
class NavItem:
    """One entry of the main menu; `current` is the value of aria-current, empty elsewhere."""

    label: str
    url: str
    current: str = ""

    @property
    def is_current(self):
        return bool(self.current)


class Page:
    """The frame of one page; nothing is computed, nor asked of the database, before a template reads it."""

    def __init__(self, request):
        self.request = request
        self.demo = settings.DEMO
        self.session_cookie_name = settings.SESSION_COOKIE_NAME
        self.csrf_cookie_name = settings.CSRF_COOKIE_NAME

    @cached_property
    def navigation(self):
        return build_navigation(getattr(self.request, "user", None), self.request.path)

    @cached_property
    def footer_links(self):
        return [(label, url) for label, name in FOOTER if (url := url_or_nothing(name))]

    @property
    def session_seconds(self):
        """How long the session still lasts without another activity."""
        return sessions.seconds_left(self.request)

    @property
    def writer_mark(self):
        """What a long form carries, to be given back to its writer when the session ended before it was sent."""
        return sessions.writer_mark(self.request.user)

    @cached_property
    def legal_body(self):
        """The legal person behind the portal today, None before it is registered."""
        return LegalBody.objects.in_force(clock.today()).first()

    @cached_property
    def demo_accounts(self):
        return accounts.ACCOUNTS if self.demo else ()

    @cached_property
    def demo_code(self):
        """The second-factor code to type now (see demo.accounts.CurrentCode); None outside the demonstration."""
        return accounts.current_code(self.request) if self.demo else None

    @cached_property
    def demo_mailbox_url(self):
        return url_or_nothing("demo_mailbox") if self.demo else ""


def page(request):
    """Context processor: `page` in every template rendered for a request."""
    return {"page": Page(request)}


def build_navigation(user, path):
    """The entries of a person's menu, each address once; the one that is or contains the present page is marked."""
    labels = {}
    for label, name in entries_of(user):
        labels.setdefault(url_or_nothing(name), label)
    labels.pop("", None)
    nearest = max(
        (url for url in labels if path.startswith(url) and (url != "/" or path == "/")), key=len, default=None
    )
    here = {nearest: "page" if nearest == path else "true"}
    return [NavItem(label, url, here.get(url, "")) for url, label in labels.items()]


def entries_of(user):
    """Label and url name of each entry offered to a person, or to a visitor."""
    if user is None or not user.is_authenticated:
        return EVERYBODY
    roles = {capacity.role for capacity in access.capacities(user)}
    if not roles:
        return (*EVERYBODY, *SIGNED_IN, *WITHOUT_CAPACITY)
    return (*EVERYBODY, *SIGNED_IN, *((label, name) for role, label, name in BY_ROLE if role in roles))


def url_or_nothing(name):
    """The address of a page, or nothing where the portal does not have it (the demo's mailbox, for instance)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
