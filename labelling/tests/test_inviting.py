"""A list of people to invite: judged line by line, applied whole or not at all, twice is once."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gen_portal.core import clock, delivery, spreadsheets
from gen_portal.core.models import Capacity, JournalEntry, Role, User
from gen_portal.core.tests.factories import CapacityFactory, RegionFactory, UserFactory
from gen_portal.core.workflow import Refused
from labelling.actions.inviting import Guest, invite
from labelling.forms.inviting import HEADERS, Judge
from labelling.models import ReviewerTerms
from labelling.tests.factories import four_ministries, reviewer_of

pytestmark = [pytest.mark.once, pytest.mark.django_db]

FIRST, LAST = "01/09/2026", "31/08/2035"
LINE = {"email": "Lea.Morvan@travail.exemple.fr", "first_name": "Léa", "last_name": "Morvan", "place": "travail",
        "from_on": FIRST, "until_on": LAST, "max_load": "", "substitute_email": ""}  # fmt: skip


@pytest.fixture(autouse=True)
def ministries():
    RegionFactory()
    return four_ministries()


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


def judged(*lines):
    rows = [LINE | line for line in lines]
    return Judge(spreadsheets.read(spreadsheets.as_csv(HEADERS, rows), HEADERS), clock.today()).judge()


def faults(*lines):
    return [(fault.line, fault.header, fault.sentence) for fault in judged(*lines).faults]


# --- Judging --------------------------------------------------------------------------------------------------------
def test_a_line_says_who_for_whom_and_when(ministries):
    verdict = judged({"max_load": "12"}, {"email": "sr@bretagne.exemple.fr", "place": "BRETAGNE", "until_on": ""})
    assert verdict.faults == []
    assert [(g.email, g.place, g.role, g.from_on, g.until_on, g.max_load) for g in verdict.guests] == [
        ("lea.morvan@travail.exemple.fr", ministries[0], Role.REVIEWER, date(2026, 9, 1), date(2035, 8, 31), 12),
        ("sr@bretagne.exemple.fr", RegionFactory(), Role.REGIONAL_SERVICE, date(2026, 9, 1), None, None),
    ]
    assert [effect for _, effect in verdict.lines] == ["un compte est ouvert"] * 2


@pytest.mark.parametrize(
    ("change", "header", "sentence"),
    [
        ({"email": ""}, "Courriel", "L'adresse manque."),
        ({"email": "léa"}, "Courriel", "Cette adresse n'est pas valide."),
        ({"place": "Culture"}, "Ministère ou région", "Ce nom n'est ni un ministère ni une région du portail."),
        ({"from_on": "septembre"}, "Du", "Écrivez un jour comme 01/09/2026."),
        ({"until_on": "01/08/2026"}, "Au", "Le dernier jour précède le premier."),
        ({"from_on": "01/01/2020", "until_on": "01/01/2021"}, "Au", "Ce jour est passé."),
        ({"max_load": "beaucoup"}, "Dossiers au plus", "Écrivez un nombre entier, ou rien."),
        ({"max_load": "0"}, "Dossiers au plus", "Un dossier au moins, ou rien."),
        (
            {"place": "53", "max_load": "3"}, "Dossiers au plus",
            "Seul un instructeur a une charge maximale : laissez cette case vide.",
        ),
        (
            {"last_name": ""}, "Prénom",
            "Cette personne n'a pas encore de compte : donnez son prénom et son nom.",
        ),
        (
            {"substitute_email": "inconnu@exemple.fr"}, "Courriel du suppléant",
            "Le suppléant doit être un instructeur du même ministère, déjà habilité ou dans cette liste.",
        ),
        ({"substitute_email": LINE["email"]}, "Courriel du suppléant", "Une personne ne se supplée pas elle-même."),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_explained(change, header, sentence):
    assert faults(change) == [(2, header, sentence)]


def test_an_address_twice_is_refused():
    sentence = "Cette adresse est sur plusieurs lignes : gardez-en une."
    assert faults({}, {"email": LINE["email"].lower()}) == [(2, "Courriel", sentence), (3, "Courriel", sentence)]


def test_who_runs_the_calls_does_not_review(officer):
    assert faults({"email": officer.email}) == [
        (2, "Courriel", "Cette personne conduit les appels : elle ne peut pas évaluer.")
    ]


def test_days_that_overlap_are_refused_the_same_days_are_nothing_new(ministries):
    user = CapacityFactory(role=Role.REVIEWER, ministry=ministries[0], from_on=date(2026, 9, 1)).user
    assert faults({"email": user.email}) == [
        (2, "Du", "A déjà cette habilitation du 01/09/2026 : les jours se recouvrent.")
    ]
    verdict = judged({"email": user.email, "until_on": ""})
    assert (verdict.faults, verdict.new_count) == ([], 0)
    assert [effect for _, effect in verdict.lines] == ["déjà invité sur ces dates : rien ne change"]
    assert judged({"email": user.email, "place": "Ville"}).faults == []


def test_a_closed_account_is_not_invited():
    user = UserFactory(is_active=False)
    assert [header for _, header, _ in faults({"email": user.email})] == ["Courriel"]


@pytest.mark.parametrize("count", [1, 3])
def test_judging_costs_the_same_however_many(count, django_assert_num_queries):
    rows = [LINE | {"email": UserFactory().email} for _ in range(count)]
    sheet = spreadsheets.read(spreadsheets.as_csv(HEADERS, rows), HEADERS)
    with django_assert_num_queries(6):
        Judge(sheet, clock.today()).judge()


# --- Inviting -------------------------------------------------------------------------------------------------------
def test_a_new_person_has_an_account_a_capacity_terms_and_a_mail(officer, ministries, mails):
    substitute = reviewer_of(ministries[0])
    verdict = judged({"max_load": "12", "substitute_email": substitute.email})
    assert invite(verdict.guests, by=officer) == 1
    user = User.objects.get(email="lea.morvan@travail.exemple.fr")
    assert (str(user), user.has_usable_password()) == ("Léa Morvan", False)
    capacity = user.capacities.get()
    assert (capacity.role, capacity.ministry, capacity.until_on) == (Role.REVIEWER, ministries[0], date(2035, 8, 31))
    terms = ReviewerTerms.objects.of(user)
    assert (terms.max_load, terms.substitute) == (12, substitute)
    acts = JournalEntry.objects.filter(subject_type="core.user", subject_id=user.pk).order_by("number")
    assert [(act.action, act.by) for act in acts] == [
        ("capacity.granted", officer), ("user.reviewing_terms_changed", officer)
    ]  # fmt: skip
    [mail] = mails(kind="reviewer_invited")
    assert mail.to_address == user.email
    assert "Choisissez votre mot de passe" in mail.text_body


def test_a_list_sent_twice_invites_once(officer, mails):
    guests = judged({}, {"email": "autre@exemple.fr"}).guests
    assert (invite(guests, by=officer), invite(guests, by=officer)) == (2, 0)
    assert (Capacity.objects.filter(role=Role.REVIEWER).count(), len(mails(kind="reviewer_invited"))) == (2, 2)


def test_who_has_an_account_keeps_it(officer, mails):
    user = UserFactory(first_name="Ana")
    invite(judged({"email": user.email}).guests, by=officer)
    user.refresh_from_db()
    assert user.first_name == "Ana"
    assert "Vous avez déjà un compte" in mails(kind="reviewer_invited")[0].text_body


def test_a_capacity_given_meanwhile_refuses_the_whole(officer, ministries, mails):
    user = UserFactory()
    guests = judged({"email": "nouveau@exemple.fr"}, {"email": user.email}).guests
    CapacityFactory(user=user, role=Role.REVIEWER, ministry=ministries[0])
    with pytest.raises(Refused, match="a déjà cette habilitation"):
        invite(guests, by=officer)
    assert not User.objects.filter(email="nouveau@exemple.fr").exists()
    assert mails(kind="reviewer_invited") == []


def test_somebody_invited_comes_in_by_the_link_to_their_address(officer, mailoutbox, settings):
    invite(judged({}).guests, by=officer)
    client, email = Client(), "lea.morvan@travail.exemple.fr"
    client.post(reverse("account_reset_password"), {"email": email})
    delivery.deliver()
    [link] = [word for word in mailoutbox[-1].body.split() if "/mot-de-passe/nouveau/" in word]
    page = client.get(link.strip("()<>"), follow=True)
    password = "quatre mots sans aucun rapport"
    page = client.post(page.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)
    page = client.post(reverse("account_login"), {"login": email, "password": password}, follow=True)

    assert page.redirect_chain[1][0].startswith(reverse("mfa_activate_totp"))


# --- Pages ----------------------------------------------------------------------------------------------------------
def test_from_the_file_to_people_invited(client_for, officer, mails):
    client, url = client_for(officer), reverse("people_invite")
    content = spreadsheets.as_xlsx(HEADERS, [LINE, LINE | {"email": "sr@exemple.fr", "place": "Bretagne"}])
    page = client.post(url, {"file": SimpleUploadedFile("liste.xlsx", content)})
    assert "Inviter ces 2 personnes" in page.text
    assert mails(kind="reviewer_invited") == []
    page = client.post(url, {"text": page.context["text"], "inviter": "oui"}, follow=True)
    assert "2 personnes sont invitées par courriel." in page.text
    assert len(mails(kind="reviewer_invited")) == 2


def test_a_fault_invites_nobody_and_loses_nothing(client_for, officer):
    rows = [LINE, LINE | {"email": "autre@exemple.fr", "place": "Culture"}]
    text = spreadsheets.as_csv(HEADERS, rows).decode("utf-8-sig")
    page = client_for(officer).post(reverse("people_invite"), {"text": text, "inviter": "oui"})
    assert (page.status_code, "1 erreur sur 1 ligne : personne n'est invité" in page.text) == (422, True)
    assert "Culture" in page.context["text"]
    assert not Capacity.objects.filter(role=Role.REVIEWER).exists()


@pytest.mark.parametrize(("given", "sentence"), [
    ({}, "Choisissez un fichier, ou collez une liste."),
    ({"text": "Courriel;Nom\na;b"}, "Colonnes absentes"),
])  # fmt: skip
def test_what_cannot_be_read_is_explained(client_for, officer, given, sentence):
    page = client_for(officer).post(reverse("people_invite"), given)
    assert (page.status_code, sentence in page.text) == (422, True)


def test_the_template_reads_as_a_list(client_for, officer):
    content = client_for(officer).get(reverse("people_template")).content
    assert [row.cells["place"] for row in spreadsheets.read(content, HEADERS).rows] == ["Travail"]


def test_a_guest_is_asked_for_from_today_on(officer, ministries):
    guest = Guest("a@exemple.fr", "A", "B", ministries[0], None, clock.today() + timedelta(days=3))
    invite([guest], by=officer)
    assert Capacity.objects.in_force(clock.today()).filter(role=Role.REVIEWER).count() == 0
