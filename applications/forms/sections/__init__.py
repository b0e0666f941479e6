"""The sections of a dossier as forms. A draft may be incomplete: only what is wrong is refused, and the rest is kept."""

from applications.forms.sections.means import BudgetForm, CalendarForm, CommitmentForm, SitesForm, StructureForm
from applications.forms.sections.teaching import (
    AudienceForm,
    EmploymentForm,
    FreeAccessForm,
    PartnershipForm,
    PedagogyForm,
    ProgrammeForm,
    TrainingForm,
)

FORMS = {
    "structure": StructureForm,
    "formation": TrainingForm,
    "programme": ProgrammeForm,
    "pedagogie": PedagogyForm,
    "publics": AudienceForm,
    "gratuite": FreeAccessForm,
    "partenariats": PartnershipForm,
    "debouches": EmploymentForm,
    "sites": SitesForm,
    "budget": BudgetForm,
    "calendrier": CalendarForm,
    "engagements": CommitmentForm,
}


def section_form(section, application, data=None):
    """The form of a section, filled with what is stored or with what was just typed."""
    return FORMS[section.code](data, instance=application)
