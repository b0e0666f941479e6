"""What happens to a dossier: each act with its trace, each refusal, and the instant that decides."""

from datetime import timedelta

import pytest

from applications import archive, invariants, transitions
from applications.actions import starting
from applications.models import Application, ApplicationState, MemberRole
from applications.tests.factories import (
    ApplicationFactory,
    AttachmentFactory,
    CallFactory,
    MembershipFactory,
    RequiredDocumentFactory,
    StructureFactory,
    TrainingFactory,
)
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory().user


def acts_of(application):
    return list(JournalEntry.objects.about(application).values_list("action", flat=True))


def snapshot(application):
    """Everything a refused act must leave alone."""
    row = Application.objects.filter(pk=application.pk).values().get()
    return row, acts_of(application), OutgoingEmail.objects.count(), application.submissions.count()


def closings(call):
    return [cut_off.closes_at for cut_off in call.timetable]


# --- Filing ---------------------------------------------------------------------------------------------------------


def test_submit_keeps_what_was_filed_and_answers(frozen_clock, mails):
    application = ApplicationFactory(complete=True)

    filing = transitions.submit(application, by=application.started_by, key="k1")

    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert application.submitted_at == filing.filed_at == frozen_clock.at
    assert application.cut_off == filing.cut_off == application.call.timetable[0]
    assert filing.sha256 == archive.digest(filing.archive)
    assert acts_of(application) == ["application.started", "application.signed", "application.submitted"]
    receipt = mails(kind="application_submitted")
    assert [mail.to_address for mail in receipt] == [application.started_by.email]
    assert filing.number in receipt[0].subject_line
    assert "10 mars 2026 à 10 h 00 min 00 s, heure de Paris (UTC+01:00)" in receipt[0].text_body.replace("\xa0", " ")
    assert list(invariants.broken()) == []


def test_receipt_reaches_the_owners_and_the_filer_once_each(frozen_clock, mails):
    membership = MembershipFactory()
    other = MembershipFactory(structure=membership.structure)
    MembershipFactory(structure=membership.structure, role=MemberRole.READER)
    application = ApplicationFactory(
        complete=True, training__structure=membership.structure, signatory_name=other.user.get_full_name()
    )

    transitions.submit(application, by=other.user, key="k1")

    assert [mail.to_address for mail in mails()] == [membership.user.email, other.user.email]


def test_receipt_tells_the_time_overseas(frozen_clock, mails):
    training = TrainingFactory(structure=StructureFactory(overseas=True))
    application = ApplicationFactory(complete=True, training=training)

    transitions.submit(application, by=application.started_by, key="k1")

    assert "Soit, chez vous : 10 mars 2026 à 13 h 00" in mails()[0].text_body.replace("\xa0", " ")


def test_submit_with_the_same_key_returns_the_same_filing(frozen_clock):
    application = ApplicationFactory(complete=True)
    first = transitions.submit(application, by=application.started_by, key="k1")
    before = snapshot(application)

    again = transitions.submit(application, by=application.started_by, key="k1")

    assert again == first
    assert snapshot(application) == before


@pytest.mark.parametrize(
    ("before_closing", "number"),
    [(MICROSECOND, 1), (timedelta(0), 2), (-MICROSECOND, 2)],
    ids=["before", "at", "after"],
)
def test_submit_enters_the_first_cut_off_still_open(frozen_clock, before_closing, number):
    application = ApplicationFactory(complete=True)
    frozen_clock.set(closings(application.call)[0] - before_closing)

    filing = transitions.submit(application, by=application.started_by, key="k1")

    assert filing.cut_off.number == number


def test_submit_is_accepted_one_microsecond_before_the_last_closing(frozen_clock):
    application = ApplicationFactory(complete=True)
    frozen_clock.set(closings(application.call)[1] - MICROSECOND)

    filing = transitions.submit(application, by=application.started_by, key="k1")

    assert filing.filed_at == closings(application.call)[1] - MICROSECOND


@pytest.mark.parametrize("late", [timedelta(0), MICROSECOND, timedelta(days=9)])
def test_submit_is_refused_from_the_last_closing_on(frozen_clock, late):
    application = ApplicationFactory(complete=True)
    frozen_clock.set(closings(application.call)[1] + late)
    before = snapshot(application)

    with pytest.raises(Refused, match="le dernier relevé de cet appel est clos"):
        transitions.submit(application, by=application.started_by, key="k1")

    assert snapshot(application) == before


@pytest.mark.parametrize("trait", ["submitted", "admissible", "inadmissible", "under_review", "decided"])
def test_submit_of_a_filed_dossier_returns_its_filing(frozen_clock, trait):
    application = ApplicationFactory(**{trait: True})
    before = snapshot(application)

    again = transitions.submit(application, by=application.started_by, key="other")

    assert again == application.submissions.get()
    assert snapshot(application) == before


def test_submit_is_refused_once_withdrawn(frozen_clock):
    application = ApplicationFactory(withdrawn=True)
    before = snapshot(application)

    with pytest.raises(Refused, match="Ce n'est plus possible"):
        transitions.submit(application, by=application.started_by, key="other")

    assert snapshot(application) == before


@pytest.mark.parametrize("is_published", [True, False])
def test_submit_is_refused_before_the_opening(frozen_clock, is_published):
    call = CallFactory(opens_at=frozen_clock.at + MICROSECOND, published_at=frozen_clock.at if is_published else None)
    application = ApplicationFactory(complete=True, call=call)

    with pytest.raises(Refused, match="n'est pas encore ouvert"):
        transitions.submit(application, by=application.started_by, key="k1")


def test_submit_lists_what_is_missing(frozen_clock):
    application = ApplicationFactory(complete=True, certification="title", is_free=False, women_percent=None)
    document = RequiredDocumentFactory(call=application.call, label="Statuts signés")
    RequiredDocumentFactory(call=application.call, is_mandatory=False)

    with pytest.raises(transitions.Incomplete) as refusal:
        transitions.submit(application, by=application.started_by, key="k1")

    assert [(missing.section, missing.anchor, missing.label) for missing in refusal.value.missing] == [
        ("formation", "id_rncp_code", "Code RNCP"),
        ("formation", "id_certification_level", "Niveau de la certification"),
        ("publics", "id_women_percent", "Femmes, en %"),
        ("gratuite", "id_cost_note", "Frais restant à l'apprenant"),
        ("pieces", f"piece-{document.pk}", "Statuts signés"),
    ]


def test_submit_refuses_a_grant_above_the_ceiling_and_a_dossier_without_site(frozen_clock):
    application = ApplicationFactory(complete=True, requested_grant_euros=60_001, own_funds_euros=1)
    application.sites.clear()

    with pytest.raises(transitions.Incomplete) as refusal:
        transitions.submit(application, by=application.started_by, key="k1")

    assert [missing.label.replace("\xa0", " ").replace("\u202f", " ") for missing in refusal.value.missing] == [
        "Au moins un site",
        "Subvention demandée : 60 000 € au plus",
    ]


def test_an_empty_draft_misses_every_section(frozen_clock):
    application = ApplicationFactory()

    with pytest.raises(transitions.Incomplete) as refusal:
        transitions.submit(application, by=application.started_by, key="k1")

    assert list(dict.fromkeys(missing.section for missing in refusal.value.missing)) == [
        "structure", "formation", "programme", "pedagogie", "publics", "gratuite", "partenariats", "debouches", "sites",
        "budget", "calendrier", "engagements",
    ]  # fmt: skip


# --- Completion -----------------------------------------------------------------------------------------------------


def test_completion_is_filed_after_the_closing_in_the_same_cut_off(frozen_clock, officer, mails):
    application = ApplicationFactory(complete=True)
    first = transitions.submit(application, by=application.started_by, key="k1")
    frozen_clock.set(closings(application.call)[1] + timedelta(days=1))
    due_on = frozen_clock.today + timedelta(days=3)
    transitions.return_for_completion(application, by=officer, request="Joindre les statuts.", due_on=due_on)
    frozen_clock.set(clock.end_of(due_on) - MICROSECOND)

    second = transitions.submit(application, by=application.started_by, key="k2")

    application.refresh_from_db()
    assert second != first
    assert (second.cut_off, application.submitted_at) == (first.cut_off, first.filed_at)
    assert [mail.kind for mail in mails()] == ["application_submitted", "application_returned", "application_submitted"]
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("late", [timedelta(0), MICROSECOND])
def test_completion_is_refused_after_its_day(frozen_clock, late):
    application = ApplicationFactory(returned=True)
    frozen_clock.set(clock.end_of(application.completion_due_on) + late)
    before = snapshot(application)

    with pytest.raises(Refused, match="Le complément était attendu jusqu'au"):
        transitions.submit(application, by=application.started_by, key="k2")

    assert snapshot(application) == before


# --- Taking it back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", ["submitted", "returned", "admissible", "under_review"])
def test_withdraw_ends_a_filed_dossier_while_its_cut_off_is_open(frozen_clock, trait, mails):
    application = ApplicationFactory(**{trait: True})
    frozen_clock.set(application.cut_off.closes_at - MICROSECOND)

    transitions.withdraw(application, by=application.started_by)

    application.refresh_from_db()
    assert (application.state, application.ended_at) == (ApplicationState.WITHDRAWN, frozen_clock.at)
    assert acts_of(application)[-1] == "application.withdrawn"
    assert [mail.kind for mail in mails()] == ["application_withdrawn"]
    assert list(invariants.broken()) == []


def test_withdraw_gives_a_draft_up_without_a_letter(frozen_clock, mails):
    application = ApplicationFactory()
    frozen_clock.set(closings(application.call)[1] + timedelta(days=1))

    assert transitions.withdraw(application, by=application.started_by).state == ApplicationState.WITHDRAWN
    assert mails() == []


def test_withdraw_is_refused_once_the_cut_off_is_closed(frozen_clock):
    application = ApplicationFactory(submitted=True)
    frozen_clock.set(application.cut_off.closes_at)
    before = snapshot(application)

    with pytest.raises(Refused, match="Le relevé est clos"):
        transitions.withdraw(application, by=application.started_by)

    assert snapshot(application) == before


@pytest.mark.parametrize("trait", ["inadmissible", "decided", "withdrawn"])
def test_withdraw_is_refused_when_it_is_over(frozen_clock, trait):
    application = ApplicationFactory(**{trait: True})

    with pytest.raises(Refused, match="Ce n'est plus possible"):
        transitions.withdraw(application, by=application.started_by)


def test_a_withdrawn_dossier_may_be_begun_again_with_its_answers(frozen_clock):
    application = ApplicationFactory(submitted=True)
    joined = AttachmentFactory(application=application)
    transitions.withdraw(application, by=application.started_by)

    again = starting.start_application(
        application.call, application.training, by=application.started_by, source=application
    )

    assert (again.summary, again.commits_to_notify, again.signatory_name) == (application.summary, False, "")
    assert list(again.sites.order_by("pk")) == list(application.sites.order_by("pk"))
    assert [copy.file for copy in again.attachments.order_by("pk")] == [joined.file]
