"""Answers saved one by one: two people never overwrite each other, and every value that was stored can be found again."""

import pytest
from django.db import IntegrityError, transaction

from applications import transitions
from applications.actions import answers
from applications.actions.sites import add_site
from applications.actions.starting import start_application
from applications.models import AnswerVersion, Application, MemberRole
from applications.models.sections import SECTIONS, SITES
from applications.models.versions import fingerprint, json_value, stored_value
from applications.tests.factories import (
    ApplicationFactory,
    CallFactory,
    MembershipFactory,
    SiteFactory,
    TrainingFactory,
)
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import CommuneFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def owner(frozen_clock):
    return MembershipFactory(user__first_name="Jeanne", user__last_name="Kermarrec")


@pytest.fixture
def editor(owner):
    return MembershipFactory(
        structure=owner.structure, role=MemberRole.EDITOR, user__first_name="Paul", user__last_name="Le Gall"
    ).user


@pytest.fixture
def application(owner):
    return ApplicationFactory(training=TrainingFactory(structure=owner.structure))


@pytest.fixture
def client(owner, client_for):
    return client_for(owner.user)


@pytest.fixture
def colleague(editor, client_for):
    return client_for(editor)


def seen_of(application, *names):
    application = Application.objects.get(pk=application.pk)
    return {name: fingerprint(stored_value(application, name)) for name in names}


def story(application, name):
    """Numbers, values and authors of the versions of an answer, oldest first."""
    rows = AnswerVersion.objects.of_answer(application, name).reverse()
    return [(row.number, row.value, row.by and row.by.first_name) for row in rows]


# --- The action -----------------------------------------------------------------------------------------------------


def test_what_changed_is_stored_with_a_version_of_each(application, owner, frozen_clock):
    seen = seen_of(application, "programme", "pedagogy", "total_hours")
    values = {"programme": "Du Python.\r\nDu SQL.", "pedagogy": "", "total_hours": 700}

    saved = answers.save_answers(application, values, seen=seen, by=owner.user)

    application.refresh_from_db()
    assert (saved.names, saved.conflicts) == (("programme", "total_hours"), ())
    assert (application.programme, application.total_hours) == ("Du Python.\nDu SQL.", 700)
    assert application.changed_at == frozen_clock.at
    assert story(application, "programme") == [(1, "Du Python.\nDu SQL.", "Jeanne")]
    assert story(application, "total_hours") == [(1, 700, "Jeanne")]
    assert AnswerVersion.objects.count() == 2
    assert JournalEntry.objects.about(application).count() == 1  # no act for each key stroke


def test_nothing_changed_writes_nothing(application, owner, frozen_clock):
    before = application.changed_at
    answers.save_answers(application, {"programme": ""}, seen=seen_of(application, "programme"), by=owner.user)
    application.refresh_from_db()
    assert (application.changed_at, AnswerVersion.objects.count()) == (before, 0)


def test_an_answer_without_the_version_seen_was_not_sent(application, owner):
    saved = answers.save_answers(application, {"programme": "Du Python."}, seen={}, by=owner.user)
    assert (saved.names, saved.conflicts) == ((), ())
    assert story(application, "programme") == []


def test_answers_that_nobody_else_changed_are_stored_and_the_other_one_is_disputed(
    application, owner, editor, frozen_clock
):
    seen = seen_of(application, "programme", "pedagogy")
    answers.save_answers(application, {"programme": "Du PHP."}, seen=seen, by=editor)

    saved = answers.save_answers(
        application, {"programme": "Du Python.", "pedagogy": "Par projets."}, seen=seen, by=owner.user
    )

    application.refresh_from_db()
    (conflict,) = saved.conflicts
    assert (application.programme, application.pedagogy, saved.names) == ("Du PHP.", "Par projets.", ("pedagogy",))
    assert (conflict.name, conflict.value, conflict.by, conflict.at) == (
        "programme",
        "Du PHP.",
        editor,
        frozen_clock.at,
    )
    assert story(application, "programme") == [(1, "Du PHP.", "Paul")]


def test_the_same_value_written_by_both_is_no_dispute(application, owner, editor):
    seen = seen_of(application, "programme")
    for by in (editor, owner.user):
        saved = answers.save_answers(application, {"programme": "Du PHP."}, seen=seen, by=by)
        assert saved.conflicts == ()
    assert story(application, "programme") == [(1, "Du PHP.", "Paul")]


def test_a_retry_of_a_saving_whose_answer_was_lost_is_accepted_once(application, owner):
    seen = seen_of(application, "programme")
    for _ in range(2):
        answers.save_answers(application, {"programme": "Du PHP."}, seen=seen, by=owner.user)
    assert story(application, "programme") == [(1, "Du PHP.", "Jeanne")]


def test_answering_the_version_disputed_replaces_it_and_keeps_it_among_the_versions(application, owner, editor):
    seen = seen_of(application, "programme")
    answers.save_answers(application, {"programme": "Du PHP."}, seen=seen, by=editor)
    (conflict,) = answers.save_answers(application, {"programme": "Du Python."}, seen=seen, by=owner.user).conflicts

    answers.save_answers(application, {"programme": "Du Python."}, seen={"programme": conflict.version}, by=owner.user)

    assert story(application, "programme") == [(1, "Du PHP.", "Paul"), (2, "Du Python.", "Jeanne")]


def test_a_filed_dossier_keeps_its_answers(owner):
    application = ApplicationFactory(submitted=True, training=TrainingFactory(structure=owner.structure))
    with pytest.raises(Refused, match="l'état est maintenant « déposé »"):
        answers.save_answers(application, {"programme": "Neuf."}, seen=seen_of(application, "programme"), by=owner.user)
    assert AnswerVersion.objects.count() == 0


def test_sites_are_one_answer(application, owner, editor):
    first, second = SiteFactory(structure=owner.structure), SiteFactory(structure=owner.structure)
    seen = seen_of(application, SITES)
    answers.save_answers(application, {SITES: [first]}, seen=seen, by=editor)

    saved = answers.save_answers(application, {SITES: [second]}, seen=seen, by=owner.user)

    assert [conflict.value for conflict in saved.conflicts] == [[first.pk]]
    assert list(application.sites.all()) == [first]
    assert story(application, SITES) == [(1, [first.pk], "Paul")]


def test_a_site_added_to_the_dossier_is_a_version_too(application, owner):
    commune = CommuneFactory()
    site = add_site(
        application, by=owner.user, name="La Halle", street="2 quai Nord", postcode="35000", commune=commune
    )
    assert story(application, SITES) == [(1, [site.pk], "Jeanne")]


def test_a_value_carried_over_is_the_first_version(owner, frozen_clock):
    training = TrainingFactory(structure=owner.structure)
    source = ApplicationFactory(withdrawn=True, training=training, programme="L'an dernier.", women_percent=0)
    application = start_application(CallFactory(), training, by=owner.user, source=source)

    values = {"programme": "Cette année.", "women_percent": 30}
    answers.save_answers(application, values, seen=seen_of(application, *values), by=owner.user)

    assert story(application, "programme") == [(1, "L'an dernier.", None), (2, "Cette année.", "Jeanne")]
    assert story(application, "women_percent") == [(1, 0, None), (2, 30, "Jeanne")]


# --- Restoring ------------------------------------------------------------------------------------------------------


def written(application, by, *values, name="programme"):
    for value in values:
        answers.save_answers(application, {name: value}, seen=seen_of(application, name), by=by)
    return list(AnswerVersion.objects.of_answer(application, name).reverse())


def test_an_earlier_value_is_restored_as_a_new_version(application, owner, editor):
    first, _ = written(application, owner.user, "Un.", "Deux.")
    seen = seen_of(application, "programme")["programme"]

    answers.restore_answer(application, first, seen=seen, by=editor)

    application.refresh_from_db()
    assert application.programme == "Un."
    assert story(application, "programme") == [(1, "Un.", "Jeanne"), (2, "Deux.", "Jeanne"), (3, "Un.", "Paul")]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.code)
def test_every_kind_of_answer_comes_back_as_it_was(owner, section):
    """Dates, numbers, choices, booleans and lists: what a version keeps is what the column held."""
    application = ApplicationFactory(complete=True, training=TrainingFactory(structure=owner.structure))
    for name in section.answers:
        value = stored_value(application, name)
        version = AnswerVersion.objects.create(
            application=application, name=name, number=1, value=value, at=application.started_at
        )
        version.refresh_from_db()
        seen = seen_of(application, name)[name]
        answers.restore_answer(application, version, seen=seen, by=owner.user)
        fresh = Application.objects.get(pk=application.pk)
        assert stored_value(fresh, name) == value
        if name != SITES:
            assert getattr(fresh, name) == getattr(application, name)


def test_restoring_is_refused_when_somebody_wrote_meanwhile(application, owner, editor):
    first, _ = written(application, owner.user, "Un.", "Deux.")
    seen = seen_of(application, "programme")["programme"]
    written(application, editor, "Trois.")

    with pytest.raises(Refused, match="vient d'être modifiée"):
        answers.restore_answer(application, first, seen=seen, by=owner.user)

    application.refresh_from_db()
    assert application.programme == "Trois."


def test_restoring_is_refused_once_filed(owner):
    application = ApplicationFactory(complete=True, training=TrainingFactory(structure=owner.structure))
    first, *_ = written(application, owner.user, "Un.", "Deux.")
    seen = seen_of(application, "programme")["programme"]
    transitions.submit(application, by=owner.user, key="k1")
    with pytest.raises(Refused, match="l'état est maintenant « déposé »"):
        answers.restore_answer(application, first, seen=seen, by=owner.user)


def test_a_site_that_left_the_structure_is_not_restored(application, owner):
    site, foreign = SiteFactory(structure=owner.structure), SiteFactory()
    version = AnswerVersion.objects.create(
        application=application, name=SITES, number=1, value=[site.pk, foreign.pk], at=application.started_at
    )
    answers.restore_answer(application, version, seen=seen_of(application, SITES)[SITES], by=owner.user)
    assert list(application.sites.all()) == [site]


@pytest.mark.postgresql
@pytest.mark.parametrize("act", [lambda rows: rows.update(value="Autre."), lambda rows: rows.delete()])
def test_versions_are_append_only(application, owner, act):
    written(application, owner.user, "Un.")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        act(AnswerVersion.objects.all())
    assert story(application, "programme") == [(1, "Un.", "Jeanne")]


def test_a_number_is_given_once(application, owner):
    (version,) = written(application, owner.user, "Un.")
    version.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(force_insert=True)


def test_line_ends_do_not_make_another_version():
    assert json_value("Un.\r\nDeux.") == json_value("Un.\nDeux.")
