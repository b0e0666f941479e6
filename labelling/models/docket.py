"""The dossiers of one cut-off on their way to a published decision: which step each waits at, and for how much money."""

from django.db import models
from django.db.models import Case, Count, F, FilteredRelation, Q, QuerySet, Sum, Value, When

from applications.models import Application, ApplicationState
from labelling.models.decision import LABELLING_OUTCOMES, MIN_REVIEWS_FOR_A_LABEL
from labelling.models.disagreement import has_open_disagreement
from labelling.models.folding import mentioning
from labelling.models.review import is_sealed_for


class Step(models.TextChoices):
    """Where a dossier stands, in the order of the work; the values are those of the page's address."""

    TO_PREPARE = "a-preparer", "à préparer"
    TO_SIGN = "a-signer", "à signer"
    TO_COUNTERSIGN = "a-contresigner", "à contresigner"
    BLOCKED = "bloquee", "bloquée"
    READY = "prete", "prête à publier"
    PUBLISHED = "publiee", "publiée"


#: Kind of the badge of each step; the word always says it too.
STEP_KINDS = {
    Step.TO_PREPARE: "",
    Step.TO_SIGN: "new",
    Step.TO_COUNTERSIGN: "info",
    Step.BLOCKED: "error",
    Step.READY: "success",
    Step.PUBLISHED: "",
}
_STRUCTURE = "training__structure"
SORTS = {
    "rang": F("figures__mean").desc(nulls_last=True),
    "-rang": F("figures__mean").asc(nulls_last=True),
    "ecart": F("figures__spread").asc(nulls_last=True),
    "-ecart": F("figures__spread").desc(nulls_last=True),
    "structure": F(f"{_STRUCTURE}__folded_name").asc(),
    "-structure": F(f"{_STRUCTURE}__folded_name").desc(),
    "subvention": F("own__grant_euros").asc(nulls_first=True),
    "-subvention": F("own__grant_euros").desc(nulls_last=True),
}
#: What a line shows beside the dossier's own columns, under the names it has there.
ROW = {
    "title": F("training__title"),
    "structure_name": F(f"{_STRUCTURE}__name"),
    "commune_name": F(f"{_STRUCTURE}__commune__name"),
    "mean": F("figures__mean"),
    "spread": F("figures__spread"),
    "is_disputed": has_open_disagreement(),
    "decision_pk": F("own__pk"),
    "outcome": F("own__outcome"),
    "grant_euros": F("own__grant_euros"),
}


def dossiers_to_decide(user):
    """Dossiers whose reviews and decision a person who runs the call may read: not those of a structure they belong to,
    nor those they recused themselves from or have yet to review."""
    mine = user.memberships.values("structure_id")
    visible = Application.objects.visible_to(user)
    return visible.exclude(is_sealed_for(user)).exclude(training__structure__in=mine)


class DocketQuerySet(QuerySet):
    """Made by `docket()`: dossiers under review in a cut-off, and those already signed or published there."""

    def visible_to(self, user):
        mine = user.memberships.values("structure_id")
        return self.exclude(is_sealed_for(user)).exclude(training__structure__in=mine)

    def at_step(self, step):
        return self.filter(step=step) if step else self

    def with_references(self, references):
        return self.filter(reference__in=references)

    def mentioning(self, text):
        """Every word is in the structure's name, the title or the reference, accents and case folded."""
        return mentioning(self, text)

    def tally(self):
        """Per step, how many dossiers and how much grant: {step: (count, euros)}."""
        rows = self.order_by().values_list("step").annotate(count=Count("pk"), sum=Sum("own__grant_euros", default=0))
        return {step: (count, euros) for step, count, euros in rows}

    def sorted_by(self, name):
        """By one of `SORTS`, best mean first by default; equals in the order of their numbers."""
        return self.order_by(SORTS.get(name, SORTS["rang"]), "pk")

    def rows(self):
        """Named tuples of what a line shows, without one model instance."""
        return self.annotate(**ROW).values_list(
            "pk", "reference", "state", "requested_grant_euros", "step", *ROW, named=True
        )


def docket(cut_off):
    own = FilteredRelation("decisions", condition=Q(decisions__cut_off=cut_off))
    here = Q(cut_off=cut_off, state=ApplicationState.UNDER_REVIEW) | Q(own__first_signed_at__isnull=False)
    return (
        DocketQuerySet(Application).alias(own=own).filter(here, call=cut_off.call_id).annotate(step=_step_in(cut_off))
    )


def _step_in(cut_off):
    gone = ~Q(state=ApplicationState.UNDER_REVIEW) | ~Q(cut_off=cut_off)
    reviewed = Q(figures__review_count__gte=MIN_REVIEWS_FOR_A_LABEL) & ~Q(has_open_disagreement())
    return Case(
        When(own__pk=None, then=Value(Step.TO_PREPARE)),
        When(own__published_at__isnull=False, then=Value(Step.PUBLISHED)),
        When(own__first_signed_at=None, then=Value(Step.TO_SIGN)),
        When(gone, then=Value(Step.BLOCKED)),
        When(own__second_signed_at=None, then=Value(Step.TO_COUNTERSIGN)),
        When(~Q(own__outcome__in=LABELLING_OUTCOMES) | reviewed, then=Value(Step.READY)),
        default=Value(Step.BLOCKED),
    )


def current_cut_off(call):
    """Where the work is: the first cut-off with a dossier under review, else the last one; None without a timetable."""
    waiting = Application.objects.filter(call=call, state=ApplicationState.UNDER_REVIEW)
    first = waiting.order_by("cut_off__number").values_list("cut_off_id", flat=True).first()
    found = [cut_off for cut_off in call.timetable if cut_off.pk == first] or call.timetable[-1:]
    return found[0] if found else None
