"""The reasons of a decision, as its letter and its pages read them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One reason; `heading` says what it is about, "" when it is about the whole dossier."""

    heading: str
    text: str


def reasons_of(decision):
    """The reasons of one decision, in the order in which they are read."""
    return reasons_of_many([decision])[decision.pk]


def reasons_of_many(decisions):
    """The same of many, by key of decision, in a constant number of queries."""
    return {decision.pk: [Reason("", decision.reasons)] for decision in decisions}
