"""The public pages of calls: what each reader sees, in which time, in how many queries, and who is let in where."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications import defaults
from applications.actions import calls
from applications.models import Call
from applications.tests.factories import CallFactory, MembershipFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]

STEPS = ("call_edit", "call_timetable_edit", "call_grid_edit", "call_rule_edit", "call_documents_edit")
PUBLIC = ("call_page", "call_blank", "call_specification")


def person(role):
    """Somebody in one of the roles of the access matrix."""
    if role == "owner":
        return MembershipFactory().user
    return CapacityFactory(role=role).user


def with_specification(call):
    upload = SimpleUploadedFile("cahier des charges.pdf", b"%PDF-1.4 x")
    return calls.change_call(call, {}, specification=upload, by=UserFactory())


def text_of(response):
    """The page's words on one line."""
    return " ".join(response.content.decode().split())


def status(client, name, slug):
    response = client.get(reverse(name, args=[slug]))
    response.close()
    return response.status_code


def test_public_pages_are_open_to_a_visitor(client):
    call = with_specification(CallFactory())
    assert [status(client, name, call.slug) for name in PUBLIC] == [200, 200, 200]
    assert client.get(reverse("call_list")).status_code == 200


@pytest.mark.parametrize("role", [None, "owner", Role.OFFICER, Role.DIRECTOR])
def test_a_draft_does_not_exist_on_public_pages(role, client, client_for):
    call = with_specification(CallFactory(unpublished=True, title="Appel secret"))
    reader = client_for(person(role)) if role else client
    assert [status(reader, name, call.slug) for name in PUBLIC] == [404, 404, 404]
    assert "Appel secret" not in text_of(reader.get(reverse("call_list")))


#: Who may open the pages of preparation: the list and the reading page, then each step.
MATRIX = {
    "owner": (403, 403),
    Role.REVIEWER: (403, 403),
    Role.REGIONAL_SERVICE: (403, 403),
    Role.COMMITTEE_MEMBER: (403, 403),
    Role.PAYMENT_OFFICER: (403, 403),
    Role.TECHNICAL_ADMIN: (403, 403),
    Role.DIRECTOR: (200, 403),
    Role.SECOND_SIGNATORY: (200, 403),
    Role.OFFICER: (200, 200),
}


@pytest.mark.parametrize("role", MATRIX)
@pytest.mark.parametrize("is_draft", [True, False])
def test_who_prepares_and_who_follows(role, is_draft, client_for):
    call = CallFactory(unpublished=True) if is_draft else CallFactory()
    reading, writing = MATRIX[role]
    client = client_for(person(role))

    assert client.get(reverse("call_staff_list")).status_code == reading
    assert status(client, "call_publish", call.slug) == reading
    assert client.get(reverse("call_create")).status_code == writing
    assert [status(client, name, call.slug) for name in STEPS] == [writing] * 5


def test_a_visitor_is_asked_to_sign_in_before_preparing(client):
    call = CallFactory(unpublished=True)
    addresses = [reverse(name, args=[call.slug]) for name in (*STEPS, "call_publish")]
    for address in [*addresses, reverse("call_staff_list"), reverse("call_create")]:
        response = client.get(address)
        assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next={address}")


@pytest.mark.parametrize("role", [role for role, (_, writing) in MATRIX.items() if writing == 403])
def test_only_officers_publish(role, client_for):
    call = CallFactory(unpublished=True)
    response = client_for(person(role)).post(reverse("call_publish", args=[call.slug]))
    assert (response.status_code, Call.objects.get(pk=call.pk).published_at) == (403, None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_public_list_costs_the_same_for_one_call_and_for_three(count, client, django_assert_num_queries):
    CallFactory.create_batch(count)
    with django_assert_num_queries(4):
        client.get(reverse("call_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_staff_list_costs_the_same_for_one_call_and_for_three(count, client_for, django_assert_num_queries):
    CallFactory.create_batch(count)
    client = client_for(person(Role.OFFICER))
    client.get(reverse("call_staff_list"))
    with django_assert_num_queries(5):
        client.get(reverse("call_staff_list"))


def test_the_public_list_shows_open_then_coming_then_closed(client, frozen_clock):
    CallFactory(title="Le clos", closed=True)
    CallFactory(title="Le futur", opens_at=frozen_clock.at + timedelta(days=3))
    CallFactory(title="L'ouvert")
    shown = client.get(reverse("call_list")).context["page_obj"].object_list
    assert [call.title for call in shown] == ["L'ouvert", "Le futur", "Le clos"]


@pytest.mark.parametrize("asked, titles", [("ouverts", ["L'ouvert"]), ("clos", ["Le clos"]), ("n'importe", None)])
def test_the_public_list_filters_by_standing(asked, titles, client):
    CallFactory(title="Le clos", closed=True)
    CallFactory(title="L'ouvert")
    shown = client.get(reverse("call_list"), {"etat": asked}).context["page_obj"].object_list
    assert [call.title for call in shown] == (titles or ["L'ouvert", "Le clos"])


def test_the_lists_say_what_to_do_when_empty(client, client_for):
    assert "Aucun appel n'est publié pour l'instant" in text_of(client.get(reverse("call_list")))
    CallFactory()
    assert "Aucun appel dans cette situation" in text_of(client.get(reverse("call_list"), {"etat": "clos"}))
    officer = client_for(person(Role.OFFICER))
    filtered = officer.get(reverse("call_staff_list"), {"texte": "zzz"})
    assert "Aucun appel ne répond à ces filtres" in text_of(filtered)


def test_the_staff_list_filters_and_sorts_from_the_address(client_for):
    CallFactory(title="Automne", budget_euros=3)
    CallFactory(title="Printemps", budget_euros=1)
    CallFactory(title="Brouillon de printemps", budget_euros=2, unpublished=True)
    client = client_for(person(Role.OFFICER))

    def titles(**query):
        response = client.get(reverse("call_staff_list"), query)
        return [call.title for call in response.context["page_obj"].object_list]

    assert titles(tri="-enveloppe") == ["Automne", "Brouillon de printemps", "Printemps"]
    assert titles(etat="brouillons") == ["Brouillon de printemps"]
    assert titles(texte="printemps", tri="intitule") == ["Brouillon de printemps", "Printemps"]


def closing_in_november(frozen_clock):
    """A call open until 25 November 2016 included, legal time."""
    frozen_clock.set(clock.start_of(date(2016, 11, 10)))
    return CallFactory(cut_off_days=(16, 100))


LEGAL = "vendredi 25 novembre 2016 à minuit (24 h 00), heure de Paris"
LOCAL = "le 26 novembre 2016 à 3 h 00 à Saint-Denis (heure locale)"


def test_a_visitor_reads_legal_time_and_the_overseas_table(client, frozen_clock):
    call = closing_in_november(frozen_clock)
    page = text_of(client.get(reverse("call_page", args=[call.slug])))
    assert page.count(f'<time datetime="2016-11-25T23:00:00+00:00">{LEGAL}</time>') == 2
    assert '<th scope="row">À Tahiti</th><td>25 novembre 2016 à 13 h 00</td>' in page
    assert "Pour votre structure" not in page


def test_an_overseas_member_reads_the_local_time_too(client_for, frozen_clock):
    call = closing_in_november(frozen_clock)
    client = client_for(MembershipFactory(structure__overseas=True).user)
    page = text_of(client.get(reverse("call_page", args=[call.slug])))
    assert page.count(f"<strong>Pour votre structure :</strong> {LOCAL}.") == 1
    assert "Heure limite outre-mer" not in page


def test_a_metropolitan_member_reads_legal_time(client_for, frozen_clock):
    call = closing_in_november(frozen_clock)
    response = client_for(MembershipFactory().user).get(reverse("call_page", args=[call.slug]))
    assert response.context["own_deadlines"] == []


def test_the_page_of_a_call_says_its_terms(client):
    call = CallFactory(unpublished=True, is_grid_fictional=True, target_people=10_000)
    calls.set_documents(call, defaults.DOCUMENTS, by=UserFactory())
    calls.publish_call(call, by=UserFactory())
    page = text_of(client.get(reverse("call_page", args=[call.slug])))
    for words in (
        "Pondération indicative (fictive)",
        "La subvention d&#x27;amorçage ne dépasse pas 70\u202f000\u00a0€ par label",
        'Lettres d&#x27;engagement des partenaires <span class="gen-optional">(facultatif)</span>',
        "<strong>10\u202f000</strong> personnes formées",
        "mailto:appels@gen.example",
    ):
        assert page.count(" ".join(words.split())) == 1, words


def test_a_closed_call_stays_readable_and_takes_no_candidate(client):
    call = CallFactory(closed=True)
    page = text_of(client.get(reverse("call_page", args=[call.slug])))
    assert ("Cet appel est clos" in page, "Candidater</a>" in page) == (True, False)


def test_the_specification_is_a_download_under_its_name(client):
    call = with_specification(CallFactory())
    response = client.get(reverse("call_specification", args=[call.slug]))
    assert b"".join(response.streaming_content) == b"%PDF-1.4 x"
    assert response.headers["Content-Disposition"] == 'attachment; filename="cahier des charges.pdf"'
    response.close()


def test_a_call_without_specification_has_none_to_download(client):
    call = CallFactory()
    assert status(client, "call_specification", call.slug) == 404


def test_the_blank_dossier_asks_every_question(client):
    call = CallFactory()
    response = client.get(reverse("call_blank", args=[call.slug]))
    sections = [(section.title, len(questions)) for section, questions in response.context["sections"]]
    assert sections == [
        ("La structure", 11),
        ("La formation", 17),
        ("Programme", 2),
        ("Pédagogie", 6),
        ("Publics", 11),
        ("Gratuité", 4),
        ("Partenariats", 2),
        ("Débouchés", 5),
        ("Sites", 0),
        ("Budget", 5),
        ("Calendrier", 2),
        ("Engagements et signature", 8),
    ]
    page = text_of(response)
    assert 'Repérage et recrutement des apprenants <span class="gen-muted">(4 000 caractères au plus)' in page
    assert "<li>Oui</li><li>Non</li>" in page
    assert '<th scope="col">Heures</th>' in page
