"""The page of a fabrique, the public check of a label, and the home page."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from applications import archive
from applications.tests.factories import CallFactory
from fabriques.models.registry import Headline
from fabriques.tests.factories import FabriqueFactory
from labelling.models import LabelEvent, LabelEventKind, LabelSession
from labelling.tests.factories_decisions import LabelFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def fabrique(frozen_clock):
    return FabriqueFactory(structure__name="Atelier des Écrans", structure__website="https://www.exemple.fr")


def add_label(fabrique, **columns):
    return LabelFactory(decision__application__training__structure=fabrique.structure, **columns)


def test_a_fabrique_shows_every_label_and_where_it_stands(client, fabrique):
    over = add_label(fabrique, starts_on=date(2020, 1, 1), ends_on=date(2023, 1, 1))
    lost = add_label(fabrique)
    known_at = datetime(2026, 3, 1, tzinfo=UTC)
    note = "Départ du formateur principal."
    LabelEvent.objects.create(
        label=lost, kind=LabelEventKind.REVOKED, effective_on=date(2026, 3, 10), known_at=known_at, note=note
    )

    page = client.get(reverse("fabrique_page", args=[fabrique.slug]))

    shown = [(standing.label, standing.words) for standing in page.context["standings"]]
    assert shown == [(fabrique.label, "en vigueur"), (over, "arrivé à son terme"), (lost, "retiré")]
    text = page.content.decode()
    assert [words in text for words in ("Aucune des formations", note, "https://www.exemple.fr")] == [
        False,
        False,
        True,
    ]


def test_a_fabrique_that_lost_its_label_says_so(client, fabrique, frozen_clock):
    frozen_clock.advance(days=4 * 365)

    page = client.get(reverse("fabrique_page", args=[fabrique.slug])).content.decode()

    assert "Aucune des formations de cette fabrique n'a un label en vigueur aujourd'hui." in page


def test_a_fabrique_that_does_not_exist_is_not_found(client, db):
    assert client.get(reverse("fabrique_page", args=["inconnue"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_fabrique_do_not_grow_with_labels(client, fabrique, django_assert_num_queries, count):
    for _ in range(count - 1):
        add_label(fabrique)

    with django_assert_num_queries(6):
        client.get(reverse("fabrique_page", args=[fabrique.slug]))


@pytest.mark.parametrize("years_later, title", [(0, "Ce label est en vigueur"), (4, "Ce label n'est pas en vigueur")])
def test_a_label_is_checked_today(client, fabrique, frozen_clock, years_later, title):
    frozen_clock.advance(days=years_later * 365)

    page = client.get(reverse("label_page", args=[fabrique.label.reference])).content.decode()

    assert f'<h2 class="fr-alert__title">{title}</h2>' in page


def test_a_number_copied_by_hand_is_understood(client, fabrique):
    label = fabrique.label
    label.reference = "0123456789ABCDEF"
    label.save()

    response = client.get("/labels/o123-4567-89ab-cdef/")

    assert (response.status_code, response.url) == (302, "/labels/0123456789ABCDEF/")


def test_a_number_that_does_not_exist_is_not_found(client, db):
    assert client.get("/labels/0123456789ABCDEF/").status_code == 404


def test_the_home_page_says_what_is_open_and_how_far_we_are(client, frozen_clock):
    FabriqueFactory(label__decision__application__call=CallFactory(title="Appel fermé", closed=True))
    CallFactory(title="Appel en préparation", unpublished=True)
    call = CallFactory(title="Appel du printemps")

    page = client.get(reverse("home"))

    assert page.context["open_calls"] == [(call, call.timetable[0])]
    assert page.context["headline"] == Headline(fabrique_count=1, training_count=1, site_count=1)
    deadline = "mercredi 8 avril 2026 à minuit (24 h 00), heure de Paris</time>"
    assert deadline in page.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_home_page_do_not_grow_with_calls(client, frozen_clock, django_assert_num_queries, count):
    CallFactory.create_batch(count)

    with django_assert_num_queries(6):
        client.get(reverse("home"))


def test_the_home_page_without_a_call_leads_to_the_calls(client, db):
    assert "Aucun appel à projets n'est ouvert en ce moment." in client.get(reverse("home")).content.decode()


# --- The page of one label ---------------------------------------------------------------------------------------------


def test_the_page_of_a_label_tells_how_to_apply_from_the_labelled_filing(client, fabrique, frozen_clock):
    label = fabrique.label
    LabelSession.objects.create(label=label, starts_on=date(2026, 3, 1), seat_count=7)
    label.training.structure.phone = "01 99 99 99 99"
    label.training.structure.save()

    page = client.get(reverse("label_page", args=[label.reference]))

    sheet, text = page.context["sheet"], page.content.decode()
    starts_on = label.sessions.latest("starts_on").starts_on
    assert [session.starts_on for session in sheet.coming] == [starts_on]
    assert sheet.reach["phone"] == label.submission.archive["structure"]["phone"]
    assert dict(sheet.texts)["Qui paie la formation"] == archive.words(label.submission.archive)["teaching_payers"]
    manager = archive.words(label.submission.archive)["manager_email"]
    said = ('itemtype="https://schema.org/Course"', f'itemprop="startDate" datetime="{starts_on.isoformat()}"', manager,
            "01 99 99 99 99", "<script>", "Terme prévu.")  # fmt: skip
    assert [words in text for words in said] == [True, True, False, False, False, True]


def test_a_lost_label_keeps_its_page_says_since_when_and_why(client, fabrique):
    known_at = datetime(2026, 3, 1, tzinfo=UTC)
    note = "Départ du formateur principal."
    LabelEvent.objects.create(
        label=fabrique.label, kind=LabelEventKind.REVOKED, effective_on=date(2026, 3, 10), known_at=known_at, note=note
    )

    page = client.get(reverse("label_page", args=[fabrique.label.reference]))

    text = page.content.decode()
    assert [(line.on, line.words) for line in page.context["history"]] == [
        (fabrique.label.starts_on, "Label attribué."),
        (date(2026, 3, 10), "Label retiré par la Grande école du numérique."),
    ]
    assert [words in text for words in ("Chercher une formation labellisée", note, 'schema.org/Course"')] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_label_do_not_grow(client, fabrique, django_assert_num_queries, count):
    for _ in range(count):
        LabelSession.objects.create(label=fabrique.label, starts_on=date(2027, 1, 1))
        LabelFactory(decision__application__training=fabrique.label.training)

    with django_assert_num_queries(7):
        client.get(reverse("label_page", args=[fabrique.label.reference]))
