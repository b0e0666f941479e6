"""When a publication is to appear."""

from django import forms

from applications.forms.instants import DayField, paris_instant


class ReleaseForm(forms.Form):
    """A day and an hour of Paris; `cleaned_data["at"]` is the instant."""

    day = DayField(label="Jour", widget=forms.DateInput)
    hour = forms.TimeField(label="Heure", help_text="Heure de Paris, par exemple 12:00.", widget=forms.TimeInput)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("day") and cleaned.get("hour"):
            try:
                cleaned["at"] = paris_instant(cleaned["day"], cleaned["hour"])
            except forms.ValidationError as error:
                self.add_error("hour", error)
        return cleaned
