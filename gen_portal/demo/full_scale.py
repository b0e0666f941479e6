"""The demonstration at full size: one more call with 5,000 dossiers and 20,000 reviews, for benchmarks."""

from datetime import timedelta

from applications.models import Application, ApplicationState, Call
from gen_portal.core import clock
from gen_portal.demo import calls
from gen_portal.demo.talking import ReviewersTalk

APPLICATION_COUNT = 5_000
AWAITED_COUNT = 10  # dossiers more, whose reviewers have not begun
DRAFT_COUNT = 1_500  # structures, each with a dossier ready to be filed in the call in progress


class FullScale:
    """Adds the large call to a scenario already loaded; `count` is the number of dossiers reviewed in it."""

    def __init__(self, scenario, count=APPLICATION_COUNT):
        self.story, self.count = scenario, count

    def load(self):
        story = self.story
        call = calls.large_call(story.history, story.officer, today=story.today)
        applications, assignments = self._reviewed(call)
        ReviewersTalk(story, call).disagree(Application.objects.filter(call=call, state=ApplicationState.UNDER_REVIEW))
        self._drafts()
        story.history.write()
        story.say(f"Grande échelle : {len(applications)} dossiers évalués, {len(assignments)} évaluations.")

    def _reviewed(self, call):
        """Dossiers under review: all of them reviewed, then a few whose reviews are awaited."""
        story, cut_off = self.story, call.cut_offs.get(number=1)
        applications = self._filed(call, self.count, at=call.opens_at + timedelta(days=2))
        awaited = self._filed(call, AWAITED_COUNT, at=call.opens_at + timedelta(days=3))
        quality = {application.pk: story.rng.uniform(0.5, 4.8) for application in applications}
        assigned_at = cut_off.closes_at + timedelta(days=2)
        due_on = clock.day_of(assigned_at + timedelta(days=30))
        assignments = story.judge.assign(applications, at=assigned_at, due_on=due_on)
        story.judge.assign(awaited, at=assigned_at, due_on=due_on)
        story.judge.review(assignments, at=assigned_at + timedelta(days=1), quality=quality)
        return applications, assignments

    def _filed(self, call, count, *, at):
        cut_off = call.cut_offs.get(number=1)
        between = (cut_off.closes_at - timedelta(days=20), cut_off.closes_at)
        return self.story.dossiers.make(
            call, self._carriers(count, at), state=ApplicationState.UNDER_REVIEW, cut_off=cut_off, filed_between=between
        )

    def _drafts(self):
        """Dossiers that lack nothing, for those who measure a rush on the last day."""
        call = Call.objects.get(slug=f"appel-{self.story.today.year}-en-cours")
        counts = {"site_count": DRAFT_COUNT, "training_count": DRAFT_COUNT}
        carriers = self.story.structures.make(DRAFT_COUNT, at=call.opens_at + timedelta(days=5), **counts)
        self.story.dossiers.make(call, carriers, state=ApplicationState.DRAFT, is_ready=True)

    def _carriers(self, count, at):
        return self.story.structures.make(
            max(1, count // 4), site_count=max(1, count // 3), training_count=count, at=at
        )
