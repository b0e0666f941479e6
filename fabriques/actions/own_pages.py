"""Writes about a fabrique's own page that publish nothing: its draft, its photographs, its contacts, its offers."""

import json

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from applications.models.versions import fingerprint
from fabriques.models import FabriqueContact, FabriquePage, JournalAction, NetworkOffer, PagePhoto
from fabriques.own_page import BLANK
from gen_portal.core import clock, files
from gen_portal.core.workflow import Refused, lock, record

MAX_PHOTOS = 6
_LARGE_PIXELS, _SMALL_PIXELS = 1600, 640
_PHOTO_TYPE = "image/webp"
_MEANWHILE = "ont été modifiés par une autre personne depuis que vous avez ouvert cette page. Rien n'a été écrasé :"


class Conflict(Refused):
    """Somebody saved other values meanwhile: `stored` is what stands now, `mark` its version."""

    def __init__(self, message, stored, mark):
        super().__init__(message)
        self.stored, self.mark = stored, mark


def draft_of(page):
    """The draft of a page, which may not be there yet, with every part."""
    return {**BLANK, **(page.typed if page else {})}


@transaction.atomic
def save_draft(fabrique, typed, *, by, seen):
    """Keep what is typed, right or wrong; returns the page. `seen`: the version that the writer had before their eyes.

    Raises Conflict when somebody else wrote something else meanwhile.
    """
    page = _locked_page(fabrique)
    if page.typed == typed:
        return page
    if seen != str(page.draft_version):
        raise Conflict(
            f"La présentation et les dates {_MEANWHILE} comparez les deux saisies, puis enregistrez celle qui convient.",
            draft_of(page), str(page.draft_version),
        )  # fmt: skip
    page.typed, page.draft_version = typed, page.draft_version + 1
    page.saved_at, page.saved_by = clock.now(), by
    page.save(update_fields=["typed", "draft_version", "saved_at", "saved_by"])
    return page


def _locked_page(fabrique):
    """The page of a fabrique, made by its first writer; under the lock of the fabrique, then its own."""
    fabrique = lock(fabrique)
    page, _ = FabriquePage.objects.get_or_create(fabrique=fabrique)
    return lock(page)


def join_photo(fabrique, *, upload, kind, alt, is_decorative, by):
    """Join a checked image, drawn again in two sizes without place, date nor author; what was sent is not kept.

    Refused beyond six photographs, and for one that is there already. The pictures are drawn before anything is locked.
    """
    content, alt = upload.read(), "" if is_decorative else alt
    try:
        large, small = (files.photo(content, kind, side=side) for side in (_LARGE_PIXELS, _SMALL_PIXELS))
    except ValidationError as error:
        raise Refused(error.messages[0]) from error
    with (
        files.kept(large, name="photo.webp", content_type=_PHOTO_TYPE, by=by) as large_file,
        files.kept(small, name="petite-photo.webp", content_type=_PHOTO_TYPE, by=by) as small_file,
        transaction.atomic(),
    ):
        page = _locked_page(fabrique)
        count = page.photos.current().count()
        if count >= MAX_PHOTOS:
            raise Refused(f"Une page montre au plus {MAX_PHOTOS} photos : retirez-en une avant d'en joindre une autre.")
        large_file.save()
        small_file.save()
        try:
            with transaction.atomic():
                photo = PagePhoto.objects.create(
                    page=page, sha256=large_file.sha256, large=large_file, small=small_file, alt=alt,
                    is_decorative=is_decorative, position=count + 1, joined_at=clock.now(), joined_by=by,
                )  # fmt: skip
        except IntegrityError as error:
            raise Refused("Cette photo est déjà sur la page.") from error
        _note_photos(page, by=by, note=f"jointe : {photo}")
    return photo


@transaction.atomic
def set_photos(fabrique, told, *, by, seen):
    """Say the order, the description and the removal of each photograph of a page, as {pk: (position, alt, is_decorative,
    is_removed)}. Raises Refused when somebody changed them meanwhile."""
    page = _locked_page(fabrique)
    if seen != str(page.photos_version):
        raise Refused(f"Les photos et leurs descriptions {_MEANWHILE} relisez la liste, puis recommencez.")
    now, kept = clock.now(), []
    for photo in page.photos.current():
        position, photo.alt, photo.is_decorative, is_removed = told[photo.pk]
        photo.removed_at = now if is_removed else None
        kept.append((is_removed, position, photo.pk, photo))
    for position, (*_, photo) in enumerate(sorted(kept, key=lambda row: row[:3]), start=1):
        photo.position = position
        photo.save(update_fields=["position", "alt", "is_decorative", "removed_at"])
    _note_photos(page, by=by, note="")


def _note_photos(page, *, by, note):
    page.photos_version += 1
    page.save(update_fields=["photos_version"])
    record(page, JournalAction.PAGE_PHOTOS_SET, by=by, note=note)


CONTACT_FIELDS = ("name", "function", "email", "phone", "is_public", "is_shared")


def told_contacts(fabrique):
    """The contacts of a fabrique as they are typed."""
    return list(fabrique.contacts.for_page().values(*CONTACT_FIELDS))


def told_offers(fabrique):
    """The offers and searches of a fabrique, as sorted [tag, kind] pairs."""
    return sorted(map(list, fabrique.offers.values_list("tag", "kind")))


def mark_of(told):
    """The version of contacts or offers: equal ones are one version."""
    return fingerprint(json.loads(json.dumps(told)))


@transaction.atomic
def set_contacts(fabrique, contacts, *, by, seen):
    """Say whom to write to: the rows that are left out, and what they held, are erased at once.

    Nothing personal goes to the journal. Raises Conflict when somebody else changed them meanwhile.
    """
    fabrique = lock(fabrique)
    stored = told_contacts(fabrique)
    if stored == contacts:
        return
    if seen != mark_of(stored):
        raise Conflict(f"Les contacts {_MEANWHILE} voici ceux qui sont enregistrés.", stored, mark_of(stored))
    fabrique.contacts.all().delete()
    FabriqueContact.objects.bulk_create(
        FabriqueContact(fabrique=fabrique, position=position, **values)
        for position, values in enumerate(contacts, start=1)
    )
    public, shared = (sum(values[name] for values in contacts) for name in ("is_public", "is_shared"))
    note = f"{len(contacts)} contacts, {public} publiés, {shared} partagés avec les autres fabriques"
    record(fabrique, JournalAction.PAGE_CONTACTS_SET, by=by, note=note)


@transaction.atomic
def set_offers(fabrique, offers, *, by, seen):
    """Say what the fabrique offers and seeks, as [tag, kind] pairs. Raises Conflict when somebody changed it meanwhile."""
    fabrique, offers = lock(fabrique), sorted(offers)
    stored = told_offers(fabrique)
    if stored == offers:
        return
    if seen != mark_of(stored):
        raise Conflict(f"Ces choix {_MEANWHILE} comparez, puis enregistrez.", stored, mark_of(stored))
    fabrique.offers.all().delete()
    rows = NetworkOffer.objects.bulk_create(NetworkOffer(fabrique=fabrique, tag=tag, kind=kind) for tag, kind in offers)
    record(fabrique, JournalAction.NETWORK_SET, by=by, note=" ; ".join(map(str, rows)))
