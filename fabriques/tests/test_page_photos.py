"""Photographs of a fabrique's page: drawn again without what they say of themselves, shown only once published."""

import hashlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from fabriques.models import PagePhoto, PageState
from fabriques.tests.factories import FabriqueFactory
from fabriques.tests.factories_pages import FabriquePageFactory, PagePhotoFactory, put_out
from fabriques.transitions.own_pages import publish_page
from gen_portal.core.models import ScanState, StoredFile
from gen_portal.core.tests import corpus
from gen_portal.tests.people import signed_in

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def fabrique():
    return FabriqueFactory()


@pytest.fixture
def writer(fabrique):
    return signed_in(MembershipFactory(structure=fabrique.structure, role=MemberRole.OWNER).user)


@pytest.fixture
def address(fabrique):
    return reverse("page_photos", args=[fabrique.structure.reference])


def joined(content, name="atelier.jpg", **values):
    return {"joindre": "1", "file": SimpleUploadedFile(name, content), "alt": "L'atelier", **values}


def got(client, photo, size="grande"):
    answer = client.get(reverse("page_photo", args=[photo.sha256, size]))
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer, body


def test_a_photo_is_drawn_again_and_shown_once_published(fabrique, writer, address, client):
    """The camera's place and date are gone, the original too; the address holds the fingerprint of what is served."""
    original = corpus.a_photo()
    assert Image.open(BytesIO(original)).getexif()
    assert writer.post(address, joined(original)).status_code == 302
    photo = PagePhoto.objects.get()
    assert not StoredFile.objects.exclude(content_type="image/webp").filter(name__contains="atelier").exists()
    assert not StoredFile.objects.filter(sha256=hashlib.sha256(original).hexdigest()).exists()
    assert got(client, photo)[0].status_code == 404
    assert got(writer, photo)[0].headers["Cache-Control"] == "no-store, private"
    page = photo.page
    publish_page(page, {**page.typed, "description": "Un atelier."}, by=photo.joined_by, seen=page.mark)
    for size in ("petite", "grande"):
        answer, body = got(client, photo, size)
        picture = Image.open(BytesIO(body))
        assert (picture.format, dict(picture.getexif()), picture.info.get("exif")) == ("WEBP", {}, None)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"]
    assert hashlib.sha256(got(client, photo)[1]).hexdigest() == photo.sha256


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (corpus.a_pdf(), "atelier.pdf", "n&#x27;est pas accepté ici"),
        (corpus.a_pdf(), "atelier.jpg", "pas une image JPEG"),
        (b"\xff\xd8\xff" + b"x" * 900, "atelier.jpg", "abîmée"),
    ],
)
def test_what_is_no_photo_is_refused(writer, address, content, name, sentence):
    assert sentence in writer.post(address, joined(content, name)).content.decode()
    assert not PagePhoto.objects.exists()


def test_a_photo_is_described_or_said_decorative(writer, address):
    content = corpus.an_image("PNG")
    assert "Décrivez la photo" in writer.post(address, joined(content, "a.png", alt="")).content.decode()
    assert writer.post(address, joined(content, "a.png", is_decorative="on")).status_code == 302
    assert (PagePhoto.objects.get().alt, PagePhoto.objects.get().is_decorative) == ("", True)
    assert "déjà sur la page" in writer.post(address, joined(content, "a.png"), follow=True).content.decode()


def test_photos_are_ordered_removed_and_six_at_most(fabrique, writer, address):
    page = FabriquePageFactory(fabrique=fabrique)
    photos = [PagePhotoFactory(page=page, position=place, alt=f"Photo {place}") for place in range(1, 7)]
    assert writer.get(address).context["form"] is None
    assert "au plus 6 photos" in writer.post(address, joined(corpus.an_image(), "a.png"), follow=True).content.decode()
    told = {"seen": writer.get(address).context["seen"]}
    for photo in photos:
        told |= {f"photo-{photo.pk}-alt": photo.alt, f"photo-{photo.pk}-position": 10 - photo.position}
    told |= {f"photo-{photos[0].pk}-is_removed": "on", f"photo-{photos[0].pk}-alt": ""}
    assert writer.post(address, told).status_code == 302
    assert [photo.alt for photo in page.photos.current()] == [f"Photo {place}" for place in (6, 5, 4, 3, 2)]
    assert "ont été modifiés" in writer.post(address, told, follow=True).content.decode()


def test_a_photo_goes_with_its_page(client, settings):
    """Held back, taken out of the page, or not yet judged by the antivirus, it does not exist for the public."""
    page = FabriquePageFactory()
    photo = PagePhotoFactory(page=page)
    put_out(page)
    assert got(client, photo)[0].status_code == 200
    settings.CLAMAV_URL = "tcp://clamav.example:3310"
    assert got(client, photo)[0].status_code == 404
    StoredFile.objects.update(scan=ScanState.CLEAN)
    assert got(client, photo)[0].status_code == 200
    settings.CLAMAV_URL = ""
    photo.removed_at = photo.joined_at
    photo.save()
    put_out(page)
    assert got(client, photo)[0].status_code == 404
    other = PagePhotoFactory(page=page)
    put_out(page, state=PageState.HELD)
    assert got(client, other)[0].status_code == 404
