"""The reminders as they arrive: their HTML held against what pages are held against, in the width of a phone too."""

from datetime import datetime

import pytest

from applications.tests.factories import MembershipFactory
from fabriques.actions import reminders
from fabriques.models import ReminderStep
from fabriques.planning import offsets_of
from fabriques.schedule import steps_of
from fabriques.tests.factories import IN_FORCE, FollowUpReportFactory
from gen_portal.core import clock, delivery
from gen_portal.core.working_time import PARIS
from gen_portal.tests.browser.judge import SCHEMES
from labelling.tests.factories_decisions import LabelFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Développeuse ou développeur d'applications web accessibles à tous {}"
MAIL_WIDTHS = (320, 640)


@pytest.fixture
def messages(portal, sink):
    """The mail of each step, about two reports of one structure, as the relay received it."""
    first = FollowUpReportFactory(label__title=LONG.format(1))
    structure = first.label.training.structure
    label = LabelFactory(decision__application__training__structure=structure, title=LONG.format(2), **IN_FORCE)
    FollowUpReportFactory(campaign=first.campaign, label=label)
    owner = MembershipFactory(structure=structure)
    campaign = first.campaign
    steps = steps_of(clock.day_of(campaign.opened_at), campaign.due_on, offsets=offsets_of(campaign), place=PARIS)
    for _, day in steps:
        clock.freeze(datetime(day.year, day.month, day.day, 14, tzinfo=clock.PARIS))
        reminders.post_due_reminders(clock.now())
        delivery.deliver()
    return [message for message in sink.messages if message["To"] == owner.user.email]


def test_each_reminder_reads_well_in_a_mail_client(messages, browser, judge):
    assert len(messages) == len(ReminderStep)
    page = browser.new_context(locale="fr-FR").new_page()
    for message in messages:
        text = message.get_body(("plain",)).get_content()
        assert text.count("/suivi/") >= 2
        assert "<" not in text
        page.set_content(message.get_body(("html",)).get_content())
        assert page.get_by_role("link", name=LONG.format(2)).is_visible()
        for width in MAIL_WIDTHS:
            for scheme, rules in SCHEMES.items():
                page.set_viewport_size({"width": width, "height": 700})
                page.emulate_media(color_scheme=scheme)
                judge.hold(page, f"« {message['Subject']} », {width} px, {scheme}", rules)
