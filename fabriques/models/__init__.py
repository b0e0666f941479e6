"""Fabriques, their quarterly follow-up and its review, the progress points of the regions."""

from fabriques.models.fabrique import Fabrique
from fabriques.models.follow_up import (
    FollowUpCampaign,
    FollowUpReport,
    Reminder,
    ReminderStep,
    ReportVersion,
)
from fabriques.models.journal import JournalAction
from fabriques.models.progress import ProgressPoint, ProgressRequest, RegionalTarget
from fabriques.models.report_figures import Questionnaire
from fabriques.models.report_filing import ReportDocument, ReportDraft, ReportUpload, yardsticks
from fabriques.models.review import AskedField, ReportReview, ReportStanding, ReviewKind

__all__ = [
    "AskedField",
    "Fabrique",
    "FollowUpCampaign",
    "FollowUpReport",
    "JournalAction",
    "ProgressPoint",
    "ProgressRequest",
    "Questionnaire",
    "RegionalTarget",
    "Reminder",
    "ReminderStep",
    "ReportDocument",
    "ReportDraft",
    "ReportReview",
    "ReportStanding",
    "ReportUpload",
    "ReportVersion",
    "ReviewKind",
    "yardsticks",
]
