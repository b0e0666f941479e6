"""The dossiers of a call side by side: what those who run it compare before deciding. Figures are kept, not computed."""

from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from applications.models import Application, ApplicationState
from gen_portal.core.models import Ministry
from labelling.models.decision import Decision
from labelling.models.disagreement import has_open_disagreement, open_step
from labelling.models.folding import Folded
from labelling.models.review import Assignment, is_sealed_for

BOARD_STATES = (ApplicationState.UNDER_REVIEW, ApplicationState.DECIDED)
_STRUCTURE = "training__structure"
_REGION = f"{_STRUCTURE}__commune__department__region"

#: Each way to sort, by its name in the url, and the column it follows; the reference settles ties.
SORTS = {
    "rang": F("figures__mean").desc(nulls_last=True),
    "-rang": F("figures__mean").asc(nulls_last=True),
    "titre": F("training__title").asc(),
    "-titre": F("training__title").desc(),
    "region": F(f"{_REGION}__name").asc(),
    "-region": F(f"{_REGION}__name").desc(),
    "releve": F("cut_off__number").asc(),
    "-releve": F("cut_off__number").desc(),
    "ecart": F("figures__spread").asc(nulls_last=True),
    "-ecart": F("figures__spread").desc(nulls_last=True),
    "avis": Coalesce("figures__review_count", 0).asc(),
    "-avis": Coalesce("figures__review_count", 0).desc(),
    "montant": F("requested_grant_euros").asc(nulls_last=True),
    "-montant": F("requested_grant_euros").desc(nulls_last=True),
}

#: What a row of the board reads in one query: columns of the dossier, then the rest under the names the row has.
COLUMNS = ("pk", "reference", "state", "job_family", "requested_grant_euros")
ROW = {
    "title": F("training__title"),
    "structure_name": F(f"{_STRUCTURE}__name"),
    "commune_name": F(f"{_STRUCTURE}__commune__name"),
    "region_name": F(f"{_REGION}__name"),
    "cut_off_number": F("cut_off__number"),
    "mean": F("figures__mean"),
    "first_mean": F("figures__first_mean"),
    "spread": F("figures__spread"),
    "disagreement_step": open_step(),
    "review_count": Coalesce("figures__review_count", 0),
    "decision_pk": F("current_decision__pk"),
    "decision_outcome": F("current_decision__outcome"),
    "first_signed_at": F("current_decision__first_signed_at"),
    "second_signed_at": F("current_decision__second_signed_at"),
    "decision_published_at": F("current_decision__published_at"),
}


_FACET = {
    "cut_off_number": F("cut_off__number"),
    "region_code": F(f"{_REGION}__code"),
    "region_name": F(f"{_REGION}__name"),
}
_SUMS = {
    "count": Count("pk"),
    "keys": Sum("pk"),
    "squares": Sum(F("pk") * F("pk")),
    "reviews": Sum("figures__review_count"),
    "means": Sum("figures__mean"),
    "first_means": Sum("figures__first_mean"),
    "last_change": Max("figures__changed_at"),
}


def expected_review_count(today):
    """One review per ministry of the day and that of a third reader, counted inside the query that needs it."""
    counted = Ministry.objects.in_force(today).order_by().annotate(count=Func("pk", function="COUNT"))
    third = Assignment.objects.current().filter(application=OuterRef("pk"), is_third_reader=True).order_by()
    asked = third.values("application").annotate(count=Count("pk")).values("count")
    return Subquery(counted.values("count"), output_field=IntegerField()) + Coalesce(Subquery(asked), 0)


class BoardQuerySet(QuerySet):
    """Made by `board()`: dossiers under review or decided, for those who run the call."""

    def visible_to(self, user):
        """Who runs the call but withdrew from a dossier, or has yet to review it, does not see its figures."""
        return self.exclude(is_sealed_for(user))

    def facets(self):
        """A row per cut-off and region: `cut_off_number`, `region_code`, `region_name`, `count`, and sums that change when
        a counted review of these dossiers does (`labelling.models.comparing.digest_of`). Read once, with one query."""
        if not hasattr(self, "_facets"):
            groups = self.order_by("cut_off__number", f"{_REGION}__name").values(**_FACET).annotate(**_SUMS)
            self._facets = list(groups.values_list(*_FACET, *_SUMS, named=True))
        return self._facets

    def tally(self, shown):
        """How many dossiers have each mean, in all and among those that answer the condition `shown`."""
        groups = self.alias(**ALIASES).order_by().values_list("figures__mean")
        return list(groups.annotate(count=Count("pk"), shown_count=Count("pk", filter=shown)))

    def sorted_by(self, name):
        """By one of `SORTS`, best mean first by default; equals in the order of their numbers."""
        return self.order_by(SORTS.get(name, SORTS["rang"]), "pk")

    def rows(self, today):
        """Named tuples of what the page shows, without one model instance."""
        decision = FilteredRelation("decisions", condition=Q(decisions__cut_off=F("cut_off")))
        told = self.alias(current_decision=decision).annotate(**ROW, expected_count=expected_review_count(today))
        return told.values_list(*COLUMNS, *ROW, "expected_count", named=True)


#: Search looks at the structure, the title and the reference; the title has no folded column of its own.
ALIASES = {"folded_title": Folded("training__title")}


def board(call):
    return BoardQuerySet(Application).filter(call=call, state__in=BOARD_STATES)


def is_complete(today):
    """Condition: every ministry's review is submitted."""
    return Q(figures__review_count__gte=expected_review_count(today))


def to_decide_by_call(user, today):
    """(title, slug, count) of each call with dossiers fully reviewed that bear no signature at their cut-off yet."""
    signed = Decision.objects.signed().filter(application=OuterRef("pk"), cut_off=OuterRef("cut_off"))
    waiting = Application.objects.filter(~Exists(signed), is_complete(today), state=ApplicationState.UNDER_REVIEW)
    waiting = waiting.exclude(is_sealed_for(user))
    return waiting.order_by("call__title").values_list("call__title", "call__slug").annotate(count=Count("pk"))


#: Condition: the reviews disagree, and nobody has arbitrated.
IS_FLAGGED = has_open_disagreement()
