"""Until when a dossier may be filed: the one function that decides, for pages as for the filing itself.

A closing is an exclusive end: that very instant is too late. `CutOff.closes_at` is the closing in force for everybody
(a signed incident moves it); an Extension gives one structure more; the grace of the call lets a filing that was begun
before the end be finished a few minutes after it, and says so on the receipt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from applications.models import ApplicationState, CutOff, Extension, FilingAttempt, FilingBasis
from gen_portal.core import clock

#: A filing is begun when its page was opened, or tried, at most this long before the end (docs/decisions/0036).
BEGUN_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Term:
    """The cut-off that a dossier would enter, until when (excluded), and by what right at the instant asked."""

    cut_off: CutOff
    ends_at: datetime
    basis: FilingBasis


def decide(ends, at, *, grace, has_begun_before):
    """The Term at an instant, None after the last one: pure arithmetic over instants.

    `ends`: (cut-off, end for this dossier) in order; `grace`: a duration, zero for none; `has_begun_before(end)`: whether the
    filing was begun before that end, asked only within the grace.
    """
    for cut_off, end in ends:
        if at < cut_off.closes_at:
            return Term(cut_off, end, FilingBasis.ON_TIME)
        if at < end:
            return Term(cut_off, end, FilingBasis.EXTENSION)
        if at < end + grace and has_begun_before(end):
            return Term(cut_off, end + grace, FilingBasis.GRACE)
    return None


def term_of(application, at):
    """The Term under which this dossier would be filed at an instant; None when it is too early or too late.

    A completion is outside the deadline of the call and has its own: the end of its due day in Paris.
    """
    if application.state == ApplicationState.RETURNED:
        end = clock.end_of(application.completion_due_on)
        return Term(application.cut_off, end, FilingBasis.COMPLETION) if at < end else None
    return entry_of(application, at)


def entry_of(application, at):
    """The same for a dossier that is not answering a request for completion: which cut-off it may enter."""
    call = application.call
    if not call.is_published(at) or at < call.opens_at:
        return None

    def has_begun_before(end):
        return FilingAttempt.objects.begun_between(application, end - BEGUN_WITHIN, end)

    return decide(_ends(application), at, grace=call.grace, has_begun_before=has_begun_before)


def end_in(application, cut_off):
    """The exclusive end of a cut-off for the structure of this dossier, grace left out."""
    return dict(_ends(application))[cut_off]


def last_end(application):
    """The last end of all, None for a call without a cut-off."""
    return max((end for _, end in _ends(application)), default=None)


def _ends(application):
    given = {}
    for extension in Extension.objects.of(application.training.structure_id, application.call).order_by("until_at"):
        given[extension.cut_off_id] = extension.until_at
    return [(c, max(c.closes_at, given.get(c.pk, c.closes_at))) for c in application.call.timetable]
