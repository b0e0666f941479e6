"""The problem of assigning a call's dossiers, read from the rows of the day, and a proposal put in words.

Ministries only; a load limit for everybody, chosen for the run, or a person's own when it is lower; a person who reviews
for two ministries counts for the first. Who handed a dossier back is kept from it as by a tie. Preferences: who stands in
for whoever has the dossier, who judged the earlier dossier of the same training, the regions and job families that people
know well, equal loads.
"""

from collections import Counter, defaultdict
from dataclasses import replace

from applications import archive
from applications.models import Application
from gen_portal.core.models import Ministry
from labelling.assignment.problem import LIMIT_WORDS, Aim, Dossier, Pair, Problem, Reviewer, ministry_key
from labelling.assignment.proposal import propose
from labelling.assignment.reasons import MOVED_WORDS, reasons, sentence, shortage_sentence
from labelling.interests import tied_pairs
from labelling.models import ASSIGNABLE_STATES, Assignment, Recusal, ReviewerAbsence, ReviewerTerms
from labelling.models.candidates import reviewing_capacities
from labelling.models.evidence import cases, judges

#: What is read of a dossier, of its hundred answers: what tells it, its ties and what it is about.
COLUMNS = ("reference", "state", "job_family", "partners", "call", "training__structure__name", "training__structure__siret")

#: Why a place changes when a file says so.
FROM_FILE = "Demandé par le fichier."


def _reviewer(capacity, terms, max_load, elsewhere_count, absences):
    """A person with a capacity as the problem wants them, with what they agreed to (None: nothing)."""
    own = Reviewer(
        capacity.user_id, ministry_key(capacity.ministry_id), max_load, elsewhere_count,
        from_on=capacity.from_on, until_on=capacity.until_on, absences=absences,
    )  # fmt: skip
    if terms is None:
        return own
    return replace(
        own, max_load=min(max_load, terms.max_load or max_load), job_families=frozenset(terms.job_families),
        regions=frozenset(region.pk for region in terms.regions.all()),
    )  # fmt: skip


def _stand_ins(problem, terms):
    """(dossier, substitute) of the places that their reviewers cannot keep."""
    found = ((pair, terms[pair.reviewer].substitute_id) for pair in problem.present if pair.reviewer in terms)
    return frozenset((pair.dossier, pk) for pair, pk in found if pk is not None and problem.limit_of(pair) is not None)


class Reading:
    """The rows of a call on a day, and the problem they make: a dozen queries, whatever their number."""

    def __init__(self, call, *, due_on, max_load, today):
        self.call, self.due_on, self.today = call, due_on, today
        found = Application.objects.filter(call=call, state__in=ASSIGNABLE_STATES).order_by("pk")
        self.dossiers = {a.pk: a for a in found.select_related("training__structure").only(*COLUMNS)}
        self.ministries = {ministry.pk: ministry for ministry in Ministry.objects.in_force(today)}
        self._by_authority = {ministry_key(pk): ministry for pk, ministry in self.ministries.items()}
        self.capacities = self._capacities()
        self.people = {pk: capacity.user for pk, capacity in self.capacities.items()}
        self.places = self._places()
        self.problem = self._problem(max_load)

    def _capacities(self):
        first = {}
        for capacity in reviewing_capacities(self.today).select_related("user").order_by("ministry__position", "pk"):
            first.setdefault(capacity.user_id, capacity)
        return first

    def _places(self):
        held = Assignment.objects.current().of_ministries()
        current = held.filter(application__in=self.dossiers, ministry__in=self.ministries)
        return {self._pair(place): place for place in current.select_related("reviewer", "ministry", "review")}

    def _pair(self, place):
        return Pair(place.application_id, ministry_key(place.ministry_id), place.reviewer_id)

    def _problem(self, max_load):
        needed = frozenset(map(ministry_key, self.ministries))
        elsewhere = Assignment.objects.to_do().exclude(application__in=self.dossiers, is_third_reader=False)
        loads = elsewhere.load_by_reviewer(self.people)
        holders = {place.reviewer_id for place in self.places.values()}
        terms = ReviewerTerms.objects.prefetch_related("regions").in_bulk({*self.people, *holders})
        absences = ReviewerAbsence.objects.by_person(self.people)
        reviewers = tuple(
            _reviewer(capacity, terms.get(pk), max_load, loads.get(pk, 0), absences.get(pk, ()))
            for pk, capacity in self.capacities.items()
        )
        begun = frozenset(pair for pair, place in self.places.items() if hasattr(place, "review"))
        problem = Problem(
            tuple(self._dossiers(needed)), reviewers, self.today, self.due_on, conflicts=self._conflicts(),
            present=frozenset(self.places), begun=begun, earlier=self._earlier(),
        )  # fmt: skip
        return replace(problem, stand_ins=_stand_ins(problem, terms))

    def _dossiers(self, needed):
        """Regions are those of the sites."""
        regions = defaultdict(set)
        sites = Application.sites.through.objects.filter(application__in=self.dossiers)
        for dossier, code in sites.values_list("application_id", "site__commune__department__region"):
            regions[dossier].add(code)
        for pk, dossier in self.dossiers.items():
            yield Dossier(pk, needed, frozenset(regions[pk]), dossier.job_family)

    def _conflicts(self):
        recused = Recusal.objects.filter(application__in=self.dossiers)
        declined = Assignment.objects.filter(application__in=self.dossiers).exclude(declined_because="")
        third = Assignment.objects.current().filter(application__in=self.dossiers, is_third_reader=True)
        found = set(recused.values_list("application_id", "user_id"))
        found |= set(declined.values_list("application_id", "reviewer_id"))
        found |= set(third.values_list("application_id", "reviewer_id"))
        holders = {place.reviewer_id: place.reviewer for place in self.places.values()}
        people, known = judges({**holders, **self.people}.values()), cases(self.dossiers.values())
        return frozenset(found.union(tied_pairs(people, known)))

    def _earlier(self):
        by_training = {}
        for dossier in self.dossiers.values():
            by_training.setdefault(dossier.training_id, []).append(dossier.pk)
        judged = Assignment.objects.filter(
            application__training__in=by_training, review__submitted_at__isnull=False, reviewer__in=self.people
        ).exclude(application__in=self.dossiers)
        pairs = judged.order_by().values_list("application__training", "reviewer").distinct()
        return frozenset((dossier, reviewer) for training, reviewer in pairs for dossier in by_training[training])

    @property
    def sha256(self):
        """Of today's places: a proposal made on others is out of date."""
        return archive.digest({"places": sorted(self.triple(pair) for pair in self.places)})

    def triple(self, pair):
        """[dossier, ministry, reviewer] keys, as stored."""
        return [pair.dossier, self.ministry_of(pair.authority).pk, pair.reviewer]

    def ministry_of(self, authority):
        return self._by_authority[authority]

    @property
    def names(self):
        """Words for the keys of dossiers and reviewers."""
        return {
            "dossiers": {pk: dossier.reference for pk, dossier in self.dossiers.items()},
            "reviewers": {pk: str(user) for pk, user in self.people.items()},
        }


def pair_of(triple):
    dossier, ministry, reviewer = triple
    return Pair(dossier, ministry_key(ministry), reviewer)


def content_from(reading, pairs):
    """The content of an AssignmentProposal that says what a file says, and nothing else."""
    present, wanted = reading.problem.present, frozenset(pairs)
    before, after = (Counter(pair.reviewer for pair in each) for each in (present, wanted))
    return {
        "pairs": sorted(map(reading.triple, wanted)),
        "kept_count": len(present & wanted),
        "added": [[*reading.triple(pair), FROM_FILE] for pair in sorted(wanted - present)],
        "removed": [[*reading.triple(pair), FROM_FILE] for pair in sorted(present - wanted)],
        "loads": [
            [each.key, each.elsewhere_count + before[each.key], each.elsewhere_count + after[each.key]]
            for each in reading.problem.reviewers
        ],
        "empty_count": len(reading.dossiers) * len(reading.ministries) - len(wanted),
        "shortages": [],
    }


def content_of(reading, aim):
    """The content of an AssignmentProposal: what should be, what changes, and why."""
    problem = reading.problem
    proposal = propose(problem, aim=Aim(aim))
    why = reasons(problem, proposal)
    triple = reading.triple
    return {
        "pairs": [triple(pair) for pair in proposal.pairs],
        "kept_count": len(proposal.kept),
        "added": [[*triple(pair), sentence(why[pair])] for pair in proposal.added],
        "removed": [
            [*triple(each.pair), LIMIT_WORDS[each.limit] if each.limit else MOVED_WORDS] for each in proposal.removed
        ],
        "loads": [[load.reviewer, load.before_count, load.after_count] for load in proposal.loads],
        "empty_count": len(proposal.empty_places),
        "shortages": [
            shortage_sentence(each, authority=reading.ministry_of(each.authority).short_name, **reading.names)
            for each in proposal.shortages
        ],
    }
