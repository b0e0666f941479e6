"""What the paper of the minutes reads from their record: sentences in French. Pure: the record is all it knows."""

from collections import Counter
from datetime import datetime

from gen_portal.core import phrases
from labelling.voting import ABSTENTION, quorum_words


def values_of(record, *, has_instants=True):
    """The values of `minutes.typ`."""
    facts, words = record["facts"], record["words"]
    return {
        "title": f"Procès-verbal de la séance {facts['number']}",
        "call": words["call"],
        "cut_off": words["cut_off"],
        "legal_body": words["legal_body"],
        "place": facts["place"],
        "chair": _name(words, facts["chair"]),
        "secretary": _name(words, facts["secretary"]),
        "quorum": str(facts["quorum"]),
        "course": _course(facts),
        "people": _people(facts, words),
        "items": [_item(item, facts, words, has_instants) for item in facts["items"]],
        "lines": record["lines"] or [],
    }


def _course(facts):
    """One sentence an opening, an adjournment, a resumption, the closing."""
    told = []
    for index, (began, ended) in enumerate(facts["sittings"]):
        told.append(f"{'Reprise' if index else 'Ouverture'} le {_instant(began)}")
        is_last = index == len(facts["sittings"]) - 1
        if not is_last or ended != facts["closed_at"]:
            told.append(f"Suspension le {_instant(ended)}")
    return [*told, f"Clôture le {_instant(facts['closed_at'])}"]


def _people(facts, words):
    """Each person who was there, by name, with the stretches of their presence; days are told where there are several."""
    is_one_day = _day(facts["opened_at"]) == _day(facts["closed_at"])
    found = {}
    for each in facts["attendance"]:
        arrived, left = each["arrived_at"], each["left_at"]
        stretch = f"de {_hour(arrived)} à {_hour(left)}"
        if not is_one_day:
            stretch = f"le {_day(arrived)} {stretch}"
        found.setdefault(each["person"], []).append(stretch)
    rows = [
        {"name": _name(words, key), "title": words["people"][key]["title"], "when": ", puis ".join(stretches)}
        for key, stretches in found.items()
    ]
    return sorted(rows, key=lambda row: row["name"])


def _item(item, facts, words, has_instants):
    dossier, labels = words["dossiers"][item["reference"]], words["labels"]
    when = f"de {_hour(item['opened_at'])} à {_hour(item['settled_at'])}" if item["opened_at"] else ""
    ended = item["state"] in ("settled", "second_reading")
    return {
        "number": item["number"],
        "reference": item["reference"],
        "title": dossier["title"],
        "structure": dossier["structure"],
        "reading": "seconde lecture" if item["reading"] > 1 else "",
        "when": when if has_instants else "",
        "quorum": quorum_words(facts["quorum"], len(item["present"])).removeprefix("quorum ") if ended else "",
        "present": _names(words, item["present"]),
        "apart": _names(words, item["apart"]),
        "votes": _votes(item, words),
        "tally": _tally(item, labels),
        "conclusion": _conclusion(item, labels),
        "reasons": item["reasons"],
        "disagreements": [
            {"reasons": " ".join(each["reasons"]), "by": _name(words, each["by"]), "arbitration": each["arbitration"]}
            for each in item["disagreements"]
        ],
    }


def _conclusion(item, labels):
    if item["state"] != "settled":
        return _capital(labels[item["state"]])
    return f"{_capital(labels[item['outcome']])}, par {labels[item['mode']]}{_by_the_chair(item)}"


def _by_the_chair(item):
    """Said where the outcome has just half of the expressed votes: the chair's own prevailed."""
    expressed = [choice for choice in item["votes"].values() if choice != ABSTENTION]
    is_half = expressed and 2 * expressed.count(item["outcome"]) == len(expressed)
    return ", la voix de la présidence l'emportant" if is_half else ""


def _votes(item, words):
    rows = [{"name": _name(words, key), "choice": words["labels"][choice]} for key, choice in item["votes"].items()]
    return sorted(rows, key=lambda row: row["name"])


def _tally(item, labels):
    """« labellisée : 3, abstention : 1 », the most given first."""
    counts = sorted(Counter(item["votes"].values()).items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{labels[choice]} : {count}" for choice, count in counts)


def _names(words, keys):
    return ", ".join(sorted(_name(words, key) for key in keys))


def _name(words, key):
    return words["people"][key]["name"] if key else ""


def _instant(text):
    return phrases.instant(datetime.fromisoformat(text))


def _day(text):
    return phrases.day(datetime.fromisoformat(text))


def _hour(text):
    return phrases.hour(datetime.fromisoformat(text).astimezone(phrases.PARIS))


def _capital(text):
    return text[:1].upper() + text[1:]
