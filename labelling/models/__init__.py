"""Reviewers, reviews, decisions, labels and grants."""

from labelling.models.aids import PrivateNote
from labelling.models.attendance import Attendance, Sitting
from labelling.models.countersigning import Countersignature
from labelling.models.decision import Decision, Outcome
from labelling.models.decision_reason import DecisionReason
from labelling.models.delegation import SignatureDelegation
from labelling.models.disagreement import Disagreement, DisagreementStep, ReviewRule
from labelling.models.discussion import DiscussionMessage
from labelling.models.figures import ReviewFigures
from labelling.models.grant import Envelope, Grant
from labelling.models.interests import InterestDeclaration, LinkKind
from labelling.models.journal import JournalAction
from labelling.models.label import Label, LabelEvent, LabelEventKind, LabelSession, LabelSite
from labelling.models.letters import Letter, LetterTemplate
from labelling.models.meeting import AgendaItem, CommitteeMeeting, Vote
from labelling.models.minutes import Minutes
from labelling.models.proposal import AssignmentProposal, ProposalAim
from labelling.models.recusal import Recusal, RecusalKind
from labelling.models.regional import RegionalOpinion, RegionalOpinionRule, TacitRule
from labelling.models.release import Release, ReleaseLine, ReleaseState
from labelling.models.review import (
    ASSIGNABLE_STATES,
    CALL_ROLES,
    Assignment,
    Recommendation,
    Review,
    Score,
)
from labelling.models.scenario import Scenario, ScenarioPlace
from labelling.models.second_opinion import SecondOpinion
from labelling.models.terms import ReviewerAbsence, ReviewerTerms

__all__ = [
    "ASSIGNABLE_STATES",
    "CALL_ROLES",
    "AgendaItem",
    "Assignment",
    "AssignmentProposal",
    "Attendance",
    "CommitteeMeeting",
    "Countersignature",
    "Decision",
    "DecisionReason",
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
    "Letter",
    "LetterTemplate",
    "LinkKind",
    "Minutes",
    "Outcome",
    "PrivateNote",
    "ProposalAim",
    "Recommendation",
    "Recusal",
    "RecusalKind",
    "RegionalOpinion",
    "RegionalOpinionRule",
    "Release",
    "ReleaseLine",
    "ReleaseState",
    "Review",
    "ReviewFigures",
    "ReviewRule",
    "ReviewerAbsence",
    "ReviewerTerms",
    "Scenario",
    "ScenarioPlace",
    "Score",
    "SecondOpinion",
    "SignatureDelegation",
    "Sitting",
    "TacitRule",
    "Vote",
]
