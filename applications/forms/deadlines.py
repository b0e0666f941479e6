"""What an officer types to move a deadline: a last day, an hour if the day does not count in full, the reason."""

from django import forms

from applications.forms.instants import DayField, closing_instant
from applications.models import CutOff, Structure


class EndForm(forms.Form):
    """A new end and its reason; `cleaned_data["until_at"]` is the exclusive instant."""

    cut_off = forms.ModelChoiceField(label="Relevé", queryset=CutOff.objects.none(), empty_label=None)
    last_day = DayField(label="Nouveau dernier jour pour déposer (inclus)", widget=forms.DateInput)
    closing_time = forms.TimeField(
        label="Heure de clôture", required=False, help_text="Heure de Paris. Vide : la journée compte en entier."
    )
    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Indiquez le motif : il est dû à ceux qui ont respecté la date."},
    )

    def __init__(self, *args, call, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cut_off"].queryset = call.cut_offs.order_by("number")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("last_day"):
            try:
                cleaned["until_at"] = closing_instant(cleaned["last_day"], cleaned.get("closing_time"))
            except forms.ValidationError as error:
                self.add_error("closing_time", error)
        return cleaned

    def values(self):
        return {name: self.cleaned_data[name] for name in ("cut_off", "until_at", "reason")}


class ExtensionForm(EndForm):
    """More time for one structure, found by its SIRET or its reference."""

    structure = forms.CharField(
        label="Structure",
        max_length=40,
        help_text="Son numéro SIRET, ou sa référence sur le portail (dans l'adresse de sa page).",
    )
    field_order = ["structure", "cut_off", "last_day", "closing_time", "reason"]

    def clean_structure(self):
        found = Structure.objects.named(self.cleaned_data["structure"])
        if found is None:
            raise forms.ValidationError("Aucune structure n'a ce SIRET ni cette référence : vérifiez chaque signe.")
        return found

    def values(self):
        return super().values() | {"structure": self.cleaned_data["structure"]}


class IncidentForm(EndForm):
    """More time for everybody. The reason is read by all: it is published with the new date."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label, reason.help_text = "Ce qui s'est passé", "Publié tel quel sur l'appel, et envoyé aux candidats."
