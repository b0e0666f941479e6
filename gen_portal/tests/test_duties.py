"""What the minute's tick does, asked for by the clock itself."""

from datetime import timedelta

import pytest

from applications.tests.factories import ApplicationFactory
from gen_portal.core import clock
from gen_portal.tasks import tick
from labelling.models import Decision
from labelling.tests.factories_decisions import DecisionFactory, director
from labelling.transitions.publishing import seal_of
from labelling.transitions.releases import schedule

pytestmark = pytest.mark.django_db


def test_the_tick_publishes_what_was_scheduled(frozen_clock):
    decision = DecisionFactory(application=ApplicationFactory(under_review=True), countersigned=True)
    schedule(decision.cut_off, at=clock.now() + timedelta(minutes=1), by=director(), seen=seal_of([decision]))
    tick()
    assert not Decision.objects.published().exists()
    frozen_clock.advance(minutes=1)
    tick()
    assert Decision.objects.get().published_at == frozen_clock.at
