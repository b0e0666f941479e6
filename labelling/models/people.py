"""Those who review and the services of the regions: their rights, what they have to do, what they agreed to."""

from dataclasses import dataclass

from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from gen_portal.core.models import Capacity, Role, User
from gen_portal.core.models.people import CapacityQuerySet
from gen_portal.core.text import fold
from labelling.models.folding import Folded
from labelling.models.review import Assignment
from labelling.models.terms import ReviewerAbsence, ReviewerTerms

ROLES = (Role.REVIEWER, Role.REGIONAL_SERVICE)


@dataclass(frozen=True)
class Person:
    """One capacity of a list, what its holder still has to review in any call, and how much they agreed to."""

    capacity: Capacity
    load: int = 0
    late: int = 0
    terms: ReviewerTerms | None = None
    absence: ReviewerAbsence | None = None

    @property
    def is_full(self):
        return self.terms is not None and self.terms.max_load is not None and self.load >= self.terms.max_load


class PeopleQuerySet(CapacityQuerySet):
    """Capacities of reviewers and regional services."""

    def of_ministry(self, pk):
        return self.filter(ministry=pk)

    def held_by(self, user):
        return self.filter(user=user)

    def serving(self, today):
        """Of active people who serve a region that day."""
        held = self.of_regions().in_force(today).filter(user__is_active=True)
        return held.select_related("user", "region").order_by("pk")

    def of_regions(self):
        return self.filter(role=Role.REGIONAL_SERVICE)

    def named(self, text):
        """Every word is in the name or the address, accents and case folded."""
        found = self.alias(folded_name=Folded(Concat("user__first_name", Value(" "), "user__last_name")))
        for word in fold(text).split():
            found = found.filter(Q(folded_name__contains=word) | Q(user__email__contains=word))
        return found

    def for_page(self):
        """Reviewers by ministry, then services by region, each by name."""
        return self.select_related("user", "ministry", "region").order_by(
            F("ministry__position").asc(nulls_last=True), "region__is_overseas", "region__name",
            "user__last_name", "user__first_name", "pk",
        )  # fmt: skip


def users_on(today):
    """The people themselves."""
    return User.objects.filter(pk__in=people_on(today).values("user"))


def people_on(today):
    """Those in force that day or to come."""
    return PeopleQuerySet(Capacity).not_over(today).filter(role__in=ROLES)


def with_work(held, user, today):
    """These capacities as a list shows them to a person, for whom some dossiers may not exist, in three queries."""
    held = list(held)
    people = {capacity.user_id for capacity in held}
    loads = {row["reviewer"]: row for row in Assignment.objects.open_to(user).loads_of(people, today)}
    terms = ReviewerTerms.objects.select_related("substitute").in_bulk(people)
    absences = {absence.user_id: absence for absence in ReviewerAbsence.objects.next_of(people, today)}
    found = []
    for capacity in held:
        load = loads.get(capacity.user_id, {"left": 0, "late": 0})
        pk = capacity.user_id
        found.append(Person(capacity, load["left"], load["late"], terms.get(pk), absences.get(pk)))
    return found
