"""Debian's Chromium, a relay that listens, a portal that mails through it, and the people of a call."""

import os
from dataclasses import dataclass
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from gen_portal.core.models import Ministry, Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from gen_portal.core.tests.territory import load_test_communes
from gen_portal.tests.browser.judge import Judge
from gen_portal.tests.browser.person import PASSWORD, SECRET, Person
from gen_portal.tests.servers import program
from gen_portal.tests.sink import running_sink

os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # Playwright keeps a loop in this thread; Django is not async


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": program("chromium"), "args": ["--no-sandbox"]}


@pytest.fixture
def sink():
    with running_sink() as relay:
        yield relay


@pytest.fixture
def portal(live_server, settings, sink):
    """The address of a portal that mails through the sink."""
    settings.PORTAL_URL = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.smtp_port
    load_test_communes()
    return live_server.url


@pytest.fixture
def judge():
    """Nothing that it saw may be wrong."""
    judging = Judge()
    yield judging
    assert judging.faults == []


@pytest.fixture
def arrive(portal, browser, judge):
    """`arrive()`: a new person at a browser of their own."""
    contexts = []

    def come():
        contexts.append(browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}))
        return Person(contexts[-1], portal, judge)

    yield come
    for context in contexts:
        context.close()


@dataclass
class Staff:
    """Who runs a call, with password and second factor."""

    officer: object
    director: object
    second: object
    reviewers: list


@pytest.fixture
def staff(portal):
    call_command("load_ministries", verbosity=0)
    reviewers = [capable(Role.REVIEWER, ministry) for ministry in Ministry.objects.order_by("position")]
    return Staff(capable(Role.OFFICER), capable(Role.DIRECTOR), capable(Role.SECOND_SIGNATORY), reviewers)


def capable(role, ministry=None, region=None):
    """Somebody who can sign in with a password and a second factor."""
    user = UserFactory(email=f"{role}.{ministry.code if ministry else 'gen'}@example.org")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    CapacityFactory(user=user, role=role, ministry=ministry, region=region, from_on=date(2015, 9, 17))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    return user
