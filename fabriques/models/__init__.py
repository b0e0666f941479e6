"""Fabriques, their quarterly follow-up and its review, the progress points of the regions."""

from fabriques.models.alerts import Frequency, SearchAlert
from fabriques.models.error_reports import ErrorReport, ErrorState
from fabriques.models.fabrique import Fabrique
from fabriques.models.follow_up import FollowUpCampaign, FollowUpReport, ReportVersion
from fabriques.models.journal import JournalAction
from fabriques.models.list_mails import ListMail
from fabriques.models.network import FabriqueContact, NetworkOffer, NetworkTag, OfferKind
from fabriques.models.own_page import HELD_STATES, FabriquePage, PagePhoto, PageState, PageVersion
from fabriques.models.progress import ProgressPoint, ProgressRequest, RegionalTarget
from fabriques.models.published import MapDocument, PublicChange, RegistryRelease, ReleaseFile
from fabriques.models.reminders import (
    FORECAST_DAYS,
    CampaignStep,
    FollowUpContact,
    FrozenForecast,
    FuseOutcome,
    FuseTrip,
    Reminder,
    ReminderHold,
    ReminderStep,
)
from fabriques.models.report_figures import Questionnaire
from fabriques.models.report_filing import ReportDocument, ReportDraft, ReportUpload, yardsticks
from fabriques.models.review import AskedField, ReportReview, ReportStanding, ReviewKind

__all__ = [
    "FORECAST_DAYS",
    "HELD_STATES",
    "AskedField",
    "CampaignStep",
    "ErrorReport",
    "ErrorState",
    "Fabrique",
    "FabriqueContact",
    "FabriquePage",
    "FollowUpCampaign",
    "FollowUpContact",
    "FollowUpReport",
    "Frequency",
    "FrozenForecast",
    "FuseOutcome",
    "FuseTrip",
    "JournalAction",
    "ListMail",
    "MapDocument",
    "NetworkOffer",
    "NetworkTag",
    "OfferKind",
    "PagePhoto",
    "PageState",
    "PageVersion",
    "ProgressPoint",
    "ProgressRequest",
    "PublicChange",
    "Questionnaire",
    "RegionalTarget",
    "RegistryRelease",
    "ReleaseFile",
    "Reminder",
    "ReminderHold",
    "ReminderStep",
    "ReportDocument",
    "ReportDraft",
    "ReportReview",
    "ReportStanding",
    "ReportUpload",
    "ReportVersion",
    "ReviewKind",
    "SearchAlert",
    "yardsticks",
]
