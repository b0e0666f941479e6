"""The page that a fabrique writes: its draft, what the public sees of it, its earlier versions."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from fabriques import own_page, policies
from fabriques.actions import own_pages as actions
from fabriques.forms.own_pages import OwnPageForm, form_of, session_titles
from fabriques.models import Fabrique
from fabriques.models.registry import public_labels
from fabriques.models.standing import standings
from fabriques.transitions.own_pages import ask_for_look, publish_page, withdraw_page
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused


def find_to_write(request, reference):
    """The fabrique of one's structure, and its page if there is one; 403 for who only reads there."""
    fabrique = find(request, reference)
    access.require(policies.can_write_page(request.user, fabrique))
    return fabrique, getattr(fabrique, "page", None)


def find(request, reference):
    fabriques = Fabrique.objects.of_member(request.user).for_page().with_own_page()
    return get_object_or_404(fabriques, structure__reference=reference)


def _labels(fabrique):
    return standings(public_labels().of(fabrique).with_sessions().for_page(), clock.today())


def page_edit(request, reference):
    """Who: owner or editor. Question: what do we say of ourselves? Leaves with: a draft kept, on the way to the public."""
    fabrique, page = find_to_write(request, reference)
    titles = session_titles(_labels(fabrique))
    if request.method == "POST":
        return _save(request, fabrique, titles)
    form = OwnPageForm(titles=titles, typed=actions.draft_of(page))
    return _show_form(request, fabrique, form, seen=page.draft_version if page else 0)


def _save(request, fabrique, titles):
    """Keep the draft; go on to the check when it is asked and everything is right."""
    form = OwnPageForm(request.POST, titles=titles)
    typed = form.typed()
    try:
        page = actions.save_draft(fabrique, typed, by=request.user, seen=request.POST.get("seen", ""))
    except actions.Conflict as conflict:
        messages.error(request, str(conflict))
        rows = own_page.differences({**actions.draft_of(None), **conflict.stored}, {**typed, "photos": []}, titles)
        return _show_form(request, fabrique, form, seen=conflict.mark, differences=rows, status=409)
    if "apercu" in request.POST:
        return redirect(f"{request.path}?apercu=1#apercu")
    if "suite" not in request.POST:
        messages.success(request, "Le brouillon est enregistré. Le public ne le voit pas encore.")
        return redirect(request.path)
    if not form.is_valid():
        return _show_form(request, fabrique, form, seen=page.draft_version)
    return redirect("page_check", fabrique.structure.reference)


def _show_form(request, fabrique, form, *, seen, differences=(), status=200):
    page = getattr(fabrique, "page", None)
    context = {
        "fabrique": fabrique,
        "page_row": page,
        "form": form,
        "seen": seen,
        "differences": differences,
        "preview": actions.draft_of(page)["description"] if "apercu" in request.GET else None,
    }
    return render(request, "fabriques/page_edit.html", context, status=status)


def page_check(request, reference):
    """Who: owner or editor. Question: is it right, and what changes for the public? Leaves with: the page published."""
    fabrique, page = find_to_write(request, reference)
    labels = _labels(fabrique)
    titles = session_titles(labels)
    form = form_of(actions.draft_of(page), titles)
    if page is None or not form.is_valid():
        messages.error(request, "Le brouillon n'est pas complet : « Relire avant de publier » dit ce qui manque.")
        return redirect("page_edit", reference)
    content = form.content()
    if request.method == "POST":
        access.require(policies.can_publish_page(request.user, fabrique))
        if _publish(request, page, content):
            return redirect("fabrique_page", fabrique.slug) if not page.is_held else redirect("page_edit", reference)
    drafted = {**content, "photos": [photo.told for photo in page.photos.current()]}
    context = {
        "fabrique": fabrique,
        "page_row": page,
        "shown": own_page.read(drafted, fabrique.contacts.public()),
        "sessions": own_page.sessions_of(labels, drafted, clock.today()),
        "differences": own_page.differences(page.current.content if page.current else own_page.BLANK, drafted, titles),
        "can_publish": policies.can_publish_page(request.user, fabrique),
    }
    return render(request, "fabriques/page_check.html", context)


def _publish(request, page, content):
    """Whether it was published, or handed to the officer who holds it back."""
    act, said = publish_page, "Votre page est en ligne : voici ce que le public voit."
    if page.is_held:
        act, said = ask_for_look, "Un nouvel examen est demandé : un courriel vous dira quand la page revient en ligne."
    try:
        act(page, content, by=request.user, seen=request.POST.get("seen", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, said)
    return True


def page_withdraw(request, reference):
    """Who: owner. Question: take the page down? Leaves with: the facts of the registry alone in public, and the draft."""
    fabrique, page = find_to_write(request, reference)
    access.require(policies.can_publish_page(request.user, fabrique))
    if request.method == "POST" and page is not None:
        try:
            withdraw_page(page, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "La page est retirée. Le brouillon reste ici, vos contacts ne paraissent plus.")
        return redirect("page_edit", reference)
    return render(request, "fabriques/page_withdraw.html", {"fabrique": fabrique})


def page_versions(request, reference):
    """Who: members of the structure. Question: what did the page say before? Leaves with: each version, what it changed."""
    fabrique = find(request, reference)
    page = getattr(fabrique, "page", None)
    titles = {standing.label.reference: standing.label.title for standing in _labels(fabrique)}
    versions = own_page.read_versions(page, titles) if page else []
    is_reader = not policies.can_write_page(request.user, fabrique)
    context = {"fabrique": fabrique, "page_row": page, "versions": versions, "is_reader": is_reader}
    return render(request, "fabriques/page_versions.html", context)
