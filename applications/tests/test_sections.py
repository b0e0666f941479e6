"""Filling a section: incomplete answers are kept, wrong ones explained, and two writers never overwrite each other."""

import re
from itertools import pairwise

import pytest
from django.urls import reverse

from applications.models import Application
from applications.models.sections import SECTIONS
from applications.tests.factories import ApplicationFactory, MembershipFactory, SiteFactory, TrainingFactory
from gen_portal.core.tests.factories import CommuneFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def owner(frozen_clock):
    return MembershipFactory()


@pytest.fixture
def application(owner):
    return ApplicationFactory(training=TrainingFactory(structure=owner.structure))


@pytest.fixture
def client(owner, client_for):
    return client_for(owner.user)


def url_of(application, code):
    return reverse("application_section", args=[application.reference, code])


def seen_on(page):
    """The hidden inputs by which a page says which version of each answer it shows."""
    return dict(re.findall(r'name="(seen-\w+)" value="(\w+)"', page.content.decode()))


def text_of(page):
    return page.content.decode().replace("&#x27;", "'").replace("\xa0", " ").replace("\u202f", " ")


def test_an_incomplete_section_is_kept(application, client):
    url = url_of(application, "formation")

    answer = client.post(url, seen_on(client.get(url)) | {"summary": "Six mois de web.", "total_hours": ""})

    application.refresh_from_db()
    assert (answer.url, application.summary, application.total_hours) == (url, "Six mois de web.", None)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.code)
def test_save_and_continue_leads_to_the_next_part(application, client, section):
    codes = [each.code for each in SECTIONS]
    following = dict(pairwise(codes)).get(section.code)
    url = url_of(application, section.code)

    answer = client.post(url, seen_on(client.get(url)) | {"suite": "1"})

    files_url = reverse("application_files", args=[application.reference])
    assert answer.url == (url_of(application, following) if following else files_url)


def test_a_wrong_answer_is_explained_and_the_right_ones_are_kept(application, client):
    url = url_of(application, "formation")
    values = {"summary": "Six mois.", "on_site_percent": "150", "rncp_code": "12"}

    page = client.post(url, seen_on(client.get(url)) | values)

    application.refresh_from_db()
    assert (page.status_code, application.summary, application.on_site_percent) == (200, "Six mois.", None)
    assert 'value="150"' in text_of(page)
    assert "Un code RNCP s'écrit" in text_of(page)
    assert seen_on(page) == seen_on(client.get(url))


@pytest.mark.parametrize(("typed", "kept"), [("rncp 37674", "RNCP37674"), ("37674", "RNCP37674"), ("", "")])
def test_an_rncp_code_is_written_one_way(application, client, typed, kept):
    url = url_of(application, "formation")
    client.post(url, seen_on(client.get(url)) | {"rncp_code": typed})
    application.refresh_from_db()
    assert application.rncp_code == kept


@pytest.mark.parametrize(
    ("total", "requested", "words"),
    [("100000", "50001", "de demander 50 000 € au plus"), ("100000", "100001", "dépasse le budget total")],
)
def test_a_grant_above_the_ceiling_is_explained(application, client, total, requested, words):
    url = url_of(application, "budget")
    values = {"expenses-0-head": "staff", "expenses-0-amount_euros": total, "requested_grant_euros": requested}

    page = client.post(url, values | seen_on(client.get(url)))

    application.refresh_from_db()
    assert words in text_of(page)
    assert (application.total_budget_euros, application.requested_grant_euros) == (int(total), None)


def test_the_budget_page_computes_share_and_cost(application, client):
    Application.objects.filter(pk=application.pk).update(
        total_budget_euros=120_000, requested_grant_euros=50_000, session_count=2, seat_count=15, total_hours=500
    )
    page = text_of(client.get(url_of(application, "budget")))
    assert re.search(r"data-gen-share>41,7 %<", page)
    assert re.search(r"data-gen-cost>4 000 €<", page)
    assert re.search(r"data-gen-hourly>8 €<", page)
    assert "Budget à équilibrer : il manque 70 000 € de ressources" in page
    assert "ne dépasse pas 70 000 € par label" in page


# --- What a form may write ------------------------------------------------------------------------------------------


def test_a_section_writes_its_own_columns_only(application, client):
    fields = {field.name: "1" for field in Application._meta.concrete_fields}
    for section in SECTIONS:
        before = Application.objects.values().get(pk=application.pk)
        url = url_of(application, section.code)
        client.post(url, fields | seen_on(client.get(url)))
        after = Application.objects.values().get(pk=application.pk)
        changed = {name for name in after if after[name] != before[name]}
        assert changed <= {*section.shown, "changed_at"}
        application.refresh_from_db()


def test_a_site_is_added_to_the_dossier_and_the_structure(application, client, owner):
    CommuneFactory()
    values = {"name": "La Halle", "street": "2 quai Nord", "postcode": "35000", "commune_name": "rennes"}

    answer = client.post(reverse("site_create", args=[application.reference]), values)

    site = owner.structure.sites.get()
    assert answer.url == url_of(application, "sites")
    assert (list(application.sites.all()), site.commune.name) == ([site], "Rennes")


def test_a_site_of_another_structure_cannot_be_chosen(application, client):
    foreign = SiteFactory()
    url = url_of(application, "sites")
    client.post(url, seen_on(client.get(url)) | {"sites": [foreign.pk]})
    assert list(application.sites.all()) == []
