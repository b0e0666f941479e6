"""How a disagreement goes on: a third reader, an arbitration that somebody signs, or another rule for the call."""

from django.db import transaction

from applications.models import Application, ApplicationState
from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.workflow import Refused, lock, lock_rows, record
from labelling.actions.disagreements import settle_disagreement
from labelling.emails import reviews as emails
from labelling.models import Assignment, Disagreement, JournalAction, ReviewRule
from labelling.models.disagreement import USUAL_THRESHOLD
from labelling.models.readings import readings_by_dossier
from labelling.transitions.places import check_reviewer, check_terms

ARBITERS = (Role.OFFICER, Role.DIRECTOR)


@transaction.atomic
def ask_third_reader(application, *, reviewer, ministry, due_on, by):
    """Entrust a dossier whose reviews disagree to one more reviewer, who reads the others after their own review only.

    Refused without an open disagreement, where a third reader has it already, and to whoever could not be entrusted with
    the dossier by hand.
    """
    application = lock(application, ApplicationState.UNDER_REVIEW)
    now = clock.now()
    if due_on is None or due_on < clock.day_of(now):
        raise Refused("Donnez une date de remise à venir.")
    if not Disagreement.objects.open().filter(application=application).exists():
        raise Refused("Les évaluations de ce dossier ne s'opposent plus : il n'y a pas besoin d'un troisième lecteur.")
    held = application.assignments.current()
    if held.filter(is_third_reader=True).exists():
        raise Refused("Un troisième lecteur a déjà ce dossier.")
    check_reviewer(application, lock(reviewer), ministry, clock.day_of(now))
    check_terms(application, reviewer, due_on)
    if held.filter(reviewer=reviewer).exists():
        raise Refused(f"{reviewer} évalue déjà ce dossier : choisissez quelqu'un qui ne l'a pas lu.")
    place = Assignment.objects.create(
        application=application, reviewer=reviewer, ministry=ministry, due_on=due_on, assigned_at=now, assigned_by=by,
        is_third_reader=True,
    )  # fmt: skip
    record(application, JournalAction.THIRD_READER_ASKED, by=by, at=now, note=f"{ministry} : {reviewer}")
    emails.tell_assigned(place)
    return place


@transaction.atomic
def arbitrate(disagreement, *, arbitration, by, seen=None):
    """Close a disagreement: who decides, and how, is named. Twice is once.

    `seen` are the reasons that were read. Refused without words, when the reviews have changed since, to anybody but an
    officer or the director of the day, and while a third reader still has the dossier to review.
    """
    application = lock(disagreement.application, ApplicationState.UNDER_REVIEW)
    disagreement = lock(disagreement)
    now = clock.now()
    if disagreement.closed_by_id == by.pk:
        return disagreement
    if not access.holds(by, *ARBITERS, at=now):
        raise Refused("Seuls un chargé de mission ou le directeur arbitrent un désaccord.")
    if application.recusals.filter(user=by).exists():
        raise Refused("Vous vous êtes déporté de ce dossier : vous ne pouvez pas l'arbitrer.")
    if disagreement.closed_at is not None:
        raise Refused("Ce désaccord est clos : rechargez la page pour lire comment.")
    if seen is not None and seen != disagreement.reasons:
        raise Refused("Les évaluations ont changé depuis que vous avez lu ce désaccord : relisez-le avant d'arbitrer.")
    if Assignment.objects.to_do().filter(application=application, is_third_reader=True).exists():
        raise Refused("Un troisième lecteur n'a pas encore rendu son avis : attendez-le, ou reprenez-lui le dossier.")
    if not arbitration.strip():
        raise Refused("Écrivez l'arbitrage : ce qui est retenu, et pourquoi.")
    disagreement.closed_at, disagreement.closed_by, disagreement.arbitration = now, by, arbitration.strip()
    disagreement.save(update_fields=["closed_at", "closed_by", "arbitration"])
    record(application, JournalAction.ARBITRATED, by=by, at=now, note=disagreement.arbitration)
    return disagreement


@transaction.atomic
def set_review_rule(
    call, *, spread, has_opposed_opinions, asks_for, by, is_countersigned=False, shares_marks=True, threshold=USUAL_THRESHOLD
):
    """Fix when the reviews of a call disagree, and compare those already submitted with it.

    Refused once a dossier of the call is decided: a rule does not change under decisions that others have lived by.
    """
    call = lock(call)
    dossiers = Application.objects.filter(call=call)
    if dossiers.filter(state=ApplicationState.DECIDED).exists():
        raise Refused("Des décisions de cet appel sont publiées : la règle des désaccords ne change plus.")
    now = clock.now()
    rule, _ = ReviewRule.objects.update_or_create(
        call=call,
        defaults={
            "spread": spread, "has_opposed_opinions": has_opposed_opinions, "asks_for": asks_for,
            "is_countersigned": is_countersigned, "shares_marks": shares_marks, "threshold": threshold, "set_at": now,
        },
    )  # fmt: skip
    record(call, JournalAction.REVIEW_RULE_SET, by=by, at=now, note=str(rule))
    compare_all(dossiers.filter(state=ApplicationState.UNDER_REVIEW), rule)
    return rule


def compare_all(dossiers, rule):
    """Compare the reviews of many dossiers of one call with its rule, each under its lock."""
    lock_rows(dossiers)
    found = readings_by_dossier(dossiers)
    for application in dossiers.order_by("pk"):
        settle_disagreement(application, found.get(application.pk, []), rule=rule)
