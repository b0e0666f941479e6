"""Rows of several tables at once: all are there, what is known is left out, and a broken rule leaves none."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gen_portal.core import clock, outbox
from gen_portal.core.inserting import insert_together
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Acts, record

pytestmark = pytest.mark.django_db


def mail(number):
    return {"key": f"mail:{number}", "kind": "essai", "to": "a@structure.example", "subject_line": "100 % sûr",
            "markdown": "Un texte avec un % et « l'apostrophe »."}  # fmt: skip


def entries_of(*users):
    acts = Acts()
    acts.add(users, "user.tried", by=None, at=clock.now())
    return acts.entries()


def test_rows_of_two_tables_are_inserted_at_once_and_what_is_known_is_left(frozen_clock):
    users = UserFactory.create_batch(2)
    outbox.post(**mail(1))
    groups = [entries_of(*users), [], outbox.rows_of([mail(1), mail(2)], at=clock.now())]

    with CaptureQueriesContext(connection) as asked:
        insert_together(groups, known=(OutgoingEmail,))

    assert len(asked) == (1 if connection.vendor == "postgresql" else 2)
    assert JournalEntry.objects.filter(action="user.tried").count() == 2
    kept = OutgoingEmail.objects.order_by("key").values_list("key", "subject_line")
    assert [tuple(each) for each in kept] == [("mail:1", "100 % sûr"), ("mail:2", "100 % sûr")]


def test_nothing_to_insert_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_together([[], []])


def test_a_broken_rule_in_one_table_leaves_every_other_as_it_was(frozen_clock):
    user = UserFactory()
    rows = entries_of(user)
    record(user, "user.tried", by=None)  # its number is taken meanwhile

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together([outbox.rows_of([mail(1)], at=clock.now()), rows], known=(OutgoingEmail,))

    assert not OutgoingEmail.objects.exists()
