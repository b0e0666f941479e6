"""The rehearsal of a publication: every letter before it leaves, as a page and as a paper marked « PROJET »."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from applications.models import Call
from gen_portal.core import access, clock, outbox, pdf
from labelling import letter_paper
from labelling.actions.decisions import next_cut_off
from labelling.emails.decisions import mail_text
from labelling.policies import decisions as policies
from labelling.rehearsal import ready_letters, rehearse

PAGE_SIZE = 50


def letter_rehearsal(request, slug, number):
    """Who: officer, director. Question: what would leave, to whom, and what is wrong? Leaves with: the right to publish in
    peace, or a letter to mend."""
    access.require(policies.can_publish(request.user))
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    cut_off = get_object_or_404(call.cut_offs, number=number)
    decisions = ready_letters(request.user).of_cut_off(cut_off)
    rehearsal = rehearse(decisions, next_cut_off(cut_off), at=clock.now())
    page = Paginator(rehearsal.letters, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"call": call, "cut_off": cut_off, "rehearsal": rehearsal, "page_obj": page}
    return render(request, "labelling/letter_rehearsal.html", context)


def rehearsed_letter(request, reference):
    """Who: officer, director. Question: what does this letter say before it leaves? Leaves with: peace, or the decision."""
    letter = _rehearsed(request, reference)
    context = {
        "letter": letter,
        "application": letter.decision.application,
        "html": outbox.mail_html(mail_text(letter.decision, letter.draft.text)),
    }
    return render(request, "labelling/rehearsed_letter.html", context)


def rehearsed_letter_pdf(request, reference):
    """Who: officer, director. Leaves with: the paper as it would be now, marked « PROJET »."""
    letter = _rehearsed(request, reference)
    paper = letter_paper.draft_document(letter.draft, at=clock.now())
    answer = HttpResponse(paper, content_type=pdf.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="projet-{reference}.pdf"'
    return answer


def _rehearsed(request, reference):
    access.require(policies.can_publish(request.user))
    decision = get_object_or_404(ready_letters(request.user).of_dossier(reference))
    return rehearse([decision], next_cut_off(decision.cut_off), at=clock.now()).letters[0]
