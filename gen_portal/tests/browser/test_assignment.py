"""Sharing a call out, at the browser: invite, propose, apply, declare, withdraw, repair; and the opinion of the region."""

import re

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core.models import Ministry, Role
from gen_portal.tests.browser.conftest import capable
from labelling.models import Assignment, Recusal
from labelling.models.interests import STATEMENTS
from labelling.tests.factories import RegionalRuleFactory

pytestmark = [pytest.mark.thorough, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = """Courriel;Prénom;Nom;Ministère ou région;Du;Au;Dossiers au plus;Courriel du suppléant
clementine.vandenbroucke@emploi.example;Clémentine;Vandenbroucke;{ministry};01/01/2020;;4;
service@bretagne.example;Yann;Le Goff;Bretagne;01/01/2020;;;
"""


@pytest.fixture
def call(staff):
    """Three admissible dossiers in a call that asks the regions."""
    call = CallFactory()
    RegionalRuleFactory(call=call)
    for title in ("Technicien d'assistance", "Conseiller numérique", "Développeur web"):
        ApplicationFactory(call=call, admissible=True, training__title=title)
    return call


def test_a_call_is_shared_out_then_repaired(arrive, staff, call):
    officer, reviewer = arrive(), arrive()
    officer.sign_in(staff.officer.email, second_factor=True)
    _invite(officer)
    _propose(officer, call)
    assert Assignment.objects.current().count() == 12

    place = Assignment.objects.current().filter(reviewer__in=staff.reviewers).order_by("pk").first()
    reviewer.sign_in(place.reviewer.email, second_factor=True)
    _declare(reviewer, call)
    _withdraw(reviewer, place.application)
    assert Recusal.objects.get().user == place.reviewer

    officer.go(reverse("assignment_edit", args=[place.application.reference]))
    assert "J'ai travaillé pour cette structure." in officer.text()
    _propose(officer, call, changes=1)
    current = Assignment.objects.current().filter(application=place.application, ministry=place.ministry)
    assert current.get().reviewer.email == "clementine.vandenbroucke@emploi.example"


def _invite(officer):
    """The first ministry has a second reviewer, the region a service."""
    ministry = Ministry.objects.order_by("position").first()
    officer.go(reverse("people_invite"))
    officer.fill(text=LIST.format(ministry="Culture"))
    officer.press("Vérifier cette liste")
    assert "personne n'est invité" in officer.text()
    officer.fill(text=LIST.format(ministry=ministry.short_name))
    officer.press("Vérifier cette liste")
    officer.press("Inviter ces 2 personnes")
    assert "Vandenbroucke" in officer.text()


def _propose(officer, call, changes=12):
    officer.go(reverse("review_progress", args=[call.slug]))
    officer.click("Répartir les dossiers")
    officer.press("Proposer une répartition")
    assert re.search(rf"\b{changes} confiée", officer.text())
    officer.press("Appliquer cette répartition")
    assert "est appliquée" in officer.text()


def _declare(reviewer, call):
    reviewer.go(reverse("declaration_sign", args=[call.slug]))
    for name in ("has_nothing", *STATEMENTS):
        reviewer.check(name)
    reviewer.press("Signer ma déclaration")


def _withdraw(reviewer, application):
    reviewer.go(reverse("review_page", args=[application.reference]))
    reviewer.click("Je ne peux pas juger ce dossier")
    reviewer.check("cause", "lien")
    reviewer.fill(reason="J'ai travaillé pour cette structure.")
    reviewer.page.locator('main button[type="submit"]').first.click()
    reviewer.page.wait_for_load_state()
    assert application.training.title not in reviewer.text().partition("Dossiers confiés")[2]


def test_the_region_gives_its_opinion(arrive, staff, call):
    region = call.applications.first().training.structure.commune.department.region
    servant = arrive()
    servant.sign_in(capable(Role.REGIONAL_SERVICE, region=region).email, second_factor=True)
    servant.go(reverse("regional_list"))
    servant.click("Conseiller numérique")
    servant.check("verdict", "reserved")
    servant.press("Donner cet avis")
    assert "écrivez ses motifs" in servant.text()
    servant.fill(text="Une formation proche ouvre à trente kilomètres.")
    servant.press("Donner cet avis")
    assert "Avis réservé" in servant.text()
