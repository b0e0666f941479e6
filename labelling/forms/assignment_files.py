"""Who reviews what, as a file: written from today's places, read back and judged line by line."""

from collections import Counter
from dataclasses import dataclass, field

from django import forms

from applications.models import Application
from gen_portal.core import spreadsheets
from gen_portal.core.models import Ministry
from gen_portal.core.posted import read_upload
from gen_portal.core.references import as_typed, grouped
from gen_portal.core.text import fold
from labelling.assignment.problem import LIMIT_WORDS, Pair, ministry_key
from labelling.forms.proposals import ProposalForm
from labelling.models import ASSIGNABLE_STATES, Assignment

HEADERS = {
    "dossier": "Dossier",
    "training": "Formation",
    "structure": "Structure",
    "ministry": "Ministère",
    "reviewer": "Courriel de l'instructeur",
    "name": "Instructeur",
    "due_on": "À rendre le",
    "state": "Évaluation",
}
MAX_LINES, MAX_BYTES = 25_000, 6_000_000
BEGUN = "Cette évaluation est commencée : elle reste à la même personne."


def rows_of(call, user, today):
    """A line for each place of the dossiers that a person may see, empty ones too, in a constant number of queries."""
    dossiers = (
        Application.objects.visible_to(user).filter(call=call, state__in=ASSIGNABLE_STATES).for_page().order_by("pk")
    )
    places = Assignment.objects.current().of_ministries().filter(application__call=call).select_related("reviewer", "review")
    held = {(place.application_id, place.ministry_id): place for place in places}
    ministries = list(Ministry.objects.in_force(today))
    return [_row(dossier, each, held.get((dossier.pk, each.pk))) for dossier in dossiers for each in ministries]


def _row(dossier, ministry, place):
    row = {
        "dossier": grouped(dossier.reference), "training": dossier.training.title,
        "structure": dossier.training.structure.name, "ministry": ministry.short_name,
    }  # fmt: skip
    if place is None:
        return row
    state = "déposée" if place.submitted_at else "commencée" if hasattr(place, "review") else "à rendre"
    due_on = f"{place.due_on:%d/%m/%Y}" if place.due_on else ""
    return row | {"reviewer": place.reviewer.email, "name": str(place.reviewer), "due_on": due_on, "state": state}


class AssignmentFileForm(forms.Form):
    """The file, and the two limits of a proposal."""

    file = forms.FileField(
        label="Fichier CSV ou XLSX", help_text="Le modèle rempli, 6 Mo et 25 000 lignes au plus.",
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx"}),
    )  # fmt: skip
    due_on = ProposalForm.base_fields["due_on"]
    max_load = ProposalForm.base_fields["max_load"]

    def clean_file(self):
        upload = self.cleaned_data["file"]
        _, self.sheet = read_upload(upload, HEADERS, max_bytes=MAX_BYTES, max_lines=MAX_LINES)
        return upload


@dataclass
class Verdict(spreadsheets.Judged):
    """The places that a file asks for, those it leaves out included; with one fault nothing is proposed."""

    pairs: set = field(default_factory=set)
    faults: list = field(default_factory=list)


def judge(sheet, reading):
    """Every line against today's places (`Reading`) and the limits of what changes.

    A place that the file does not name stays as it is.
    """
    verdict, present = Verdict(), reading.problem.present
    lines = {place: (row, reviewer) for row, place, reviewer in _places(sheet, reading, verdict)}
    verdict.pairs = {pair for pair in present if (pair.dossier, pair.authority) not in lines}
    verdict.pairs |= {Pair(*place, reviewer) for place, (_, reviewer) in lines.items() if reviewer is not None}
    found = [(pair, BEGUN) for pair in reading.problem.held - verdict.pairs]
    for pair, limit in reading.problem.breaches(verdict.pairs):
        if pair not in present:
            person = reading.people.get(pair.reviewer, "Cette personne")
            found.append((pair, f"{person} : {LIMIT_WORDS[limit]}."))
    for pair, sentence in found:
        row, _ = lines[pair.dossier, pair.authority]
        verdict.faults.append(sheet.fault(row, "reviewer", sentence))
    verdict.faults.sort(key=lambda fault: fault.line)
    return verdict


def _places(sheet, reading, verdict):
    """(row, (dossier, authority), key of the reviewer or None) of the lines that can be read; the others are faults."""
    dossiers = {dossier.reference: pk for pk, dossier in reading.dossiers.items()}
    ministries = {fold(ministry.short_name): pk for pk, ministry in reading.ministries.items()}
    people = {place.reviewer.email: place.reviewer_id for place in reading.places.values()}
    people |= {user.email: pk for pk, user in reading.people.items()} | {"": None}
    keys = [as_typed(row.cells["dossier"]) for row in sheet.rows], [fold(row.cells["ministry"]) for row in sheet.rows]
    times = Counter(zip(*keys, strict=True))
    for row, *key in zip(sheet.rows, *keys, strict=True):
        dossier, ministry, email = dossiers.get(key[0]), ministries.get(key[1]), row.cells["reviewer"].lower()
        if dossier is None:
            verdict.faults.append(sheet.fault(row, "dossier", "Aucun dossier de cet appel à évaluer n'a ce numéro."))
        elif ministry is None:
            verdict.faults.append(sheet.fault(row, "ministry", "Ce ministère n'évalue pas ce dossier."))
        elif times[tuple(key)] > 1:
            verdict.faults.append(sheet.fault(row, "dossier", "Cette place est sur plusieurs lignes : gardez-en une."))
        elif email not in people:
            verdict.faults.append(sheet.fault(row, "reviewer", "Personne n'évalue aujourd'hui avec cette adresse."))
        else:
            yield row, (dossier, ministry_key(ministry)), people[email]
