"""The minutes of a closed meeting: their canonical record, its seal, what differs from it since, and their paper.

The record has two parts. Its facts (who was there when, the agenda, votes, conclusions) are rebuilt from the tables at any
time, and compared. Its words (names, titles, the legal body, the label and money lines) are those of the day of the seal:
the seal alone protects them, so that somebody who changes their name breaks nothing.
"""

import hashlib
import json
from datetime import UTC

from applications import archive
from gen_portal.core import clock, pdf, phrases
from gen_portal.core.models import LegalBody, User
from labelling.minutes_paper import values_of
from labelling.models.agenda import arbitrations_of
from labelling.models.meeting import ItemState, SettlingMode, VoteChoice

FORMAT = 1


def build(meeting, lines=None):
    """The canonical record of a closed meeting, as JSON values. `lines`: what stands beside it, made elsewhere."""
    facts = facts_of(meeting)
    return {"format": FORMAT, "facts": facts, "words": words_of(meeting, facts), "lines": lines}


def text_of(record):
    """The canonical text of a record (keys sorted, no spaces), whose SHA-256 is the seal."""
    return archive.canonical(record).decode()


def seal_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


# --- Facts ------------------------------------------------------------------------------------------------------------


def facts_of(meeting):
    """What the tables say of a meeting today."""
    items = list(meeting.items.for_page())
    arbitrations = arbitrations_of(meeting)
    return {
        "cut_off": meeting.cut_off.number,
        "call": meeting.cut_off.call.slug,
        "number": meeting.number,
        "place": meeting.place,
        "planned_at": _at(meeting.planned_at),
        "quorum": meeting.quorum,
        "chair": _key(meeting.chair_id),
        "secretary": _key(meeting.secretary_id),
        "opened_at": _at(meeting.opened_at),
        "closed_at": _at(meeting.closed_at),
        "sittings": [[_at(each.began_at), _at(each.ended_at)] for each in meeting.sittings.all()],
        "attendance": [
            {"person": _key(each.person_id), "arrived_at": _at(each.arrived_at), "left_at": _at(each.left_at)}
            for each in meeting.attendances.order_by("arrived_at", "pk")
        ],
        "items": [_item(number, item, arbitrations[item.application_id]) for number, item in enumerate(items, start=1)],
    }


def _item(number, item, arbitrations):
    return {
        "number": number,
        "reference": item.application.reference,
        "reading": item.reading,
        "state": item.state,
        "mode": item.mode,
        "outcome": item.outcome,
        "reasons": item.reasons,
        "opened_at": _at(item.opened_at),
        "vote_opened_at": _at(item.vote_opened_at),
        "settled_at": _at(item.settled_at),
        "present": [_key(pk) for pk in item.present],
        "apart": [_key(pk) for pk in item.apart],
        "votes": {_key(vote.person_id): vote.choice for vote in item.votes.all()},
        "disagreements": [
            {"reasons": each.reason_list, "arbitration": each.arbitration, "by": _key(each.closed_by_id),
             "closed_at": _at(each.closed_at)}
            for each in sorted(arbitrations, key=lambda each: each.pk)
        ],
    }  # fmt: skip


def _key(pk):
    return "" if pk is None else str(pk)


def _at(instant):
    return instant.astimezone(UTC).isoformat(timespec="microseconds") if instant else ""


# --- Words of the day -------------------------------------------------------------------------------------------------


def words_of(meeting, facts):
    """How everything named in the facts reads on the day of the seal."""
    day = clock.day_of(meeting.opened_at)
    body = LegalBody.objects.in_force(day).first()
    people = User.objects.filter(pk__in=sorted(_people_in(facts))).prefetch_related("capacities__ministry")
    return {
        "call": meeting.cut_off.call.title,
        "cut_off": str(meeting.cut_off),
        "legal_body": {"name": body.name, "address": body.address} if body else {},
        "people": {_key(person.pk): {"name": str(person), "title": _title(person, day)} for person in people},
        "dossiers": {
            item.application.reference: {
                "title": item.application.training.title,
                "structure": item.application.training.structure.name,
            }
            for item in meeting.items.for_page()
        },
        "labels": dict([*VoteChoice.choices, *ItemState.choices, *SettlingMode.choices]),
    }


def _people_in(facts):
    keys = {facts["chair"], facts["secretary"], *(each["person"] for each in facts["attendance"])}
    for item in facts["items"]:
        keys |= {*item["present"], *item["apart"], *item["votes"], *(each["by"] for each in item["disagreements"])}
    return {int(key) for key in keys - {""}}


def _title(person, day):
    """What a person was that day: « membre du comité (Emploi) »."""
    held = [each for each in person.capacities.all() if each.from_on <= day and (each.until_on or day) >= day]
    return ", ".join(str(each) for each in sorted(held, key=lambda each: each.pk))


# --- Checking ---------------------------------------------------------------------------------------------------------

_WORDS = {
    "present": "les membres qui ont pris part ne sont plus ceux d'alors",
    "apart": "les membres sortis ne sont plus ceux d'alors",
    "reasons": "les motifs ne sont plus ceux d'alors",
    "disagreements": "les arbitrages ne sont plus ceux d'alors",
    "mode": "le mode de conclusion n'est plus celui d'alors",
    "state": "l'état n'est plus celui d'alors",
    "reference": "le dossier n'est plus celui d'alors",
}


def faults_of(minutes):
    """Every way in which minutes no longer say what the tables say, one French sentence each."""
    head = str(minutes.meeting).capitalize()
    if seal_of(minutes.record) != minutes.sha256:
        yield f"{head} : le procès-verbal conservé ne répond plus à son empreinte."
        return
    sealed = json.loads(minutes.record)
    yield from differences(head, sealed, facts_of(minutes.meeting))


def differences(head, sealed, now):
    """What facts say today that a sealed record does not, point by point and voice by voice."""
    facts = sealed["facts"]
    if facts["attendance"] != now["attendance"]:
        yield from _about_attendance(head, sealed, now)
    if len(facts["items"]) != len(now["items"]):
        yield f"{head} : {len(now['items'])} points au lieu de {len(facts['items'])}."
    for then, item in zip(facts["items"], now["items"], strict=False):
        yield from _about_item(f"{head}, point {then['number']}", sealed["words"], then, item)
    for name in sorted(facts.keys() - {"attendance", "items"}):
        if facts[name] != now[name]:
            yield f"{head} : « {name} » dit maintenant {now[name]} au lieu de {facts[name]}."


def _about_attendance(head, sealed, now):
    then = sealed["facts"]["attendance"]
    changed = [each for each in [*then, *now["attendance"]] if (each in then) != (each in now["attendance"])]
    for key in sorted({each["person"] for each in changed}):
        yield f"{head} : la présence de {_name(sealed['words'], key)} n'est plus celle d'alors."


def _about_item(head, words, then, now):
    labels = words["labels"]
    for key in sorted(then["votes"].keys() | now["votes"].keys()):
        before, after = (each["votes"].get(key, "") for each in (then, now))
        if before != after:
            said, instead = labels.get(after, "rien"), labels.get(before, "rien")
            yield f"{head} : la voix de {_name(words, key)} dit maintenant « {said} » au lieu de « {instead} »."
    if then["outcome"] != now["outcome"]:
        said, instead = labels.get(now["outcome"], "rien"), labels.get(then["outcome"], "rien")
        yield f"{head} : la conclusion dit maintenant « {said} » au lieu de « {instead} »."
    for name in sorted(then.keys() - {"votes", "outcome"}):
        if then[name] != now[name]:
            yield f"{head} : {_WORDS.get(name, f'« {name} » a changé')}."


def _name(words, key):
    found = words["people"].get(key)
    return found["name"] if found else f"la personne {key}"


# --- Paper ------------------------------------------------------------------------------------------------------------


def document(minutes):
    """The whole minutes as a tagged PDF that prints the seal: the same bytes whenever it is asked for."""
    values = values_of(json.loads(minutes.record))
    sealed = {"seal": minutes.sha256, "sealed_at": phrases.instant(minutes.sealed_at), "is_extract": False}
    return pdf.render("minutes.typ", {**values, **sealed}, at=minutes.sealed_at)


def extract(minutes, hidden):
    """The same without the dossiers of these references, nor anything made of them all: no seal, no lines, no instant of
    a point, no arbitration by name of them. It is the same bytes whether or not they were on the agenda."""
    record = json.loads(minutes.record)
    kept = [item for item in record["facts"]["items"] if item["reference"] not in hidden]
    kept = [{**item, "number": number} for number, item in enumerate(kept, start=1)]
    record = {**record, "facts": {**record["facts"], "items": kept}, "lines": None}
    values = values_of(record, has_instants=False)
    sealed = {"seal": "", "sealed_at": phrases.instant(minutes.sealed_at), "is_extract": True}
    return pdf.render("minutes.typ", {**values, **sealed}, at=minutes.sealed_at)
