"""Editors who save at the same instant, with real threads on PostgreSQL: nothing overwritten, every value found again."""

import pytest

from applications import archive, transitions
from applications.actions import answers
from applications.models import AnswerVersion, Application
from applications.models.versions import fingerprint, json_value
from applications.tests.factories import ApplicationFactory, MembershipFactory
from applications.tests.test_submit_race import all_at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PEOPLE = 6
NAMES = ("programme", "pedagogy", "sourcing", "partnerships", "employment_outlook", "summary")


def editors(application):
    structure = application.training.structure
    return [MembershipFactory(structure=structure, role="editor").user for _ in range(PEOPLE)]


def saver(application, seen):
    def save(what):
        by, name, value = what
        return answers.save_answers(application, {name: value}, seen=seen, by=by)

    return save


@pytest.mark.parametrize("attempt", range(3))
def test_of_editors_of_one_answer_one_is_stored_and_the_others_see_it(attempt):
    application = ApplicationFactory()
    seen = {"programme": fingerprint("")}
    work = [(by, "programme", f"Texte de {by.pk}.") for by in editors(application)]

    outcomes = all_at_once(saver(application, seen), work)

    application.refresh_from_db()
    stored = [value for (_, _, value), saved in zip(work, outcomes, strict=True) if saved.names]
    assert stored == [application.programme]
    assert {conflict.value for saved in outcomes for conflict in saved.conflicts} == {application.programme}
    assert [row.value for row in AnswerVersion.objects.of_answer(application, "programme")] == stored


@pytest.mark.parametrize("attempt", range(3))
def test_editors_of_different_answers_are_all_stored(attempt):
    application = ApplicationFactory()
    seen = {name: fingerprint("") for name in NAMES}
    work = [(by, name, f"Texte de {by.pk}.") for by, name in zip(editors(application), NAMES, strict=True)]

    outcomes = all_at_once(saver(application, seen), work)

    application.refresh_from_db()
    assert [saved.conflicts for saved in outcomes] == [()] * PEOPLE
    assert [getattr(application, name) for name in NAMES] == [value for _, _, value in work]
    assert AnswerVersion.objects.count() == PEOPLE


@pytest.mark.parametrize("attempt", range(5))
def test_a_saving_while_another_submits_is_in_the_filing_or_refused(attempt):
    application = ApplicationFactory(complete=True)
    seen = {"programme": fingerprint(json_value(application.programme))}
    by = application.started_by
    acts = [lambda: transitions.submit(application, by=by, key="k1", signs=True)]
    acts += [lambda: answers.save_answers(application, {"programme": "Le dernier mot."}, seen=seen, by=by)] * 3

    outcomes = all_at_once(lambda act: act(), acts)

    application = Application.objects.get(pk=application.pk)
    filed = archive.answers(application.submissions.get().archive)["programme"]
    assert filed == application.programme  # what is stored is what was filed
    stored = [saved for saved in outcomes[1:] if not isinstance(saved, str) and saved.names]
    assert len(stored) == (1 if filed == "Le dernier mot." else 0)
