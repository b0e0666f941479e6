"""A capacity means a second factor: enrolled at first sign-in, given at each, never taken off."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse

from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_attempts():
    cache.clear()


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


def test_without_enrolment_every_page_leads_to_it(client, officer):
    client.force_login(officer)

    answer = client.get(reverse("desk"))

    assert (answer.status_code, answer.url) == (302, "/compte/second-facteur/activer/?next=%2Fbureau%2F")


def test_once_enrolled_a_session_without_code_leads_to_it(client_for, officer):
    client = client_for(officer, second_factor_age=None)
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})

    answer = client.get(reverse("journal_list"), {"acte": "call"})

    assert answer.url == "/compte/second-facteur/confirmer/?next=%2Fgestion%2Fjournal%2F%3Facte%3Dcall"


def test_public_pages_ask_it_too(client, officer):
    client.force_login(officer)

    assert client.get(reverse("home")).status_code == 302
    assert client.get(reverse("health")).status_code == 200


def test_somebody_without_capacity_needs_none(client):
    client.force_login(UserFactory())

    assert client.get(reverse("desk")).status_code == 200


def test_it_cannot_be_taken_off(client_for, officer):
    client = client_for(officer)

    assert client.post(reverse("mfa_deactivate_totp")).status_code == 403
    assert Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).count() == 1


@pytest.mark.django_db(transaction=True)
def test_enrolment_counts_as_a_second_factor(client, officer):
    officer.set_password("une phrase assez longue 42")
    officer.save()
    client.post(reverse("account_login"), {"login": officer.email, "password": "une phrase assez longue 42"})
    client.post(reverse("account_reauthenticate"), {"password": "une phrase assez longue 42"})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    client.post(reverse("mfa_activate_totp"), {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})

    assert client.get(reverse("desk")).status_code == 200
