"""The registry in other sites' pages: the one page that may be framed, and the code that frames it."""

import re

import pytest
from django.urls import reverse

from fabriques.tests.factories import FabriqueFactory
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory

pytestmark = pytest.mark.django_db
EMBED, EMBEDDING = reverse("embed_registry"), reverse("registry_embedding")


@pytest.fixture(autouse=True)
def _a_label(frozen_clock):
    FabriqueFactory(structure__name="Atelier", label__title="Développement web")


def test_only_the_embedded_page_may_be_framed(client):
    policies = [client.get(url).headers for url in (EMBED, EMBEDDING, reverse("registry"))]
    assert ["frame-ancestors *" in headers["Content-Security-Policy"] for headers in policies] == [True, False, False]
    assert [headers.get("X-Frame-Options") for headers in policies] == [None, "DENY", "DENY"]


def test_it_asks_nothing_of_another_site_and_its_links_leave_the_frame(client):
    page = client.get(EMBED).content.decode()
    links = re.findall(r"<a [^>]*>", page)
    assert [link for link in links if 'href="/labels/' in link and 'target="_blank"' not in link] == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
    assert page.index("<table") < page.index("data-gen-map=")


def test_nothing_in_it_depends_on_who_is_signed_in(client, client_for):
    person = client_for(CapacityFactory(role=Role.OFFICER).user)
    assert person.get(EMBED).content == client.get(EMBED).content


def test_the_code_to_paste_keeps_the_filters_that_make_sense(client):
    page = client.get(EMBEDDING, {"famille": "dev", "region": "zz", "texte": 'a"><script>'})
    code = page.content.decode().partition("<textarea")[2].partition("</textarea>")[0]
    address = "http://testserver/integration/registre/?texte=a%22%3E%3Cscript%3E&amp;famille=dev"
    assert f'src="{address}"' in code.replace("&quot;", '"').replace("&lt;iframe", "<iframe")
    assert page.context["path"] == "/integration/registre/?texte=a%22%3E%3Cscript%3E&famille=dev"


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_three(client, django_assert_num_queries, count):
    for _ in range(count - 1):
        FabriqueFactory()
    with django_assert_num_queries(8):
        client.get(EMBED)
