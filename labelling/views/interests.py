"""Declarations of interests: a reviewer signs theirs before opening a file, officers read who has declared what."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from applications.models import Call
from gen_portal.core import access, clock
from gen_portal.core.models import Capacity, Role
from gen_portal.core.workflow import Refused
from labelling.forms.interests import LinkRows, StatementsForm
from labelling.models import InterestDeclaration
from labelling.policies import reviews as policies
from labelling.transitions.interests import declare_interests


def declaration_sign(request, slug):
    """Who: reviewer. Question: what must I tell before reading this call's files? Leaves with: the files, or fewer."""
    access.require(policies.can_review(request.user))
    call = get_object_or_404(Call.objects.published(clock.now()), slug=slug)
    last = InterestDeclaration.objects.by(request.user).latest_first().first()
    kept = last.links if last else []
    rows = LinkRows(request.POST or None, prefix="liens", initial=kept)
    form = StatementsForm(request.POST or None, initial={"has_nothing": last is not None and not kept})
    if request.method == "POST" and _signed(request, call, rows, form):
        return redirect("review_list")
    own = InterestDeclaration.objects.of(request.user, call).in_force(access.today(request.user)).latest_first().first()
    context = {"call": call, "rows": rows, "form": form, "own": own, "last": last}
    return render(request, "labelling/declaration_sign.html", context)


def _signed(request, call, rows, form):
    """Whether the declaration was signed; what was typed stays otherwise, with what is wrong beside it."""
    are_rows_valid, is_form_valid = rows.is_valid(), form.is_valid()
    if not are_rows_valid or not form.agree_with(rows.kept()) or not is_form_valid:
        return False
    try:
        _, taken_count = declare_interests(call, by=request.user, links=rows.kept())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"Votre déclaration est signée.{_taken_in_words(taken_count)}")
    return True


def _taken_in_words(count):
    if not count:
        return " Les dossiers qui vous sont confiés pour cet appel s'ouvrent maintenant."
    what = "Un dossier vous est retiré" if count == 1 else f"{count} dossiers vous sont retirés"
    return f" {what} à cause d'un lien déclaré : l'équipe en est prévenue, vous n'avez rien à faire."


def declaration_list(request, slug):
    """Who: officer. Question: who may open this call's files? Leaves with: who has still to declare, and what others did."""
    call = get_object_or_404(Call.objects.visible_to(request.user, clock.now()), slug=slug)
    access.require(policies.can_assign(request.user))
    today = access.today(request.user)
    capacities = Capacity.objects.in_force(today).in_role(Role.REVIEWER).for_page()
    declared = {}
    for row in InterestDeclaration.objects.for_call(call).in_force(today).latest_first():
        declared.setdefault(row.user_id, row)
    lines = [(capacity, declared.get(capacity.user_id)) for capacity in capacities]
    lines.sort(key=lambda line: (line[1] is not None, line[0].ministry.position, line[0].user.last_name))
    context = {"call": call, "lines": lines, "missing_count": sum(row is None for _, row in lines)}
    return render(request, "labelling/declaration_list.html", context)


def declaration_page(request, pk):
    """Who: its author, an officer. Question: what was signed? Leaves with: the text, the day, and its seal."""
    found = InterestDeclaration.objects.latest_first()
    if not policies.can_assign(request.user):
        found = found.by(request.user)
    declaration = get_object_or_404(found, pk=pk)
    return render(
        request, "labelling/declaration_page.html", {"declaration": declaration, "today": access.today(request.user)}
    )
