"""Every name of every model's fields, posted to every form by every role: nothing changes beyond what the form says.

Each form of each page is sent as it stands, then with all those names beside; the two leave the same database.
"""

import os
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.test import Client

from applications.tests.factories import siret
from gen_portal.core import clock
from gen_portal.core.models import User
from gen_portal.tests.html_forms import WORDS, forms_of
from gen_portal.tests.people import signed_in
from gen_portal.tests.test_doors import ROWS, address_of
from gen_portal.tests.world import ACTORS, build_world

#: A form of more than 500 fields is refused whole by the settings: the names are sent in parts.
AT_ONCE = 200
#: Who sends them in the usual run; everybody with GEN_FULL=1.
USUAL_ACTORS = ("owner",)


SIGNED = re.compile(r"[\w-]+:[\w-]{6}:[\w-]{27,}")


def batched(items, count):
    items = list(items)
    return [items[start : start + count] for start in range(0, len(items), count)]


def wanted_value(column):
    """A value that such a column would take, and that nobody here has."""
    if column.is_relation:
        newest = column.related_model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
        return str(newest or 1)
    if column.choices:
        return str(column.choices[-1][0])
    by_kind = [
        (models.BooleanField, "on"),
        (models.DateTimeField, "2031-05-06T07:08:09Z"),
        (models.DateField, "2031-05-06"),
        (models.EmailField, "intrus@exemple.fr"),
        (models.IntegerField, "7"),
        (models.DecimalField, "7.5"),
    ]
    return next((value for kind, value in by_kind if isinstance(column, kind)), "intrus")


def every_name():
    """A value for each name, and each column name, of each field of each model."""
    wanted = {}
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.concrete_fields:
            wanted |= dict.fromkeys((column.name, column.attname), wanted_value(column))
    return wanted


def database():
    """Every row of every table, by table: what two requests are compared by."""
    rows = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model is not Session:  # a signed text that carries its own instant
                table, key = model._meta.db_table, model._meta.pk.column
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY "{key}"')
                rows[table] = (tuple(column[0] for column in cursor.description), cursor.fetchall())
    return rows


def differences(one, other):
    """(table, row, column) of each cell that differs; a row more or less is a cell of its own."""
    found = set()
    for table, (columns, rows) in one.items():
        others = other[table][1]
        if len(rows) != len(others):
            found.add((table, "count", len(others) - len(rows)))
        for number, (row, theirs) in enumerate(zip(rows, others, strict=False)):
            cells = zip(columns, row, theirs, strict=True)
            found |= {(table, number, column) for column, mine, its in cells if settled(mine) != settled(its)}
    return found


def settled(value):
    """Without the signed tokens of a link, which carry the second in which they were made."""
    return SIGNED.sub("", value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Everybody's password is what the reader of forms types."""
    with django_db_blocker.unblock(), transaction.atomic():
        clock.freeze(clock.now())
        made = build_world()
        User.objects.update(password=make_password(WORDS))
        for user in made.people.values():
            user.refresh_from_db()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def client_of(world):
    """A client of an actor, signed in."""

    def make(actor):
        if actor == "anonymous":
            return Client()
        return signed_in(world.people[actor], second_factor_age=None if actor == "no_factor" else 0)

    return make


def pages(world, client):
    """(address, its HTML) of each page that this person can read."""
    labels = [label for label, verb, *_ in ROWS if verb == "GET"]
    for address in dict.fromkeys(address_of(world, label) for label in labels):
        with transaction.atomic():
            answer = client.get(address)
            body = b"" if answer.streaming else answer.content
            is_page = answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html")
            answer.close()
            transaction.set_rollback(True)
        if is_page:
            yield address, body.decode()


def all_forms(world, client):
    """(where it leads, what it may send) for each button of each form; the same form on two pages is asked once."""
    day = clock.today() + timedelta(days=70)  # after both closings, and not too late to extend them
    typed = {"siret": siret(777), "postcode": "35000", "commune_name": "Rennes", "last_day": day.isoformat()}
    found = {}
    for address, page in pages(world, client):
        for form in forms_of(page, typed):
            target = form.action.partition("#")[0] or address
            for number, ways in enumerate(form.sent()):
                found.setdefault((target, tuple(ways[0]), number), ways)
    return [(target, ways) for (target, *_), ways in found.items()]


def left_by(client, address, sent):
    """(status, the database) after a form is sent by somebody signed in as this client is; undone afterwards."""
    sender = Client()
    sender.cookies.load(client.cookies.output(header="", sep=";"))
    with transaction.atomic():
        answer = sender.post(address, sent)
        answer.close()
        rows = database()
        transaction.set_rollback(True)
    return answer.status_code, rows


def faults_of(client, address, sent, wanted):
    """(the database after this form alone, what else the names beside it changed)."""
    (status, plain), (_, again) = left_by(client, address, sent), left_by(client, address, sent)
    noise, found = differences(plain, again), {f"answers {status}"} if status in (404, 405) else set()
    for some in batched(wanted.items(), AT_ONCE):
        other_status, other = left_by(client, address, {**dict(some), **sent})
        found |= differences(plain, other) - noise
        found |= set() if other_status == status else {f"answers {other_status}, not {status}"}
    return plain, sorted(map(str, found))


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("actor", ACTORS if os.environ.get("GEN_FULL") == "1" else USUAL_ACTORS)
def test_names_that_a_form_does_not_ask_for_change_nothing(world, client_of, actor):
    client, wanted, before = client_of(actor), every_name(), database()
    forms, changed, faults = all_forms(world, client), 0, {}
    for address, ways in forms:
        for sent in ways:
            plain, found = faults_of(client, address, sent, wanted)
            if found:
                faults[address] = found
            if plain != before:
                changed += 1
                break  # else once more with the blanks left
    print(f"{actor}: {len(forms)} forms, {changed} that change something, each with {len(wanted)} names beside")
    assert faults == {}
    assert bool(changed) == (actor != "no_factor")  # without a second factor, nothing at all
