"""Whom a dossier can be entrusted to today, ministry by ministry, with what each already has to do."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count

from gen_portal.core.models import Capacity, Ministry, Role, User
from labelling.interests import ties
from labelling.models.evidence import cases, judges
from labelling.models.interests import InterestDeclaration
from labelling.models.review import ASSIGNABLE_STATES, CALL_ROLES, Assignment
from labelling.models.terms import ReviewerAbsence, ReviewerTerms


@dataclass(frozen=True)
class Candidate:
    """A reviewer of a ministry, the number of reviews they still have to submit, and whether they may open this one."""

    user: User
    load: int
    has_declared: bool = True
    has_declined: bool = False
    max_load: int | None = None
    absence: ReviewerAbsence | None = None

    @property
    def label(self):
        most = f" ({self.max_load} au plus)" if self.max_load else ""
        facts = [f"{self.user} – {self.load or 'aucune'} évaluation{'s' if self.load > 1 else ''} à rendre{most}"]
        if self.absence is not None:
            facts.append(f"absent {self.absence}")
        if not self.has_declared:
            facts.append("intérêts à déclarer")
        if self.has_declined:
            facts.append("a rendu ce dossier")
        return ", ".join(facts)


@dataclass(frozen=True)
class Tied:
    """A reviewer who cannot judge the dossier, and the sentence that says why."""

    user: User
    why: str


@dataclass
class Seats:
    """One place per ministry of the day: who holds it, and who could; `tied` are set aside, with the recused."""

    ministries: list
    held: dict
    candidates: dict = field(default_factory=lambda: defaultdict(list))
    tied: list = field(default_factory=list)
    ended: list = field(default_factory=list)

    @property
    def declined(self):
        """Places that their reviewers handed back."""
        return [place for place in self.ended if place.declined_because]

    @property
    def written(self):
        """Places that ended with something written, for the record."""
        return [place for place in self.ended if hasattr(place, "review")]

    @property
    def lines(self):
        return [(m, self.held.get(m.pk), self.candidates[m.pk]) for m in self.ministries]


def seats_of(application, by, today):
    """The places of a dossier as somebody shares them out, in nine queries whatever the number of reviewers.

    A ministry that no longer exists keeps its line while somebody holds it.
    """
    places = list(application.assignments.for_page())
    held = {place.ministry_id: place for place in places if place.ended_at is None and not place.is_third_reader}
    ministries = list(Ministry.objects.in_force(today) | Ministry.objects.filter(pk__in=held))
    seats = Seats(ministries, held, ended=[place for place in places if place.ended_at is not None])
    capacities = list(reviewing_capacities(today).exclude(user__recusals__application=application).for_page())
    loads = Assignment.objects.open_to(by).load_by_reviewer({capacity.user_id for capacity in capacities})
    people, case = judges({capacity.user for capacity in capacities}), cases([application])[application.pk]
    declarations = InterestDeclaration.objects.for_call(application.call_id).in_force(today)
    declared = set(declarations.values_list("user", flat=True))
    declined = {place.reviewer_id for place in seats.declined}
    loads_agreed = dict(ReviewerTerms.objects.filter(user__in=people).values_list("user", "max_load"))
    absences = {absence.user_id: absence for absence in ReviewerAbsence.objects.next_of(people, today)}
    for capacity in capacities:
        user = capacity.user
        if found := ties(people[user.pk], case):
            seats.tied.append(Tied(user, found[0]))
        else:
            candidate = Candidate(
                user, loads.get(user.pk, 0), user.pk in declared, user.pk in declined,
                loads_agreed.get(user.pk), absences.get(user.pk),
            )  # fmt: skip
            seats.candidates[capacity.ministry_id].append(candidate)
    return seats


def empty_places(call, user, today):
    """(ministry, how many dossiers to be judged that exist for a person have nobody for it), by ministry of the day."""
    dossiers = call.applications.filter(state__in=ASSIGNABLE_STATES).open_to(user)
    total = dossiers.count()
    held = Assignment.objects.current().of_ministries().filter(application__in=dossiers).order_by().values_list("ministry")
    counts = dict(held.annotate(count=Count("pk")))
    return [(ministry, total - counts.get(ministry.pk, 0)) for ministry in Ministry.objects.in_force(today)]


def substitutes_of(user, today):
    """Who may stand in for a reviewer: the others of their ministries that day, by name."""
    own = Capacity.objects.not_over(today).filter(user=user, role=Role.REVIEWER)
    others = reviewing_capacities(today).filter(ministry__in=own.values("ministry")).exclude(user=user)
    return User.objects.filter(pk__in=others.values("user")).by_name()


def reviewing_capacities(today):
    """Capacities of those who may be entrusted with dossiers that day: active reviewers who do not run calls."""
    rights = Capacity.objects.in_force(today)
    running = rights.filter(role__in=CALL_ROLES).values("user")
    return rights.filter(role=Role.REVIEWER, user__is_active=True).exclude(user__in=running)
