"""A mail to a list on a real PostgreSQL with real threads: eight clicks on one preview send it once."""

from datetime import date

import pytest

from fabriques.actions.list_mails import Draft, send_list_mail
from fabriques.forms.layers import LayerFilterForm
from fabriques.list_mails import planned_mailing
from fabriques.models import ListMail
from fabriques.tests.factories import FollowUpCampaignFactory, FollowUpReportFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import refusals_at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_eight_clicks_send_once(frozen_clock):
    officer = CapacityFactory().user
    FollowUpReportFactory(campaign=FollowUpCampaignFactory(starts_on=date(2025, 7, 1)))
    form = LayerFilterForm({"couche": "releves"}, user=officer, today=clock.today())
    layer, asked = form.layer, form.asked_of_layer()
    draft = Draft("clé", layer, asked, "Relevés en retard", "", "Suivi", "{{ liste }}")
    seen = planned_mailing(layer, asked).seen()

    assert refusals_at_once(*[lambda: send_list_mail(draft, seen=seen, by=officer)] * 8) == []

    assert (len(seen), ListMail.objects.count(), OutgoingEmail.objects.filter(kind="list_mail").count()) == (1, 1, 1)
    assert JournalEntry.objects.about(ListMail.objects.get()).count() == 1
