"""A public page that reads several times shows one instant, whatever is published between two of its reads."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.tests.factories import CallFactory
from fabriques.actions.publication import publish_cut_off
from fabriques.views import registry
from gen_portal import views as roof
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
