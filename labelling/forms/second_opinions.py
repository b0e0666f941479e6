"""The form of a change of mind: every mark again, the opinion, and why."""

from django import forms

from labelling.forms.reviews import MARKS, GridLine
from labelling.models import Recommendation


class SecondOpinionForm(forms.Form):
    """The grid with the marks in force; `lines` pairs each criterion with its choice of marks."""

    recommendation = forms.ChoiceField(
        label="Votre avis aujourd'hui",
        choices=Recommendation.choices,
        widget=forms.RadioSelect({"data-gen-inline": True}),
    )
    reason = forms.CharField(
        label="Ce qui vous a fait changer d'avis",
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Le comité lit votre première évaluation, la seconde et cette raison.",
        error_messages={"required": "Dites ce qui vous a fait changer d'avis : le comité lit les deux valeurs."},
    )

    def __init__(self, *args, review, **kwargs):
        held = {line.score.criterion: line.mark for line in review.lines}
        initial = {f"mark_{criterion.pk}": mark for criterion, mark in held.items()}
        initial["recommendation"] = review.second.recommendation if review.second else review.recommendation
        super().__init__(*args, initial=initial, **kwargs)
        self.criteria = list(held)
        for criterion in self.criteria:
            self.fields[f"mark_{criterion.pk}"] = forms.TypedChoiceField(
                label="Note", choices=MARKS, coerce=int, widget=forms.RadioSelect({"data-gen-inline": True})
            )

    @property
    def lines(self):
        return [GridLine(criterion, self[f"mark_{criterion.pk}"], None) for criterion in self.criteria]

    def marks(self):
        """Mark by key of criterion, once the form is valid."""
        return {criterion.pk: self.cleaned_data[f"mark_{criterion.pk}"] for criterion in self.criteria}


class MessageForm(forms.Form):
    """A message of the discussion."""

    text = forms.CharField(
        label="Votre message",
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Il est gardé tel quel, avec votre nom. Les personnes qui candidatent ne le lisent jamais.",
        error_messages={"required": "Écrivez votre message avant de l'envoyer."},
    )
