"""A lost phone: two people let somebody enrol a new second factor; neither of them alone, nor the person.

A reset also takes the password away: every session ends at once, and the way back goes through the person's own address.
"""

from allauth.mfa.models import Authenticator
from django.db import transaction

from gen_portal.core import clock, outbox
from gen_portal.core.models import CoreAction, Role, SecondFactorReset, User
from gen_portal.core.workflow import Refused, lock, record

#: Who may ask, approve and refuse.
HELPING_ROLES = (Role.OFFICER, Role.TECHNICAL_ADMIN)
#: For those who hold one of these, one of the two people is a technical administrator.
GUARDED_ROLES = (Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY, Role.PAYMENT_OFFICER, Role.TECHNICAL_ADMIN)


@transaction.atomic
def ask_reset(user, *, checked_how, by):
    """One of the two asks; the person is told at once, in case it is not them.

    Refused for oneself, without saying how the person was known, to who may not help, for somebody without second factor,
    and while another request waits.
    """
    user = lock(User(pk=user.pk))
    now = clock.now()
    _check_may_help(by, user, clock.day_of(now))
    if not checked_how.strip():
        raise Refused("Dites comment vous avez vérifié son identité : c'est ce que lira la seconde personne.")
    if not Authenticator.objects.filter(user=user).exists():
        raise Refused(f"{user} n'a pas de second facteur : il n'y a rien à remettre à zéro.")
    if SecondFactorReset.objects.waiting(now).filter(user=user).exists():
        raise Refused(f"Une demande attend déjà une seconde personne pour {user}.")
    reset = SecondFactorReset.objects.create(user=user, asked_by=by, asked_at=now, checked_how=checked_how.strip())
    record(user, CoreAction.FACTOR_RESET_ASKED, by=by, at=now, note=reset.checked_how)
    _tell("factor_reset_asked", reset)
    return reset


@transaction.atomic
def approve_reset(reset, *, by):
    """The other approves: second factor, recovery codes, password and sessions of the person are gone; they are told.

    Refused to who asked, to the person, and, for somebody with rights over decisions, money or people, where neither of the
    two is a technical administrator; once it is answered or void.
    """
    reset, user, now = _lock_to_answer(reset, by)
    reset.approved_by, reset.approved_at = by, now
    reset.save(update_fields=["approved_by", "approved_at"])
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()  # what a session is checked against changes: all of them end
    user.save(update_fields=["password"])
    record(user, CoreAction.FACTOR_RESET, by=by, at=now, note=f"Demandé par {reset.asked_by}.")
    _tell("factor_reset_done", reset)
    return reset


@transaction.atomic
def refuse_reset(reset, *, by):
    """The other refuses: nothing changes, the person is told. Refused as an approval is."""
    reset, user, now = _lock_to_answer(reset, by)
    reset.refused_by, reset.refused_at = by, now
    reset.save(update_fields=["refused_by", "refused_at"])
    record(user, CoreAction.FACTOR_RESET_REFUSED, by=by, at=now)
    _tell("factor_reset_refused", reset)
    return reset


def _check_may_help(by, user, today):
    if by.pk == user.pk:
        raise Refused("Deux autres personnes doivent s'en charger : vous ne pouvez pas le faire pour vous-même.")
    if not by.is_active or not by.capacities.in_force(today).filter(role__in=HELPING_ROLES).exists():
        raise Refused("Seuls les chargés de mission et les administrateurs techniques peuvent le faire.")


def _lock_to_answer(reset, by):
    """The request and its person under lock, and the instant; refused to who may not answer it now."""
    user = lock(User(pk=reset.user_id))
    reset, now = lock(reset), clock.now()
    if not reset.is_waiting(now):
        raise Refused(
            "Cette demande n'attend plus : elle a reçu une réponse, ou n'en a pas reçu en quarante-huit heures."
        )
    today = clock.day_of(now)
    _check_may_help(by, user, today)
    if by.pk == reset.asked_by_id:
        raise Refused("Vous avez fait cette demande : une autre personne doit y répondre.")
    held = user.capacities.in_force(today).filter(role__in=GUARDED_ROLES)
    if held.exists() and not any(_is_admin(each, today) for each in (by, reset.asked_by)):
        raise Refused(f"{user} conduit les appels : l'une des deux personnes doit être administrateur technique.")
    return reset, user, now


def _is_admin(user, today):
    return user.capacities.in_force(today).filter(role=Role.TECHNICAL_ADMIN).exists()


def _tell(kind, reset):
    context = {
        "reset": reset,
        "user": reset.user,
        "password_url": outbox.url_of("account_reset_password"),
    }
    subject_line, markdown = outbox.render(kind, context)
    outbox.post(
        key=f"{kind}:{reset.pk}", kind=kind, to=reset.user.email, subject_line=subject_line, markdown=markdown,
        about=reset.user,
    )  # fmt: skip
