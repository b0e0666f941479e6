"""The reviews that somebody countersigns, each with the number of the value they read."""

import re

from django import forms
from django.core.exceptions import ValidationError

_CHOICE = re.compile(r"(\d{1,18})-(\d{1,4})")


class CountersignForm(forms.Form):
    """Boxes drawn by the page: `valeur` is « key-number », as many times as boxes are ticked."""

    valeur = forms.Field(required=False, label="Évaluations", widget=forms.MultipleHiddenInput)

    def clean_valeur(self):
        typed = self.cleaned_data["valeur"] or []
        found = [_CHOICE.fullmatch(text) for text in typed]
        if not all(found):
            raise ValidationError("Rechargez la page : une des évaluations cochées n'y est plus.")
        return {(int(match[1]), int(match[2])) for match in found}

    def seen(self):
        return self.cleaned_data["valeur"]

    def told(self):
        count = len(self.seen())
        return "Une évaluation contresignée." if count == 1 else f"{count} évaluations contresignées."
