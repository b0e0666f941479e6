"""The letters by which structures learn what was decided: one per decision and owner, posted by the publication itself."""

from collections import defaultdict

from applications.models import MemberRole, Membership
from gen_portal.core import clock, outbox
from gen_portal.core.models import LegalBody


def announce(decisions, labels, following, *, at):
    """Post the letters of a publication, in set statements; returns how many. `following`: where deferred dossiers go."""
    people, legal_body = recipients(decisions), _legal_body(at)
    label_of = {label.decision_id: label for label in labels}
    mails = []
    for decision in decisions:
        for person in people[decision.application.training.structure_id]:
            subject_line, markdown = write(
                decision, person, label=label_of.get(decision.pk), following=following, legal_body=legal_body, at=at
            )
            mails.append(_mail(decision, person, subject_line, markdown))
    outbox.post_many(mails, at=at)
    return len(mails)


def samples(decisions, following, *, at):
    """One letter per outcome as it would leave now, for the preview: (decision, person, subject line, Markdown)."""
    people, legal_body = recipients(decisions), _legal_body(at)
    first_of = {}
    for decision in decisions:
        first_of.setdefault(decision.outcome, decision)
    for decision in first_of.values():
        for person in people[decision.application.training.structure_id][:1]:
            letter = write(decision, person, label=None, following=following, legal_body=legal_body, at=at)
            yield (decision, person, *letter)


def recipients(decisions):
    """By structure, its active owners; where there is none left, its other active members."""
    structures = {decision.application.training.structure_id for decision in decisions}
    members = Membership.objects.filter(structure__in=structures, user__is_active=True).select_related("user")
    owners, others = defaultdict(list), defaultdict(list)
    for member in members.order_by("structure_id", "pk"):
        found = owners if member.role == MemberRole.OWNER else others
        found[member.structure_id].append(member.user)
    return {structure: owners[structure] or others[structure] for structure in structures}


def write(decision, person, *, label, following, legal_body, at):
    """Subject and Markdown of the letter of one decision to one person."""
    application = decision.application
    context = {
        "decision": decision,
        "application": application,
        "person": person,
        "label": label,
        "label_url": outbox.url_of("label_page", label.reference) if label else "",
        "following": following,
        "legal_body": legal_body,
        "at": at,
        "reasons": _quoted(decision.reasons),
        "conditions": _quoted(decision.conditions),
        "url": outbox.url_of("application_result", application.reference),
    }
    return outbox.render(f"decision_{decision.outcome}", context)


def _mail(decision, person, subject_line, markdown):
    return {
        "key": f"decision:{decision.pk}:{person.pk}",
        "kind": f"decision_{decision.outcome}",
        "to": person.email,
        "subject_line": subject_line,
        "markdown": markdown,
        "about": decision.application,
        "is_legal": True,
    }



def _legal_body(at):
    return LegalBody.objects.in_force(clock.day_of(at)).first()


def _quoted(text):
    return "\n".join(f"> {line}" for line in text.splitlines())
