"""The templates of letters: the four of them, and one edited beside what it gives on a real dossier."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from applications.differences import compare, shortened
from gen_portal.core import access, clock, outbox
from gen_portal.core.placeholders import Wording
from gen_portal.core.posted import accepts
from labelling import letter_wording, letters
from labelling.actions.decisions import next_cut_off
from labelling.actions.letters import save_template
from labelling.decision_reasons import reasons_of
from labelling.forms.letters import LetterTemplateForm
from labelling.models import LetterTemplate
from labelling.policies import decisions as policies
from labelling.rehearsal import to_try


def letter_template_list(request):
    """Who: officer, director. Question: what do our letters say today? Leaves with: the one to change."""
    access.require(policies.can_write_letters(request.user))
    found = LetterTemplate.objects.in_force()
    templates = [(slug, found[outcome]) for slug, outcome in letter_wording.SLUGS.items()]
    return render(request, "labelling/letter_template_list.html", {"templates": templates})


def letter_template_edit(request, letter):
    """Who: officer, director. Question: what does this letter say? Leaves with: a new version of it, tried on a dossier."""
    current, form = _form(request, letter, request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, save_template, current.outcome, by=request.user, **form.words()):
        messages.success(request, "La nouvelle version est en vigueur : les prochaines lettres la suivront.")
        return redirect("letter_template_edit", letter)
    return _show(request, letter, current, form)


@require_POST
def letter_template_preview(request, letter):
    """The same page with what is being written, on the chosen dossier; nothing is kept."""
    current, form = _form(request, letter, request.POST)
    form.is_valid()
    return _show(request, letter, current, form)


def _form(request, letter, posted):
    access.require(policies.can_write_letters(request.user))
    outcome = letter_wording.SLUGS.get(letter)
    if outcome is None:
        raise Http404
    current = LetterTemplate.objects.in_force()[outcome]
    initial = {"subject_line": current.subject_line, "text": current.text, "seen": current.version}
    return current, LetterTemplateForm(
        posted, outcome=outcome, decisions=to_try(outcome, request.user), initial=initial
    )


def _show(request, letter, current, form):
    words = _words(form, current)
    decision, draft = form.chosen(), None
    if decision is not None:
        occasion = letters.occasion(next_cut_off(decision.cut_off), at=clock.now())
        draft = letters.draft(decision, words, occasion, reasons=reasons_of(decision))
    context = {
        "slug": letter,
        "current": current,
        "form": form,
        "placeholders": letter_wording.PLACEHOLDERS[current.outcome].items(),
        "mandatory": list(letter_wording.MANDATORY[current.outcome]),
        "decision": decision,
        "draft": draft,
        "html": outbox.mail_html(draft.text) if draft else "",
        "changes": _changes(_whole(current), _whole(words)),
        "versions": LetterTemplate.objects.versions_of(current.outcome),
    }
    return render(request, "labelling/letter_template_edit.html", context)


def _words(form, current):
    """What is being written, the version in force as long as it cannot be used."""
    sound = getattr(form, "cleaned_data", {})
    if "subject_line" not in sound or "text" not in sound:
        return current
    return Wording(sound["subject_line"], sound["text"])


def _whole(words):
    return f"{words.subject_line}\n\n{words.text}"


def _changes(earlier, later):
    """What differs from the version in force, word by word; nothing when nothing does."""
    return shortened(compare(earlier, later)) if earlier != later else []
