"""What every test may count on: a strict harness, signed-in clients, a clock to stop, mails to read, files thrown away."""

import gc
import os
from datetime import datetime, timedelta

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from gen_portal.core import clock, sessions
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests import harness, template_database
from gen_portal.tests.people import signed_in
from gen_portal.tests.sink import running_sink
from labelling import comparison

harness.install()

_SLOW_MACHINE = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
# The usual check tries the same examples each time, so that one that fails is seen again; the full one tries new ones.
hypothesis.settings.register_profile("usual", derandomize=True, **_SLOW_MACHINE)
hypothesis.settings.register_profile("full", max_examples=2000, **_SLOW_MACHINE)
hypothesis.settings.load_profile("full" if os.environ.get("GEN_FULL") == "1" else "usual")

#: Marks of tests that run only where they mean something, with the reason given for leaving them out.
ASKED_FOR = {
    "browser": "drives a browser: ask with --run-browser or GEN_BROWSER=1",
    "chaos": "kills workers: ask with --run-chaos or GEN_CHAOS=1",
}


def pytest_addoption(parser):
    for mark in ASKED_FOR:
        parser.addoption(f"--run-{mark}", action="store_true", default=os.environ.get(f"GEN_{mark.upper()}") == "1")


def _left_out(config):
    """Mark and reason of the tests left out of this run."""
    reasons = {mark: why for mark, why in ASKED_FOR.items() if not config.getoption(f"--run-{mark}")}
    if os.environ.get("GEN_FULL") != "1":
        reasons["thorough"] = "a long story told by shorter tests too: with GEN_FULL=1"
    if connection.vendor != "postgresql":
        reasons["postgresql"] = "needs PostgreSQL: give it by DATABASE_URL"
    elif os.environ.get("GEN_FULL") != "1":
        reasons["once"] = "says the same on any database, so the fast suite is enough; here with GEN_FULL=1"
    return reasons


def pytest_report_header(config):
    left_out = (f"left out, {mark}: {why}" for mark, why in sorted(_left_out(config).items()))
    return [f"database: {connection.vendor}", *left_out]


def pytest_collection_finish():
    """What is loaded by now stays: it is not walked again and again while the tests run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_collection_modifyitems(config, items):
    reasons = _left_out(config)
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in reasons)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Migrated once, copied by each process: see gen_portal.tests.template_database."""
    template_database.use(connection)


def _private_files():
    return {entry for entry in settings.FILES_ROOT.rglob("*") if entry.is_file()}


@pytest.fixture(autouse=True)
def _throw_files_away():
    """Private files go to a directory of this process (see environment.py); a test's own are gone after it."""
    earlier = _private_files()
    yield
    for entry in _private_files() - earlier:
        entry.unlink()


@pytest.fixture(autouse=True)
def _forget_comparisons():
    """Two tests may give other reviews the same keys at the same stopped instant; two moments of a portal never do."""
    comparison.forget()


@pytest.fixture
def client_for(db):
    """`client_for(user)`: a client signed in as this person, who gave a password and a second factor just now.

    `second_factor_age` (seconds) makes it older; None leaves it out.
    """

    return signed_in


@pytest.fixture
def activity_noted_once(monkeypatch):
    """A walk lasts minutes of the real time; after the first one, a request would note that the person is still there."""
    monkeypatch.setattr(sessions, "STEP", 10**9)


class StoppedClock:
    """The portal's clock, standing where the test puts it (instants are aware datetimes)."""

    def __init__(self, at):
        self.set(at)

    def set(self, at):
        self.at = at
        clock.freeze(at)

    def advance(self, **duration):
        """Move forward by a duration, given as for `timedelta`."""
        self.set(self.at + timedelta(**duration))

    @property
    def today(self):
        return clock.day_of(self.at)


@pytest.fixture
def frozen_clock(db):
    """The clock stopped on 10 March 2026 at 10:00 in Paris; `.set(at)` and `.advance(days=1)` move it."""
    return StoppedClock(datetime(2026, 3, 10, 10, tzinfo=clock.PARIS))


@pytest.fixture
def relay(settings):
    """A real SMTP relay that can be asked by Message-ID and told to fail (gen_portal.tests.sink)."""
    with running_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.smtp_port
        settings.EMAIL_LOOKUP_URL = sink.lookup_url
        settings.EMAIL_TIMEOUT = 5
        yield sink


@pytest.fixture
def mails(db):
    """`mails(kind=…, to_address=…)`: the rows of the outbox, oldest first; any field filters."""

    def read(**fields):
        return list(OutgoingEmail.objects.filter(**fields).order_by("pk"))

    return read
