"""The call, the structures and their dossiers."""

from applications.models.answers import Certification, EntryLevel, SourcingChannel
from applications.models.application import (
    WRITABLE_STATES,
    Application,
    ApplicationState,
    Attachment,
)
from applications.models.call import Call, CallStanding, Criterion, CutOff, GrantRule, RequiredDocument
from applications.models.deadlines import Extension, Incident, IncidentState, MovedMilestone
from applications.models.filing import AttemptResult, AttemptStep, FilingAttempt, FilingBasis, Submission
from applications.models.journal import JournalAction
from applications.models.members import Invitation
from applications.models.officers import DossierOfficer
from applications.models.sections import SECTIONS, Section
from applications.models.signature import Signature, SignatureKind, SignatureRequest
from applications.models.site_versions import SiteVersion
from applications.models.structure import (
    JobFamily,
    LegalForm,
    MemberRole,
    Membership,
    Site,
    Structure,
    Training,
    TrainingSession,
)
from applications.models.versions import AnswerVersion

__all__ = [
    "SECTIONS",
    "WRITABLE_STATES",
    "AnswerVersion",
    "Application",
    "ApplicationState",
    "Attachment",
    "AttemptResult",
    "AttemptStep",
    "Call",
    "CallStanding",
    "Certification",
    "Criterion",
    "CutOff",
    "DossierOfficer",
    "EntryLevel",
    "Extension",
    "FilingAttempt",
    "FilingBasis",
    "GrantRule",
    "Incident",
    "IncidentState",
    "Invitation",
    "JobFamily",
    "JournalAction",
    "LegalForm",
    "MemberRole",
    "Membership",
    "MovedMilestone",
    "RequiredDocument",
    "Section",
    "Signature",
    "SignatureKind",
    "SignatureRequest",
    "Site",
    "SiteVersion",
    "SourcingChannel",
    "Structure",
    "Submission",
    "Training",
    "TrainingSession",
]
