"""What became of a publication: what changed since it was scheduled, and how far its letters are."""

from dataclasses import dataclass
from datetime import datetime

from gen_portal.core.models import OutgoingEmail
from labelling.models import Decision, Outcome

#: The letters of a publication, by their models in the outbox.
KINDS = [f"decision_{outcome}" for outcome in Outcome]


@dataclass(frozen=True)
class Drift:
    """A scheduled publication beside what is ready now, in numbers of decisions."""

    taken_count: int
    left_out_count: int
    new_count: int

    @property
    def has_changed(self):
        return bool(self.left_out_count or self.new_count)


def drift_of(release):
    """`left_out`: no longer ready, or changed since they were read; `new`: ready since, which wait for another run."""
    taken = release.taken
    ready = {each.pk: each.fingerprint for each in Decision.objects.ready().of_cut_off(release.cut_off).for_page()}
    kept = {pk for pk, fingerprint in taken.items() if ready.get(pk) == fingerprint}
    return Drift(len(kept), len(taken) - len(kept), len(ready.keys() - taken.keys()))


@dataclass(frozen=True)
class Run:
    """One publication of a cut-off and its letters."""

    at: datetime
    decision_count: int
    letter_count: int = 0
    sent_count: int = 0
    stopped_count: int = 0

    @property
    def waiting_count(self):
        return self.letter_count - self.sent_count - self.stopped_count

    @property
    def is_over(self):
        """Nothing is to leave any more by itself."""
        return not self.waiting_count


def runs_of(cut_off):
    """The publications of a cut-off, the latest first: two queries."""
    decisions = Decision.objects.published().of_cut_off(cut_off)
    letters = OutgoingEmail.objects.about_any("applications.application", decisions.values("application"), KINDS)
    told = {at: counts for at, *counts in letters.by_instant()}
    return [Run(at, count, *told.get(at, ())) for at, count in decisions.by_instant()]
