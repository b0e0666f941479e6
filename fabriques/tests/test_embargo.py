"""Two worlds: a dossier whose decision is signed by both, and the same dossier without a decision. Nobody outside those
who run the call can tell them apart by a page, its length, its status or the queries behind it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from fabriques.actions.publication import publish_cut_off
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.actions.decisions import prepare_decision
from labelling.actions.letters import save_template
from labelling.tests.factories_decisions import director, reviewed, second_signatory
from labelling.transitions.decisions import countersign, sign

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("activity_noted_once")]
CHANGING = re.compile(rb'(?:name="(?:csrfmiddlewaretoken|key|writer)" value|data-gen-seconds)="[^"]+"')


@pytest.fixture
def world(frozen_clock, client_for, activity_noted_once):
    """A dossier reviewed by two ministries, another structure's dossier, and a client for each kind of outsider."""
    call = CallFactory()
    application = reviewed(ApplicationFactory(under_review=True, call=call))
    other = reviewed(ApplicationFactory(under_review=True, call=call))
    reviewer = application.assignments.order_by("pk").first().reviewer
    clients = {
        "public": Client(),
        "structure": client_for(application.started_by),
        "other structure": client_for(other.started_by),
        "reviewer": client_for(reviewer),
        "technical admin": client_for(CapacityFactory(role=Role.TECHNICAL_ADMIN).user),
    }
    return application, other, clients


def pages_about(application, other):
    reference, slug = application.reference, application.call.slug
    names = [
        "home",
        "desk",
        *("public_figures", "public_figures_csv"),
        "registry",
        "registry_points",
        "registry_csv",
        "embed_registry",
        "release_list",
        *("api_places", "api_labels", "api_fabriques", "api_figures", "api_page"),
        "call_list",
        "application_list",
        "review_list",
        "page_sitemap",
    ]
    paths = [reverse(name) for name in names] + [reverse("call_page", args=[slug])]
    for name in ("application_page", "application_result", "application_files", "review_page"):
        paths += [reverse(name, args=[dossier.reference]) for dossier in (application, other)]
    paths += [reverse("structure_page", args=[application.training.structure.reference])]
    paths += [reverse("decision_edit", args=[reference]), reverse("decision_list", args=[slug])]
    paths += [reverse(name, args=[reference]) for name in ("rehearsed_letter", "rehearsed_letter_pdf")]
    paths += [reverse("letter_template_list"), reverse("letter_rehearsal", args=[slug, 1])]
    return [*paths, reverse("call_board", args=[slug]), reverse("publication_page", args=[slug, 1])]


def seen_by_all(application, other, clients):
    """Per reader and page: status, bytes without what changes by itself, number of queries."""
    seen = {}
    for reader, client in clients.items():
        for path in pages_about(application, other):
            with CaptureQueriesContext(connection) as queries:
                response = client.get(path)
            seen[reader, path] = (response.status_code, CHANGING.sub(b"", response.content), len(queries))
    return seen


@pytest.mark.parametrize("outcome", ["labelled", "deferred", "refused"])
def test_a_decision_shows_nowhere_before_its_publication(world, outcome, client_for):
    application, other, clients = world
    seen_by_all(application, other, clients)  # what is read once and kept, is kept
    before = seen_by_all(application, other, clients)

    grant = {"grant_euros": 40_000} if outcome == "labelled" else {}
    decision = prepare_decision(application, by=director(), outcome=outcome, reasons="Motifs secrets.", **grant)
    countersign(sign(decision, by=director()), by=second_signatory())
    text = "Décision du {{ date }}.\n\n{{ motifs }}\n\n{{ voies_de_recours }}"
    save_template(outcome, subject_line="Décision", text=text, seen=1, by=director())
    rehearsed = client_for(director()).get(reverse("rehearsed_letter", args=[application.reference]))
    assert b"Motifs secrets" in rehearsed.content

    after = seen_by_all(application, other, clients)
    assert [place for place in before if before[place] != after[place]] == []
    assert b"Motifs secrets" not in b"".join(body for _, body, _ in after.values())


def test_publication_is_what_makes_the_difference(world):
    application, other, clients = world
    before = seen_by_all(application, other, clients)
    decision = prepare_decision(application, by=director(), outcome="labelled", reasons="Motifs lisibles.")
    countersign(sign(decision, by=director()), by=second_signatory())

    publish_cut_off(application.cut_off, by=director())

    after = seen_by_all(application, other, clients)
    result = reverse("application_result", args=[application.reference])
    statuses = {reader: (before[reader, result][0], after[reader, result][0]) for reader in clients}
    assert statuses == {
        "public": (302, 302),
        "structure": (404, 200),
        "other structure": (404, 404),
        "reviewer": (404, 404),
        "technical admin": (404, 404),
    }
    registry = reverse("registry")
    assert before["public", registry] != after["public", registry]
