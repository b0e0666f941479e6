"""One section of a dossier: its form, saved by a button or by itself, and what happens when two people write it."""

from django.contrib import messages
from django.http import JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from applications.actions import answers
from applications.conflicts import panel_of
from applications.figures import figures_of
from applications.forms.answers import form_after_choices, seen_versions, typed_answers
from applications.forms.sections import section_form
from applications.history import closing_of
from applications.models import SECTIONS, Application
from applications.models.sections import BY_CODE
from applications.policies import dossiers as policies
from applications.progress import progress_of
from gen_portal.core import access, clock, phrases, sessions
from gen_portal.core.workflow import Refused


@sessions.keeps_typed
def application_section(request, reference, section):
    """Who: editors and owners. Question: what do I answer here? Leaves with: answers kept, and the next section."""
    section = BY_CODE[section]
    if request.method == "POST":
        return _save(request, _find_to_save(request.user, reference), section)
    application = get_object_or_404(Application.objects.visible_to(request.user).for_writing(), reference=reference)
    access.require(policies.can_write(request.user, application))
    if not application.is_writable:
        messages.info(
            request, f"Ce dossier est à l'état « {application.get_state_display()} » : il ne se modifie plus."
        )
        return redirect("application_page", reference)
    given_back = sessions.typed_before(request)
    if given_back:
        return _give_back(request, application, section, given_back)
    form, seen = section_form(section, application), seen_versions(section, application)
    return _show(request, application, section, form, seen=seen)


def _give_back(request, application, section, fields):
    """The form with what was sent after the session had ended, and the versions that were seen then; nothing is saved."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    typed = typed_answers(section, application, data)
    return _show(request, application, section, typed.form, seen=typed.seen, is_given_back=True)


def _find_to_save(user, reference):
    """The dossier of somebody who writes it, in one query; for others the answer that every page gives them."""
    rows = Application.objects.for_saving()
    application = rows.writable_by(user).with_reference(reference).first()
    if application is None:
        application = get_object_or_404(rows.visible_to(user), reference=reference)
        access.require(policies.can_write(user, application))
    return application


def _save(request, application, section):
    """Keep what is right; say what is wrong, or what somebody else wrote meanwhile, without losing a word."""
    if "renoncer" in request.POST:
        sessions.forget_typed(request)
        return redirect(request.path)
    typed = typed_answers(section, application, request.POST)
    try:
        saved = answers.save_answers(application, typed.values, seen=typed.seen, by=request.user)
    except Refused as refusal:
        return _answer_refusal(request, application, section, typed, str(refusal))
    panels = {c.name: panel_of(saved.application, c, typed.text_of(c.name)) for c in saved.conflicts}
    if _wants_json(request):
        return _answer_autosave(typed, saved, panels)
    if typed.form.errors or panels:
        return _show_again(request, saved, section, typed, panels)
    sessions.forget_typed(request)
    messages.success(
        request, f"« {section.title} » est enregistrée." if section.fields else "Les sites sont enregistrés."
    )
    return redirect(_next_url(application, section) if "suite" in request.POST else request.path)


def _show_again(request, saved, section, typed, panels):
    """The same page with what was typed: to correct, or to choose between two texts."""
    form, application = typed.form, saved.application
    if typed.left or typed.joined:
        form = form_after_choices(section, application, typed, request.POST)
    seen = typed.versions_after(application)
    return _show(request, application, section, form, seen=seen, panels=panels, status=409 if panels else 200)


def _answer_autosave(typed, saved, panels):
    """What the script needs: a sentence, the versions now before the writer's eyes, both texts of what is disputed."""
    conflicts = {name: _panel_answer(saved, panel) for name, panel in panels.items()}
    outcome = {
        "said": _sentence(typed, saved, panels),
        "seen": typed.versions_after(saved.application),
        "is_unsaved": bool(panels or typed.form.errors),
        "conflicts": conflicts,
        "overtaken": typed.overtaken(saved.application, saved.conflicts),
    }
    return JsonResponse(outcome, status=409 if panels else 200)


def _panel_answer(saved, panel):
    value = next(conflict.value for conflict in saved.conflicts if conflict.name == panel.name)
    html = render_to_string("applications/_conflict.html", {"panel": panel})
    return {"version": panel.version, "value": value, "author": panel.author, "html": html}


def _sentence(typed, saved, panels):
    if panels:
        names = ", ".join(f"« {panel.label} »" for panel in panels.values())
        return (
            f"{names} : une autre personne vient d'y écrire. Vos deux textes sont gardés ; choisissez sous la réponse."
        )
    if typed.form.errors and not saved.names:
        return "Une réponse est à corriger : elle n'est pas enregistrée"
    said = f"Enregistré à {phrases.hour(saved.application.changed_at.astimezone(clock.PARIS))}"
    return f"{said} ; une réponse est à corriger" if typed.form.errors else said


def _answer_refusal(request, application, section, typed, refusal):
    if _wants_json(request):
        return JsonResponse({"said": f"Non enregistré. {refusal}", "is_stopped": True}, status=409)
    messages.error(request, f"{refusal} Votre texte n'est pas enregistré : il reste ci-dessous, vous pouvez le copier.")
    return _show(request, application, section, typed.form, seen=typed.seen, status=409)


def _wants_json(request):
    return request.headers.get("Accept") == "application/json"


def _show(request, application, section, form, *, seen, panels=None, is_given_back=False, status=200):
    position = SECTIONS.index(section)
    following = SECTIONS[position + 1].title if position + 1 < len(SECTIONS) else "Pièces jointes"
    context = {
        "application": application,
        "section": section,
        "form": form,
        "seen": seen,
        "panels": panels or {},
        "is_given_back": is_given_back,
        "version_counts": application.versions.counts(),
        "step": position + 1,
        "steps": len(SECTIONS) + 1,
        "next_title": following,
        "closing": closing_of(application, clock.now()),
        "rule": getattr(application.call, "grant_rule", None),
        "progress": progress_of(application),
        **figures_of(application, section),
    }
    return render(request, "applications/application_section.html", context, status=status)


def _next_url(application, section):
    position = SECTIONS.index(section) + 1
    if position == len(SECTIONS):
        return reverse("application_files", args=[application.reference])
    return reverse("application_section", args=[application.reference, SECTIONS[position].code])
