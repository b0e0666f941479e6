"""The API: its pages, its refusals in French, its headers; and schemathesis over everything its document promises."""

from datetime import date

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from fabriques.open_table import NAMES
from fabriques.tests.factories import FabriqueFactory
from labelling.models import LabelEvent, LabelEventKind
from labelling.tests.factories_decisions import LabelFactory

pytestmark = pytest.mark.django_db
PLACES, LABELS, FABRIQUES, FIGURES = (
    reverse(name) for name in ("api_places", "api_labels", "api_fabriques", "api_figures")
)


@pytest.fixture(autouse=True)
def _stop_the_clock(frozen_clock):
    """10 March 2026, at ten."""


def walked(client, url):
    """The pages of an address, to the last."""
    while url:
        page = client.get(url).json()
        yield page["resultats"]
        url = page["suivant"] and page["suivant"].removeprefix("http://testserver")


def test_pages_follow_one_another_whatever_is_published_meanwhile(client):
    for number in range(5):
        FabriqueFactory(label__title=f"Formation {number}")
    pages = walked(client, f"{PLACES}?par_page=2")
    first = next(pages)
    FabriqueFactory(label__title="Formation 5")

    found = [place["intitule_formation"] for page in (first, *pages) for place in page]

    assert found == [f"Formation {number}" for number in range(6)]


def test_the_pages_that_follow_stay_on_the_day_of_the_first(client, frozen_clock):
    for _ in range(3):
        FabriqueFactory(label__ends_on=date(2026, 3, 11))
    pages = walked(client, f"{PLACES}?par_page=2")
    first = next(pages)
    frozen_clock.advance(days=1)
    assert len(first) + len(next(pages)) == 3


def test_a_label_a_fabrique_and_the_figures_of_a_day(client):
    fabrique = FabriqueFactory(structure__name="Atelier", label__title="Développement web")
    LabelFactory(decision__application__training__structure=fabrique.structure, title="Médiation")
    one, two = client.get(LABELS).json()["resultats"]
    (structure,) = client.get(FABRIQUES).json()["resultats"]
    figures = client.get(FIGURES, {"texte": "mediation"}).json()

    assert ([one["intitule_formation"], two["intitule_formation"]]) == ["Développement web", "Médiation"]
    assert (len(one["lieux"]), sorted({*one} - {"lieux"} | {*one["lieux"][0]})) == (1, sorted(NAMES))
    assert (structure["structure"], structure["nombre_labels"], structure["nombre_lieux"]) == ("Atelier", 2, 2)
    assert [figures[name] for name in ("fabriques", "formations", "lieux", "reponses")] == [1, 2, 2, 1]
    assert (figures["au"], figures["licence"]["nom"]) == ("2026-03-10", "Licence Ouverte 2.0")


def test_one_label_says_whether_it_is_in_force(client):
    label = FabriqueFactory().label
    url = reverse("api_label", args=[label.reference])
    LabelEvent.objects.create(
        label=label, kind=LabelEventKind.GIVEN_UP, effective_on=date(2026, 3, 10), known_at=label.decision.published_at
    )
    assert client.get(url).json()["resultat"]["en_vigueur"] is False
    absent = client.get(reverse("api_label", args=["0" * 16]))
    assert (absent.status_code, absent.json()["title"]) == (404, "Aucun label public ne porte ce numéro")


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("famille=zz", "famille", "Cette famille n'existe pas : choisissez-en une dans la liste."),
        ("au=2026-03-11", "au", "Choisissez aujourd'hui ou un jour passé."),
        ("gratuite=peut-être", "gratuite", "Écrivez on, true ou false."),
        ("ville=Rennes", "ville", "Ce paramètre n'existe pas."),
        ("curseur=bDow", "curseur", "Ce curseur n'en est pas un : suivez le lien « suivant » d'une page."),
        ("par_page=201", "par_page", "Écrivez un nombre de 1 à 200."),
    ],
)
def test_what_makes_no_sense_is_refused_in_french(client, query, name, words):
    refused = client.get(f"{PLACES}?{query}")
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    (fault,) = refused.json()["erreurs"]
    assert (fault["parametre"], fault["message"].startswith(words)) == (name, True)


@pytest.mark.parametrize("url", [PLACES, LABELS, FABRIQUES, FIGURES])
def test_answers_are_open_to_scripts_and_sent_again_only_when_they_change(client, url):
    FabriqueFactory()
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    FabriqueFactory()
    changed = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert [answer.status_code for answer in (first, again, changed)] == [200, 304, 200]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in (first, again, changed)} == {"*"}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("url", "expected"), [(PLACES, 3), (LABELS, 3), (FABRIQUES, 3)])
def test_a_page_costs_three_queries(client, django_assert_num_queries, url, expected, count):
    for _ in range(count):
        FabriqueFactory()
    with django_assert_num_queries(expected):
        client.get(url)


def test_the_documentation_says_what_the_document_says(client):
    document = client.get(reverse("api_schema")).json()
    page = client.get(reverse("api_page")).content.decode()
    assert (document["openapi"], document["info"]["license"]["name"]) == ("3.1.0", "Licence Ouverte 2.0")
    assert [path in page for path in document["paths"]] == [True] * 5
    assert "http" not in page.partition("<main")[2].partition("</main>")[0].replace("https://www.etalab.gouv.fr", "")


# --- Everything the document promises ---------------------------------------------------------------------------------

_PLAIN = {"Accept-Encoding": "identity"}
_QUIET = {
    "generation": {"allow-x00": False}
}  # a null byte never reaches the API: a middleware refuses it, in plain text
#: A day to come, an unknown region or a made-up cursor is refused, though no schema can say which are known.
_BEYOND_SCHEMAS = [positive_data_acceptance]


@pytest.mark.once
def test_schemathesis_finds_no_fault():
    FabriqueFactory(label__title="Développement web")
    FabriqueFactory(label__title="Médiation", label__job_family="mediation")
    config = schemathesis.Config.from_dict(_QUIET)
    schema = schemathesis.openapi.from_wsgi(reverse("api_schema"), get_wsgi_application(), config=config)
    seen = set()
    for operation in schema.get_all_operations():
        _examine(operation.ok(), seen)
    assert {path for path, _ in seen} == set(Client().get(reverse("api_schema")).json()["paths"])
    assert {status for _, status in seen} >= {200, 400, 404}


def _examine(operation, seen):
    strategy = operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @given(case=strategy)
    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    def check(case):
        response = case.call_and_validate(headers=_PLAIN, excluded_checks=_BEYOND_SCHEMAS)
        seen.add((operation.path, response.status_code))

    check()
