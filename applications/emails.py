"""What the portal writes to the people of a structure about its dossier. Each letter is posted once per act and person."""

from django.conf import settings
from django.urls import reverse

from applications.closing import exact, local_words
from applications.models import Membership
from gen_portal.core import clock, outbox
from gen_portal.core.models import LegalBody


def acknowledge_submission(submission):
    """The receipt, to the person who filed and to the owners of the structure."""
    application = submission.application
    url = reverse("application_receipt", args=[application.reference, submission.number])
    filed_at = submission.filed_at
    context = {
        "submission": submission,
        "filed_at_text": exact(filed_at),
        "local_text": local_words(filed_at, application.training.structure.time_zone),
        "legal_body": LegalBody.objects.in_force(clock.day_of(filed_at)).first(),
        "implicit_refusal_on": clock.add_months(clock.day_of(filed_at), 2),
    }
    _post(application, "application_submitted", url=url, about=str(submission.pk), to=submission.filed_by, **context)


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


# --- The people of a structure --------------------------------------------------------------------------------------


def invite(invitation, *, token):
    """The link that opens the invitation; the body is erased once sent."""
    context = {"invitation": invitation, "url": settings.PORTAL_URL + reverse("invitation_page", args=[token])}
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


def _members_page(structure):
    return settings.PORTAL_URL + reverse("member_list", args=[structure.reference])


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


def _quoted(text):
    return "\n".join(f"> {line}" for line in text.splitlines())


def _page(application):
    return reverse("application_page", args=[application.reference])


def _act(application):
    """A dossier gets one answer per filing: the same letter about another filing is another letter."""
    return f"{application.pk}:{application.submissions.count()}"


def _post(application, kind, *, url, about, to=None, **context):
    for person in _recipients(application, to):
        context |= {"application": application, "person": person, "url": settings.PORTAL_URL + url}
        subject_line, markdown = outbox.render(kind, context)
        outbox.post(
            key=f"{kind}:{about}:{person.pk}",
            kind=kind,
            to=person.email,
            subject_line=subject_line,
            markdown=markdown,
            about=application,
            is_legal=True,
        )


def _recipients(application, extra):
    """The owners of the structure, and the person who acted; each once, in the same order every time."""
    owners = Membership.objects.owners().filter(structure=application.training.structure_id).select_related("user")
    people = {membership.user_id: membership.user for membership in owners.order_by("pk")}
    if extra is not None:
        people.setdefault(extra.pk, extra)
    return [person for person in people.values() if person.is_active]
