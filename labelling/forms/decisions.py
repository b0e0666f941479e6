"""Forms of deciding: the decision itself, why a signature is taken back, which dossiers to list, a label given up."""

from django import forms

from labelling.models import Outcome
from labelling.models.decision_reason import MAX_LENGTH
from labelling.models.docket import Step


class DecisionForm(forms.Form):
    """What the director proposes. Its shape is checked here; whether it may be is the action's business."""

    outcome = forms.ChoiceField(
        label="Issue",
        choices=[(value, label.capitalize()) for value, label in Outcome.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l'issue."},
    )
    reasons = forms.CharField(
        label="Motifs",
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text="La structure les lira tels quels : ce qui a fondé la décision dans son ensemble.",
        error_messages={"required": "Donnez les motifs : toute décision est motivée."},
    )
    conditions = forms.CharField(
        label="Conditions à remplir",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Pour un label sous conditions seulement.",
    )
    conditions_due_on = forms.DateField(
        label="À remplir au plus tard le",
        required=False,
        help_text="Pour un label sous conditions seulement.",
    )
    conditions_owner = forms.ModelChoiceField(
        label="Qui s'assure qu'elles sont remplies",
        required=False,
        queryset=None,
        empty_label="La personne qui suit le dossier",
        help_text="Pour un label sous conditions seulement. L'échéance s'affichera sur son bureau.",
    )
    grant_euros = forms.IntegerField(
        label="Subvention d'amorçage, en euros",
        required=False,
        min_value=0,
        max_value=2_000_000_000,
    )

    def __init__(self, *args, limits, officers, grid=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["conditions_owner"].queryset = officers
        self.grid = grid
        for line in grid:
            self.fields[f"reason_{line.criterion.pk}"] = forms.CharField(
                label=line.criterion.label, required=False, max_length=MAX_LENGTH, widget=forms.Textarea({"rows": 3})
            )
        self.fields["grant_euros"].help_text = f"Pour un label seulement ; {limits.sentence}."
        self.fields["grant_euros"].widget.attrs["data-gen-ceiling"] = limits.ceiling_euros

    def proposal(self):
        """The arguments of `prepare_decision`, once the form is valid."""
        typed = {name: value for name, value in self.cleaned_data.items() if not name.startswith("reason_")}
        reasons = {line.criterion.pk: self.cleaned_data[f"reason_{line.criterion.pk}"] for line in self.grid}
        return {**typed, "grant_euros": typed["grant_euros"] or 0, "criterion_reasons": reasons}

    @property
    def lines(self):
        """Each criterion with its field."""
        return [(line, self[f"reason_{line.criterion.pk}"]) for line in self.grid]

    @staticmethod
    def initial_of(decision, grid=(), conclusion=None):
        """The values of a prepared decision, as this form names them; before, what the committee concluded, and what the
        reviews say where marks are low."""
        if decision is None:
            concluded = {"outcome": conclusion.outcome, "reasons": conclusion.text} if conclusion else {}
            return concluded | {f"reason_{line.criterion.pk}": line.draft for line in grid if line.is_weak}
        names = ("outcome", "reasons", "conditions", "conditions_due_on", "conditions_owner")
        values = {name: getattr(decision, name) for name in names} | {"grant_euros": decision.grant_euros or None}
        return values | {f"reason_{each.criterion_id}": each.text for each in decision.criterion_reasons.all()}


class ReopeningForm(forms.Form):
    """Why a signature is taken back."""

    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Il reste dans l'historique de la décision, que le second signataire lit aussi.",
        error_messages={"required": "Dites pourquoi la signature est reprise."},
    )


class DocketFilterForm(forms.Form):
    """Which dossiers of a call to list; the cut-offs are those of its timetable."""

    releve = forms.ChoiceField(label="Relevé", required=False)
    etape = forms.ChoiceField(label="Étape", required=False, choices=[("", "Toutes"), *Step.choices])
    texte = forms.CharField(label="Structure, formation ou référence", required=False, max_length=100)

    def __init__(self, asked, *, timetable, current):
        """`asked` is the query string; without a cut-off in it, the current one is shown."""
        shown = {"releve": str(current.number) if current else "", **asked.dict()}
        super().__init__(shown)
        self.timetable, self.current = timetable, current
        self.fields["releve"].choices = [(str(cut_off.number), str(cut_off)) for cut_off in timetable]

    @property
    def asked(self):
        """What was validly asked: a filter that makes no sense is left out."""
        self.is_valid()
        return self.cleaned_data

    @property
    def cut_off(self):
        number = self.asked.get("releve")
        return next((c for c in self.timetable if str(c.number) == number), self.current)


class GiveUpForm(forms.Form):
    """When a label stops, and why, in the words of the structure."""

    effective_on = forms.DateField(
        label="Premier jour sans le label",
        help_text="Le label reste en vigueur jusqu'à la veille.",
        error_messages={"required": "Donnez le jour où le label cesse."},
    )
    note = forms.CharField(
        label="Motif donné par la structure",
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Dites pourquoi la structure abandonne ce label."},
    )
