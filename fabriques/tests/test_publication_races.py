"""Real threads on PostgreSQL: a publication happens once, and whoever reads meanwhile sees all of it or none of it."""

import re
import threading

import pytest
from django.test import Client
from django.urls import reverse

from applications.tests.factories import CallFactory
from fabriques import invariants
from fabriques.actions.publication import publish_cut_off
from fabriques.models import Fabrique
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests.test_races import together
from labelling.models import Label
from labelling.tests.factories_decisions import director
from labelling.tests.test_decision_races import attempt, decisions_of

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


PUBLIC = [
    "registry",
    "registry_points",
    "home",
    "registry_csv",
    "embed_registry",
    "api_places",
    "api_labels",
    "api_figures",
]
#: A page names the version of the map once somebody has built it, which is no matter of what is published.
VERSION = re.compile(rb' data-gen-columns="[^"]+"')


def answers():
    """The bytes of each public page, asked for once."""
    client = Client()
    return {name: VERSION.sub(b"", client.get(reverse(name)).content) for name in PUBLIC}


def test_readers_see_all_of_a_publication_or_nothing(cut_off):
    by, over, before = director(), threading.Event(), answers()

    def work(number):
        if number == 0:
            try:
                return attempt(publish_cut_off, cut_off, by=by)
            finally:
                over.set()
        seen = [answers()]
        while not over.is_set():
            seen.append(answers())
        return [*seen, answers()]

    outcome, *readers = together(5, work)

    after = answers()
    assert outcome == "done"
    assert before["registry_points"] != after["registry_points"]
    mixed = [
        name for seen in readers for page in seen for name in PUBLIC if page[name] not in (before[name], after[name])
    ]
    assert mixed == []
    assert {seen[-1]["registry_points"] for seen in readers} == {after["registry_points"]}
