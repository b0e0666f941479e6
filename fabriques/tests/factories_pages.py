"""Pages that fabriques wrote, with a photograph and contacts."""

import factory
from factory.django import DjangoModelFactory

from fabriques.models import FabriqueContact, FabriquePage, PagePhoto, PageState, PageVersion
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core import clock, files
from gen_portal.core.tests.factories import UserFactory

#: A draft as its form keeps it.
WRITTEN = {"description": "Un atelier en bord de Loire.", "hours": "", "website": "", "sessions": []}


class FabriquePageFactory(DjangoModelFactory):
    """A draft; `out=` a state gives it the version that stands in it."""

    class Meta:
        model = FabriquePage

        skip_postgeneration_save = True

    fabrique = factory.SubFactory(FabriqueFactory)
    typed = factory.LazyFunction(lambda: dict(WRITTEN))
    draft_version = 1

    @factory.post_generation
    def out(self, create, extracted, **values):
        """`out=PageState.HELD`: its version stands in this state."""
        if extracted:
            put_out(self, state=extracted)


def put_out(page, *, state=PageState.PUBLISHED):
    """The draft and the photographs of a page as its next version, in this state."""
    now = clock.now()
    content = {**page.typed, "photos": [photo.told for photo in page.photos.current()]}
    page.current = PageVersion.objects.create(
        page=page, number=page.versions.count() + 1, content=content, published_at=now, published_by=UserFactory()
    )
    page.state = state
    if page.is_held:
        page.held_at, page.held_by, page.held_reason = now, UserFactory(), "Un prix inexact."
    page.save()
    return page


class PagePhotoFactory(DjangoModelFactory):
    """A photograph of some bytes, no picture at all."""

    class Meta:
        model = PagePhoto

    class Params:
        content = factory.Sequence(lambda n: f"image {n}".encode())

    page = factory.SubFactory(FabriquePageFactory)
    large = factory.LazyAttribute(
        lambda photo: files.store(photo.content, name="photo.webp", content_type="image/webp", by=None)
    )
    small = factory.LazyAttribute(
        lambda photo: files.store(b"petite " + photo.content, name="p.webp", content_type="image/webp", by=None)
    )
    sha256 = factory.LazyAttribute(lambda photo: photo.large.sha256)
    alt = "Des apprenants autour d'un robot"
    position = 1
    joined_at = factory.LazyFunction(clock.now)
    joined_by = factory.SubFactory(UserFactory)


class FabriqueContactFactory(DjangoModelFactory):
    """Nothing is agreed to by default."""

    class Meta:
        model = FabriqueContact

    fabrique = factory.SubFactory(FabriqueFactory)
    function = "Inscriptions"
    email = factory.Sequence(lambda n: f"inscriptions-{n}@fabrique.example")
    position = 1
