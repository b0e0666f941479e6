"""What the floor above does to a dossier: it begins to judge it, defers it, decides it."""

from django.db import transaction

from applications.models import Application, ApplicationState, JournalAction
from gen_portal.core.workflow import Refused, lock, record, record_many

_CHUNK = 500  # rows locked or changed in one query


@transaction.atomic
def start_review(application, *, by, at=None):
    """The first reviewer is assigned: from here on the dossier is being judged."""
    application = lock(application, ApplicationState.ADMISSIBLE)
    application.state = ApplicationState.UNDER_REVIEW
    application.save(update_fields=["state"])
    record(application, JournalAction.REVIEW_STARTED, by=by, at=at)
    return application


@transaction.atomic
def move_to_cut_off(application, cut_off, *, by, at):
    """Defer the dossier to a later cut-off of its call, where it is judged again without another filing."""
    return move_many([application], cut_off, by=by, at=at)[0]


@transaction.atomic
def close(application, *, by, at, ended):
    """The decision is published. `ended`: the training may apply again (it was refused)."""
    return close_many([application], by=by, at=at, ended=ended)[0]


@transaction.atomic
def move_many(applications, cut_off, *, by, at):
    """`move_to_cut_off` for many dossiers, in a constant number of queries; all or none.

    Refused for a cut-off of another call, or one that is not later.
    """
    locked = _lock_many(applications, ApplicationState.UNDER_REVIEW)
    for application in locked:
        if application.call_id != cut_off.call_id or cut_off.number <= application.cut_off.number:
            raise Refused(f"« {application} » ne peut être reporté qu'à un relevé suivant du même appel.")
        application.cut_off = cut_off
    Application.objects.bulk_update(locked, ["cut_off"], batch_size=_CHUNK)
    record_many(locked, JournalAction.MOVED_TO_CUT_OFF, by=by, at=at, notes={row.pk: str(cut_off) for row in locked})
    return locked


@transaction.atomic
def start_many(applications, *, by, at):
    """`start_review` for many dossiers, in a constant number of queries; all or none."""
    locked = _lock_many(applications, ApplicationState.ADMISSIBLE)
    for application in locked:
        application.state = ApplicationState.UNDER_REVIEW
    Application.objects.filter(pk__in=[row.pk for row in locked]).update(state=ApplicationState.UNDER_REVIEW)
    record_many(locked, JournalAction.REVIEW_STARTED, by=by, at=at)
    return locked


@transaction.atomic
def close_many(applications, *, by, at, ended):
    """`close` for many dossiers, in a constant number of queries; all or none."""
    locked = _lock_many(applications, ApplicationState.UNDER_REVIEW)
    for application in locked:
        application.state = ApplicationState.DECIDED
        application.ended_at = at if ended else None
    Application.objects.bulk_update(locked, ["state", "ended_at"], batch_size=_CHUNK)
    record_many(locked, JournalAction.CLOSED, by=by, at=at)
    return locked


def _lock_many(applications, state):
    """Lock the rows in the order of their keys (two such acts never wait for each other), in the order they were given."""
    keys = [application.pk for application in applications]
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("cut_off", "training")
    rows = rows.only("state", "ended_at", "call", "cut_off__number", "cut_off__call", "training__title")
    fresh = {}
    for start in range(0, len(keys), _CHUNK):
        wanted = sorted(keys)[start : start + _CHUNK]
        fresh |= {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
    for application in fresh.values():
        if application.state != state:
            raise Refused(f"« {application} » n'est plus à l'état « {state.label} » : rechargez la page.")
    return [fresh[key] for key in keys]
