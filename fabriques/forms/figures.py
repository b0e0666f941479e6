"""The day of the public figures."""

from django import forms

from fabriques.forms.registry import PastDayField


class PublicFiguresForm(forms.Form):
    """A day, as the registry takes it; one that makes no sense is named, and today's figures are shown."""

    au = PastDayField(label="Au (jour)", help_text="Les chiffres de ce jour-là ; aujourd'hui sans date.")

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = self.fields["au"].last = today

    @property
    def day(self):
        return (self.is_valid() and self.cleaned_data["au"]) or self.today
