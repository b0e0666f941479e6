"""What the votes on a point amount to. Pure functions of choices; the rule is docs/decisions/0091."""

from collections import Counter

ABSTENTION = "abstention"


def majority(choices, chair=None):
    """The outcome that more than half of the expressed votes ask for; abstentions express nothing.

    One with exactly half of them is retained when the chair voted for it; otherwise None: the point goes to a second reading.
    """
    counts = Counter(choice for choice in choices if choice != ABSTENTION)
    total = sum(counts.values())
    halves = [outcome for outcome, count in counts.items() if 2 * count == total]
    for outcome, count in counts.items():
        if 2 * count > total:
            return outcome
    return chair if chair in halves else None


def lacking(quorum, present_count):
    """How many members a quorum lacks, 0 when it is reached."""
    return max(0, quorum - present_count)


def quorum_words(quorum, present_count):
    """« quorum atteint : 5 membres pour 4 », « il manque 2 membres : 2 présents pour un quorum de 4 »."""
    missing = lacking(quorum, present_count)
    if not missing:
        return f"quorum atteint : {_members(present_count)} pour {quorum}"
    present = f"{present_count} présent{'s' if present_count > 1 else ''}"
    return f"il manque {_members(missing)} : {present} pour un quorum de {quorum}"


def _members(count):
    return f"{count} membre{'s' if count > 1 else ''}"
