"""The dispute report of a structure: every attempt to file, every filing, the deadlines that applied, and whether the
journal of each dossier is whole. What a judge asks for, made from the ledger and the receipts alone.
"""

from dataclasses import dataclass

from applications import receipts
from applications.closing import exact
from applications.models import Application, Extension, FilingAttempt, Incident
from gen_portal.core import invariants, pdf
from gen_portal.core.territory import describe_deadline

COLUMNS = ("Dossier", "Formation", "Instant (UTC)", "Étape", "Résultat", "Par", "Réponse donnée", "Dépôt", "Requête")


@dataclass(frozen=True)
class DossierFacts:
    """One dossier: its attempts and filings in the order of the facts, and what is wrong with its journal (or "")."""

    application: Application
    attempts: list
    filings: list
    chain_fault: str
    closings: list

    @property
    def chain_sentence(self):
        return f"Journal rompu, {self.chain_fault}." if self.chain_fault else "Le journal de ce dossier est entier."


def facts_of(structure, user):
    """The dossiers of a structure that somebody tried to file and that exist for a person, the latest begun first;
    a constant number of queries."""
    attempts = _by(FilingAttempt.objects.of_structure(structure).for_page(), lambda attempt: attempt.application_id)
    applications = list(Application.objects.of_structure(structure).open_to(user).with_timetable().with_filings().for_page())
    faults = invariants.faults_of(applications)
    moved = _by(Incident.objects.signed().for_page(), lambda incident: incident.cut_off.call_id)
    given = _by(Extension.objects.filter(structure=structure).for_page(), lambda given: given.cut_off.call_id)
    facts = []
    for application in applications:
        filings = sorted(application.submissions.all(), key=lambda filing: (filing.filed_at, filing.pk))
        tried, call = attempts.get(application.pk, []), application.call
        closings = _closings(call, moved.get(call.pk, []), given.get(call.pk, []))
        facts.append(DossierFacts(application, tried, filings, faults.get(application.pk, ""), closings))
    return [found for found in facts if found.attempts or found.filings]


def _by(rows, key):
    grouped = {}
    for row in rows:
        grouped.setdefault(key(row), []).append(row)
    return grouped


def _closings(call, incidents, extensions):
    """The deadlines of a call for this structure, one sentence each."""
    lines = [f"{cut_off} : clos le {cut_off.deadline}." for cut_off in call.timetable]
    for incident in incidents:
        lines.append(f"{incident.cut_off} : reporté pour tous du {incident.earlier_deadline} au {incident.deadline}.")
    for extension in extensions:
        lines.append(f"{extension.cut_off} : délai accordé jusqu'au {extension.deadline}. {extension.reason}")
    if call.grace_minutes:
        lines.append(f"Délai de grâce de {call.grace_minutes} minutes pour un dépôt commencé avant la clôture.")
    return lines


def rows_of(structure, user):
    """The attempts as rows of COLUMNS, for a spreadsheet."""
    for facts in facts_of(structure, user):
        for attempt in facts.attempts:
            yield (
                facts.application.reference,
                facts.application.training.title,
                attempt.at.isoformat(),
                attempt.get_step_display(),
                attempt.get_result_display(),
                attempt.by.get_full_name(),
                attempt.detail,
                attempt.submission.number if attempt.submission else "",
                attempt.request_id,
            )


def document(structure, user, *, at):
    """The report as a tagged PDF, at an instant."""
    values = {
        "structure": structure.name,
        "siret": structure.siret or "",
        "made_at": exact(at),
        "dossiers": [_values(facts) for facts in facts_of(structure, user)],
    }
    return pdf.render("dispute.typ", values, at=at)


def _values(facts):
    return {
        "title": facts.application.training.title,
        "reference": facts.application.reference,
        "call": facts.application.call.title,
        "state": facts.application.get_state_display(),
        "closings": facts.closings,
        "chain": facts.chain_sentence,
        "filings": [_filing(filing) for filing in facts.filings],
        "attempts": [
            [
                exact(attempt.at),
                f"{attempt.get_step_display()} : {attempt.get_result_display()}",
                attempt.by.get_full_name(),
                attempt.detail,
            ]
            for attempt in facts.attempts
        ],
    }


def _filing(filing):
    ends = f", fin du délai le {describe_deadline(filing.term_ends_at)}" if filing.term_ends_at else ""
    return {
        "number": filing.number,
        "text": f"{exact(filing.filed_at)}, {filing.cut_off}, {filing.get_basis_display()}{ends}",
        "sha256": filing.sha256,
        "seal": receipts.export(filing)["seal"],
    }
