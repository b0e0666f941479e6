"""The mails by which structures learn what was decided: the text of the letter, once per owner, posted by the publication."""

from collections import defaultdict

from applications.models import MemberRole, Membership
from gen_portal.core import outbox
from labelling import letters


def mails_of(written, *, at):
    """The mails of letters, for the caller to insert: one per person who answers for a structure."""
    people = recipients([letter.decision for letter in written])
    return outbox.rows_of(
        [
            _mail(letter, person)
            for letter in written
            for person in people[letter.decision.application.training.structure_id]
        ],
        at=at,
    )


def samples(decisions, following, *, at):
    """One mail per outcome as it would leave now, for the preview: (decision, person, subject line, Markdown)."""
    people, first_of = recipients(decisions), {}
    for decision in decisions:
        first_of.setdefault(decision.outcome, decision)
    chosen = list(first_of.values())
    drafts = letters.draft_all(chosen, letters.occasion(following, at=at))
    for decision, draft in zip(chosen, drafts, strict=True):
        for person in people[decision.application.training.structure_id][:1]:
            yield decision, person, draft.subject_line, mail_text(decision, draft.text)


def recipients(decisions):
    """By structure, its active owners; where there is none left, its other active members."""
    structures = {decision.application.training.structure_id for decision in decisions}
    members = Membership.objects.filter(structure__in=structures, user__is_active=True).select_related("user")
    owners, others = defaultdict(list), defaultdict(list)
    for member in members.order_by("structure_id", "pk"):
        found = owners if member.role == MemberRole.OWNER else others
        found[member.structure_id].append(member.user)
    return {structure: owners[structure] or others[structure] for structure in structures}


def mail_text(decision, text):
    """The text of the letter, then where the page and the paper are."""
    url = outbox.url_of("application_result", decision.application.reference)
    return f"{text}\n\n[Lire la décision sur le portail et télécharger la lettre (PDF)]({url})"


def _mail(letter, person):
    decision = letter.decision
    return {
        "key": f"decision:{decision.pk}:{person.pk}",
        "kind": f"decision_{decision.outcome}",
        "to": person.email,
        "subject_line": letter.subject_line,
        "markdown": mail_text(decision, letter.text),
        "about": decision.application,
        "is_legal": True,
    }
