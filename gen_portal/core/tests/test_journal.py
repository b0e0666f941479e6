"""The journal: numbered and chained per subject, sealed once a day; what was changed, added or removed is noticed."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.db.utils import IntegrityError

from gen_portal.core import invariants, tasks, workflow
from gen_portal.core.models import CoreAction, JournalEntry
from gen_portal.core.tests.factories import MinistryFactory, UserFactory
from gen_portal.core.workflow import Acts, record, record_many, seal_journal

pytestmark = pytest.mark.django_db

ACT = CoreAction.CAPACITY_GRANTED


def chain(subject, count=3, **values):
    return [record(subject, ACT, by=None, note=f"note {number}", **values) for number in range(count)]


def test_record_numbers_and_chains(frozen_clock):
    user, author = UserFactory(), UserFactory()
    first, second = record(user, ACT, by=author, note="un"), record(user, ACT, by=None)
    assert (first.number, first.previous_hash, first.by, first.at) == (1, "", author, frozen_clock.at)
    assert (second.number, second.previous_hash) == (2, first.hash)
    assert list(JournalEntry.objects.about(user)) == [first, second]
    assert list(invariants.broken()) == []


def test_chains_of_different_subjects_are_apart():
    user, ministry = UserFactory(pk=7), MinistryFactory(pk=7)
    assert [record(subject, ACT, by=None).number for subject in (user, ministry)] == [1, 1]


def test_record_many_continues_every_chain_in_two_queries(django_assert_num_queries, frozen_clock):
    users = UserFactory.create_batch(3)
    chain(users[0], 2)
    with django_assert_num_queries(2):
        entries = record_many(users, ACT, by=None, at=frozen_clock.at, notes={users[1].pk: "à part"})
    assert [(entry.number, entry.note) for entry in entries] == [(3, ""), (1, "à part"), (1, "")]
    assert list(invariants.broken_chains()) == []


def test_acts_of_one_transaction_follow_one_another_whatever_their_models(django_assert_num_queries, frozen_clock):
    user, ministry = UserFactory(), MinistryFactory()
    chain(user, 2)
    acts = Acts()
    acts.add([user, ministry], ACT, by=None, at=frozen_clock.at)
    acts.add([user], ACT, by=None, at=frozen_clock.at, notes={user.pk: "ensuite"})

    with django_assert_num_queries(1):
        entries = acts.entries()
    JournalEntry.objects.bulk_create(entries)

    assert [(each.subject_id, each.number, each.note) for each in entries] == [
        (user.pk, 3, ""), (ministry.pk, 1, ""), (user.pk, 4, "ensuite")
    ]  # fmt: skip
    assert list(invariants.broken_chains()) == []


def test_record_many_of_nothing_writes_nothing():
    assert record_many([], ACT, by=None) == []


def test_the_same_number_is_never_given_twice():
    user = UserFactory()
    record(user, ACT, by=None)
    entry = JournalEntry.objects.get()
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


TAMPERINGS = {
    "action changed": (lambda rows: rows.filter(number=2).update(action="autre"), "entrée 2 : contenu modifié"),
    "instant changed": (
        lambda rows: rows.filter(number=1).update(at=F("at") + timedelta(seconds=1)),
        "entrée 1 : contenu modifié",
    ),
    "note changed": (lambda rows: rows.filter(number=2).update(note="autre"), "entrée 2 : note modifiée"),
    "digest changed too": (lambda rows: rows.filter(number=2).update(note_digest="0"), "entrée 2 : contenu modifié"),
    "removed": (lambda rows: rows.filter(number=2).delete(), "entrée 3 : numéro 2 attendu"),
    "removed and renumbered": (
        lambda rows: (rows.filter(number=2).delete(), rows.filter(number=3).update(number=2)),
        "entrée 2 : chaînage rompu",
    ),
}


@pytest.fixture
def no_trigger():
    """Tamper as the owner of the database could: PostgreSQL's trigger stands in the way of everybody else."""
    if transaction.get_connection().vendor == "postgresql":
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")


@pytest.mark.parametrize("tamper, fault", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_found(no_trigger, tamper, fault):
    user = UserFactory()
    chain(user)
    tamper(JournalEntry.objects.about(user))
    assert list(invariants.broken_chains()) == [f"Journal de core.user {user.pk}, {fault}."]


def test_erasing_a_note_keeps_the_chain_sound():
    chain(UserFactory())
    JournalEntry.objects.filter(number=2).update(note="")
    assert list(invariants.broken()) == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "tamper",
    [
        lambda rows: rows.update(action="autre"),
        lambda rows: rows.update(note="autre"),
        lambda rows: rows.update(note="", salt="autre"),
        lambda rows: rows.delete(),
    ],
)
def test_postgresql_refuses_to_change_the_journal(tamper):
    chain(UserFactory())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        tamper(JournalEntry.objects.all())
    assert JournalEntry.objects.count() == 3


# --- Seals --------------------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(frozen_clock):
    """Two chains of yesterday, sealed today; returns their subjects."""
    users = UserFactory.create_batch(2)
    for user in users:
        chain(user)
    frozen_clock.advance(days=1)
    assert seal_journal().number == 1
    return users


def test_the_day_is_sealed_once(sealed, frozen_clock):
    assert seal_journal() is None
    frozen_clock.advance(days=1)
    assert (seal_journal().number, seal_journal()) == (2, None)
    assert list(invariants.broken()) == []


def test_a_chain_removed_whole_is_noticed(sealed, no_trigger):
    JournalEntry.objects.about(sealed[0]).delete()
    (fault,) = invariants.broken()
    assert fault.startswith("Sceau du journal n° 1 : les chaînes antérieures")


def test_an_erased_seal_is_noticed(sealed):
    JournalEntry.objects.filter(subject_type=invariants.SEAL_TYPE).update(note="")
    assert list(invariants.broken()) == ["Sceau du journal n° 1 : effacé ou illisible."]


def test_acts_after_the_seal_break_nothing(sealed, frozen_clock):
    chain(sealed[0])
    record(sealed[1], ACT, by=None, at=frozen_clock.at - timedelta(days=3))
    assert list(invariants.broken()) == []


def test_what_is_less_than_an_hour_old_waits_for_the_next_seal(frozen_clock):
    assert invariants.seal_note(frozen_clock.at).split(" ")[1] == "0"
    (entry,) = chain(UserFactory(), 1)
    seal_journal()
    assert JournalEntry.objects.get(subject_type=invariants.SEAL_TYPE).note.split(" ")[1] == "0"
    assert invariants.seal_note(frozen_clock.at + timedelta(seconds=1)).split(" ")[1] >= str(entry.pk)


def test_the_minute_sweep_seals(frozen_clock):
    tasks.sweep()
    tasks.sweep()
    assert [entry.action for entry in JournalEntry.objects.order_by("pk")] == [CoreAction.JOURNAL_SEALED]
    assert workflow.seal_journal() is None
