"""What the board shows, put together in a constant number of queries: filters, ranks, rows, and each ministry's opinion."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Q

from labelling import scoring
from labelling.models import Outcome, Recommendation
from labelling.models.board import ALIASES, IS_FLAGGED, board, is_complete, opinions_of
from labelling.models.folding import is_mentioned
from labelling.models.review import RECOMMENDATION_KINDS

#: Every ministry's review is submitted, or some are still awaited.
COMPLETE, INCOMPLETE = "complet", "incomplet"


@dataclass(frozen=True)
class Opinion:
    """What one ministry says of a dossier, as a badge."""

    ministry: str
    recommendation: str

    @property
    def kind(self):
        return RECOMMENDATION_KINDS.get(self.recommendation, "")

    @property
    def words(self):
        return Recommendation(self.recommendation).label if self.recommendation else "en attente"


@dataclass(frozen=True)
class BoardLine:
    """One dossier: the row the database gave, its rank among those of the board, its opinions."""

    row: tuple
    rank: int | None
    opinions: list
    regional: list

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


@dataclass(frozen=True)
class Board:
    """The dossiers of a call that answer a filter, for one person on one day."""

    dossiers: object
    asked: BoardFilter
    today: object

    def ranked(self):
        """Ranks by mean among the dossiers compared together, and how many answer the filter: one query."""
        tally = self.dossiers.filter(self.asked.scope()).tally(self.asked.shown(self.today))
        ranks = scoring.ranks({mean: count for mean, count, _ in tally if mean is not None})
        return ranks, sum(shown for _, _, shown in tally)

    def rows(self, sort):
        shown = self.dossiers.alias(**ALIASES).filter(self.asked.scope(), self.asked.shown(self.today))
        return shown.rows(self.today).sorted_by(sort)

    def page(self, number, *, sort, size):
        """One page of lines, ranks counted over the whole board."""
        ranks, count = self.ranked()
        paginator = Paginator(self.rows(sort), size)
        paginator.count = count  # known from the tally: no second count
        page = paginator.get_page(number)
        page.object_list = lines_of(list(page.object_list), ranks)
        return page


def lines_of(rows, ranks):
    """The lines of some rows: one more query, for the opinions of them all."""
    found = opinions_of([row.pk for row in rows])
    return [
        BoardLine(
            row, _rank(row.mean, ranks), [Opinion(*said) for said in found[row.pk].ministries],
            [Opinion(*said) for said in found[row.pk].regions],
        )
        for row in rows
    ]  # fmt: skip


def _rank(mean: Decimal | None, ranks):
    return None if mean is None else ranks[mean]


def dossiers_for(user, call):
    """The dossiers of a call that one person may compare."""
    return board(call).visible_to(user)
