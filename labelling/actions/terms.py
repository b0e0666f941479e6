"""What a reviewer agrees to, and when they are away: said by them or by an officer, kept in the journal of the person."""

from dataclasses import dataclass

from django.db import transaction

from gen_portal.core import clock
from gen_portal.core.models import Role, User
from gen_portal.core.workflow import Refused, lock, record
from labelling.models import JournalAction, ReviewerAbsence, ReviewerTerms
from labelling.models.candidates import reviewing_capacities

#: Longer than that, the capacity should end.
LONGEST_ABSENCE_DAYS = 366


@dataclass(frozen=True)
class Terms:
    """How many dossiers at once at most (None: no limit), regions, job families (codes), who stands in (or nobody)."""

    max_load: int | None = None
    regions: tuple = ()
    job_families: tuple = ()
    substitute: User | None = None

    @property
    def in_words(self):
        said = [f"{self.max_load} dossiers à la fois au plus" if self.max_load else "sans charge maximale"]
        said += [f"régions : {', '.join(map(str, self.regions))}"] if self.regions else []
        said += [f"familles : {', '.join(self.job_families)}"] if self.job_families else []
        return " ; ".join([*said, f"suppléant : {self.substitute or 'personne'}"])


@transaction.atomic
def change_terms(user, terms, *, by):
    """Keep the terms of a reviewer; nothing that is already entrusted to them changes.

    Refused to who reviews for no ministry, today or later; for a substitute who does not review for the same ministry.
    """
    user = lock(User(pk=user.pk))
    now = clock.now()
    ministries = _ministries_of(user, clock.day_of(now))
    if terms.substitute is not None and not may_stand_in(terms.substitute, user, ministries, clock.day_of(now)):
        raise Refused(f"{terms.substitute} ne peut pas suppléer {user} : choisissez un instructeur du même ministère.")
    values = {"max_load": terms.max_load, "job_families": list(terms.job_families), "substitute": terms.substitute}
    kept, _ = ReviewerTerms.objects.update_or_create(user=user, defaults={**values, "changed_at": now})
    kept.regions.set(terms.regions)
    record(user, JournalAction.TERMS_CHANGED, by=by, at=now, note=terms.in_words)
    return kept


def _ministries_of(user, today):
    held = user.capacities.not_over(today).filter(role=Role.REVIEWER)
    ministries = set(held.values_list("ministry", flat=True))
    if not ministries:
        raise Refused(f"{user} n'est pas instructeur.")
    return ministries


def may_stand_in(substitute, user, ministries, today):
    """Whether a person reviews today for one of these ministries, and is somebody else."""
    found = reviewing_capacities(today).filter(user=substitute, ministry__in=ministries)
    return substitute.pk != user.pk and found.exists()


@transaction.atomic
def tell_absence(user, *, from_on, until_on, by):
    """Keep the days, both included, on which a reviewer is away. Their dossiers stay until somebody moves them.

    Refused for days in the wrong order, past, longer than a year, or already told in part.
    """
    user = lock(User(pk=user.pk))
    now = clock.now()
    today = clock.day_of(now)
    _ministries_of(user, today)
    if until_on < from_on:
        raise Refused("Le dernier jour précède le premier.")
    if until_on < today:
        raise Refused("Cette absence est déjà finie.")
    if (until_on - from_on).days >= LONGEST_ABSENCE_DAYS:
        raise Refused("Au-delà d'un an, demandez la fin de l'habilitation plutôt qu'une absence.")
    known = ReviewerAbsence.objects.of(user).overlapping(from_on, until_on).first()
    if known is not None:
        raise Refused(f"Une absence est déjà notée {known} : supprimez-la d'abord.")
    absence = ReviewerAbsence.objects.create(user=user, from_on=from_on, until_on=until_on)
    record(user, JournalAction.ABSENCE_TOLD, by=by, at=now, note=str(absence))
    return absence


@transaction.atomic
def drop_absence(absence, *, by):
    """Forget an absence that will not be; twice is once."""
    user = lock(User(pk=absence.user_id))
    count, _ = ReviewerAbsence.objects.filter(pk=absence.pk).delete()
    if count:
        record(user, JournalAction.ABSENCE_DROPPED, by=by, note=str(absence))
