"""Every attempt to file is in the ledger with how it ended, also those that were refused."""

from datetime import timedelta

import pytest

from applications import ledger, transitions
from applications.models import FilingAttempt
from applications.tests.world import World
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


def lines():
    return list(FilingAttempt.objects.order_by("pk").values_list("step", "result"))


def tried(world, key="k1"):
    try:
        return transitions.submit(world.application, by=world.owner.user, key=key)
    except Refused as refusal:
        return str(refusal)


def test_pages_and_clicks_are_written_with_who_when_and_the_request(frozen_clock, client_for):
    world = World(complete=True)
    client, url = client_for(world.owner.user), world.url("application_submit")

    client.get(url, headers={"X-Request-ID": "abc-123"})
    client.post(url, {"key": "k1", "signature": "on"}, headers={"X-Request-ID": "un nom\nfabriqué"})
    client.post(url, {"key": "k2", "signature": "on"})

    assert lines() == [("opened", "shown"), ("submit", "accepted"), ("submit", "replayed")]
    rows = list(FilingAttempt.objects.order_by("pk"))
    assert [(row.by, row.at, row.request_id) for row in rows] == [
        (world.owner.user, frozen_clock.at, name) for name in ("abc-123", "", "")
    ]
    assert {row.submission for row in rows[1:]} == {world.application.submissions.get()}


def test_a_refused_attempt_is_written_though_nothing_else_is(frozen_clock):
    world = World(complete=True, women_percent=None)

    said = tried(world)

    row = FilingAttempt.objects.get()
    assert (row.result, row.detail, row.state, row.submission) == ("incomplete", said, "draft", None)


def test_a_late_attempt_and_one_on_a_withdrawn_dossier(frozen_clock):
    world = World(complete=True)
    frozen_clock.set(world.application.call.timetable[-1].closes_at)
    tried(world)
    transitions.withdraw(world.application, by=world.owner.user)
    tried(world)

    assert lines() == [("submit", "closed"), ("submit", "conflict")]


@pytest.mark.parametrize("name", ["editor", "reader"])
def test_somebody_who_may_not_file_is_turned_away_and_written_down(frozen_clock, client_for, name):
    world = World(complete=True)

    answer = client_for(world.people[name]).post(world.url("application_submit"), {"key": "k1"})

    assert answer.status_code == 403
    assert lines() == [("submit", "refused")]


def test_a_stranger_leaves_no_line(frozen_clock, client_for):
    world = World(complete=True)

    assert client_for(world.people["stranger"]).post(world.url("application_submit")).status_code == 404
    assert lines() == []


def test_a_failure_of_the_database_is_written_too(frozen_clock, monkeypatch):
    """A filing whose number is already taken breaks the constraint: the attempt is not lost."""
    world, other = World(complete=True), World(submitted=True)
    taken = other.application.submissions.get().number.removeprefix("GEN-2026-").replace("-", "")
    monkeypatch.setattr("applications.transitions.filing.new_reference", lambda length: taken)

    with pytest.raises(Exception, match="number"):
        transitions.submit(world.application, by=world.owner.user, key="k1")

    assert [(row.result, row.detail) for row in FilingAttempt.objects.all()] == [("failed", "IntegrityError")]


def test_a_filing_begun_is_seen_between_two_instants(frozen_clock):
    world, at = World(complete=True), frozen_clock.at
    ledger.opened(world.application, by=world.owner.user)
    ledger.turned_away(World(complete=True).application, by=world.owner.user)
    begun = FilingAttempt.objects.begun_between

    moment = timedelta(microseconds=1)
    assert begun(world.application, at, at + moment)
    assert not begun(world.application, at - moment, at)
    assert not begun(FilingAttempt.objects.latest("pk").application, at, at + moment)
