"""What a run of the follow-up sends, and what the next seven days will bring: reports and progress points together."""

from datetime import timedelta

from fabriques.models import FORECAST_DAYS
from fabriques.planning import forecast
from fabriques.point_planning import planned_points


def foreseen_mails(now):
    """Everything that will leave in the next seven days if nothing changes, in order."""
    mails = [*forecast(now), *planned_points(now, now + timedelta(days=FORECAST_DAYS))]
    return sorted(mails, key=lambda mail: (mail.leaves_at, mail.about_name, mail.user.pk))
