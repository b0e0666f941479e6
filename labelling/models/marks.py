"""One criterion of one review as pages show it, first and in force."""

from dataclasses import dataclass

from labelling import scoring


@dataclass(frozen=True)
class MarkLine:
    """The first mark of a criterion, with its comment, and the mark in force."""

    score: object
    mark: int | None

    @property
    def has_changed(self):
        return self.mark != self.score.value


def mean_of(marks):
    """The weighted mean of pairs (criterion, mark) to three decimals; None while one of them has no mark."""
    marks = list(marks)
    if not marks or any(mark is None for _, mark in marks):
        return None
    return scoring.rounded(scoring.weighted_mean((criterion.weight_percent, mark) for criterion, mark in marks))
