"""A cut-off is decided: a meeting from its agenda to sealed minutes, the decisions it leads to, the release, the letter."""

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core import clock, delivery
from gen_portal.core.models import Ministry, OutgoingEmail, Role
from gen_portal.tests.browser.conftest import capable
from gen_portal.tests.browser.person import PASSWORD
from labelling.models import CommitteeMeeting, Decision, Letter, Vote
from labelling.tests.factories_decisions import reviewed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASONS = "Un besoin local établi, une équipe solide."


@pytest.fixture
def member(staff):
    """Of the committee, for the first ministry."""
    return capable(Role.COMMITTEE_MEMBER, Ministry.objects.order_by("position").first())


@pytest.fixture
def dossier(staff):
    """Reviewed by two ministries, of a structure whose owner can sign in."""
    application = reviewed(ApplicationFactory(under_review=True, call=CallFactory()))
    owner = application.started_by
    owner.set_password(PASSWORD)
    owner.save(update_fields=["password"])
    return application


def test_a_cut_off_from_its_agenda_to_the_letters(arrive, staff, member, dossier):
    officer, director, voter = arrive(), arrive(), arrive()
    officer.sign_in(staff.officer.email, second_factor=True)
    meeting = _plan(officer, dossier, member)
    voter.sign_in(member.email, second_factor=True)
    _vote(officer, voter, meeting, dossier)
    _seal(officer, meeting)

    director.sign_in(staff.director.email, second_factor=True)
    _decide(director, dossier)
    second = arrive()
    second.sign_in(staff.second.email, second_factor=True)
    _countersign(second, dossier)
    _publish(officer, dossier)
    _read(arrive(), dossier)


def _plan(officer, dossier, member):
    """Planned, its agenda filled, opened; the member is noted there by whoever runs it."""
    officer.go(reverse("meeting_plan", args=[dossier.call.slug]))
    officer.choose(cut_off=str(dossier.cut_off_id), chair=str(member.pk))
    tomorrow = (clock.today() + clock.ONE_DAY).isoformat()
    officer.fill(planned_on=tomorrow, planned_time="14:00", place="Salle Ada Lovelace", quorum=1)
    officer.press("Prévoir la séance")
    officer.press("Inscrire tous les dossiers en évaluation")
    assert dossier.training.title in officer.text()
    officer.press("Ouvrir la séance")
    return CommitteeMeeting.objects.get()


def _vote(officer, voter, meeting, dossier):
    """The member takes part on their own page, that follows the meeting by itself."""
    live = reverse("meeting_live", args=[meeting.pk])
    voter.page.set_viewport_size({"width": 320, "height": 640})
    voter.go(live)
    voter.press("Prendre part à la séance")
    assert "La séance se poursuit" in voter.text()
    officer.press("Examiner")
    officer.go(live)
    officer.press("Ouvrir le vote")
    voter.page.get_by_role("button", name="Labellisée", exact=True).wait_for()
    voter.look()
    voter.page.get_by_role("button", name="Labellisée", exact=True).click()
    voter.page.wait_for_load_state()
    assert "votre choix" in voter.text()
    assert Vote.objects.get().choice == "labelled"
    officer.go(live)
    officer.click("Conclure par le vote")
    officer.fill(reasons=REASONS)
    officer.press("Conclure")


def _seal(officer, meeting):
    officer.go(reverse("meeting_page", args=[meeting.pk]))
    officer.press("Clore la séance")
    officer.press("Sceller le procès-verbal")
    assert "Empreinte" in officer.text()
    with officer.page.expect_download() as download:
        officer.page.locator("main").get_by_role("link", name="Télécharger le procès-verbal").click()
    assert download.value.path().read_bytes()[:5] == b"%PDF-"


def _decide(director, dossier):
    director.go(reverse("decision_list", args=[dossier.call.slug]))
    director.click("Préparer d'après le comité")
    director.press("Préparer cette décision")
    assert Decision.objects.get().reasons == REASONS
    director.go(reverse("decision_sign", args=[Decision.objects.get().pk]))
    director.press("Signer")
    assert "La décision est signée." in director.text()


def _countersign(second, dossier):
    second.go(reverse("decision_countersign", args=[Decision.objects.get().pk]))
    second.press("Contresigner")
    assert Decision.objects.ready().count() == 1


def _publish(officer, dossier):
    officer.go(reverse("publication_page", args=[dossier.call.slug, 1]))
    officer.click("Répéter les lettres")
    assert dossier.training.structure.name in officer.text()
    officer.go(reverse("publication_page", args=[dossier.call.slug, 1]))
    officer.press("Publier 1 décision")
    assert "1 courriel" in officer.text()
    delivery.deliver()
    officer.go(reverse("publication_progress", args=[dossier.call.slug, 1]))
    assert "Tous les courriels sont partis." in officer.text()


def _read(owner, dossier):
    owner.sign_in(dossier.started_by.email)
    owner.go(reverse("application_result", args=[dossier.reference]))
    assert REASONS in owner.text()
    (letter,) = Letter.objects.all()
    with owner.page.expect_download() as download:
        owner.page.locator(f'main a[href*="{letter.number}"]').first.click()
    assert download.value.path().read_bytes()[:5] == b"%PDF-"
    assert OutgoingEmail.objects.get(kind="decision_labelled").sent_at is not None
