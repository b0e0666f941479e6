"""Reviewers, reviews, decisions, labels and grants."""

from labelling.models.decision import Decision, Outcome
from labelling.models.grant import Envelope, Grant
from labelling.models.journal import JournalAction
from labelling.models.label import Label, LabelEvent, LabelEventKind, LabelSite
from labelling.models.review import (
    CALL_ROLES,
    Assignment,
    Recommendation,
    Recusal,
    Review,
    ReviewFigures,
    Score,
)

__all__ = [
    "CALL_ROLES",
    "Assignment",
    "Decision",
    "Envelope",
    "Grant",
    "JournalAction",
    "Label",
    "LabelEvent",
    "LabelEventKind",
    "LabelSite",
    "Outcome",
    "Recommendation",
    "Recusal",
    "Review",
    "ReviewFigures",
    "Score",
]
