"""What a structure is told before it files: one sentence per rule that bears on its dossier."""

import pytest

from applications.briefing import briefing_of
from applications.tests.factories import ApplicationFactory, CallFactory

pytestmark = pytest.mark.django_db


def told(application, at):
    return [sentence.replace("\xa0", " ").replace("\u202f", " ") for sentence in briefing_of(application, at)]


def test_grant_cut_off_next_step_and_label_are_told(frozen_clock):
    sentences = told(ApplicationFactory(complete=True), frozen_clock.at)
    assert sentences[0] == (
        "Vous demandez 60 000 €, soit 50 % de votre budget de 120 000 € ; pour ce budget, l'appel permet au plus 60 000 €."
    )
    assert sentences[1].startswith("Déposé maintenant, le dossier entre dans le relevé n° 1, ouvert jusqu'au ")
    assert "Les résultats sont attendus le " in sentences[2]
    assert sentences[3] == "Le label vaut 36 mois à compter de la publication des résultats."


def test_a_label_without_grant_is_told(frozen_clock):
    sentences = told(ApplicationFactory(complete=True, requested_grant_euros=0), frozen_clock.at)
    assert sentences[0] == "Vous demandez le label seul, sans subvention."


def test_a_completion_keeps_its_cut_off(frozen_clock):
    sentences = told(ApplicationFactory(returned=True), frozen_clock.at)
    assert sentences[1].startswith("Le complément garde sa place dans le relevé n° 1 s'il est déposé jusqu'au ")


def test_after_the_last_cut_off_that_is_what_is_told(frozen_clock):
    application = ApplicationFactory(complete=True, call=CallFactory(closed=True))
    assert told(application, frozen_clock.at)[1] == "Le dernier relevé de cet appel est fermé."


def test_an_empty_draft_is_told_nothing_about_its_grant(frozen_clock):
    assert told(ApplicationFactory(), frozen_clock.at)[0].startswith("Déposé maintenant")
