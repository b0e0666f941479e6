"""Signing a dossier: the declared representative by filing it, a member by mandate, a signatory by a personal link.

A signature is that of one content, by its SHA-256 (`archive.digest`). `submit` files `signed_content`, which
carries the signature that holds, or makes the representative's own; nothing else lets a dossier be filed.
"""

from django.db import transaction

from applications import archive, emails, links
from applications.actions import quotas
from applications.models import WRITABLE_STATES, JournalAction, Signature, SignatureKind, SignatureRequest
from applications.models.sections import missing_answers
from applications.models.signature import REQUEST_LIFE
from gen_portal.core import clock
from gen_portal.core.models import User
from gen_portal.core.text import fold
from gen_portal.core.workflow import Refused, lock, record

_INCOMPLETE = "On signe un dossier complet : il reste des réponses à donner ou à corriger."


class Unsigned(Refused):
    """The dossier may not be filed: nobody entitled has signed what it says now."""

    def __init__(self, application):
        super().__init__(
            f"Le dossier n'est pas signé. {application.signatory_name} ({application.signatory_role}) engage la "
            "structure : faites-le signer par lien, ou signez par mandat."
        )


def content_of(application):
    """The content that would be filed now, and its SHA-256."""
    return _content_of(archive.for_archiving([application])[0])


def _content_of(whole):
    content = archive.build(whole)
    return content, archive.digest(content)


def signature_in_force(application):
    """The latest signature that holds for what the dossier says now; None when there is none."""
    if not application.signatures.exists():
        return None
    _, digest = content_of(application)
    return application.signatures.of_content(digest).latest_first().first()


def is_declared_signatory(user, application):
    """Whether this account bears the name that the dossier gives its signatory (case, accents and titles aside)."""
    own, declared = fold(user.get_full_name()).split(), fold(application.signatory_name).split()
    has_name = bool(user.first_name and user.last_name)
    return has_name and set(own) <= set(declared)


def signed_content(application, *, by, at, signs):
    """What filing keeps of a locked, complete dossier (`archive.for_filing`): its content with a signature of it.

    That is one that holds already, or (`signs`: the tick of the page) that of the declared signatory, who files it now.
    Refused (`Unsigned`) otherwise.
    """
    content, digest = _content_of(application)
    held = application.signatures.of_content(digest).latest_first().first()
    if held is None:
        if not (signs and is_declared_signatory(by, application)):
            raise Unsigned(application)
        held = _sign(application, SignatureKind.REPRESENTATIVE, digest, by=by, at=at)
    return archive.signed(content, held)


@transaction.atomic
def sign_by_mandate(application, *, by, role, mandate_on, document, is_declared):
    """A member signs for the declared signatory, who gave a mandate on a day, shown by a joined document or declared.

    Refused for a day to come, without document nor declaration, and while the dossier is incomplete.
    """
    application = lock(application, *WRITABLE_STATES)
    now = clock.now()
    if mandate_on > clock.day_of(now):
        raise Refused("Le mandat ne peut pas être daté d'un jour à venir.")
    if document is None and not is_declared:
        raise Refused("Choisissez le document du mandat parmi les pièces jointes, ou déclarez l'avoir reçu.")
    digest = _signable_digest(application)
    giver = f"{application.signatory_name}, {application.signatory_role}"
    return _sign(
        application,
        SignatureKind.MANDATE,
        digest,
        by=by,
        at=now,
        name=by.get_full_name(),
        role=role,
        mandate_given_by=giver,
        mandate_on=mandate_on,
        mandate_document=document,
        is_mandate_declared=is_declared,
    )


@transaction.atomic
def request_signature(application, *, email, by):
    """Send the declared signatory a link to read and sign; an earlier link of this dossier serves no more.

    Refused while the dossier is incomplete, and beyond the mails a person may send in a day.
    """
    lock(User(pk=by.pk))
    application = lock(application, *WRITABLE_STATES)
    _signable_digest(application)
    now, email, token = clock.now(), email.strip().lower(), links.new_token()
    quotas.check_may_write_to(email, by=by, at=now)
    application.signature_requests.pending().update(cancelled_at=now)
    request = SignatureRequest.objects.create(
        application=application,
        email=email,
        token_hash=links.hashed(token),
        requested_by=by,
        sent_at=now,
        expires_at=now + REQUEST_LIFE,
    )
    record(application, JournalAction.SIGNATURE_REQUESTED, by=by, at=now, note=email)
    emails.ask_for_signature(request, token=token)
    return request


@transaction.atomic
def cancel_request(asked, *, by):
    """The link serves no more. Refused once it was used; cancelling twice changes nothing more."""
    application = lock(asked.application)
    asked = lock(asked)
    if asked.signature_id is not None:
        raise Refused("Ce lien a déjà servi à signer.")
    if asked.cancelled_at is None:
        asked.cancelled_at = clock.now()
        asked.save(update_fields=["cancelled_at"])
        record(application, JournalAction.SIGNATURE_REQUEST_CANCELLED, by=by, note=asked.email)


@transaction.atomic
def sign_by_link(asked, *, digest):
    """The holder of the link signs what they read (`digest`). Refused after fourteen days, once used or cancelled, once the
    dossier is filed, and when it changed since it was read: they read it again."""
    application = lock(asked.application, *WRITABLE_STATES)
    asked, now = lock(asked), clock.now()
    if not asked.is_open(now):
        raise Refused("Ce lien n'est plus valable : demandez à la structure de vous en envoyer un autre.")
    if _signable_digest(application) != digest:
        raise Refused("Le dossier a changé depuis que vous l'avez ouvert : relisez-le, puis signez.")
    asked.signature = _sign(application, SignatureKind.LINK, digest, by=None, at=now)
    asked.save(update_fields=["signature"])
    emails.announce_signature(asked)
    return asked.signature


def _signable_digest(application):
    if missing_answers(application):
        raise Refused(_INCOMPLETE)
    return content_of(application)[1]


def _sign(application, kind, digest, *, by, at, **values):
    """One more signature of a locked dossier, in the name and role it declares unless told otherwise."""
    declared = {"name": application.signatory_name, "role": application.signatory_role}
    signature = Signature.objects.create(
        application=application, kind=kind, content_sha256=digest, signed_by=by, signed_at=at, **(declared | values)
    )
    note = f"{signature}, {signature.get_kind_display()} ; empreinte {digest[:16]}…"
    record(application, JournalAction.SIGNED, by=by, at=at, note=note)
    return signature
