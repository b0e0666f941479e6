"""Reviewers, reviews, decisions, labels and grants."""

from labelling.models.aids import PrivateNote
from labelling.models.countersigning import Countersignature
from labelling.models.decision import Decision, Outcome
from labelling.models.disagreement import Disagreement, DisagreementStep, ReviewRule
from labelling.models.discussion import DiscussionMessage
from labelling.models.figures import ReviewFigures
from labelling.models.grant import Envelope, Grant
from labelling.models.interests import InterestDeclaration, LinkKind
from labelling.models.journal import JournalAction
from labelling.models.label import Label, LabelEvent, LabelEventKind, LabelSession, LabelSite
from labelling.models.proposal import AssignmentProposal, ProposalAim
from labelling.models.recusal import Recusal, RecusalKind
from labelling.models.regional import RegionalOpinion, RegionalOpinionRule, TacitRule
from labelling.models.review import (
    ASSIGNABLE_STATES,
    CALL_ROLES,
    Assignment,
    Recommendation,
    Review,
    Score,
)
from labelling.models.second_opinion import SecondOpinion
from labelling.models.terms import ReviewerAbsence, ReviewerTerms

__all__ = [
    "ASSIGNABLE_STATES",
    "CALL_ROLES",
    "Assignment",
    "AssignmentProposal",
    "Countersignature",
    "Decision",
    "Disagreement",
    "DisagreementStep",
    "DiscussionMessage",
    "Envelope",
    "Grant",
    "InterestDeclaration",
    "JournalAction",
    "Label",
    "LabelEvent",
    "LabelEventKind",
    "LabelSession",
    "LabelSite",
    "LinkKind",
    "Outcome",
    "PrivateNote",
    "ProposalAim",
    "Recommendation",
    "Recusal",
    "RecusalKind",
    "RegionalOpinion",
    "RegionalOpinionRule",
    "Review",
    "ReviewFigures",
    "ReviewRule",
    "ReviewerAbsence",
    "ReviewerTerms",
    "Score",
    "SecondOpinion",
    "TacitRule",
]
