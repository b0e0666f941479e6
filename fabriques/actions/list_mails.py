"""Sending a mail to the structures of a list, once."""

from dataclasses import dataclass

from django.db import transaction

from fabriques.layers.shapes import Asked, Layer
from fabriques.list_mails import changes, faults, planned_mailing, posted
from fabriques.models import FollowUpReport, JournalAction, ListMail
from gen_portal.core import clock, outbox
from gen_portal.core.workflow import Refused, lock_rows, record


@dataclass(frozen=True)
class Draft:
    """What an officer wrote, to which list. `key` is the form's own."""

    key: str
    layer: Layer
    asked: Asked
    described: str
    query: str
    subject_line: str
    text: str


@transaction.atomic
def send_list_mail(draft, *, seen, by):
    """Post one mail per person of a list, and say so in the journal; the same key gives back what it sent.

    Refused when the list is no longer the one that was read (`seen`), with what changed; or when nobody receives it.
    """
    now = clock.now()
    list_mail, is_new = ListMail.objects.get_or_create(key=draft.key, defaults=_columns(draft, now, by))
    if not is_new:
        return list_mail
    mailing = _locked_mailing(draft)
    if wrong := list(faults(draft.subject_line, draft.text)):
        raise Refused(" ".join(wrong))
    if changed := changes(seen, mailing):
        raise Refused(f"La liste a changé depuis que vous l'avez lue : {changed}. Rien n'est parti ; relisez l'aperçu.")
    if not mailing.mails:
        raise Refused("Personne ne peut recevoir ce courriel : élargissez les filtres.")
    list_mail.recipient_count = len(mailing.mails)
    list_mail.save(update_fields=["recipient_count"])
    outbox.post_many([posted(mail, list_mail) for mail in mailing.mails], at=now)
    note = f"{list_mail.described} – « {list_mail.subject_line} » – {len(mailing.mails)} destinataires"
    record(list_mail, JournalAction.LIST_MAILED, by=by, at=now, note=note)
    return list_mail


def _columns(draft, now, by):
    return {
        "layer": draft.layer.code,
        "described": draft.described[:400],
        "query": draft.query,
        "subject_line": draft.subject_line,
        "text": draft.text,
        "sent_at": now,
        "sent_by": by,
    }


def _locked_mailing(draft):
    """The mailing as it stands, its late reports locked: one that is filed at this instant is either gone or waits."""
    if draft.layer.code == "releves":
        keys = [line.key[1:] for line in draft.layer.answer(draft.asked).lines]
        lock_rows(FollowUpReport.objects.filter(pk__in=keys))
    return planned_mailing(draft.layer, draft.asked)
