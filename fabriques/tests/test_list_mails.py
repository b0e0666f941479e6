"""A mail to a list: one per person, what was read is what leaves, once; who is left out is said, with the reason."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory, StructureFactory
from fabriques.models import FollowUpContact, JournalAction, ListMail, ReminderHold
from fabriques.tests.factories import SOUND, FabriqueFactory, FollowUpCampaignFactory, FollowUpReportFactory
from fabriques.transitions import file_report
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, OutgoingEmail
from gen_portal.core.tests.factories import CapacityFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
WORDS = {"subject_line": "Relevés de {{ structure }}", "text": "Bonjour {{ prenom }},\n\n{{ liste }}"}


@pytest.fixture
def late(frozen_clock):
    """Two structures late with a report, owned by the same person; the first has an editor who refused."""
    campaign, person = FollowUpCampaignFactory(starts_on=date(2025, 7, 1)), UserFactory(email="deux@structures.fr")
    reports = []
    for name in ("Atelier", "[Bord](http://ailleurs.fr)"):
        fabrique = FabriqueFactory(
            structure=StructureFactory(name=name), label__starts_on=date(2025, 1, 1), label__ends_on=date(2028, 1, 1),
            label__title=f"Formation {name[:6]}",
        )  # fmt: skip
        fabrique.structure.memberships.all().delete()
        MembershipFactory(structure=fabrique.structure, user=person, role=MemberRole.OWNER)
        reports.append(FollowUpReportFactory(label=fabrique.label, campaign=campaign))
    editor = MembershipFactory(structure=reports[0].label.training.structure, role=MemberRole.EDITOR)
    FollowUpContact.objects.create(
        structure=editor.structure, user=editor.user, is_receiving=False, chosen_at=clock.now()
    )
    return reports


@pytest.fixture
def officer(client_for, frozen_clock):
    return client_for(CapacityFactory().user)


def preview(client, **words):
    """The page after « Voir l'aperçu », and what its button would post."""
    page = client.post(f"{reverse('list_mail_write')}?couche=releves", WORDS | words)
    form = page.context.get("send_form")
    return page.content.decode(), {name: form[name].value() for name in form.fields} if form else {}


def send(client, posted):
    return client.post(f"{reverse('list_mail_send')}?couche=releves", posted, follow=True)


def test_one_mail_per_person_leaves_once_as_it_was_previewed(late, officer):
    page, posted = preview(officer)
    first, second = send(officer, posted), send(officer, posted)

    mail, sent = OutgoingEmail.objects.get(kind="list_mail"), ListMail.objects.get()
    assert (mail.to_address, mail.subject_line) == (
        "deux@structures.fr",
        "Relevés de Atelier et [Bord](http://ailleurs.fr)",
    )
    assert [mail.text_body.count(f"/suivi/{report.reference}/") for report in late] == [1, 1]
    assert 'href="http://ailleurs.fr' not in mail.html_body
    assert "Envoyer à 1 personne" in page
    assert "ne veut pas de ces courriels" in page
    assert {answer.request["PATH_INFO"] for answer in (first, second)} == {
        reverse("list_mail_page", args=[sent.reference])
    }
    entry = JournalEntry.objects.about(sent).get()
    assert (entry.action, sent.recipient_count) == (JournalAction.LIST_MAILED, 1)


def test_a_list_that_changed_since_it_was_read_sends_nothing_and_says_what_changed(late, officer):
    _, posted = preview(officer)
    file_report(late[0], by=late[0].label.training.structure.memberships.first().user, figures=SOUND)
    changed = send(officer, posted).content.decode()
    assert "1 destinataire dont les lignes changent" in changed
    MembershipFactory(structure=late[1].label.training.structure, user=UserFactory(last_name="Nouvelle"))

    more = send(officer, posted).content.decode()

    assert "1 destinataire de plus (Camille Nouvelle)" in more
    assert (ListMail.objects.count(), OutgoingEmail.objects.filter(kind="list_mail").count()) == (0, 0)
    again = {name: re.search(rf'name="{name}" value="([^"]+)"', more)[1] for name in ("key", "seen")}
    send(officer, posted | again)
    assert OutgoingEmail.objects.filter(kind="list_mail").count() == 2


def test_who_cannot_be_reached_or_is_held_is_left_out_and_named(late, officer):
    structures = [report.label.training.structure for report in late]
    held_by = CapacityFactory().user
    ReminderHold.objects.create(structure=structures[0], note="Litige", held_at=clock.now(), held_by=held_by)
    structures[1].memberships.all().delete()

    page = officer.get(f"{reverse('list_mail_write')}?couche=releves").content.decode()

    assert "Personne à qui écrire" in page
    assert "<li>Atelier : ses relances sont retenues</li>" in page
    assert "aucun membre n&#x27;a de compte actif" in page


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"text": "{{ mot_de_passe }}"}, "n&#x27;existe pas"),
        ({"subject_line": "{{ liste }}"}, "L&#x27;objet ne peut pas contenir"),
        ({"text": "{% load x %}"}, "Il reste des accolades"),
    ],
)
def test_words_that_cannot_be_sent_are_named_and_have_no_preview(late, officer, words, fault):
    page, posted = preview(officer, **words)
    assert (fault in page, posted) == (True, {})

    _, sound = preview(officer)
    assert "Rien n&#x27;est parti" in send(officer, sound | {"seen": "inventé"}).content.decode()
    send(officer, sound | words)
    assert OutgoingEmail.objects.filter(kind="list_mail").count() == 0


def test_layers_without_structures_are_not_written_to(officer):
    assert officer.get(f"{reverse('list_mail_write')}?couche=couverture").status_code == 404


def test_other_layers_write_to_the_structures_of_their_labels(frozen_clock, officer):
    today = clock.today()
    fabrique = FabriqueFactory(
        label__ends_on=today + timedelta(days=20), label__decision__grant_euros=5000, label__starts_on=date(2024, 1, 1)
    )
    for code, told in (("fins", "label en vigueur jusqu"), ("subventions", "subvention attribuée")):
        page = officer.post(f"{reverse('list_mail_write')}?couche={code}&par=structure", WORDS).content.decode()
        assert (fabrique.label.title in page, told in page) == (True, True)
