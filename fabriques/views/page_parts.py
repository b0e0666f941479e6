"""What goes with the page of a fabrique: its photographs, its contacts, what it offers to and seeks from the others."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render

from fabriques.actions import own_pages as actions
from fabriques.forms.network import OffersForm
from fabriques.forms.own_pages import ContactRows, KeptPhotoForm, PhotoForm
from fabriques.models import PagePhoto
from fabriques.policies import can_look_at_pages, can_write_page
from fabriques.views.own_pages import find_to_write
from gen_portal.core import files
from gen_portal.core.workflow import Refused

#: The column of each size, by its name in the address.
_SIZES = {"petite": "small", "grande": "large"}


def page_photos(request, reference):
    """Who: owner or editor. Question: which pictures, in which order, said how? Leaves with: them as the next version has."""
    fabrique, page = find_to_write(request, reference)
    posted, is_joining = (request.POST or None), "joindre" in request.POST
    form = PhotoForm(posted if is_joining else None, request.FILES or None)
    photos = list(page.photos.current()) if page else []
    kept = [KeptPhotoForm(None if is_joining else posted, photo=photo) for photo in photos]
    if request.method == "POST" and _change_photos(request, fabrique, form, kept, is_joining=is_joining):
        return redirect(request.path)
    context = {
        "fabrique": fabrique,
        "page_row": page,
        "form": form if len(photos) < actions.MAX_PHOTOS else None,
        "kept": kept,
        "seen": page.photos_version if page else 0,
    }
    return render(request, "fabriques/page_photos.html", context)


def _change_photos(request, fabrique, form, kept, *, is_joining):
    """Whether the photographs were changed as asked."""
    if not all(one.is_valid() for one in ([form] if is_joining else kept)):
        return False
    try:
        if is_joining:
            values = {name: form.cleaned_data[name] for name in ("alt", "is_decorative")}
            upload = form.cleaned_data["file"]
            actions.join_photo(fabrique, upload=upload, kind=form.kind, by=request.user, **values)
        else:
            told = {one.photo.pk: one.told() for one in kept}
            actions.set_photos(fabrique, told, by=request.user, seen=request.POST.get("seen", ""))
    except (Refused, files.DiskFull) as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, "Les photos sont enregistrées ; le public les verra à la prochaine publication.")
    return True


@login_not_required
def page_photo(request, sha256, size):
    """Who: anybody who reads a page that shows it; its writers and officers before. Leaves with: the picture."""
    if size not in _SIZES:
        raise Http404
    photos = PagePhoto.objects.with_address(sha256)
    for photo in photos:
        stored = getattr(photo, _SIZES[size])
        if photo.page.shows(sha256) and files.is_readable(stored):
            return files.public_response(stored)
    photo = next((photo for photo in photos if _may_see(request.user, photo)), None)
    if photo is None:
        raise Http404
    stored = getattr(photo, _SIZES[size])
    with stored.content.open("rb") as content:
        return files.image_response(content.read(), stored.content_type)


def _may_see(user, photo):
    """Before it is public: who writes the page, and officers once it was handed to them."""
    page = photo.page
    if can_write_page(user, page.fabrique):
        return True
    return can_look_at_pages(user) and page.current is not None and page.has(photo.sha256)


def page_contacts(request, reference):
    """Who: owner or editor. Question: whom may the public, or the other fabriques, reach? Leaves with: that, at once."""
    fabrique, page = find_to_write(request, reference)
    stored = actions.told_contacts(fabrique)
    seen, conflict = actions.mark_of(stored), None
    rows = ContactRows(request.POST or None, initial=stored, prefix="contacts")
    if request.method == "POST" and rows.is_valid():
        try:
            actions.set_contacts(fabrique, rows.told(), by=request.user, seen=request.POST.get("seen", ""))
        except actions.Conflict as refusal:
            messages.error(request, str(refusal))
            seen, conflict = refusal.mark, refusal.stored
        else:
            messages.success(request, "Les contacts sont enregistrés ; ce qui n'y est plus est effacé.")
            return redirect(request.path)
    context = {"fabrique": fabrique, "page_row": page, "rows": rows, "seen": seen, "conflict": conflict}
    return render(request, "fabriques/page_contacts.html", context, status=409 if conflict else 200)


def network_edit(request, reference):
    """Who: owner or editor. Question: what do we offer the other fabriques, what do we seek? Leaves with: their answer."""
    fabrique, page = find_to_write(request, reference)
    stored = actions.told_offers(fabrique)
    seen, conflict = actions.mark_of(stored), None
    form = OffersForm(request.POST or None, initial=OffersForm.initial_of(stored))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_offers(fabrique, form.told(), by=request.user, seen=request.POST.get("seen", ""))
        except actions.Conflict as refusal:
            messages.error(request, str(refusal))
            seen, conflict = refusal.mark, OffersForm.words_of(refusal.stored)
        else:
            messages.success(request, "C'est enregistré : les autres fabriques le voient.")
            return redirect(request.path)
    context = {"fabrique": fabrique, "page_row": page, "form": form, "seen": seen, "conflict": conflict}
    return render(request, "fabriques/network_edit.html", context, status=409 if conflict else 200)
