"""What the whole portal stands on: people, traces, mails, files, jobs, territory and the clock."""

from gen_portal.core.models.clock import ClockShift
from gen_portal.core.models.files import ScanState, StoredFile, private_path
from gen_portal.core.models.hiding import HiddenSubject
from gen_portal.core.models.jobs import BackgroundJob, JobState
from gen_portal.core.models.journal import CoreAction, JournalEntry
from gen_portal.core.models.mail import OutgoingEmail
from gen_portal.core.models.people import Capacity, LegalBody, Ministry, Role, User
from gen_portal.core.models.second_factor import SecondFactorReset
from gen_portal.core.models.territory import Commune, Department, Region

__all__ = [
    "BackgroundJob",
    "Capacity",
    "ClockShift",
    "Commune",
    "CoreAction",
    "Department",
    "HiddenSubject",
    "JobState",
    "JournalEntry",
    "LegalBody",
    "Ministry",
    "OutgoingEmail",
    "Region",
    "Role",
    "ScanState",
    "SecondFactorReset",
    "StoredFile",
    "User",
    "private_path",
]
