"""How many mails a person may have the portal send to others, and how many one address may receive (safety.md U6)."""

from datetime import timedelta

from applications.models import JournalAction
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.workflow import Refused

SENT_PER_DAY = 20  # by one person, sliding
RECEIVED_PER_DAY = 5  # by one address, from everybody
_DAY = timedelta(days=1)
#: Acts that send a mail to an address somebody typed, and the kinds of those mails.
_ACTS = (JournalAction.MEMBER_INVITED, JournalAction.INVITATION_RESENT, JournalAction.SIGNATURE_REQUESTED)
_KINDS = ("member_invited", "signature_requested")


def check_may_write_to(address, *, by, at):
    """Refused beyond the day's share; the caller holds the lock of the sender, so that two clicks count as two."""
    if JournalEntry.objects.filter(by=by, action__in=_ACTS, at__gt=at - _DAY).count() >= SENT_PER_DAY:
        raise Refused(
            f"Vous avez déjà fait envoyer {SENT_PER_DAY} messages en vingt-quatre heures : attendez demain, "
            "ou demandez à une autre personne responsable."
        )
    received = OutgoingEmail.objects.filter(to_address=address, kind__in=_KINDS, created_at__gt=at - _DAY)
    if received.count() >= RECEIVED_PER_DAY:
        raise Refused(f"{address} a déjà reçu {RECEIVED_PER_DAY} messages de ce genre aujourd'hui : attendez demain.")
