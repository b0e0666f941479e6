"""Fabriques and their quarterly follow-up."""

from fabriques.models.fabrique import Fabrique
from fabriques.models.follow_up import (
    FollowUpCampaign,
    FollowUpReport,
    Reminder,
    ReminderStep,
    ReportVersion,
)
from fabriques.models.journal import JournalAction
from fabriques.models.report_figures import Questionnaire
from fabriques.models.report_filing import ReportDocument, ReportDraft, ReportUpload, yardsticks

__all__ = [
    "Fabrique",
    "FollowUpCampaign",
    "FollowUpReport",
    "JournalAction",
    "Questionnaire",
    "Reminder",
    "ReminderStep",
    "ReportDocument",
    "ReportDraft",
    "ReportUpload",
    "ReportVersion",
    "yardsticks",
]
