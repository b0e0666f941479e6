"""A fabrique's page on a real PostgreSQL with real threads: one draft, one version, and a hold that nothing passes by."""

import pytest

from fabriques.actions.own_pages import Conflict, save_draft
from fabriques.models import FabriquePage, PageState, PageVersion
from fabriques.tests.factories import FabriqueFactory
from fabriques.tests.factories_pages import WRITTEN, FabriquePageFactory
from fabriques.transitions.own_pages import hold_page, publish_page
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.tests.races import refusals_at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_eight_first_drafts_one_is_kept():
    fabrique, user = FabriqueFactory(), UserFactory()
    writers = [
        lambda n=n: save_draft(fabrique, {**WRITTEN, "description": f"Texte {n}"}, by=user, seen="0") for n in range(8)
    ]
    refusals = refusals_at_once(*writers)
    assert [type(refusal) for refusal in refusals] == [Conflict] * 7
    assert FabriquePage.objects.get().draft_version == 1


def test_eight_clicks_publish_one_version():
    page, user = FabriquePageFactory(), UserFactory()
    refusals = refusals_at_once(*[lambda: publish_page(page, WRITTEN, by=user, seen=page.mark)] * 8)
    assert len(refusals) == 7
    assert PageVersion.objects.count() == 1


def test_a_page_held_and_published_at_once_is_held_as_it_was_read_or_not_at_all():
    """Either the officer holds the version they read and the structure is refused, or it is the other way round."""
    page = FabriquePageFactory(out=PageState.PUBLISHED)
    officer, owner, read = UserFactory(), UserFactory(), page.current_id
    refusals = refusals_at_once(
        lambda: hold_page(page, by=officer, reason="Un prix inexact.", seen=str(read)),
        lambda: publish_page(page, {**WRITTEN, "hours": "Lundi"}, by=owner, seen=page.mark),
    )
    page.refresh_from_db()
    assert len(refusals) == 1
    assert (page.state, page.current_id == read) in ((PageState.HELD, True), (PageState.PUBLISHED, False))
    assert JournalEntry.objects.about(page).count() == 1
