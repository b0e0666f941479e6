"""Real threads on PostgreSQL: a publication happens once, and whoever reads meanwhile sees all of it or none of it."""

import re
import threading
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.text import slugify

from applications.tests.factories import CallFactory
from fabriques import invariants
from fabriques.actions.publication import publish_cut_off, run_due_releases
from fabriques.models import Fabrique
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests.people import signed_in
from gen_portal.tests.test_races import together
from labelling.models import Decision, Label
from labelling.tests.factories_decisions import director
from labelling.tests.test_decision_races import attempt, decisions_of
from labelling.transitions.publishing import seal_of
from labelling.transitions.releases import cancel, schedule

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
LABELS = 20


@pytest.fixture
def cut_off(frozen_clock):
    call = CallFactory()
    decisions_of(call, LABELS, countersigned=True, grant_euros=10_000)
    return call.cut_offs.get(number=1)


def test_eight_publications_at_once_publish_once(cut_off):
    by = director()

    outcomes = together(8, lambda number: attempt(publish_cut_off, cut_off, by=by))

    assert outcomes.count("done") == 1
    assert (Label.objects.count(), Fabrique.objects.count(), OutgoingEmail.objects.count()) == (LABELS, LABELS, LABELS)
    assert list(invariants.broken()) == []


def test_two_calls_published_at_once_give_two_addresses_to_structures_of_one_name(frozen_clock):
    cut_offs = []
    for _ in range(2):
        call = CallFactory()
        for decision in decisions_of(call, 1, countersigned=True):
            structure = decision.application.training.structure
            structure.name = "École numérique du Gévaudan"
            structure.save()
        cut_offs.append(call.cut_offs.get(number=1))
    by = director()

    outcomes = together(2, lambda number: attempt(publish_cut_off, cut_offs[number], by=by))

    assert outcomes == ["done", "done"]
    slugs = sorted(Fabrique.objects.values_list("slug", flat=True))
    assert slugs[0] == "ecole-numerique-du-gevaudan"
    assert (len(set(slugs)), list(invariants.broken())) == (2, [])


#: What one reads whose answer a publication changes; `{…}` stands for what the reader knows.
PUBLIC = {
    "home": "home",
    "registry": "registry",
    "registry, sorted": "registry?tri=-formation",
    "points of the map": "registry_points",
    "page of the fabrique": "fabrique_page {slug}",
    "table": "registry_csv",
    "embedded page": "embed_registry",
    "API, places": "api_places",
    "API, labels": "api_labels",
    "API, figures": "api_figures",
}
OWN = {
    "result": "application_result {reference}",
    "dossier": "application_page {reference}",
    "dossiers": "application_list",
}
#: A page names the version of the map once somebody has built it, which is no matter of what is published.
CHANGING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|data-gen-seconds="[^"]+"| data-gen-columns="[^"]+"'
)


class Reader:
    """Somebody who asks for places in turn: as a visitor for what is public, as the owner for what is theirs."""

    def __init__(self, owner, known):
        self.clients = [(Client(), PUBLIC), (signed_in(owner), OWN)]
        self.known = known

    def answers(self):
        """(place, status, ETag, bytes) of each place, asked for once, in turn."""
        return [self.answer(client, place, path) for client, places in self.clients for place, path in places.items()]

    def answer(self, client, place, path):
        name, *arguments = path.split()
        name, _, query = name.partition("?")
        address = reverse(name, args=[argument.format(**self.known) for argument in arguments])
        response = client.get(f"{address}?{query}")
        return place, response.status_code, response.headers.get("ETag"), CHANGING.sub(b"", response.content)


def test_readers_of_thirteen_places_see_all_of_a_publication_or_nothing(cut_off):
    """Whoever has seen one place change sees the old answer of no place any more."""
    decision = Decision.objects.order_by("pk").first()
    structure, owner = decision.application.training.structure, decision.application.started_by
    known = {"slug": slugify(structure.name), "reference": decision.application.reference}
    by, over, readers = director(), threading.Event(), [Reader(owner, known) for _ in range(4)]
    before = readers[0].answers()

    def work(number):
        if number == len(readers):
            try:
                return attempt(publish_cut_off, cut_off, by=by)
            finally:
                over.set()
        seen = readers[number].answers()
        while not over.is_set():
            seen += readers[number].answers()
        return seen + readers[number].answers()

    *told, outcome = together(5, work)

    after = readers[0].answers()
    assert (outcome, len(before)) == ("done", 13)
    assert [old[0] for old, new in zip(before, after, strict=True) if old == new] == []
    assert [place for seen in told for place in out_of_turn(seen, set(before), set(after))] == []


def out_of_turn(seen, before, after):
    """The places whose answer is neither the old nor the new one, or the old one after a new one was seen elsewhere."""
    has_changed = False
    for answer in seen:
        if answer in before & after:
            continue
        if answer in after:
            has_changed = True
        elif has_changed or answer not in before:
            yield answer[0]


def test_a_scheduled_publication_that_many_clocks_run_takes_place_once(cut_off, frozen_clock):
    by, ready = director(), Decision.objects.ready().of_cut_off(cut_off)
    release = schedule(cut_off, at=clock.now() + timedelta(hours=1), by=by, seen=seal_of(ready))
    frozen_clock.advance(hours=1)
    acts = [lambda: attempt(run_due_releases, clock.now()), lambda: attempt(cancel, release, by=by)]

    together(8, lambda number: acts[number % 4 == 3]())

    release.refresh_from_db()
    count = LABELS if release.state == "done" else 0
    assert release.state in ("done", "cancelled")
    assert (Label.objects.count(), Fabrique.objects.count(), OutgoingEmail.objects.count()) == (count, count, count)
    assert list(invariants.broken()) == []
