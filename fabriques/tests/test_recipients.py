"""Who of a structure receives the mails of the follow-up: the chosen, somebody always, and nobody who refused."""

from datetime import datetime

import pytest

from applications.models import MemberRole, Membership
from applications.tests.factories import MembershipFactory
from fabriques.actions import contacts, reminders
from fabriques.models import JournalAction, Reminder
from fabriques.tests.factories import IN_FORCE, FollowUpReportFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused
from labelling.tests.factories_decisions import LabelFactory

pytestmark = pytest.mark.django_db
STEP_DAY = datetime(2026, 1, 15, 9, tzinfo=clock.PARIS)  # J-15 of a campaign due on 30 January 2026
LATE = datetime(2026, 2, 6, 9, tzinfo=clock.PARIS)


@pytest.fixture
def awaited(frozen_clock):
    """Two awaited reports of one structure with an owner, an editor and a reader."""
    first = FollowUpReportFactory()
    structure = first.label.training.structure
    FollowUpReportFactory(label=LabelFactory(decision__application__training__structure=structure, **IN_FORCE))
    MembershipFactory(structure=structure, role=MemberRole.EDITOR)
    MembershipFactory(structure=structure, role=MemberRole.READER)
    return first


@pytest.fixture
def structure(awaited):
    return awaited.label.training.structure


def addresses():
    return sorted(set(Reminder.objects.values_list("recipient__email", flat=True)))


def test_the_chosen_receive_and_nobody_else(awaited, structure, frozen_clock):
    reader = Membership.objects.get(structure=structure, role=MemberRole.READER)
    contacts.choose_contacts(structure, users=[reader.user], by=reader.user)

    reminders.post_due_reminders(STEP_DAY)

    assert addresses() == [reader.user.email]
    assert JournalEntry.objects.about(structure).last().action == JournalAction.CONTACTS_CHOSEN


def test_somebody_always_receives(awaited, structure):
    with pytest.raises(Refused):
        contacts.choose_contacts(structure, users=[], by=None)
    reader = Membership.objects.get(structure=structure, role=MemberRole.READER)
    contacts.choose_contacts(structure, users=[reader.user], by=None)
    reader.delete()

    reminders.post_due_reminders(STEP_DAY)

    owners = Membership.objects.filter(structure=structure, role=MemberRole.OWNER)
    assert addresses() == sorted(owners.values_list("user__email", flat=True))


def test_who_does_not_answer_for_the_structure_may_refuse(awaited, structure):
    editor = Membership.objects.get(structure=structure, role=MemberRole.EDITOR).user
    contacts.refuse_reminders(structure, editor)
    contacts.refuse_reminders(structure, editor)

    reminders.post_due_reminders(STEP_DAY)

    assert editor.email not in addresses()
    assert len(addresses()) == 1
    assert JournalEntry.objects.about(structure).count() == 1


def test_an_owner_may_not_refuse(structure):
    owner = Membership.objects.filter(structure=structure, role=MemberRole.OWNER).first().user
    with pytest.raises(Refused):
        contacts.refuse_reminders(structure, owner)


def test_only_optional_mails_can_be_refused_in_one_click(awaited, mails):
    reminders.post_due_reminders(STEP_DAY)

    headers = {mail.to_address: mail.headers.get("List-Unsubscribe-Post") for mail in mails(kind="follow_up_reminder")}
    editor = Membership.objects.get(structure=awaited.label.training.structure, role=MemberRole.EDITOR).user
    assert headers.pop(editor.email) == "List-Unsubscribe=One-Click"
    assert set(headers.values()) == {None}


def test_six_late_reports_make_one_mail(awaited, structure, mails):
    for _ in range(4):
        label = LabelFactory(decision__application__training__structure=structure, **IN_FORCE)
        FollowUpReportFactory(label=label, campaign=awaited.campaign)
    references = list(awaited.campaign.reports.values_list("reference", flat=True))

    reminders.post_due_reminders(LATE)

    bodies = [mail.text_body for mail in mails(kind="follow_up_reminder")]
    assert [sum(reference in body for reference in references) for body in bodies] == [6, 6]
    assert Reminder.objects.count() == 12
