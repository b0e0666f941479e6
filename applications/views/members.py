"""The people of a structure: who they are, inviting, changing a role, leaving; and the invitation as its reader sees it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications import links
from applications.actions import members
from applications.forms.members import InvitationForm, RoleForm
from applications.models import Invitation, Structure
from applications.policies import dossiers as dossier_policies
from applications.policies import members as policies
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused


def member_list(request, reference):
    """Who: its members. Question: who is with us, who was invited? Leaves with: an invitation sent, a role to change."""
    structure = _find(request, reference)
    can_manage = policies.can_manage_members(request.user, structure)
    access.require(can_manage or request.method != "POST")
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = members.invite_member(structure, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"L'invitation part à l'adresse {invitation.email}, pour sept jours.")
            return redirect("member_list", reference)
    context = {
        "structure": structure,
        "form": form,
        "members": structure.memberships.for_page(),
        "invitations": structure.invitations.pending().for_page(),
        "can_manage": can_manage,
        "now": clock.now(),
    }
    return render(request, "applications/member_list.html", context)


def member_edit(request, reference, pk):
    """Who: an owner. Question: what may this person do? Leaves with: another role, from their next page on."""
    structure, membership = _find_to_manage(request, reference, pk)
    form = RoleForm(request.POST or None, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        try:
            changed = members.change_role(membership, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, f"{changed.user} est maintenant {changed.get_role_display()}.")
            return redirect("member_list", reference)
    context = {"structure": structure, "membership": membership, "form": form}
    return render(request, "applications/member_edit.html", context)


def member_remove(request, reference, pk):
    """Who: an owner. Question: end this person's access? Leaves with: a structure without them, at once."""
    structure, membership = _find_to_manage(request, reference, pk)
    if request.method == "POST":
        said = f"{membership.user} n'est plus membre de la structure."
        return _act(request, structure, said, members.remove_member, membership)
    context = {"structure": structure, "membership": membership}
    return render(request, "applications/member_remove.html", context)


def structure_leave(request, reference):
    """Who: a member. Question: leave? Leaves with: the other structures, this one is closed to them."""
    structure = _find(request, reference)
    if request.method == "POST":
        try:
            members.leave_structure(structure, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("member_list", reference)
        messages.success(request, f"Vous avez quitté {structure.name}.")
        return redirect("application_list")
    return render(request, "applications/structure_leave.html", {"structure": structure})


@require_POST
def invitation_resend(request, reference, number):
    """Sends a new link for seven days."""
    structure, invitation = _find_invitation(request, reference, number)
    said = f"Un nouveau lien part à l'adresse {invitation.email} ; le précédent ne sert plus."
    return _act(request, structure, said, members.resend_invitation, invitation)


@require_POST
def invitation_cancel(request, reference, number):
    """Takes the offer back."""
    structure, invitation = _find_invitation(request, reference, number)
    said = f"L'invitation de {invitation.email} est annulée."
    return _act(request, structure, said, members.cancel_invitation, invitation)


def _act(request, structure, said, action, subject):
    try:
        action(subject, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("member_list", structure.reference)


def _find(request, reference):
    """A structure to its own members; staff who may see it are told that its people are not theirs to see."""
    structure = get_object_or_404(Structure.objects.visible_to(request.user).for_page(), reference=reference)
    access.require(policies.can_view_members(request.user, structure))
    return structure


def _find_to_manage(request, reference, pk):
    structure = _find(request, reference)
    access.require(policies.can_manage_members(request.user, structure))
    return structure, get_object_or_404(structure.memberships.for_page(), pk=pk)


def _find_invitation(request, reference, number):
    structure = _find(request, reference)
    access.require(policies.can_manage_members(request.user, structure))
    return structure, get_object_or_404(structure.invitations.for_page(), reference=number)


# --- The invitation as its reader sees it -----------------------------------------------------------------------------


@login_not_required
def invitation_page(request, token):
    """Who: whoever holds the link. Question: who invites me, to what? Leaves with: a place, or what to do to get one.

    Reading consumes nothing; accepting is a POST of the person signed in under the invited address.
    """
    invitation = Invitation.objects.with_token(token).for_page().first()
    if invitation is None:
        return render(request, "applications/invitation_unknown.html", status=404)
    return _answer(request, invitation)


def invitation_received(request, number):
    """Who: a person signed in, one of whose proven addresses is invited. The same page, without the link."""
    mine = Invitation.objects.addressed_to(request.user).pending().for_page()
    return _answer(request, get_object_or_404(mine, reference=number))


def _answer(request, invitation):
    is_mine = Invitation.objects.addressed_to(request.user).same_as(invitation).exists()
    if request.method == "POST" and is_mine:
        return _accept(request, invitation)
    context = {
        "invitation": invitation,
        "is_open": invitation.is_open(clock.now()),
        "is_mine": is_mine,
        "is_member": bool(dossier_policies.role_in(request.user, invitation.structure_id)),
        "masked": links.masked(invitation.email),
    }
    return render(request, "applications/invitation_page.html", context)


def _accept(request, invitation):
    try:
        membership = members.accept_invitation(invitation, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("application_list")
    dossier_policies.forget_roles(request.user)
    messages.success(request, f"Bienvenue : vous êtes maintenant {membership.get_role_display()} de la structure.")
    return redirect("structure_page", invitation.structure.reference)
