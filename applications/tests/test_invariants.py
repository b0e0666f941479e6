"""`check_invariants` sees each broken promise about dossiers, and nothing in sound ones."""

from datetime import timedelta

import pytest

from applications import invariants
from applications.models import Application, ApplicationState, Membership, Signature, Submission
from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory

pytestmark = pytest.mark.django_db
STATES = ["complete", "submitted", "returned", "admissible", "inadmissible", "under_review", "decided", "withdrawn"]


@pytest.fixture
def application(frozen_clock):
    return ApplicationFactory(submitted=True)


def broken():
    return [sentence.replace("\xa0", " ") for sentence in invariants.broken()]


@pytest.mark.parametrize("trait", STATES)
def test_sound_dossiers_break_nothing(frozen_clock, trait):
    ApplicationFactory(**{trait: True})
    assert broken() == []


def test_a_filed_dossier_without_filing(frozen_clock):
    draft = ApplicationFactory()
    Application.objects.filter(pk=draft.pk).update(submitted_at=frozen_clock.at)
    assert broken() == [f"Dossier {draft.reference} : son instant de dépôt et ses dépôts ne concordent pas."]


def test_a_draft_that_was_filed(application):
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.DRAFT)
    assert broken() == [
        f"Dossier {application.reference} : brouillon alors qu'il a été déposé.",
        f"Dossier {application.reference} : son état n'est pas celui où mène le dernier acte de son journal.",
    ]


def test_a_filing_at_its_closing(application):
    Submission.objects.update(filed_at=application.cut_off.closes_at)
    number = application.submissions.get().number
    assert broken() == [f"Dépôt {number} : enregistré après la clôture de son relevé."]


def test_a_second_filing_that_nobody_asked_for(application):
    second = application.submissions.get()
    second.pk, second.number, second.idempotency_key = None, "GEN-2026-AAAA-BBBB-CCCC", "autre"
    second.filed_at += timedelta(hours=1)
    second.save()
    assert broken() == [
        "Dépôt GEN-2026-AAAA-BBBB-CCCC : il n'est ni le premier, ni la réponse à une demande de complément."
    ]


def test_a_total_that_is_not_the_sum_of_the_expenses(application):
    Application.objects.update(total_budget_euros=1)
    assert broken() == [f"Dossier {application.reference} : son budget total n'est pas la somme de ses dépenses."]


def test_an_archive_changed_afterwards(application):
    filing = application.submissions.get()
    filing.archive["training"]["title"] = "Autre titre"
    filing.save()
    assert broken() == [
        f"Dépôt {filing.number} : son contenu n'est plus celui dont l'empreinte a été remise au déposant.",
        f"Dépôt {filing.number} : son contenu n'est pas celui qui a été signé.",
    ]


def test_a_filing_that_nobody_signed(application):
    Signature.objects.update(content_sha256="0" * 64)
    number = application.submissions.get().number
    assert broken() == [f"Dépôt {number} : son contenu n'est pas celui qui a été signé."]


def test_a_cut_off_of_another_call(application):
    Application.objects.filter(pk=application.pk).update(cut_off=CallFactory().timetable[0])
    assert broken() == [f"Dossier {application.reference} : son relevé est celui d'un autre appel."]


def test_a_state_the_journal_does_not_tell(application):
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.ADMISSIBLE)
    assert broken() == [
        f"Dossier {application.reference} : son état n'est pas celui où mène le dernier acte de son journal."
    ]


def test_a_structure_that_nobody_answers_for(frozen_clock):
    membership = MembershipFactory()
    Membership.objects.filter(pk=membership.pk).update(role="editor")
    assert broken() == [f"Structure {membership.structure.reference} : plus personne n'en est responsable."]
