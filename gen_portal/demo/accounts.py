"""The published accounts of the demonstration, one per role, with their password and second factor."""

import time
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256

from allauth.account.internal.stagekit import get_pending_stage
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache

PASSWORD = "une-démonstration-ouverte"  # noqa: S105 – published on purpose; production settings refuse the demo


@dataclass(frozen=True)
class DemoAccount:
    """Somebody to be for a while: their name, and what they are in the demonstration."""

    email: str
    first_name: str
    last_name: str
    label: str

    @property
    def totp_secret(self):
        """The same on every machine: a published secret is no secret, and says so."""
        return b32encode(sha256(f"gen-demo:{self.email}".encode()).digest()[:20]).decode()


ACCOUNTS = (
    DemoAccount("responsable@structure.example", "Awa", "Delmas", "Responsable d'une structure (métropole)"),
    DemoAccount("redacteur@structure.example", "Hugo", "Ferrand", "Rédacteur de la même structure"),
    DemoAccount(
        "outremer@structure.example", "Teva", "Maraetefau", "Responsable d'une structure (Polynésie française)"
    ),
    DemoAccount("instructeur@ministere.example", "Claire", "Montfort", "Instructrice, ministère chargé de l'emploi"),
    DemoAccount("numerique@ministere.example", "Idriss", "Belkacem", "Instructeur, ministère chargé du numérique"),
    DemoAccount("education@ministere.example", "Solène", "Tanguy", "Instructrice, ministère chargé de l'éducation"),
    DemoAccount("ville@ministere.example", "Marc", "Oriol", "Instructeur, ministère chargé de la ville"),
    DemoAccount("comite@ministere.example", "Hélène", "Vasseur", "Membre du comité, ministère chargé de l'emploi"),
    DemoAccount("charge@gen.example", "Nadia", "Perrin", "Chargée de mission de la GEN"),
    DemoAccount("directeur@gen.example", "Étienne", "Garnier", "Directeur, premier signataire"),
    DemoAccount("signataire@gen.example", "Lucie", "Hamon", "Seconde signataire"),
    DemoAccount("region@service.example", "Yann", "Le Bihan", "Service régional de l'État, Bretagne"),
    DemoAccount("admin@gen.example", "Inès", "Caron", "Administratrice technique"),
)


@dataclass(frozen=True)
class CurrentCode:
    """What the sign-in page shows: the code of this half-minute (empty once used), and how long it lasts."""

    code: str
    seconds_left: int


def current_code(request):
    """The second-factor code of the person signing in, None for somebody else than a demo account.

    A code serves once: after use the next half-minute's must be waited for, as in real life.
    """
    user = _person(request)
    account = next((account for account in ACCOUNTS if user and account.email == user.email), None)
    authenticator = account and Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        return None
    counter, elapsed = divmod(int(time.time()), mfa_settings.TOTP_PERIOD)
    code = format_hotp_value(hotp_value(account.totp_secret, counter))
    is_used = cache.get(TOTP(authenticator)._get_used_cache_key(code))
    return CurrentCode("" if is_used else code, mfa_settings.TOTP_PERIOD - elapsed)


def _person(request):
    if request.user.is_authenticated:
        return request.user
    stage = get_pending_stage(request)
    return stage.login.user if stage else None
