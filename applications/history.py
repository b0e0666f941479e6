"""The history of a dossier in plain French: who did what, what comes next, when, and who is being waited for.

The structure's own people are named; who acts for the State is « l'équipe de la GEN ». What judges do is on the same journal
and stays secret: only acts listed here are told, and nothing of a decision before its publication.
"""

from dataclasses import dataclass
from datetime import datetime

from applications import terms
from applications.closing import Closing, exact
from applications.models import ApplicationState, Extension, FilingBasis, Incident, JournalAction
from gen_portal.core import clock, phrases
from gen_portal.core.models import JournalEntry

TEAM = "l'équipe de la GEN"
#: Acts of the structure's own people, whose name their colleagues may read; the others were done by the State's.
_OWN_ACTS = {
    JournalAction.STARTED,
    JournalAction.FILE_ATTACHED,
    JournalAction.FILE_REMOVED,
    JournalAction.SIGNED,
    JournalAction.SIGNATURE_REQUESTED,
    JournalAction.SIGNATURE_REQUEST_CANCELLED,
    JournalAction.SUBMITTED,
    JournalAction.WITHDRAWN,
    JournalAction.REOPENED,
}
#: Acts whose note was written for the structure.
_TOLD_NOTES = _OWN_ACTS | {JournalAction.RETURNED, JournalAction.DECLARED_INADMISSIBLE, JournalAction.MOVED_TO_CUT_OFF}
#: How each act is told; `{who}` begins the sentence.
_SENTENCES = {
    JournalAction.STARTED: "{who} a commencé le dossier.",
    JournalAction.FILE_ATTACHED: "{who} a joint une pièce.",
    JournalAction.FILE_REMOVED: "{who} a retiré une pièce.",
    JournalAction.SIGNED: "{who} a signé le dossier.",
    JournalAction.SIGNATURE_REQUESTED: "{who} a envoyé un lien de signature.",
    JournalAction.SIGNATURE_REQUEST_CANCELLED: "{who} a annulé un lien de signature.",
    JournalAction.SUBMITTED: "{who} a déposé le dossier.",
    JournalAction.WITHDRAWN: "{who} a retiré le dossier.",
    JournalAction.REOPENED: "{who} a repris le dossier, redevenu brouillon.",
    JournalAction.RETURNED: "{who} a demandé un complément.",
    JournalAction.DECLARED_ADMISSIBLE: "{who} a déclaré le dossier recevable.",
    JournalAction.DECLARED_INADMISSIBLE: "{who} a déclaré le dossier irrecevable.",
    JournalAction.REVIEW_STARTED: "Les ministères ont commencé à évaluer le dossier.",
    JournalAction.MOVED_TO_CUT_OFF: "Le dossier est reporté au relevé suivant, sans nouveau dépôt.",
    JournalAction.CLOSED: "La décision a été rendue.",
}


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    text: str
    note: str = ""

    @property
    def when(self):
        """To the second, with its offset: two acts in the hour that a night shows twice keep their order."""
        return exact(self.at)


def history_of(application):
    """What happened to a dossier, latest first."""
    entries = JournalEntry.objects.about(application).filter(action__in=JournalAction.values).select_related("by")
    lines = [_told(entry) for entry in entries] + _moved_deadlines(application)
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _author(entry):
    """A link has no account behind it: the note of its act names the signatory."""
    return str(entry.by) if entry.by else "le signataire, par son lien,"


def _told(entry):
    who = _author(entry) if entry.action in _OWN_ACTS else TEAM
    sentence = _SENTENCES.get(entry.action, f"{entry.action_label} par {{who}}.")
    text = sentence.format(who=who)
    return HistoryLine(entry.at, text[:1].upper() + text[1:], entry.note if entry.action in _TOLD_NOTES else "")


def _moved_deadlines(application):
    """Time given to the structure, or to everybody, in the call of this dossier since it was begun."""
    since = application.started_at
    given = Extension.objects.of(application.training.structure_id, application.call).for_page()
    moved = Incident.objects.signed().of_call(application.call).for_page()
    lines = [
        HistoryLine(
            x.granted_at, f"L'équipe de la GEN a donné du temps à la structure, jusqu'au {x.deadline}.", x.reason
        )
        for x in given
    ] + [
        HistoryLine(x.signed_at, f"La clôture du {str(x.cut_off).lower()} est reportée au {x.deadline}.", x.reason)
        for x in moved
    ]
    return [line for line in lines if line.at >= since]


# --- What comes next ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """Who is waited for, and for what, in one sentence; the day, where one is known."""

    who: str
    what: str
    until: str = ""


def expected_of(application, now):
    """« Qui attend quoi » at an instant."""
    closing, call = closing_of(application, now), application.call
    match application.state:
        case ApplicationState.DRAFT if closing:
            return Expected("Votre structure", "complète le dossier et le dépose", f"avant le {closing.legal_text}")
        case ApplicationState.DRAFT:
            return Expected("Personne", "n'attend plus rien : le dernier relevé de l'appel est clos")
        case ApplicationState.RETURNED:
            due = phrases.day(application.completion_due_on)
            return Expected(
                "Votre structure", "répond à la demande de complément et dépose de nouveau", f"jusqu'au {due} inclus"
            )
        case ApplicationState.SUBMITTED:
            return Expected(
                "L'équipe de la GEN",
                "vérifie que le dossier remplit les conditions de l'appel",
                _answer_day(application),
            )
        case ApplicationState.ADMISSIBLE | ApplicationState.UNDER_REVIEW:
            return Expected(
                "Les ministères", "évaluent le dossier, puis la décision est rendue", _answer_day(application)
            )
        case ApplicationState.WITHDRAWN if terms.entry_of(application, now):
            return Expected("Votre structure", "peut reprendre ce dossier tant que l'appel est ouvert")
        case ApplicationState.DECIDED:
            return Expected("Votre structure", "lit la décision et ce qui reste à faire")
    return Expected("Personne", f"n'attend plus rien de ce dossier ; une question s'adresse à {call.contact_name}")


def _answer_day(application):
    expected_on = application.cut_off.results_expected_on
    return f"réponse attendue le {phrases.day(expected_on)}" if expected_on else ""


_REMARKS = {
    FilingBasis.EXTENSION: "Ce délai a été accordé à votre structure ; la clôture de l'appel est passée.",
    FilingBasis.GRACE: "La clôture est passée. Vous aviez commencé à déposer avant elle : vous pouvez encore terminer, et "
    "le récépissé le dira.",
}


def closing_of(application, now):
    """The end that counts now for the structure: of its term, or of the completion; None after all of them."""
    commune, remark = application.training.structure.commune, ""
    if application.state == ApplicationState.RETURNED:
        ends_at = clock.end_of(application.completion_due_on)
    elif application.state == ApplicationState.DRAFT:
        term = terms.term_of(application, now)
        ends_at, remark = (term.ends_at, _remark(term)) if term else (None, "")
    else:
        ends_at = terms.end_in(application, application.cut_off) if application.cut_off else None
    return Closing(ends_at, now, commune.time_zone, commune.name, remark) if ends_at else None


def _remark(term):
    if term.basis == FilingBasis.ON_TIME and term.ends_at > term.cut_off.closes_at:
        return "Un délai a été accordé à votre structure, au-delà de la clôture de l'appel."
    return _REMARKS.get(term.basis, "")


def banner_of(call, now):
    """The incidents of a call that its pages announce: each with its earlier and its new closing."""
    return list(Incident.objects.announced(call, now))
