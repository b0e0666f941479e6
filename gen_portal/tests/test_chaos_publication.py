"""Workers and web processes killed while a cut-off is published: all of it or nothing, and each letter once."""

import http.client
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from applications.tests.factories import CallFactory
from fabriques import invariants
from fabriques.models import Fabrique
from gen_portal.core import clock, delivery
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests.doomed import PUBLISHING_POINTS
from gen_portal.tests.people import signed_in
from labelling.models import Decision, Label
from labelling.tests.factories_decisions import director
from labelling.tests.test_decision_races import decisions_of
from labelling.transitions.publishing import seal_of
from labelling.transitions.releases import schedule

pytestmark = [pytest.mark.chaos, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
COUNT = 40
EVE = datetime(2021, 7, 6, 12, tzinfo=clock.PARIS)


@pytest.fixture
def cut_off(company):
    clock.freeze(EVE)
    call = CallFactory()
    decisions_of(call, COUNT, countersigned=True, grant_euros=1_000)
    return call.cut_offs.get(number=1)


def counts():
    return (
        Decision.objects.published().count(), Label.objects.count(), Fabrique.objects.count(),
        OutgoingEmail.objects.filter(kind="decision_labelled").count(),
    )  # fmt: skip


def all_arrived_once(relay):
    return relay.counts == {row.message_id: 1 for row in OutgoingEmail.objects.all()}


@pytest.mark.parametrize("point", PUBLISHING_POINTS)
def test_a_worker_killed_at_the_instant_of_a_release(company, cut_off, relay, point):
    ready = Decision.objects.ready().of_cut_off(cut_off)
    release = schedule(cut_off, at=EVE + timedelta(hours=1), by=director(), seen=seal_of(ready))
    company.start_worker(GEN_DIES_AT=point, GEN_DIES="worker")
    company.start_beats(1)
    company.settle(EVE + timedelta(hours=1))

    release.refresh_from_db()
    assert company.has_died, f"Nobody died where {point}."
    assert (release.state, counts()) == ("done", (COUNT,) * 4)
    assert all_arrived_once(relay)
    assert list(invariants.broken()) == []


def test_a_web_process_killed_while_it_publishes(company, cut_off, relay):
    client = signed_in(director())
    with company.web(GEN_DIES_AT="a cut-off is being published") as port, pytest.raises(ConnectionError):
        publish(port, client, cut_off)
    assert (company.has_died, counts()) == (True, (0,) * 4)

    with company.web() as port:
        assert publish(port, client, cut_off) == 302
    delivery.deliver()
    assert counts() == (COUNT,) * 4
    assert all_arrived_once(relay)


def publish(port, client, cut_off):
    """What a browser sends that read the page; the status of the answer."""
    page = reverse("publication_page", args=[cut_off.call.slug, cut_off.number])
    response = client.get(page)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    fields = {"seen": response.context["preview"].seal, "csrfmiddlewaretoken": str(response.context["csrf_token"])}
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    asked.request("POST", page, urlencode(fields), headers)
    return asked.getresponse().status
