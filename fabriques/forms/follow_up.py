"""Forms of the follow-up: they validate, `transitions.file_report` writes."""

import json
from dataclasses import dataclass

from django import forms
from django.core.validators import MaxValueValidator

from fabriques import arithmetic
from fabriques.checks import GROWING, TEXTS, Yardstick, verdict
from fabriques.models import FollowUpReport
from fabriques.report_reading import GROUPS, Group
from gen_portal.core import files

_TOO_LARGE = f"Ce nombre dépasse {arithmetic.LARGEST} : vérifiez qu'il s'agit bien d'un nombre de personnes."
_LONGEST_TYPED = 4000
_HELP = {
    "received_count": "Toutes les candidatures, complètes ou non.",
    "admitted_count": "Celles et ceux à qui vous avez proposé une place.",
    "sessions_held_count": "Les promotions qui ont commencé, terminées ou non.",
    "started_count": "Toutes les personnes entrées dans cette formation depuis le début du label.",
    "in_progress_count": "Celles qui la suivaient encore le dernier jour du trimestre.",
    "finished_count": "Celles qui l'ont suivie jusqu'au bout.",
    "dropped_count": "Celles qui l'ont quittée avant la fin, quelle qu'en soit la raison.",
    "under_26_count": "À leur entrée en formation.",
    "neet_count": "Ni emploi, ni études, ni formation juste avant l'entrée, à tout âge.",
    "young_neet_count": "Celles qui sont à la fois dans les deux lignes précédentes.",
    "bac_or_below_count": "Le plus haut diplôme à l'entrée est le baccalauréat, ou en dessous.",
    "priority_area_count": "Adresse dans un quartier prioritaire de la politique de la ville (QPV).",
    "rural_area_count": "Adresse dans une commune en zone de revitalisation rurale.",
    "job_seeker_count": "Inscrits à l'entrée au service public de l'emploi.",
    "disabled_count": "Reconnues travailleurs handicapés, ou qui vous l'ont dit.",
    "certified_count": "Parmi les personnes qui ont terminé : diplôme, titre, certification ou attestation prévus.",
    "difficulties": "Facultatif : ce qui freine, ce qui aiderait. N'écrivez le nom d'aucun apprenant.",
    "fall_note": "Seulement si un nombre cumulé a baissé depuis le trimestre précédent : pourquoi. Aucun nom.",
    "deviation_note": "Seulement si un nombre est loin de ce que prévoyait le dossier : une phrase suffit. Aucun nom.",
}


@dataclass(frozen=True)
class FieldGroup:
    """One fieldset of the page: its group and its bound fields."""

    group: Group
    fields: list


class FollowUpReportForm(forms.ModelForm):
    """Counts of people and a few words, checked together against what came before and against the dossier.

    `yardstick`: what they are measured against (see `checks.py`).
    """

    class Meta:
        model = FollowUpReport
        fields = [*arithmetic.FIGURES, *TEXTS]
        help_texts = _HELP
        widgets = {
            "difficulties": forms.Textarea({"rows": 5}),
            "fall_note": forms.Textarea({"rows": 3}),
            "deviation_note": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args, yardstick=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.yardstick = yardstick or Yardstick()
        for name in arithmetic.FIGURES:
            field, before = self.fields[name], self.yardstick.earlier.get(name)
            field.required = True
            field.validators.append(MaxValueValidator(arithmetic.LARGEST, _TOO_LARGE))
            field.widget.attrs |= {"min": 0, "inputmode": "numeric", "autocomplete": "off", "data-gen-figure": name}
            if before is not None:
                field.help_text = f"{field.help_text} Trimestre précédent : {before}.".strip()
                field.widget.attrs["data-gen-before"] = before if name in GROWING else ""

    def groups(self):
        """The fieldsets of figures, in the order of the page."""
        return [FieldGroup(group, [self[name] for name in group.names]) for group in GROUPS]

    def texts(self):
        return [self[name] for name in TEXTS]

    def rules(self):
        """The bounds that the page checks while one types, as JSON."""
        rows = [
            {"parts": bound.parts, "wholes": bound.wholes, "field": bound.field, "sentence": bound.sentence}
            for bound in arithmetic.BOUNDS
        ]
        return json.dumps(rows)

    def typed(self):
        """What was typed, right or wrong, to be kept as a draft."""
        return {name: self.data.get(name, "").strip()[:_LONGEST_TYPED] for name in self.fields}

    def clean(self):
        """The same verdict as the transition, said at the fields."""
        cleaned = super().clean()
        texts = {name: cleaned.get(name, "") for name in TEXTS}
        if all(cleaned.get(name) is not None for name in arithmetic.FIGURES):
            for name, sentence in verdict(cleaned, texts, self.yardstick).items():
                self.add_error(name, sentence)
        return cleaned

    def figures(self):
        return {name: self.cleaned_data[name] for name in arithmetic.FIGURES}

    def filing(self):
        """The arguments of `transitions.file_report`."""
        return {"figures": self.figures()} | {name: self.cleaned_data[name] for name in TEXTS}

    def _post_clean(self):
        """The instance is left as it is: the transition writes, under its lock."""


class DocumentForm(forms.Form):
    """One PDF to join to a report."""

    file = forms.FileField(
        label="Document (PDF)",
        help_text="Un bilan, une liste de partenaires, une photographie… Aucune liste nominative d'apprenants.",
        widget=forms.ClearableFileInput({"accept": "application/pdf"}),
        validators=[files.check_pdf],
    )
