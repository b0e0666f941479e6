"""How long a session lasts by role, to the minute, and that asking how long is left does not prolong it."""

import time

import pytest
from django.urls import reverse

from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MINUTE, HOUR = 60, 3600
#: Role (None: a member of a structure), seconds without activity, seconds in all.
LIMITS = [
    (None, 4 * HOUR, 12 * HOUR),
    (Role.REVIEWER, HOUR, 10 * HOUR),
    (Role.OFFICER, HOUR, 10 * HOUR),
    (Role.TECHNICAL_ADMIN, 15 * MINUTE, 4 * HOUR),
]


def client_with(client_for, role, *, idle=0, age=0):
    """A client whose last activity and whose sign-in are so many seconds ago."""
    user = CapacityFactory(role=role).user if role else UserFactory()
    client, now = client_for(user), time.time()
    session = client.session
    session["session_active_at"], session["session_began_at"] = now - idle, now - max(age, idle)
    session.save()
    return client


def is_signed_in(client):
    return client.get(reverse("desk")).status_code == 200


@pytest.mark.parametrize(("role", "idle", "whole"), LIMITS)
@pytest.mark.parametrize(("seconds", "lasts"), [(-60, True), (60, False)])
def test_a_session_ends_after_its_time_without_activity(client_for, role, idle, whole, seconds, lasts):
    assert is_signed_in(client_with(client_for, role, idle=idle + seconds)) is lasts


@pytest.mark.parametrize(("role", "idle", "whole"), LIMITS)
@pytest.mark.parametrize(("seconds", "lasts"), [(-60, True), (60, False)])
def test_a_session_ends_after_its_whole_time_whatever_one_does(client_for, role, idle, whole, seconds, lasts):
    assert is_signed_in(client_with(client_for, role, age=whole + seconds)) is lasts


def test_an_ended_session_is_gone_from_public_pages_too(client_for):
    client = client_with(client_for, None, idle=4 * HOUR + 60)
    assert "Se déconnecter" not in client.get(reverse("home")).content.decode()
    assert not is_signed_in(client)


def test_an_activity_pushes_the_end_back_and_asking_does_not(client_for):
    client = client_with(client_for, None, idle=3 * HOUR)
    url = reverse("session_state")
    assert client.get(url).json()["seconds"] == pytest.approx(HOUR, abs=30)
    assert client.get(url).json()["seconds"] == pytest.approx(HOUR, abs=30)
    client.post(url)
    assert client.get(url).json() == {"seconds": pytest.approx(4 * HOUR, abs=30), "can_last_longer": True}


def test_nothing_pushes_back_the_whole_time(client_for):
    client = client_with(client_for, None, age=12 * HOUR - 4 * MINUTE)
    client.post(reverse("session_state"))
    state = client.get(reverse("session_state")).json()
    assert state == {"seconds": pytest.approx(4 * MINUTE, abs=30), "can_last_longer": False}


def test_pages_carry_the_end_of_the_session_for_the_warning(client_for):
    client = client_with(client_for, None, age=12 * HOUR - 4 * MINUTE)
    seconds = client.get(reverse("desk")).context["page"].session_seconds
    assert seconds == pytest.approx(4 * MINUTE, abs=30)


def test_a_script_of_somebody_signed_out_is_told_so(client):
    answer = client.post(reverse("session_state"), HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()["sign_in_url"]) == (401, "/compte/connexion/?next=%2Fsession%2F")
