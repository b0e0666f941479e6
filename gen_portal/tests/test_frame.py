"""The frame of every page: mandatory links, honest words, and pages of refusals that need nothing to be shown."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string

FOOTER = [
    "Plan du site",
    "Accessibilité : non conforme",
    "Mentions légales",
    "Données personnelles",
    "Gestion des cookies",
    "Sécurité",
    "Chiffres",
]
PAGES = ["sitemap", "accessibility", "legal", "privacy", "cookies", "security"]
DECLARATION = [
    "État de conformité",
    "Résultats des tests",
    "Contenus non accessibles",
    "Établissement de cette déclaration",
    "Retour d'information et contact",
    "Voies de recours",
]


def rendered(template, rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    return render_to_string(template, request=request)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_mandatory_page_has_one_title_and_the_footer_of_the_state(rf, name):
    html = rendered(f"pages/{name}.html", rf)
    footer = html[html.index("<footer") :]
    assert html.count("<h1") == 1
    assert re.findall(r'<a class="fr-footer__bottom-link" href="[^"]+">([^<]+)</a>', footer) == FOOTER


@pytest.mark.django_db
def test_the_accessibility_statement_follows_the_model_and_claims_nothing(rf):
    html = rendered("pages/accessibility.html", rf)
    assert re.findall(r"<h2>([^<]+)</h2>", html) == DECLARATION
    assert "Non conforme – audit non réalisé." in html


@pytest.mark.parametrize("status", ["400", "500", "503"])
def test_a_page_of_refusal_needs_no_context_nor_database(status):
    html = render_to_string(f"{status}.html")
    assert html.count("<h1") == 1
    assert 'id="contenu"' in html


@pytest.mark.parametrize("template", ["403.html", "403_csrf.html", "404.html"])
def test_a_page_of_refusal_offers_a_way_out(rf, template):
    html = rendered(template, rf)
    assert '<a class="fr-btn" href="/' in html


def test_the_theme_is_set_before_the_style_sheets_and_skip_links_lead_somewhere(rf):
    html = rendered("404.html", rf)
    assert html.index("js/theme.js") < html.index("dsfr.main.min.css")
    targets = re.findall(r'<a class="fr-link" href="#([^"]+)">', html)
    assert targets == ["contenu", "menu", "pied-de-page"]
    assert [target for target in targets if f'id="{target}"' not in html] == []
