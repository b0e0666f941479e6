"""Whom a dossier can be entrusted to today, ministry by ministry, with what each already has to do."""

from collections import defaultdict
from dataclasses import dataclass, field

from gen_portal.core.models import Capacity, Ministry, Role, User
from labelling.models.review import CALL_ROLES, Assignment


@dataclass(frozen=True)
class Candidate:
    """A reviewer of a ministry and the number of reviews they still have to submit."""

    user: User
    load: int

    @property
    def label(self):
        return f"{self.user} – {self.load or 'aucune'} évaluation{'s' if self.load > 1 else ''} à rendre"


@dataclass
class Seats:
    """One place per ministry of the day: who holds it, and who could; `members` are set aside, with the recused."""

    ministries: list
    held: dict
    candidates: dict = field(default_factory=lambda: defaultdict(list))
    members: list = field(default_factory=list)

    @property
    def lines(self):
        return [(m, self.held.get(m.pk), self.candidates[m.pk]) for m in self.ministries]


def seats_of(application, today):
    """The places of a dossier, in five queries whatever the number of reviewers.

    A ministry that no longer exists keeps its line while somebody holds it.
    """
    held = {a.ministry_id: a for a in application.assignments.current().for_page()}
    ministries = list(Ministry.objects.in_force(today) | Ministry.objects.filter(pk__in=held))
    seats = Seats(ministries, held)
    capacities = _reviewers(application, today)
    loads = Assignment.objects.load_by_reviewer({capacity.user_id for capacity in capacities})
    member_ids = set(application.training.structure.memberships.values_list("user_id", flat=True))
    for capacity in capacities:
        if capacity.user_id in member_ids:
            seats.members.append(capacity.user)
        else:
            seats.candidates[capacity.ministry_id].append(Candidate(capacity.user, loads.get(capacity.user_id, 0)))
    return seats


def _reviewers(application, today):
    """Capacities of the reviewers of the day, without those who run calls nor those who recused themselves."""
    rights = Capacity.objects.in_force(today)
    running = rights.filter(role__in=CALL_ROLES).values("user")
    reviewing = rights.filter(role=Role.REVIEWER, user__is_active=True).exclude(user__in=running)
    return list(reviewing.exclude(user__recusals__application=application).for_page())
