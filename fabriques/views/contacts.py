"""What a structure decides and reads of the follow-up's mails: who receives them, how to refuse them, what they said."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt

from applications.models import Structure
from fabriques import emails, policies
from fabriques.actions import contacts
from fabriques.forms.contacts import ContactsForm
from fabriques.models import FollowUpReport
from fabriques.recipients import members_by_structure
from gen_portal.core import access
from gen_portal.core.models import OutgoingEmail, User
from gen_portal.core.posted import accepts
from gen_portal.core.workflow import Refused


def contact_list(request, reference):
    """Who: a structure's owner. Question: who receives the mails of the follow-up? Leaves with: the right people."""
    structure = get_object_or_404(Structure.objects.visible_to(request.user), reference=reference)
    may_choose = policies.can_choose_contacts(request.user, structure)
    members = members_by_structure([structure])[structure.pk]
    form = ContactsForm(request.POST if request.method == "POST" else None, members=members)
    if request.method == "POST":
        access.require(may_choose)
        if form.is_valid() and _choose(structure, form, request.user):
            messages.success(request, "C'est enregistré : les prochains courriels iront aux personnes choisies.")
            return redirect("contact_list", reference)
    unreachable = [member for member in members if member.is_unreachable]
    context = {"structure": structure, "members": members, "unreachable": unreachable}
    return render(request, "fabriques/contact_list.html", context | {"form": form if may_choose else None})


def _choose(structure, form, by):
    """Whether the choice was kept; a refusal goes to the field."""
    people = form.cleaned_data["people"]
    return accepts(form, contacts.choose_contacts, structure, field="people", users=people, by=by)


@csrf_exempt  # a mail reader posts here by itself (RFC 8058): the signed token is the only right there is
@login_not_required
def reminder_refuse(request, token):
    """Who: whoever got the mail. Question: how do I stop these mails? Leaves with: no more of them."""
    try:
        structure_pk, user_pk = emails.read_refusal(token)
    except BadSignature as error:
        raise Http404 from error
    structure = get_object_or_404(Structure, pk=structure_pk)
    user = get_object_or_404(User, pk=user_pk)
    refusal, is_done = "", False
    if request.method == "POST":
        try:
            contacts.refuse_reminders(structure, user)
            is_done = True
        except Refused as refused:
            refusal = str(refused)
    return render(
        request,
        "fabriques/reminder_refuse.html",
        {"structure": structure, "address": user.email, "is_done": is_done, "refusal": refusal},
    )


def report_mails(request, reference):
    """Who: the structure's member, staff. Question: what was written about this report, and did it arrive?"""
    report = get_object_or_404(FollowUpReport.objects.visible_to(request.user).for_page(), reference=reference)
    mails = OutgoingEmail.objects.in_history(report, report.mail_ids())
    return render(request, "fabriques/report_mails.html", {"report": report, "mails": mails})


def report_mail(request, reference, pk):
    """Who: the same. Question: what did this mail say? Leaves with: its text, and whether it arrived."""
    report = get_object_or_404(FollowUpReport.objects.visible_to(request.user).for_page(), reference=reference)
    email = get_object_or_404(OutgoingEmail.objects.in_history(report, report.mail_ids()), pk=pk)
    return render(request, "fabriques/report_mail.html", {"report": report, "email": email})
