"""Documents read in the page: beside the grid or on a page of their own, by their reviewer and nobody else."""

import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from applications.tests.factories import AttachmentFactory
from gen_portal.core import clock, files, reading
from gen_portal.core.inspection.kinds import Kind
from gen_portal.core.models import Role, ScanState
from gen_portal.core.tests import corpus
from gen_portal.core.tests.factories import CapacityFactory
from labelling import pieces as pieces_module
from labelling.models import Assignment, InterestDeclaration
from labelling.tests.factories import RecusalFactory, reviewer_of
from labelling.tests.filed import BROKEN, EVERY_KIND, attachment, filed_place
from labelling.transitions.recusals import recuse

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch):
    """A busy machine outlines no fewer documents."""
    monkeypatch.setattr(pieces_module, "_OUTLINING_SECONDS", 60)


@pytest.fixture
def place():
    return filed_place()


@pytest.fixture
def client(client_for, place):
    return client_for(place.reviewer)


def page_of(place):
    return reverse("review_page", args=[place.application.reference])


def reading_of(place, name):
    return reverse("review_reading", args=[place.application.reference, attachment(place, name).pk])


def image_of(place, name, number=1):
    return reverse("review_reading_image", args=[place.application.reference, attachment(place, name).pk, number])


def test_the_review_page_shows_every_page_of_every_document(client, place):
    answer = client.get(page_of(place))
    shown = {piece.row["name"]: len(piece.sheets) for piece in answer.context["pieces"]}
    assert shown == {name: count for name, (_, _, count) in EVERY_KIND.items()}
    assert 'alt="Page 2 sur 3 de statuts.pdf" width="1100" height="1100" loading="lazy"' in answer.text
    for name in EVERY_KIND:
        assert image_of(place, name) in answer.text
        assert f'{page_of(place)}pieces/{attachment(place, name).pk}/" download' in answer.text


@pytest.mark.parametrize("name", EVERY_KIND)
def test_each_kind_is_drawn_as_large_as_its_page_says(client, place, name):
    [piece] = [piece for piece in client.get(page_of(place)).context["pieces"] if piece.row["name"] == name]
    answer = client.get(image_of(place, name))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    drawn = Image.open(io.BytesIO(answer.content))
    assert drawn.size == (piece.sheets[0].width, piece.sheets[0].height)


def test_a_picture_is_kept_by_nobody_and_can_do_nothing(client, place):
    headers = client.get(image_of(place, "photo.jpg")).headers
    names = ("Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Cache-Control")
    assert [headers[name] for name in names] == [
        "sandbox; default-src 'none'", "nosniff", "same-origin", "no-store, private"
    ]  # fmt: skip
    assert "Content-Disposition" not in headers


def test_the_page_of_a_document_shows_it_whole(client, place):
    answer = client.get(reading_of(place, "statuts.pdf"))
    assert [sheet.number for sheet in answer.context["piece"].sheets] == [1, 2, 3]
    assert image_of(place, "statuts.pdf", 3) in answer.text
    assert "Télécharger" in answer.text


def test_a_long_document_goes_on_on_its_own_page(client_for):
    place = filed_place({"long.pdf": (Kind.PDF, corpus.a_pdf(35), 35)})
    client = client_for(place.reviewer)
    answer = client.get(page_of(place))
    assert (image_of(place, "long.pdf", 30) in answer.text, image_of(place, "long.pdf", 31) in answer.text) == (
        True,
        False,
    )
    assert "Lire la suite de" in answer.text
    assert image_of(place, "long.pdf", 35) in client.get(reading_of(place, "long.pdf")).text


@pytest.mark.parametrize("number", [0, 4, 10**12])
def test_a_page_that_is_not_there_is_not_found(client, place, number):
    assert client.get(image_of(place, "statuts.pdf", number)).status_code == 404


def test_a_document_that_cannot_be_drawn_says_so_and_stays_to_be_downloaded(client_for):
    place = filed_place(BROKEN)
    client = client_for(place.reviewer)
    sentence = "Ce fichier ne se laisse pas montrer ici : téléchargez-le pour le lire."
    for url in (page_of(place), reading_of(place, "casse.pdf")):
        answer = client.get(url)
        assert (answer.status_code, sentence in answer.text) == (200, True)
        assert f'pieces/{attachment(place, "casse.pdf").pk}/" download' in answer.text
        assert "<img" not in answer.text.partition("<main")[2]
    answer = client.get(image_of(place, "casse.pdf"))
    assert (answer.status_code, sentence in answer.text) == (403, True)


def test_what_the_antivirus_has_not_judged_is_not_shown(client, place, settings):
    stored = attachment(place, "photo.jpg").file
    assert client.get(image_of(place, "photo.jpg")).status_code == 200
    stored.scan = ScanState.INFECTED
    stored.save()
    assert client.get(image_of(place, "photo.jpg")).status_code == 403
    assert image_of(place, "photo.jpg") not in client.get(page_of(place)).text
    assert "a trouvé un virus" in client.get(reading_of(place, "photo.jpg")).text


def test_what_takes_long_to_outline_is_outlined_on_its_own_page(client, place, monkeypatch):
    monkeypatch.setattr(pieces_module, "_OUTLINING_SECONDS", -1)
    reading.outline_of(attachment(place, "statuts.pdf").file)
    unknown = files.store(corpus.a_pdf(7), name="x.pdf", content_type="application/pdf", by=None)
    place.application.attachments.filter(file__name="plan.png").update(file=unknown)
    answer = client.get(page_of(place))
    outlines = {piece.row["name"]: piece.outline for piece in answer.context["pieces"]}
    assert (outlines["statuts.pdf"].page_count, outlines["plan.png"]) == (3, None)
    assert "pieces/" in answer.text
    assert client.get(reading_of(place, "x.pdf")).context["piece"].outline.page_count == 7


# --- Who may ------------------------------------------------------------------------------------------------------------


def _nobody_in_particular(place):
    return reviewer_of(place.ministry)


def _taken_back(place):
    Assignment.objects.filter(pk=place.pk).update(ended_at=clock.now())
    return place.reviewer


def _recused(place):
    return RecusalFactory(application=place.application, user=place.reviewer).user


def _undeclared(place):
    InterestDeclaration.objects.filter(user=place.reviewer).update(valid_until_on=clock.today() - timedelta(days=1))
    return place.reviewer


def _without_capacity(place):
    place.reviewer.capacities.update(until_on=clock.today() - timedelta(days=1))
    CapacityFactory(role=Role.REVIEWER, user=place.reviewer)
    return place.reviewer


def _an_officer(place):
    return CapacityFactory(role=Role.OFFICER).user


def _the_applicant(place):
    return place.application.started_by


@pytest.mark.parametrize(
    "person",
    [_nobody_in_particular, _taken_back, _recused, _undeclared, _without_capacity, _an_officer, _the_applicant],
)
def test_whoever_is_not_its_reviewer_finds_nothing(person, client_for, place):
    """Also when every page is at hand, drawn for somebody else."""
    urls = [image_of(place, "statuts.pdf", 2), reading_of(place, "statuts.pdf")]
    merge = reverse("review_merge", args=[place.application.reference])
    reading.page_image(attachment(place, "statuts.pdf").file, 2)
    client = client_for(person(place))
    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert client.post(merge).status_code == 404


def test_withdrawing_hides_the_pictures_at_once(client, place):
    assert client.get(image_of(place, "statuts.pdf")).status_code == 200
    recuse(place, by=place.reviewer, reason="Un proche y travaille.")
    assert client.get(image_of(place, "statuts.pdf")).status_code == 404
    assert client.get(reading_of(place, "statuts.pdf")).status_code == 404


def test_a_document_joined_since_the_filing_is_not_found(client, place):
    stored = files.store(corpus.a_pdf(), name="depuis.pdf", content_type="application/pdf", by=None)
    AttachmentFactory(application=place.application, file=stored)
    assert client.get(image_of(place, "depuis.pdf")).status_code == 404
    other = filed_place({"ailleurs.pdf": EVERY_KIND["statuts.pdf"]})
    elsewhere = attachment(other, "ailleurs.pdf").pk
    url = reverse("review_reading_image", args=[place.application.reference, elsewhere, 1])
    assert client.get(url).status_code == 404


def test_pages_are_kept_outside_what_is_served():
    assert settings.STATIC_ROOT not in (settings.FILES_ROOT / "pages").parents


@pytest.mark.parametrize("name", ["statuts.pdf", "photo.jpg"])
def test_a_picture_costs_few_queries(client, place, name, django_assert_num_queries):
    url = image_of(place, name)
    for _ in range(2):  # drawn, then read again
        with django_assert_num_queries(5):  # session, person, place, filing, document
            client.get(url)


@pytest.mark.parametrize("count", [1, 5])
def test_the_review_page_costs_one_query_for_its_documents(count, client_for, django_assert_num_queries):
    place = filed_place(dict(list(EVERY_KIND.items())[:count]))
    client = client_for(place.reviewer)
    with django_assert_num_queries(9):
        client.get(page_of(place))
