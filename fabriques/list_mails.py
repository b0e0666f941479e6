"""A mail to the structures of a list: who receives what, who is left out and why. Rules on rows, no clock."""

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from applications.models import Structure
from fabriques.emails import refusal_headers, why_you
from fabriques.models import FollowUpReport, ReminderHold
from fabriques.recipients import Recipient, members_by_structure, recipients_of
from gen_portal.core import phrases, placeholders
from gen_portal.core.models import User
from gen_portal.core.text import plain_text

KIND = "list_mail"
NAMED_COUNT = 5
#: Each placeholder, and what stands in its place.
PLACEHOLDERS = {
    "prenom": "le prénom du destinataire",
    "structure": "le nom de la structure, ou des structures",
    "nombre": "combien de lignes le concernent",
    "liste": "les lignes de la liste qui le concernent, chacune avec son lien",
}


@dataclass(frozen=True)
class Part:
    """What one structure brings to the mail of one of its people."""

    structure: Structure
    recipient: Recipient
    lines: tuple


@dataclass(frozen=True)
class PlannedMail:
    """The one mail of a person, whatever the number of their structures."""

    user: User
    parts: tuple

    @property
    def keys(self):
        return sorted(line.key for part in self.parts for line in part.lines)

    @property
    def structures(self):
        return " et ".join(part.structure.name for part in self.parts)


@dataclass(frozen=True)
class LeftOut:
    """A structure or a person that the mail does not reach, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Mailing:
    """The mails of a list, by name of the person."""

    mails: list
    left_out: list

    def seen(self):
        """What is read of it, to be compared when it is sent."""
        return {str(mail.user.pk): mail.keys for mail in self.mails}


def planned_mailing(layer, asked):
    """One mail per person, to those who receive the mails of the follow-up (decision 0045)."""
    lines, held = defaultdict(list), _held_keys() if layer.code == "releves" else set()
    for line in layer.answer(asked.by_label()).lines:
        lines[line.structure] += [] if line.key in held else [line]
    structures = list(Structure.objects.filter(pk__in=lines).order_by("folded_name", "pk"))
    members = members_by_structure(structures)
    parts, left_out = defaultdict(list), []
    for structure in structures:
        own, told = members.get(structure.pk, []), tuple(lines[structure.pk])
        recipients = recipients_of(own) if told else []
        left_out += _left_out(structure, own, recipients, is_held=not told)
        for recipient in recipients:
            parts[recipient.user].append(Part(structure, recipient, told))
    mails = [PlannedMail(user, tuple(own)) for user, own in parts.items()]
    return Mailing(sorted(mails, key=lambda mail: (mail.structures, mail.user.pk)), left_out)


def _held_keys():
    """The lines of late reports whose reminders staff keep back, by campaign or by structure."""
    holds = ReminderHold.objects.live()
    held = FollowUpReport.objects.awaited().filter(
        Q(campaign__in=holds.filter(campaign__isnull=False).values("campaign"))
        | Q(label__training__structure__in=holds.filter(structure__isnull=False).values("structure"))
    )
    return {f"r{pk}" for pk in held.values_list("pk", flat=True)}


def _left_out(structure, members, recipients, *, is_held):
    if is_held:
        return [LeftOut(structure.name, "ses relances sont retenues")]
    if not recipients:
        why = "toutes les adresses de ses membres reviennent" if members else "aucun membre n'a de compte actif"
        return [LeftOut(structure.name, why)]
    reached = {recipient.user.pk for recipient in recipients}
    return [
        LeftOut(f"{member.user} – {structure.name}", _why_not(member))
        for member in members
        if member.user.pk not in reached and (member.is_chosen or member.is_unreachable)
    ]


def _why_not(member):
    return "son adresse revient" if member.is_unreachable else "ne veut pas de ces courriels"


def faults(subject_line, text):
    """French sentences on what is wrong with the words; none means they can be sent."""
    if "liste" in placeholders.names(subject_line):
        yield "L'objet ne peut pas contenir {{ liste }}. Utilisez {{ nombre }}."
    yield from placeholders.faults(subject_line, PLACEHOLDERS)
    yield from placeholders.faults(text, PLACEHOLDERS)


def written(mail, subject_line, text):
    """Subject line and Markdown of the mail of one person."""
    values = {
        "prenom": placeholders.escaped(mail.user.get_short_name()),
        "structure": placeholders.escaped(mail.structures),
        "nombre": phrases.number(len(mail.keys)),
        "liste": "\n".join(_item(line, part, len(mail.parts) > 1) for part in mail.parts for line in part.lines),
    }
    reasons = "\n\n".join(why_you(part.structure, part.recipient) for part in mail.parts)
    markdown = f"{placeholders.fill(text, values).strip()}\n\n{reasons}"
    return plain_text(placeholders.fill(subject_line, values)), markdown


def _item(line, part, names_structure):
    structure = f", {placeholders.escaped(part.structure.name)}" if names_structure else ""
    link = f"[{placeholders.escaped(line.title)}]({settings.PORTAL_URL}{line.path})"
    return f"- {link}{structure} : {placeholders.escaped(line.told)}"


def posted(mail, list_mail):
    """The arguments of `outbox.post` for the mail of one person."""
    subject_line, markdown = written(mail, list_mail.subject_line, list_mail.text)
    return {
        "key": f"list-mail:{list_mail.pk}:{mail.user.pk}",
        "kind": KIND,
        "to": mail.user.email,
        "subject_line": subject_line,
        "markdown": markdown,
        "about": list_mail,
        "headers": refusal_headers(mail.parts[0].structure, mail.parts[0].recipient) if len(mail.parts) == 1 else {},
    }


def changes(seen, mailing):
    """What differs between the list that was read and the present one, in words; empty when nothing does."""
    now = mailing.seen()
    users = {str(mail.user.pk): mail.user for mail in mailing.mails}
    gone = [pk for pk in seen if pk not in now]
    users |= {str(user.pk): user for user in User.objects.filter(pk__in=gone)}
    found = (
        ("destinataire de plus", "destinataires de plus", [pk for pk in now if pk not in seen]),
        ("destinataire de moins", "destinataires de moins", gone),
        ("destinataire dont les lignes changent", "destinataires dont les lignes changent",
         [pk for pk in now if pk in seen and now[pk] != seen[pk]]),
    )  # fmt: skip
    return ", ".join(_counted(one, many, [str(users.get(pk, "?")) for pk in pks]) for one, many, pks in found if pks)


def _counted(one, many, people):
    named = ", ".join(people[:NAMED_COUNT]) + (", …" if len(people) > NAMED_COUNT else "")
    return f"{phrases.number(len(people))} {one if len(people) == 1 else many} ({named})"
