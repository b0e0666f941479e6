"""Somebody withdrew from a dossier as a reviewer, then runs calls: it does not exist for them anywhere."""

import pytest
from django.urls import reverse

from applications.models import Application, ApplicationState
from applications.policies import dossiers as policies
from applications.tests.factories import ApplicationFactory, MembershipFactory, SubmissionFactory
from gen_portal.core import access, clock, outbox
from gen_portal.core.models import JournalEntry, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.desk import sections_for
from labelling.tests.factories import AssignmentFactory
from labelling.transitions.proposals import make_proposal
from labelling.transitions.recusals import recuse

pytestmark = pytest.mark.django_db
TITLE, OTHER = "Dossier écarté de Quimper", "Dossier ordinaire"


@pytest.fixture
def hidden():
    application = ApplicationFactory(under_review=True, training__title=TITLE)
    SubmissionFactory(application=application)
    other = ApplicationFactory(call=application.call, under_review=True, training__title=OTHER)
    SubmissionFactory(application=other)
    AssignmentFactory(application=other)
    return application


@pytest.fixture
def officer(hidden):
    """A reviewer who withdrew from the dossier, and runs calls since."""
    place = AssignmentFactory(application=hidden)
    recuse(place, by=place.reviewer, reason="Un lien ancien.")
    place.reviewer.capacities.all().delete()
    CapacityFactory(user=place.reviewer, role=Role.OFFICER)
    return place.reviewer


@pytest.fixture
def colleague():
    return CapacityFactory(role=Role.OFFICER).user


def pages(hidden):
    call, reference = [hidden.call.slug], [hidden.reference]
    return {
        "admissibility_list": reverse("admissibility_list", args=call),
        "admissibility_page": reverse("admissibility_page", args=reference),
        "assignment_edit": reverse("assignment_edit", args=reference),
        "call_board": reverse("call_board", args=call),
        "decision_edit": reverse("decision_edit", args=reference),
        "decision_list": reverse("decision_list", args=call),
        "dispute_page": reverse("dispute_page", args=[hidden.training.structure.reference]),
        "journal_subject": reverse("journal_subject", args=["applications.application", hidden.pk]),
        "outbox_list": reverse("outbox_list"),
    }


#: What only names the dossier is read without it; what is about it alone is not found.
LISTS = {"admissibility_list", "call_board", "decision_list", "dispute_page", "outbox_list"}


def test_no_page_knows_it(client_for, hidden, officer, colleague):
    for user, is_told in ((colleague, True), (officer, False)):
        client = client_for(user)
        for name, url in pages(hidden).items():
            answer = client.get(url)
            assert answer.status_code == (200 if is_told or name in LISTS else 404), name
            words = "Un dossier à évaluer" if name == "outbox_list" else TITLE
            if name not in ("dispute_page", "journal_subject", "outbox_list"):
                assert (words in answer.text) is is_told, name


def test_its_journal_and_its_mails_are_left_out(client_for, hidden, officer, colleague):
    acts = JournalEntry.objects.about(hidden)
    mails = OutgoingEmail.objects.about(hidden)
    assert acts.open_to(colleague).count() == acts.count() > 0
    assert mails.open_to(colleague).count() == mails.count() > 0
    assert (acts.open_to(officer).count(), mails.open_to(officer).count()) == (0, 0)
    pk = mails.first().pk
    for name in ("outbox_page", "outbox_resend", "outbox_cancel", "outbox_lift"):
        url = reverse(name, args=[pk])
        client = client_for(officer)
        assert (client.get(url) if name == "outbox_page" else client.post(url)).status_code == 404


def test_no_count_tells_it(hidden, officer, colleague):
    Application.objects.filter(pk=hidden.pk).update(state=ApplicationState.SUBMITTED)
    assert "1 dossier à vérifier" in _desk(colleague)
    assert "dossier à vérifier" not in _desk(officer)


def _desk(user):
    lines = [line for section in sections_for(user, clock.now(), access.today(user)) for line in section.lines]
    return " ".join(line.title for line in lines)


def test_the_two_faces_of_the_permission_agree(hidden, officer, colleague):
    for user in (officer, colleague):
        seen = set(Application.objects.visible_to(user))
        assert seen == {each for each in Application.objects.all() if policies.can_view(user, each)}
    assert hidden not in Application.objects.visible_to(officer)


def test_it_stays_with_the_structure_of_its_members(hidden, officer):
    MembershipFactory(structure=hidden.training.structure, user=officer)
    assert hidden in Application.objects.visible_to(officer)


def test_somebody_else_shares_the_call_out(client_for, hidden, officer, colleague):
    proposal = make_proposal(hidden.call, due_on=access.today(colleague), max_load=9, aim="least_cost", by=colleague)
    for user, status in ((colleague, 200), (officer, 403)):
        client, call = client_for(user), [hidden.call.slug]
        assert client.get(reverse("proposal_ask", args=call)).status_code == status
        assert client.get(reverse("proposal_page", args=[proposal.pk])).status_code == status
        assert client.get(reverse("assignment_export", args=[*call, "csv"])).status_code == status
        assert client.get(reverse("assignment_import", args=call)).status_code == status


def test_a_mail_about_nothing_hidden_is_read(client_for, officer):
    row = _post()
    assert client_for(officer).get(reverse("outbox_page", args=[row.pk])).status_code == 200


def _post():
    return outbox.post(key="essai", kind="essai", to="a@exemple.fr", subject_line="Essai", markdown="Texte")
