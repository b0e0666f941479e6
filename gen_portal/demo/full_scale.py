"""The demonstration at full size: one more call with 5,000 dossiers and 20,000 reviews, for benchmarks."""

from datetime import timedelta

from applications.models import ApplicationState
from gen_portal.core import clock
from gen_portal.demo import calls

APPLICATION_COUNT = 5_000


class FullScale:
    """Adds the large call to a scenario already loaded."""

    def __init__(self, scenario):
        self.story = scenario

    def load(self):
        story = self.story
        call = calls.large_call(story.history, story.officer, today=story.today)
        cut_off = call.cut_offs.get(number=1)
        at = call.opens_at + timedelta(days=2)
        carriers = story.structures.make(
            APPLICATION_COUNT // 4, site_count=APPLICATION_COUNT // 3, training_count=APPLICATION_COUNT, at=at
        )
        applications = story.dossiers.make(
            call,
            carriers,
            state=ApplicationState.UNDER_REVIEW,
            cut_off=cut_off,
            filed_between=(cut_off.closes_at - timedelta(days=20), cut_off.closes_at),
        )
        quality = {application.pk: story.rng.uniform(0.5, 4.8) for application in applications}
        assigned_at = cut_off.closes_at + timedelta(days=2)
        assignments = story.judge.assign(
            applications, at=assigned_at, due_on=clock.day_of(assigned_at + timedelta(days=30))
        )
        story.judge.review(assignments, at=assigned_at + timedelta(days=1), quality=quality)
        story.history.write()
        story.say(f"Grande échelle : {len(applications)} dossiers, {len(assignments)} évaluations.")
