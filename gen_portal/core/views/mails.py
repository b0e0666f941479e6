"""The outbox, for staff: what left, what waits, what needs a person."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from gen_portal.core import access, bounces, clock, holding, outbox
from gen_portal.core.forms import OutboxFilterForm
from gen_portal.core.models import OutgoingEmail, Role
from gen_portal.core.workflow import Refused


def outbox_list(request):
    """Who: officer. Question: did the mails leave? Leaves with: the ones that need a person."""
    access.require(access.has_role(request.user, Role.OFFICER, Role.TECHNICAL_ADMIN))
    form = OutboxFilterForm(request.GET)
    mails = OutgoingEmail.objects.open_to(request.user)
    page = Paginator(form.matching(mails).for_page(), 50).get_page(request.GET.get("page"))
    return render(request, "core/outbox_list.html", {"form": form, "page_obj": page, "counts": mails.counts()})


def outbox_page(request, pk):
    """Who: officer. Question: what was written to this person, and did it leave? Leaves with: resend, or cancel."""
    access.require(access.has_role(request.user, Role.OFFICER, Role.TECHNICAL_ADMIN))
    email = get_object_or_404(OutgoingEmail.objects.open_to(request.user), pk=pk)
    return render(request, "core/outbox_page.html", {"email": email})


@require_POST
def outbox_resend(request, pk):
    access.require(access.has_role(request.user, Role.OFFICER))
    email = get_object_or_404(OutgoingEmail.objects.open_to(request.user), pk=pk)
    if outbox.resend(email):
        messages.success(request, "Le courriel est remis dans la file : il partira dans la minute.")
    else:
        messages.info(
            request,
            "Rien à renvoyer : ce courriel est déjà parti, annulé ou en attente, ou son adresse ne reçoit plus.",
        )
    return redirect("outbox_page", pk)


@require_POST
def outbox_cancel(request, pk):
    access.require(access.has_role(request.user, Role.OFFICER))
    email = get_object_or_404(OutgoingEmail.objects.open_to(request.user), pk=pk)
    if outbox.cancel(email):
        messages.success(request, "Le courriel est annulé : il ne partira pas.")
    else:
        messages.info(request, "Trop tard pour l'annuler : ce courriel est déjà parti ou déjà annulé.")
    return redirect("outbox_page", pk)


@require_POST
def outbox_hold(request, pk):
    access.require(access.has_role(request.user, Role.OFFICER))
    if holding.hold(OutgoingEmail.objects.open_to(request.user).of_key(pk), at=clock.now()):
        messages.success(request, "Le courriel est retenu : il ne part pas tant que vous ne le libérez pas.")
    else:
        messages.info(request, "Trop tard pour le retenir : ce courriel est déjà parti, arrêté ou retenu.")
    return redirect("outbox_page", pk)


@require_POST
def outbox_release(request, pk):
    access.require(access.has_role(request.user, Role.OFFICER))
    if holding.release(OutgoingEmail.objects.open_to(request.user).of_key(pk)):
        messages.success(request, "Le courriel est libéré : il part dans la minute, ou à l'heure qui convient.")
    else:
        messages.info(request, "Ce courriel n'était pas retenu.")
    return redirect("outbox_page", pk)


@require_POST
def outbox_lift(request, pk):
    access.require(access.has_role(request.user, Role.OFFICER))
    email = get_object_or_404(OutgoingEmail.objects.open_to(request.user), pk=pk)
    try:
        bounces.lift(email, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, f"On écrira de nouveau à {email.to_address}.")
    return redirect("outbox_page", pk)
