"""Alerts on a real PostgreSQL with real threads: two clocks tell once, two clicks start once, two askers make one alert."""

from datetime import timedelta

import pytest

from applications import links
from fabriques.actions import alerts
from fabriques.forms.registry import saved_search
from fabriques.models import Frequency, SearchAlert
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.tests.races import refusals_at_once
from gen_portal.core.workflow import Refused
from labelling.models import Decision

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def asked(token):
    return SearchAlert.objects.create(
        email="a@exemple.fr", query="", frequency=Frequency.DAILY, token_hash=links.hashed(token), asked_at=clock.now()
    )


def test_eight_clocks_tell_a_place_once(frozen_clock):
    asked(token := links.new_token())
    alerts.confirm_alert(token)
    FabriqueFactory()
    Decision.objects.update(published_at=clock.now())
    frozen_clock.advance(days=1)

    assert refusals_at_once(*[lambda: alerts.send_alerts(clock.now(), saved_search)] * 8) == []

    assert OutgoingEmail.objects.filter(kind="search_alert").count() == 1


def test_eight_clicks_start_an_alert_once(frozen_clock):
    asked(token := links.new_token())

    refusals = refusals_at_once(*[lambda: alerts.confirm_alert(token)] * 8)

    assert [type(refusal) for refusal in refusals] == [Refused] * 7
    assert SearchAlert.objects.get().next_on == clock.today() + timedelta(days=1)


def test_eight_askers_of_one_search_make_one_alert_and_one_mail(frozen_clock):
    ask = [lambda: alerts.ask_alert("a@exemple.fr", "", Frequency.DAILY, described=["Toutes"])] * 8

    assert refusals_at_once(*ask) == []

    assert (SearchAlert.objects.count(), OutgoingEmail.objects.count()) == (1, 1)
