"""A public page that reads several times shows one instant, whatever is published between two of its reads."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.tests.factories import CallFactory
from applications.views import dossiers, filing
from fabriques.actions.publication import publish_cut_off
from fabriques.tests.test_publication_races import CHANGING
from fabriques.views import registry
from gen_portal import views as roof
from gen_portal.tests.people import signed_in
from gen_portal.tests.test_races import together
from labelling.tests.factories_decisions import director
from labelling.tests.test_decision_races import attempt, decisions_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("name", "views"), [("registry", registry), ("home", roof)])
def test_a_publication_between_two_reads_of_a_page_does_not_show(frozen_clock, monkeypatch, name, views):
    (decision,) = decisions_of(CallFactory(), 1, countersigned=True)
    by, page, count = director(), reverse(name), views.headline
    before = Client().get(page).content

    def publish_then_count(*moment):
        assert together(1, lambda number: attempt(publish_cut_off, decision.cut_off, by=by)) == ["done"]
        return count(*moment)

    monkeypatch.setattr(views, "headline", publish_then_count)

    assert Client().get(page).content == before
    monkeypatch.undo()
    assert Client().get(page).content != before


@pytest.mark.parametrize(
    ("name", "module", "second_read"),
    [("application_page", dossiers, "history_of"), ("application_history", filing, "history_of")],
)
def test_nor_does_it_show_between_two_reads_of_the_page_of_a_dossier(
    frozen_clock, monkeypatch, name, module, second_read
):
    (decision,) = decisions_of(CallFactory(), 1, countersigned=True)
    by, client, read = director(), signed_in(decision.application.started_by), getattr(module, second_read)
    page = reverse(name, args=[decision.application.reference])
    before = CHANGING.sub(b"", client.get(page).content)

    def publish_then_read(application):
        assert together(1, lambda number: attempt(publish_cut_off, decision.cut_off, by=by)) == ["done"]
        return read(application)

    monkeypatch.setattr(module, second_read, publish_then_read)

    assert CHANGING.sub(b"", client.get(page).content) == before
    monkeypatch.undo()
    assert CHANGING.sub(b"", client.get(page).content) != before
