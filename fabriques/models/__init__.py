"""Fabriques and their quarterly follow-up."""

from fabriques.models.fabrique import Fabrique
from fabriques.models.follow_up import (
    FollowUpCampaign,
    FollowUpReport,
    Reminder,
    ReminderStep,
)
from fabriques.models.journal import JournalAction

__all__ = ["Fabrique", "FollowUpCampaign", "FollowUpReport", "JournalAction", "Reminder", "ReminderStep"]
