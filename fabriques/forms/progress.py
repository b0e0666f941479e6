"""Forms of the progress points: filter, fill, ask regions for them; and of the figures page."""

from django import forms

from fabriques.forms.review import ScopedForm
from fabriques.models import ProgressPoint
from fabriques.transitions.progress import FIGURES
from gen_portal.core import phrases
from gen_portal.core.models import Region


class ProgressFilterForm(ScopedForm):
    STATES = (
        ("", "Tous"),
        ("attendus", "Attendus"),
        ("en-retard", "En retard"),
        ("manquants", "Manquants"),
        ("transmis", "Transmis"),
    )
    etat = forms.ChoiceField(label="État", required=False, choices=STATES)
    periode = forms.ChoiceField(label="Période", required=False)
    field_order = ("etat", "periode", "region")

    def __init__(self, *args, periods, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(first.isoformat(), f"à partir du {phrases.day(first)}") for first in periods]
        self.fields["periode"].choices = [("", "Toutes les périodes"), *choices]

    def matching(self, points, today):
        asked = self.asked()
        found = points.in_state(asked.get("etat", ""), today).in_region(asked.get("region"))
        return found.of_period(asked.get("periode"))


class ProgressForm(forms.ModelForm):
    """Four counts that the portal has begun to fill, and two texts."""

    class Meta:
        model = ProgressPoint
        fields = [*FIGURES, "difficulties", "actions"]
        help_texts = {
            "event_count": "Journées portes ouvertes, rencontres avec des employeurs, réunions du réseau.",
            "difficulties": "Ce qui freine les formations, les sorties vers l'emploi, le recrutement. Aucun nom d'apprenant.",
            "actions": "Ce que le service a fait ce trimestre, et ce qu'il prévoit.",
        }
        widgets = {"difficulties": forms.Textarea({"rows": 5}), "actions": forms.Textarea({"rows": 5})}

    def __init__(self, *args, counted, **kwargs):
        super().__init__(*args, **kwargs)
        for name in FIGURES:
            self.fields[name].required = True
            self.fields[name].widget.attrs |= {"min": 0, "inputmode": "numeric"}
            if name in counted:
                self.fields[name].help_text = f"Le portail en compte {phrases.number(counted[name])}."

    def clean(self):
        """The same arithmetic as the transition, said at the field."""
        cleaned = super().clean()
        fabriques, labels = cleaned.get("fabrique_count"), cleaned.get("label_count")
        if fabriques is not None and labels is not None and fabriques > labels:
            self.add_error(
                "fabrique_count", f"{fabriques} fabriques pour {labels} labels : une fabrique a au moins un label."
            )
        return cleaned

    def figures(self):
        return {name: self.cleaned_data[name] for name in FIGURES}

    def _post_clean(self):
        """The instance is left as it is: the transition writes, under its lock."""


class ProgressRequestForm(forms.Form):
    """Until when a call asks regions for points, and what it aims at in each region."""

    first_on = forms.DateField(label="À partir du", widget=forms.DateInput({"type": "date"}))
    last_on = forms.DateField(label="Jusqu'au (inclus)", widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.regions = list(Region.objects.all())
        for region in self.regions:
            for name, words in (("fabriques", "fabriques visées"), ("personnes", "personnes à former")):
                attributes = {"aria-label": f"{region.name} : {words}", "min": 0, "inputmode": "numeric"}
                self.fields[f"{name}_{region.pk}"] = forms.IntegerField(
                    label=f"{region.name} : {words}", required=False, min_value=0, max_value=1_000_000,
                    widget=forms.NumberInput(attributes),
                )  # fmt: skip

    def days(self):
        return [self["first_on"], self["last_on"]]

    def rows(self):
        """(region, field of the fabriques, field of the people)."""
        return [(region, self[f"fabriques_{region.pk}"], self[f"personnes_{region.pk}"]) for region in self.regions]

    def clean(self):
        cleaned = super().clean()
        first_on, last_on = cleaned.get("first_on"), cleaned.get("last_on")
        if first_on and last_on and last_on < first_on:
            self.add_error("last_on", f"Ce jour vient avant le {phrases.day(first_on)}.")
        return cleaned

    def targets(self):
        value = self.cleaned_data.get
        return {
            region.pk: (value(f"fabriques_{region.pk}"), value(f"personnes_{region.pk}")) for region in self.regions
        }


class FiguresForm(ScopedForm):
    """Whose figures to show."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].empty_label = "France entière"
