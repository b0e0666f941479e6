"""What the board shows, put together in a constant number of queries: filters, ranks, rows, and each ministry's opinion."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Q

from labelling import scoring
from labelling.comparison import Comparison, words_of
from labelling.fragility import RankInterval
from labelling.models import Outcome
from labelling.models.board import ALIASES, IS_FLAGGED, board, is_complete
from labelling.models.folding import is_mentioned
from labelling.opinions import Opinions, Said

#: Every ministry's review is submitted, or some are still awaited.
COMPLETE, INCOMPLETE = "complet", "incomplet"
#: More rows than this are read without naming each.
MANY = 250
#: Ways to sort by the adjusted mean, by their names in the url: the best first, the worst first.
ADJUSTED_SORTS = ("ajustee", "-ajustee")


@dataclass(frozen=True)
class BoardLine:
    """One dossier: the row the database gave, its rank among those of the board, its opinions."""

    row: tuple
    rank: int | None
    opinions: Opinions
    regional: Opinions
    adjusted: Decimal | None = None
    interval: RankInterval | None = None
    is_fragile: bool = False
    fragile_words: str = ""

    @property
    def interval_words(self):
        """« 3 à 7 », the rank alone where no change moves it."""
        if self.interval is None:
            return ""
        best, worst = self.interval.best, self.interval.worst
        return str(best) if best == worst else f"{best} à {worst}"

    @property
    def is_flagged(self):
        return bool(self.row.disagreement_step)

    @property
    def disagreement_words(self):
        """What the open disagreement waits for; nothing without one."""
        return {"third_reader": "troisième lecteur", "agenda": "à arbitrer"}.get(self.row.disagreement_step, "")

    @property
    def decision_words(self):
        """How far the decision is; its outcome only once somebody prepared one."""
        row = self.row
        if row.decision_pk is None:
            return "à préparer" if row.review_count >= row.expected_count else ""
        steps = (
            (row.decision_published_at, "publiée"),
            (row.second_signed_at, "contresignée"),
            (row.first_signed_at, "signée"),
            (True, "préparée"),
        )
        step = next(words for reached, words in steps if reached)
        return f"{Outcome(row.decision_outcome).label} ({step})"


@dataclass(frozen=True)
class BoardFilter:
    """What is asked of the board; empty values ask nothing. Plain values, so that a background job can keep it."""

    text: str = ""
    cut_off: str = ""
    region: str = ""
    family: str = ""
    progress: str = ""
    flagged: bool = False
    line: int | None = None
    fragile: bool = False

    def scope(self):
        """Condition on the dossiers ranked together: those of the chosen cut-off, else of the whole call."""
        return Q(cut_off__number=self.cut_off) if self.cut_off else Q()

    def shown(self, today):
        """Condition on the rows to show among them."""
        condition = is_mentioned(self.text)
        if self.region:
            condition &= Q(training__structure__commune__department__region=self.region)
        if self.family:
            condition &= Q(job_family=self.family)
        if self.progress:
            condition &= is_complete(today) if self.progress == COMPLETE else ~is_complete(today)
        return condition & IS_FLAGGED if self.flagged else condition

    @property
    def scope_key(self):
        """What tells the dossiers ranked together apart."""
        return self.cut_off or "all"


@dataclass(frozen=True)
class Board:
    """The dossiers of a call that answer a filter, for one person on one day."""

    dossiers: object
    asked: BoardFilter
    today: object
    call: object

    @cached_property
    def compared(self):
        """Adjusted means and intervals of ranks of the dossiers ranked together."""
        return Comparison(self.call, self.dossiers, self.asked.scope(), self.asked.scope_key).compared

    @cached_property
    def crossing(self):
        """The dossiers that one change would take across the line, by rank; none without a line."""
        return self.compared.crossing(self.asked.line) if self.asked.line else []

    @cached_property
    def shown(self):
        """Condition on the rows to show."""
        condition = self.asked.shown(self.today)
        return condition & Q(pk__in=self.crossing) if self.asked.fragile else condition

    def ranked(self):
        """Ranks by mean among the dossiers compared together, and how many answer the filter: one query."""
        tally = self.dossiers.filter(self.asked.scope()).tally(self.shown)
        ranks = scoring.ranks({mean: count for mean, count, _ in tally if mean is not None})
        return ranks, sum(shown for _, _, shown in tally)

    def all_rows(self, sort, *, chunk_size):
        """All the rows to show, in the order asked, by a cursor; the database does not know that of adjusted means."""
        if sort not in ADJUSTED_SORTS:
            return self._rows(sort).iterator(chunk_size=chunk_size)
        found = {row.pk: row for row in self.matching().rows(self.today)}
        return (found[pk] for pk in self._by_adjusted_mean(sorted(found), sort))

    def ordered_keys(self, sort):
        """The keys of all the dossiers to show, in the order asked."""
        if sort not in ADJUSTED_SORTS:
            return list(self._rows(sort).values_list("pk", flat=True))
        keys = list(self.matching().order_by("pk").values_list("pk", flat=True))
        return self._by_adjusted_mean(keys, sort)

    def _rows(self, sort):
        return self.matching().rows(self.today).sorted_by(sort)

    def _by_adjusted_mean(self, keys, sort):
        """These keys, in their order, by adjusted mean; those without any last."""
        means = {pk: self.compared.means[pk] for pk in keys if pk in self.compared.means}
        ordered = sorted(means, key=lambda pk: means[pk] if sort.startswith("-") else -means[pk])
        return [*ordered, *(pk for pk in keys if pk not in means)]

    def matching(self):
        """The dossiers to show, in no order."""
        return self.dossiers.alias(**ALIASES).filter(self.asked.scope(), self.shown)

    def _page_by_adjusted_mean(self, number, size, sort):
        """The same for one page: its rows alone are read whole."""
        page = Paginator(self.ordered_keys(sort), size).get_page(number)
        rows = {row.pk: row for row in self.dossiers.filter(pk__in=page.object_list).rows(self.today)}
        page.object_list = [rows[pk] for pk in page.object_list]
        return page

    def page(self, number, *, sort, size):
        """One page of lines, ranks counted over the whole board."""
        ranks, count = self.ranked()
        if sort in ADJUSTED_SORTS:
            page = self._page_by_adjusted_mean(number, size, sort)
        else:
            paginator = Paginator(self._rows(sort), size)
            paginator.count = count  # known from the tally: no second count
            page = paginator.get_page(number)
        page.object_list = self.lines_of(list(page.object_list), ranks)
        return page

    def lines_of(self, rows, ranks):
        """The lines of some rows: one more query, for the opinions of them all; two more to say why a rank is fragile."""
        said, compared, fragile = self._said_of(rows), self.compared, set(self.crossing)
        shown = {row.pk: compared.intervals[row.pk] for row in rows if row.pk in fragile}
        words = words_of(shown, self.call) if shown else {}
        return [
            BoardLine(
                row, _rank(row.mean, ranks), *said.of(row.pk), compared.means.get(row.pk),
                compared.intervals.get(row.pk), row.pk in fragile, words.get(row.pk, ""),
            )
            for row in rows
        ]  # fmt: skip

    def _said_of(self, rows):
        """Of many rows, a query of all the dossiers costs less than a list of keys."""
        few = [row.pk for row in rows] if len(rows) <= MANY else None
        return Said(self.dossiers.order_by().values("pk") if few is None else few)


def _rank(mean: Decimal | None, ranks):
    return None if mean is None else ranks[mean]


def dossiers_for(user, call):
    """The dossiers of a call that one person may compare."""
    return board(call).visible_to(user)
