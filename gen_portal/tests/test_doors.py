"""Every door of the portal: who may open it, and what the others are told. The table is access_matrix.txt.

Each cell is asked for over the whole stack, signed in as the actor of its column, and undone afterwards.
"""

import os
import re
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from gen_portal.tests.addresses import ADDRESSES, PUBLIC
from gen_portal.tests.people import signed_in
from gen_portal.tests.world import ACTORS, build_world

MATRIX = Path(__file__).with_name("access_matrix.txt")
LINES = [line.split() for line in MATRIX.read_text().splitlines() if line.strip() and not line.startswith("#")]
#: One row per verb: "GET+POST" stands for two.
ROWS = [[label, verb, *cells] for label, verbs, *cells in LINES for verb in verbs.split("+")]


def url_names():
    """Every name of the resolver; the demonstration's are not there under these settings."""
    pending, names = [get_resolver()], []
    while pending:
        for entry in pending.pop().url_patterns:
            if hasattr(entry, "url_patterns"):
                pending.append(entry)
            else:
                names.append((entry.name, entry.callback))
    return names


def verdict_of(response):
    """One word for what a visitor is told."""
    if response.status_code != 302:
        return "ok" if response.status_code == 200 else str(response.status_code)
    path = response.headers["Location"].partition("?")[0]
    if path == reverse("account_login"):
        return "signin"
    return "factor" if path in (reverse("mfa_activate_totp"), reverse("mfa_reauthenticate")) else "ok"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once for this module, gone after it; each request is undone by itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cookies(world, django_db_blocker):
    """The session of each actor, signed in once, for an hour: a slow machine changes no verdict."""
    with django_db_blocker.unblock():
        clients = {
            name: signed_in(user, second_factor_age=None if name == "no_factor" else 0, lasting_seconds=3600)
            for name, user in world.people.items()
        }
        return {name: client.cookies for name, client in clients.items()}


@pytest.fixture
def ask(cookies):
    """`ask(actor, verb, address)`: the verdict on a request of this actor, undone afterwards."""

    def verdict(actor, verb, address):
        client = Client()
        if actor in cookies:
            client.cookies.load(cookies[actor].output(header="", sep=";"))
        with transaction.atomic():
            response = getattr(client, verb.lower())(address)
            response.close()
            transaction.set_rollback(True)
        return verdict_of(response)

    return verdict


def address_of(world, label):
    name = label.partition("@")[0]
    return reverse(name, kwargs=ADDRESSES.get(label, ADDRESSES.get(name, lambda things: {}))(world.things))


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_row_of_the_matrix(world, ask, row):
    label, verb, *verdicts = row
    address, expected = address_of(world, label), dict(zip(ACTORS, verdicts, strict=True))
    if connection.vendor == "postgresql" and os.environ.get("GEN_FULL") != "1":  # the refusals say the same there
        expected = {actor: verdict for actor, verdict in expected.items() if verdict == "ok"}
    assert {actor: ask(actor, verb, address) for actor in expected} == expected


def test_every_url_has_its_rows():
    wanted = {(name, verb) for name, _ in url_names() for verb in ("GET", "POST")}
    given = [(row[0], row[1]) for row in ROWS]
    assert len(given) == len(set(given)), "a row stands twice"
    assert wanted - {(label.partition("@")[0], verb) for label, verb in given} == set()


def test_no_row_is_left_of_a_url_that_is_gone():
    assert {row[0].partition("@")[0] for row in ROWS} - {name for name, _ in url_names()} == set()


def test_rows_are_whole():
    assert {len(row) for row in ROWS} == {2 + len(ACTORS)}
    assert {verdict for row in ROWS for verdict in row[2:]} <= {"ok", "signin", "factor", "403", "404", "405", "409", "422"}


def test_only_public_pages_are_open_to_visitors():
    """What the table says of visitors is what PUBLIC says, and what the views themselves are marked with."""
    opened = {row[0].partition("@")[0] for row in ROWS if row[2] != "signin"}
    unlocked = {name for name, view in url_names() if not getattr(view, "login_required", True)}
    assert opened == PUBLIC - {"mfa_authenticate"}  # open to whoever has just given a password, and to nobody else
    assert unlocked == PUBLIC


def test_every_url_has_a_french_address_and_one_name():
    names = [name for name, _ in url_names()]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name)] == []
