"""Forms of the follow-up: they validate, `transitions.file_report` writes."""

from django import forms
from django.core.validators import MaxValueValidator

from fabriques import arithmetic
from fabriques.models import FollowUpReport
from gen_portal.core.models import Region

_TOO_LARGE = f"Ce nombre dépasse {arithmetic.LARGEST} : vérifiez qu'il s'agit bien d'un nombre de personnes."
_HELP = {
    "received_count": "Toutes les candidatures, complètes ou non.",
    "admitted_count": "Celles et ceux à qui vous avez proposé une place.",
    "sessions_held_count": "Les promotions qui ont commencé, terminées ou non.",
    "started_count": "Toutes les personnes entrées dans cette formation depuis le début du label.",
    "in_progress_count": "Celles qui la suivaient encore le dernier jour du trimestre.",
    "finished_count": "Celles qui l'ont suivie jusqu'au bout.",
    "dropped_count": "Celles qui l'ont quittée avant la fin, quelle qu'en soit la raison.",
    "women_count": "",
    "under_26_count": "À leur entrée en formation.",
    "neet_count": "Ni emploi, ni études, ni formation juste avant l'entrée, à tout âge.",
    "young_neet_count": "Celles qui sont à la fois dans les deux lignes précédentes.",
    "bac_or_below_count": "Le plus haut diplôme à l'entrée est le baccalauréat, ou en dessous.",
    "priority_area_count": "Adresse dans un quartier prioritaire de la politique de la ville (QPV).",
    "rural_area_count": "Adresse dans une commune en zone de revitalisation rurale.",
    "job_seeker_count": "Inscrits à l'entrée au service public de l'emploi.",
    "disabled_count": "Reconnues travailleurs handicapés, ou qui vous l'ont dit.",
    "certified_count": "Parmi les personnes qui ont terminé : diplôme, titre, certification ou attestation prévus.",
    "difficulties": "Facultatif : ce qui freine, ce qui aiderait. Aucun nom d'apprenant.",
}


class FollowUpReportForm(forms.ModelForm):
    """Counts of people, checked together, and a word."""

    class Meta:
        model = FollowUpReport
        fields = [*arithmetic.FIGURES, "difficulties"]
        help_texts = _HELP

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in arithmetic.FIGURES:
            self.fields[name].required = True
            self.fields[name].validators.append(MaxValueValidator(arithmetic.LARGEST, _TOO_LARGE))
            self.fields[name].widget.attrs |= {"min": 0, "inputmode": "numeric", "data-gen-figure": name}
        self.fields["difficulties"].required = False

    def clean(self):
        """The same arithmetic as the transition and the database, said at the fields."""
        cleaned = super().clean()
        if all(cleaned.get(name) is not None for name in arithmetic.FIGURES):
            for name, sentence in arithmetic.faults(cleaned).items():
                self.add_error(name, sentence)
        return cleaned

    def figures(self):
        return {name: self.cleaned_data[name] for name in arithmetic.FIGURES}

    def _post_clean(self):
        """The instance is left as it is: the transition writes, under its lock."""


class ReportFilterForm(forms.Form):
    """Which reports of a campaign to show."""

    STATES = (("", "Tous"), ("attendus", "Attendus"), ("transmis", "Transmis"))
    etat = forms.ChoiceField(label="État", required=False, choices=STATES)
    region = forms.ModelChoiceField(
        label="Région", required=False, queryset=Region.objects.all(), empty_label="Toutes les régions"
    )
    texte = forms.CharField(label="Structure ou formation", required=False, max_length=100)

    def matching(self, reports):
        values = self.cleaned_data if self.is_valid() else {}
        region = values.get("region")
        return (
            reports.in_state(values.get("etat"))
            .in_region(region.pk if region else "")
            .mentioning(values.get("texte"))
        )  # fmt: skip
