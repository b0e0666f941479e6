"""Wording and recipients of this floor's messages: one row of the outbox each, with a key that never repeats."""


from applications.models.officers import following_of
from gen_portal.core import clock, outbox
from gen_portal.core.workflow import lock_rows
from labelling.models import Assignment

#: The condition under which a mail about a place still leaves.
GUARD = "review_place_is_held"
REMINDER, REMINDER_GUARD = "review_reminder", "reviewer_has_work"



def lock_places(emails):
    """Lock the places that these mails speak of, in one order: a recusal cannot slip between."""
    lock_rows(Assignment.objects.filter(pk__in=map(_place_of, emails)))


def place_is_held(email):
    """Whether the reviewer still holds the place that the mail speaks of."""
    return Assignment.objects.current().filter(pk=_place_of(email)).exists()


def many_assigned(user, count, proposal):
    """The arguments of `outbox.post`: so many dossiers are entrusted at once. It names none, and leaves if some are left."""
    return {**_many("reviews_assigned", user, count, proposal), "guard": REMINDER_GUARD}


def many_unassigned(user, count, proposal):
    """The same when so many are taken back."""
    return _many("reviews_unassigned", user, count, proposal)


def many_handed_over(user, count, leaver, now):
    """So many dossiers of somebody who left go to their substitute; it names none, and leaves if some are left."""
    key = f"reviews_handed_over:{leaver.pk}:{user.pk}:{now.isoformat()}"
    mail = _to_person("reviews_handed_over", user, key=key, count=count, leaver=leaver)
    return {**mail, "guard": REMINDER_GUARD}


def _many(kind, user, count, proposal):
    return _to_person(kind, user, key=f"{kind}:{proposal.pk}:{user.pk}", count=count, proposal=proposal)


def _to_person(kind, user, *, key, **words):
    """The arguments of `outbox.post` for a mail that leads to one's own reviews, whichever they are."""
    subject_line, markdown = outbox.render(kind, {"user": user, "url": outbox.url_of("review_list"), **words})
    return {
        "key": key, "kind": kind, "to": user.email, "subject_line": subject_line, "markdown": markdown, "about": user
    }  # fmt: skip


def lock_work(emails):
    """Lock what the reviewers of these reminders still have to do, in one order."""
    lock_rows(Assignment.objects.to_do().filter(reviewer__in=[email.subject_id for email in emails]))


def has_work(email):
    """Whether the reviewer still has something to submit."""
    return Assignment.objects.to_do().filter(reviewer=email.subject_id).exists()


def reminder(user, load, today):
    """The arguments of `outbox.post` of a reminder: how much is left, how much is late; no dossier is named."""
    mail = _to_person(REMINDER, user, key=f"{REMINDER}:{user.pk}:{today.isoformat()}", **load)
    return {**mail, "guard": REMINDER_GUARD}


def _place_of(email):
    return int(email.key.rpartition(":")[2])


def _post(kind, assignment, *, to, url, guard="", turn="", **more):
    context = {"assignment": assignment, "application": assignment.application, "url": url, **more}
    subject_line, markdown = outbox.render(kind, context)
    key = f"{kind}:{turn}:{assignment.pk}" if turn else f"{kind}:{assignment.pk}"
    return outbox.post(
        key=key, kind=kind, to=to.email, subject_line=subject_line, markdown=markdown, about=assignment.application,
        guard=guard,
    )  # fmt: skip


def tell_assigned(assignment):
    """To the reviewer: a dossier is entrusted to them, for which ministry and until when."""
    url = outbox.url_of("review_page", assignment.application.reference)
    return _post("review_assigned", assignment, to=assignment.reviewer, url=url, guard=GUARD)


def tell_unassigned(assignment):
    """To the reviewer: they have nothing more to do on a dossier."""
    return _post("review_unassigned", assignment, to=assignment.reviewer, url=outbox.url_of("review_list"))


def tell_suspended(assignment, *, number):
    """To the reviewer: the dossier is with its authors; `number` counts its filings, so each completion tells once."""
    return _post("review_suspended", assignment, to=assignment.reviewer, url=outbox.url_of("review_list"), turn=number)


def tell_resumed(assignment, *, number):
    """To the reviewer: the dossier is completed, the review goes on."""
    url = outbox.url_of("review_page", assignment.application.reference)
    return _post("review_resumed", assignment, to=assignment.reviewer, url=url, guard=GUARD, turn=number)


def _officer_of(assignment):
    """Who follows the dossier today; where nobody does, who had entrusted it."""
    return following_of(assignment.application, clock.today()).acting or assignment.assigned_by


def tell_declined(assignment):
    """To the officer who follows the dossier: it is handed back, and why."""
    url = outbox.url_of("assignment_edit", assignment.application.reference)
    return _post("review_declined", assignment, to=_officer_of(assignment), url=url)


def tell_recused(assignment):
    """To the officer who follows the dossier: a place is free again. The reason stays on the page."""
    url = outbox.url_of("assignment_edit", assignment.application.reference)
    return _post("review_recused", assignment, to=_officer_of(assignment), url=url)
