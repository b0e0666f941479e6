"""Writing to the structures of a list of the staff map: words, preview, confirmation, and what was sent."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fabriques import list_mails, policies
from fabriques.actions.list_mails import Draft, send_list_mail
from fabriques.forms.layers import LayerFilterForm
from fabriques.forms.list_mails import ListMailForm, SendForm, send_form
from fabriques.layers.table import LAYERS
from fabriques.models import ListMail
from gen_portal.core import access, outbox
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.workflow import Refused

LATEST = 5


def list_mail_write(request):
    """Who: officer. Question: what do I write to these structures, and who receives it? Leaves with: a preview to send."""
    layer_form = _layer_form(request)
    mailing = list_mails.planned_mailing(layer_form.layer, layer_form.asked_of_layer())
    wording = layer_form.layer.wording
    initial = {"subject_line": wording.subject_line, "text": wording.text}
    form = ListMailForm(request.POST or None, mailing=mailing, initial=initial)
    return _show(request, layer_form, mailing, form)


@require_POST
def list_mail_send(request):
    """Sends what was previewed, and goes to what was sent; a list that has changed is shown again, with nothing sent."""
    layer_form = _layer_form(request)
    sent = _sent(request, layer_form)
    if sent is not None:
        messages.success(request, "C'est envoyé : les courriels partent dans la minute.")
        return redirect("list_mail_page", sent.reference)
    mailing = list_mails.planned_mailing(layer_form.layer, layer_form.asked_of_layer())
    return _show(request, layer_form, mailing, ListMailForm(request.POST, mailing=mailing))


def list_mail_page(request, reference):
    """Who: officer. Question: what was sent to this list, to whom, and did it leave? Leaves with: the answer."""
    access.require(policies.can_write_to_structures(request.user))
    mail = get_object_or_404(ListMail.objects.latest_first(), reference=reference)
    page = Paginator(OutgoingEmail.objects.about(mail).defer("text_body", "html_body"), 50)
    context = {
        "mail": mail,
        "layer": LAYERS[mail.layer],
        "text": outbox.mail_html(mail.text),
        "page_obj": page.get_page(request.GET.get("page")),
    }
    return render(request, "fabriques/list_mail_page.html", context)


def _layer_form(request):
    """The list of the url, for those who may write to it; what nobody writes to does not exist."""
    access.require(policies.can_write_to_structures(request.user))
    form = LayerFilterForm(request.GET, user=request.user, today=access.today(request.user))
    if form.layer.wording is None:
        raise Http404
    return form


def _sent(request, layer_form):
    """What was sent; None when it was refused, which is then said."""
    form = SendForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Rien n'est parti : relisez l'aperçu, puis confirmez de nouveau.")
        return None
    words = {name: form.cleaned_data[name] for name in ("subject_line", "text", "key")}
    draft = Draft(
        layer=layer_form.layer, asked=layer_form.asked_of_layer(), described=layer_form.described(),
        query=request.GET.urlencode(), **words,
    )  # fmt: skip
    try:
        return send_list_mail(draft, seen=form.cleaned_data["seen"], by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None


def _show(request, layer_form, mailing, form):
    context = {
        "layer": layer_form.layer,
        "described": layer_form.described(),
        "mailing": mailing,
        "form": form,
        "placeholders": list_mails.PLACEHOLDERS.items(),
        "latest": ListMail.objects.of_layer(layer_form.layer.code).latest_first()[:LATEST],
        "mail": None,
    }
    if form.is_bound and form.is_valid() and (mail := form.chosen_mail()):
        words = {name: form.cleaned_data[name] for name in ("subject_line", "text")}
        subject_line, markdown = list_mails.written(mail, **words)
        context |= {"mail": mail, "subject_line": subject_line, "preview": outbox.mail_html(markdown)}
        context["send_form"] = send_form(words, mailing)
    return render(request, "fabriques/list_mail_write.html", context)
