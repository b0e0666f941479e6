"""Forms of a disagreement: one more reader, an arbitration, the rule of a call."""

from decimal import Decimal

from django import forms

from labelling.models import DisagreementStep
from labelling.scoring import HIGHEST_MARK


class ThirdReaderForm(forms.Form):
    """Who reads the dossier too: reviewers who have not read it, the least busy first."""

    reader = forms.ChoiceField(label="Troisième lecteur")
    due_on = forms.DateField(label="À rendre au plus tard le")

    def __init__(self, *args, seats, holders, **kwargs):
        super().__init__(*args, **kwargs)
        found = [
            (candidate, ministry)
            for ministry, _, candidates in seats.lines
            for candidate in candidates
            if candidate.user.pk not in holders
        ]
        found.sort(key=lambda pair: (pair[0].load, pair[0].user.last_name, pair[0].user.pk))
        self._found = {f"{ministry.pk}-{candidate.user.pk}": (candidate.user, ministry) for candidate, ministry in found}
        choices = [(f"{ministry.pk}-{c.user.pk}", f"{ministry.short_name} : {c.label}") for c, ministry in found]
        self.fields["reader"].choices = [("", "Choisissez une personne"), *choices]

    def values(self):
        """What the transition wants, once the form is valid."""
        reviewer, ministry = self._found[self.cleaned_data["reader"]]
        return {"reviewer": reviewer, "ministry": ministry, "due_on": self.cleaned_data["due_on"]}


class ArbitrationForm(forms.Form):
    """How the disagreement ends; `seen` are the reasons that were read."""

    arbitration = forms.CharField(
        label="Arbitrage",
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Ce qui est retenu, et pourquoi. Votre nom et l'instant sont gardés avec ce texte.",
        error_messages={"required": "Écrivez l'arbitrage : ce qui est retenu, et pourquoi."},
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class ReviewRuleForm(forms.Form):
    """When the reviews of a call disagree and what that leads to first; for which criteria a refusal gives a reason."""

    spread = forms.DecimalField(
        label="Écart à partir duquel les évaluations se contredisent",
        min_value=Decimal("0.25"),
        max_value=HIGHEST_MARK,
        max_digits=3,
        decimal_places=2,
        help_text="En points, de la moyenne la plus haute à la plus basse. L'usage est 2.",
    )
    has_opposed_opinions = forms.BooleanField(
        label="Un avis favorable contre un avis défavorable est aussi un désaccord", required=False
    )
    asks_for = forms.ChoiceField(
        label="Un désaccord demande d'abord", choices=DisagreementStep.choices, widget=forms.RadioSelect
    )
    is_countersigned = forms.BooleanField(
        label="Le membre du comité de chaque ministère contresigne les évaluations de ses instructeurs", required=False
    )
    shares_marks = forms.BooleanField(
        label="Avec le résultat, la structure lit ses notes moyennes par critère, sans savoir de qui", required=False
    )
    threshold = forms.DecimalField(
        label="Moyenne sous laquelle un refus donne un motif pour le critère",
        min_value=0,
        max_value=HIGHEST_MARK,
        max_digits=3,
        decimal_places=2,
        help_text="Sur 5, critère par critère ; 0 n'en demande aucun. L'usage est 2,5.",
    )
