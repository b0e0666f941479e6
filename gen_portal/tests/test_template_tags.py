"""The words and urls that every template relies on."""

from datetime import UTC, date, datetime

import pytest
from django.core.paginator import Paginator
from django.template import engines

from gen_portal.context import build_navigation
from gen_portal.core import phrases

pytestmark = pytest.mark.once

NBSP, THIN = "\u00a0", "\u202f"


def rendered(source, request=None, **context):
    return engines["django"].from_string(source).render(context, request).strip()


@pytest.mark.parametrize(
    "value, expected",
    [
        (70000, f"70{THIN}000{NBSP}€"),
        (0, f"0{NBSP}€"),
        (1234567, f"1{THIN}234{THIN}567{NBSP}€"),
        (12.5, f"12,5{NBSP}€"),
        (None, ""),
    ],
)
def test_euros_as_a_french_reader_writes_them(value, expected):
    assert rendered("{{ value|euros }}", value=value) == expected


@pytest.mark.parametrize(
    "instant, expected",
    [
        (datetime(2017, 2, 24, 17, 0, tzinfo=UTC), f"24{NBSP}février 2017 à 18{NBSP}h{NBSP}00"),
        (datetime(2016, 8, 31, 22, 5, tzinfo=UTC), f"1er{NBSP}septembre 2016 à 0{NBSP}h{NBSP}05"),
        (None, ""),
    ],
)
def test_paris_tells_an_instant_in_legal_time(instant, expected):
    assert rendered("{{ value|paris }}", value=instant) == expected


def test_an_instant_in_an_overseas_zone():
    closing = datetime(2017, 2, 24, 17, 0, tzinfo=UTC)
    assert rendered('{{ value|in_zone:"Pacific/Tahiti" }}', value=closing) == f"24{NBSP}février 2017 à 7{NBSP}h{NBSP}00"


@pytest.mark.parametrize(
    "value", [date(2016, 8, 1), datetime(2016, 7, 31, 22, 30, tzinfo=UTC)], ids=["a date", "an instant, in Paris"]
)
def test_day(value):
    assert rendered("{{ value|day }}", value=value) == f"1er{NBSP}août 2016"


@pytest.mark.parametrize(
    "size, expected",
    [
        (1, f"1{NBSP}octet"),
        (999, f"999{NBSP}octets"),
        (34_210, f"34{NBSP}ko"),
        (999_600, f"1{NBSP}Mo"),
        (1_234_567, f"1,2{NBSP}Mo"),
    ],
)
def test_file_size(size, expected):
    assert phrases.file_size(size) == expected


def test_markdown_keeps_no_script():
    assert rendered("{{ text|markdown }}", text="**Oui** <script>x</script>") == (
        "<p><strong>Oui</strong> &lt;script&gt;x&lt;/script&gt;</p>"
    )


@pytest.mark.parametrize(
    "source, expected",
    [
        ("{% query tri='nom' page=None %}", "?etat=ouvert&amp;tri=nom"),
        ("{% query etat=None page=None %}", "/appels/"),
        ("{% query page=3 %}", "?etat=ouvert&amp;page=3"),
        ("{% carried page=None %}", "?etat=ouvert"),
        ("{% carried etat=None page=None %}", ""),
    ],
)
def test_query_replaces_and_removes_parameters(rf, source, expected):
    assert rendered(source, rf.get("/appels/?etat=ouvert&page=2")) == expected


def test_query_works_inside_an_isolated_include(rf):
    tens = Paginator(range(100), 10).get_page(2)
    html = rendered(
        '{% include "components/pagination.html" with page_obj=tens only %}', rf.get("/x/?tri=nom&page=2"), tens=tens
    )
    assert 'href="?tri=nom&amp;page=3"' in html
    assert 'aria-current="page" title="Page 2"' in html


@pytest.mark.parametrize(
    "present, url, direction",
    [("", "?tri=nom", ""), ("?tri=nom", "?tri=-nom", "ascending"), ("?tri=-nom&page=4", "?tri=nom", "descending")],
)
def test_sort_header_keeps_its_state_in_the_url(rf, present, url, direction):
    html = rendered('{% sort_header "Nom" "nom" %}', rf.get(f"/liste/{present}"))
    assert f'href="{url}"' in html
    assert (f'aria-sort="{direction}"' in html) == bool(direction)


def test_csrf_field_reaches_a_component_included_alone(rf):
    html = rendered(
        '{% include "components/confirm.html" with question="Retirer ?" consequence="Oui." action="Retirer" '
        'back_url="/" url="" form=form danger=True only %}',
        rf.get("/"),
        form=None,
    )
    assert html.count('name="csrfmiddlewaretoken"') == 1


def test_breadcrumb_pairs_labels_and_urls(rf):
    html = rendered('{% breadcrumb "Appels" "/appels/" "Appel de 2017" %}', rf.get("/"))
    assert 'href="/appels/">Appels</a>' in html
    assert 'aria-current="page">Appel de 2017</a>' in html


def test_a_visitor_is_told_where_they_are():
    items = build_navigation(None, "/")
    assert [item.label for item in items if item.is_current] == ["Accueil"]
