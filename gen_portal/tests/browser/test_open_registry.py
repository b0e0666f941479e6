"""The open data in a browser: its pages, and the registry inside the page of another site, asking nobody else."""

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.urls import reverse

from fabriques.actions.releases import release_registry
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core.tests.factories import CommuneFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class HostPage(BaseHTTPRequestHandler):
    """A page of another site, with what it was given to paste."""

    def __init__(self, code, *args):
        self.code = code
        super().__init__(*args)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f'<!DOCTYPE html><html lang="fr"><title>Ma région</title>{self.code}'.encode())

    def log_message(self, *args):
        """Nothing is told."""


@pytest.fixture
def hosted():
    """`hosted(code)`: the address of a page of another site that holds this code."""
    servers = []

    def serve(code):
        servers.append(HTTPServer(("127.0.0.1", 0), partial(HostPage, code)))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://localhost:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def visitor(arrive):
    FabriqueFactory(structure__name="Atelier des Écrans", label__title="Développement web")
    FabriqueFactory(
        structure__name="Bord de mer", label__title="Médiation", structure__commune=CommuneFactory(overseas=True)
    )
    release_registry(by=None)
    person = arrive()
    person.asked = []
    person.context.on("request", lambda request: person.asked.append(request.url))
    return person


def test_the_registry_is_read_inside_another_site(visitor, hosted):
    visitor.go(reverse("embed_registry"))  # judged by itself, before it is framed
    visitor.go(f"{reverse('registry_embedding')}?outremer=on")
    code = visitor.page.input_value("#code-integration")
    visitor.page.goto(hosted(code))
    frame = visitor.page.frame_locator("iframe")

    frame.locator(".leaflet-marker-icon").first.wait_for()
    assert frame.locator("tbody tr").count() == 1
    marker = frame.locator(".gen-marker")
    marker.press("Enter")
    link = frame.locator(".leaflet-popup a", has_text="Médiation")
    with visitor.context.expect_page() as opened:
        link.press("Enter")
    assert opened.value.url.startswith(f"{visitor.base}/labels/")
    frame.locator("summary").press("Enter")
    frame.locator('input[name="outremer"]').press("Space")
    frame.get_by_role("button", name="Filtrer").press("Enter")
    frame.locator("tbody tr").nth(1).wait_for()
    assert [url for url in visitor.asked if not url.startswith((visitor.base, "data:", "http://localhost:"))] == []


def test_the_whole_map_comes_from_the_columns_of_its_version(visitor):
    visitor.go(reverse("registry"))
    visitor.page.wait_for_selector(".leaflet-marker-icon")
    visitor.asked.clear()
    visitor.go(reverse("registry"))
    visitor.page.wait_for_selector(".leaflet-marker-icon")

    assert [url for url in visitor.asked if "/fabriques/points" in url] == []
    visitor.page.locator("tbody tr", has_text="Atelier des Écrans").get_by_role("button").press("Enter")
    visitor.page.wait_for_selector(".leaflet-popup")
    visitor.page.locator(".leaflet-popup a", has_text="Développement web").press("Enter")
    visitor.page.wait_for_url("**/labels/**")


def test_the_pages_of_the_open_data_are_sound(visitor):
    for name in ("public_figures", "release_list", "registry_columns", "api_page", "page_sitemap"):
        visitor.go(reverse(name))
    visitor.go(reverse("release_page", args=[1]))
