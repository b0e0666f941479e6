"""What the portal writes to the people of a structure about its dossier. Each letter is posted once per act and person."""

from django.conf import settings
from django.urls import reverse

from applications import receipts
from applications.models import Application, Membership
from gen_portal.core import clock, outbox


def acknowledge_submission(submission):
    """The receipt, to the person who filed and to the owners of the structure."""
    application = submission.application
    url = reverse("application_receipt", args=[application.reference, submission.number])
    context = {"submission": submission, "export": receipts.export(submission)}
    about, at = str(submission.pk), submission.filed_at
    _post(application, "application_submitted", url=url, about=about, to=submission.filed_by, at=at, **context)


def announce_withdrawal(application, *, by):
    _post(application, "application_withdrawn", url=_page(application), about=_act(application), to=by)


def announce_admissible(application):
    _post(application, "application_admissible", url=_page(application), about=_act(application))


def announce_inadmissible(application):
    reason = _quoted(application.inadmissible_reason)
    _post(application, "application_inadmissible", url=_page(application), about=_act(application), reason=reason)


def ask_for_completion(application):
    request = _quoted(application.completion_request)
    _post(application, "application_returned", url=_page(application), about=_act(application), request_text=request)


def tell_completion_dropped(application):
    _post(application, "completion_dropped", url=_page(application), about=_act(application))


def warn_of_virus(application, attachment, slot_name):
    """To the owners, and to whoever joined the file."""
    url, stored = reverse("application_files", args=[application.reference]), attachment.file
    context = {"slot_name": slot_name, "file_name": stored.name, "virus": stored.scan_found}
    _post(application, "application_virus", url=url, about=str(attachment.pk), to=stored.stored_by, **context)


# --- The people of a structure --------------------------------------------------------------------------------------


def invite(invitation, *, token):
    """The link that opens the invitation; the body is erased once sent."""
    context = {"invitation": invitation, "url": outbox.url_of("invitation_page", token)}
    _post_one(
        "member_invited",
        to=invitation.email,
        about=invitation.structure,
        key=invitation.token_hash,
        context=context,
        is_secret=True,
    )


def announce_arrival(invitation, membership):
    """To the person who invited."""
    context = {"membership": membership, "url": _members_page(membership.structure)}
    key = f"{invitation.pk}:{invitation.accepted_at.isoformat()}"
    _post_one(
        "member_joined", to=invitation.invited_by.email, about=membership.structure, key=key, context=context
    )  # fmt: skip


def announce_role(membership, *, by, at):
    context = {"membership": membership, "by": by, "url": _members_page(membership.structure)}
    key = f"{membership.pk}:{at.isoformat()}"
    _post_one("member_role", to=membership.user.email, about=membership.structure, key=key, context=context)


def announce_removal(structure, user, *, by, at):
    context = {"structure": structure, "user": user, "by": by}
    key = f"{structure.pk}:{user.pk}:{at.isoformat()}"
    _post_one("member_removed", to=user.email, about=structure, key=key, context=context)


def ask_for_signature(asked, *, token):
    """The link that lets its reader sign; the body is erased once sent."""
    context = {"request": asked, "url": outbox.url_of("signature_page", token)}
    _post_one(
        "signature_requested",
        to=asked.email,
        about=asked.application,
        key=asked.token_hash,
        context=context,
        is_secret=True,
    )


def announce_signature(asked):
    """To the member who asked for it."""
    context = {"request": asked, "url": settings.PORTAL_URL + _page(asked.application)}
    to, about = asked.requested_by.email, asked.application
    _post_one("signature_given", to=to, about=about, key=str(asked.pk), context=context)


def _members_page(structure):
    return outbox.url_of("member_list", structure.reference)


def _post_one(kind, *, to, about, key, context, is_secret=False):
    """An ordinary letter to one address, once per key."""
    subject_line, markdown = outbox.render(kind, context)
    outbox.post(
        key=f"{kind}:{key}",
        kind=kind,
        to=to,
        subject_line=subject_line,
        markdown=markdown,
        about=about,
        is_secret=is_secret,
    )


# --- Deadlines --------------------------------------------------------------------------------------------------------


def announce_extension(extension):
    """To the owners of the structure that was given more time."""
    url = reverse("call_page", args=[extension.cut_off.call.slug])
    call = extension.cut_off.call
    mails = [
        _mail("extension_granted", extension.pk, person, url=url, about=call, extension=extension)
        for person in _owners(extension.structure)
    ]
    outbox.post_many(mails, at=extension.granted_at)


def announce_incident(incident, *, at):
    """To whoever writes a draft in the call, once per incident and person, however many drafts they hold."""
    call = incident.cut_off.call
    structures = Application.objects.drafts_of(call).values("training__structure")
    holders = (
        Membership.objects.writers().filter(structure__in=structures).select_related("user").order_by("user_id", "pk")
    )
    people = {membership.user_id: membership.user for membership in holders if membership.user.is_active}
    about = {"about": call, "url": reverse("application_list"), "incident": incident, "call": call}
    mails = [_mail("incident_signed", incident.pk, person, **about) for person in people.values()]
    outbox.post_many(mails, at=at)


def _quoted(text):
    return "\n".join(f"> {line}" for line in text.splitlines())


def _page(application):
    return reverse("application_page", args=[application.reference])


def _act(application):
    """A dossier gets one answer per filing: the same letter about another filing is another letter."""
    return f"{application.pk}:{application.submissions.count()}"


def _post(application, kind, *, url, about, to=None, at=None, **context):
    context |= {"application": application}
    mails = [
        _mail(kind, about, person, url=url, about=application, **context) for person in _recipients(application, to)
    ]
    outbox.post_many(mails, at=at or clock.now())


def _mail(kind, key, person, *, url, about, **context):
    """The arguments of a letter to one person."""
    context |= {"person": person, "url": settings.PORTAL_URL + url}
    subject_line, markdown = outbox.render(kind, context)
    return {
        "key": f"{kind}:{key}:{person.pk}",
        "kind": kind,
        "to": person.email,
        "subject_line": subject_line,
        "markdown": markdown,
        "about": about,
        "is_legal": True,
    }


def _recipients(application, extra):
    """The owners of the structure, and the person who acted; each once, in the same order every time."""
    people = {person.pk: person for person in _owners(application.training.structure)}
    if extra is not None and extra.is_active:
        people.setdefault(extra.pk, extra)
    return list(people.values())


def _owners(structure):
    owners = Membership.objects.owners().filter(structure=structure).select_related("user")
    return [membership.user for membership in owners.order_by("pk") if membership.user.is_active]
