"""One section of a dossier: its form, saved by a button or by itself, and what happens when two people write it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from applications.actions import dossiers
from applications.forms.sections import section_form
from applications.models import SECTIONS, Application
from applications.models.sections import BY_CODE, label_of
from applications.policies import dossiers as policies
from applications.progress import closing_of
from gen_portal.core import access, clock, phrases
from gen_portal.core.workflow import Refused


def application_section(request, reference, section):
    """Who: editors and owners. Question: what do I answer here? Leaves with: answers kept, and the next section."""
    application = get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
    access.require(policies.can_write(request.user, application))
    section = BY_CODE[section]
    if request.method == "POST":
        return _save(request, application, section)
    if not application.is_writable:
        messages.info(
            request, f"Ce dossier est à l'état « {application.get_state_display()} » : il ne se modifie plus."
        )
        return redirect("application_page", reference)
    form = section_form(section, application)
    return _show(request, application, section, form, version=section.version(application))


def _save(request, application, section):
    """Keep what is right; say what is wrong, or what somebody else wrote meanwhile, without losing a word."""
    form, seen = section_form(section, application, request.POST), request.POST.get("version", "")
    form.is_valid()
    try:
        saved = dossiers.save_section(application, section, form.accepted, seen=seen)
    except dossiers.Conflict as conflict:
        return _answer_conflict(request, conflict, section, form)
    except Refused as refusal:
        return _answer_refusal(request, application, section, form, str(refusal), seen)
    version, now = section.version(saved), clock.now()
    if _wants_json(request):
        said = f"Enregistré à {phrases.hour(now.astimezone(clock.PARIS))}"
        said += " ; une réponse est à corriger" if form.errors else ""
        return JsonResponse({"said": said, "version": version})
    if form.errors:
        return _show(request, application, section, form, version=version)
    messages.success(
        request, f"« {section.title} » est enregistrée." if section.fields else "Les sites sont enregistrés."
    )
    return redirect(_next_url(application, section) if "suite" in request.POST else request.path)


def _answer_conflict(request, conflict, section, form):
    if _wants_json(request):
        said = (
            "Non enregistré : une autre personne a modifié cette section entre-temps. Rien n'a été écrasé ; "
            "appuyez sur « Enregistrer » pour comparer les deux versions."
        )
        return JsonResponse({"said": said, "is_stopped": True}, status=409)
    differences = _differences(conflict.stored, section, form)
    version = section.version(conflict.stored)
    messages.error(request, str(conflict))
    return _show(request, conflict.stored, section, form, version=version, differences=differences, status=409)


def _answer_refusal(request, application, section, form, refusal, seen):
    if _wants_json(request):
        return JsonResponse({"said": f"Non enregistré. {refusal}", "is_stopped": True}, status=409)
    messages.error(request, f"{refusal} Votre texte n'est pas enregistré : il reste ci-dessous, vous pouvez le copier.")
    return _show(request, application, section, form, version=seen, status=409)


def _wants_json(request):
    return request.headers.get("Accept") == "application/json"


@dataclass(frozen=True)
class Difference:
    """An answer as it is stored now, and as the person on this page typed it."""

    label: str
    stored: str
    typed: str


def _differences(stored, section, form):
    names = [name for name in section.fields if name in form.accepted and getattr(stored, name) != form.accepted[name]]
    found = [Difference(label_of(name), _text(getattr(stored, name)), _text(form.accepted[name])) for name in names]
    if not section.fields:
        present = ", ".join(site.name for site in stored.sites.all())
        found.append(Difference("Sites", present, ", ".join(site.name for site in form.accepted["sites"])))
    return found


def _text(value):
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


def _show(request, application, section, form, *, version, differences=(), status=200):
    position = SECTIONS.index(section)
    following = SECTIONS[position + 1].title if position + 1 < len(SECTIONS) else "Pièces jointes"
    context = {
        "application": application,
        "section": section,
        "form": form,
        "version": version,
        "differences": differences,
        "step": position + 1,
        "steps": len(SECTIONS) + 1,
        "next_title": following,
        "closing": closing_of(application, clock.now()),
        "rule": getattr(application.call, "grant_rule", None),
    }
    return render(request, "applications/application_section.html", context, status=status)


def _next_url(application, section):
    position = SECTIONS.index(section) + 1
    if position == len(SECTIONS):
        return reverse("application_files", args=[application.reference])
    return reverse("application_section", args=[application.reference, SECTIONS[position].code])
