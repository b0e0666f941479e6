"""What the floor above does to a dossier: it begins to judge it, defers it, decides it."""

from django.db import transaction
from django.db.models import BigIntegerField, Case, DateTimeField, F, Q, Value, When

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
def start_many(applications, *, by, at):
    """`start_review` for many dossiers, in a constant number of queries; all or none."""
    locked = _lock_many(applications, ApplicationState.ADMISSIBLE)
    for application in locked:
        application.state = ApplicationState.UNDER_REVIEW
    Application.objects.filter(pk__in=[row.pk for row in locked]).update(state=ApplicationState.UNDER_REVIEW)
    record_many(locked, JournalAction.REVIEW_STARTED, by=by, at=at)
    return locked


@transaction.atomic(savepoint=False)
def settle_many(applications, acts, *, by, at, refused=(), deferred=(), following=None):
    """What a publication does to dossiers that its caller locked before reading them, in one statement; all or none.

    They are closed; those of `refused` (keys) end, so that their trainings may apply again; those of `deferred` move to the
    cut-off `following` instead, where they are judged again without another filing. What is told of them goes to `acts`.
    Refused where one is no longer under review, or would move to another call or to a cut-off that is not later.
    """
    moved = [application for application in applications if application.pk in deferred]
    closed = [application for application in applications if application.pk not in deferred]
    for application in applications:
        if application.state != ApplicationState.UNDER_REVIEW:
            raise Refused(_no_longer(application, ApplicationState.UNDER_REVIEW))
    for application in moved:
        _move(application, following)
    for application in closed:
        application.state = ApplicationState.DECIDED
        application.ended_at = at if application.pk in refused else None
    _write(applications, refused, deferred, following, at)
    acts.add(closed, JournalAction.CLOSED, by=by, at=at)
    notes = {application.pk: str(following) for application in moved}
    acts.add(moved, JournalAction.MOVED_TO_CUT_OFF, by=by, at=at, notes=notes)


def _move(application, following):
    if application.call_id != following.call_id or following.number <= application.cut_off.number:
        raise Refused(f"« {application} » ne peut être reporté qu'à un relevé suivant du même appel.")
    application.cut_off = following


def _write(applications, refused, deferred, following, at):
    is_moved = Q(pk__in=deferred)
    Application.objects.filter(pk__in=[application.pk for application in applications]).update(
        state=Case(When(is_moved, then=F("state")), default=Value(ApplicationState.DECIDED)),
        ended_at=Case(When(pk__in=refused, then=Value(at)), default=None, output_field=DateTimeField()),
        cut_off=Case(
            When(is_moved, then=following and following.pk), default=F("cut_off"), output_field=BigIntegerField()
        ),
    )


def _no_longer(application, state):
    return f"« {application} » n'est plus à l'état « {state.label} » : rechargez la page."


def _lock_many(applications, state):
    """Lock the rows in the order of their keys (two such acts never wait for each other), in the order they were given."""
    keys = [application.pk for application in applications]
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("training")
    rows = rows.only("state", "training__title")
    fresh = {}
    for start in range(0, len(keys), _CHUNK):
        wanted = sorted(keys)[start : start + _CHUNK]
        fresh |= {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
    for application in fresh.values():
        if application.state != state:
            raise Refused(_no_longer(application, state))
    return [fresh[key] for key in keys]
