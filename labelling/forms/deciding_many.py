"""Forms of deciding on many dossiers: which ones, what is proposed for them, to whom a signature is delegated."""

from django import forms

from gen_portal.core.models import Role
from labelling.forms.decisions import DocketFilterForm
from labelling.models import Outcome


class ChoiceForm(DocketFilterForm):
    """The dossiers of a list that somebody chose: those whose box is ticked, or all those of its filter."""

    ALL, TICKED = "tous", "coches"
    portee = forms.ChoiceField(required=False, choices=[(TICKED, "cochés"), (ALL, "tous")])

    def __init__(self, asked, **kwargs):
        super().__init__(asked, **kwargs)
        self.ticked = asked.getlist("dossier")

    def chosen(self, dossiers):
        """Keys, among the dossiers of the cut-off that the person may see."""
        if self.asked.get("portee") == self.ALL:
            shown = dossiers.at_step(self.asked.get("etape")).mentioning(self.asked.get("texte", ""))
        else:
            shown = dossiers.with_references(self.ticked)
        return list(shown.order_by("pk").values_list("pk", flat=True))


class PreparationForm(forms.Form):
    """One outcome for many, with the reasons and the conditions of those that have none yet."""

    outcome = forms.ChoiceField(
        label="Issue proposée pour ces dossiers",
        choices=[(value, label.capitalize()) for value, label in Outcome.choices],
        widget=forms.RadioSelect({"data-gen-inline": True}),
    )
    reasons = forms.CharField(
        label="Motifs communs",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Pour les dossiers qui n'en ont pas encore ; ceux qui sont déjà écrits restent. Chaque décision se "
        "modifie ensuite, jusqu'à sa signature.",
    )
    conditions = forms.CharField(
        label="Conditions communes",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Pour les labels sous conditions qui n'en ont pas encore ; celles qui sont déjà écrites restent.",
    )
    conditions_due_on = forms.DateField(label="À remplir au plus tard le", required=False)
    conditions_owner = forms.ModelChoiceField(
        label="Qui s'assure qu'elles sont remplies", required=False, queryset=None, empty_label="Personne pour l'instant"
    )

    def __init__(self, *args, source, officers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["conditions_owner"].queryset = officers
        self.source = source
        if source.is_ready_made:
            del self.fields["outcome"]
        if source.is_ready_made and not source.has_conditions:
            del self.fields["conditions"], self.fields["conditions_due_on"], self.fields["conditions_owner"]

    def clean(self):
        typed = self.cleaned_data
        if typed.get("conditions") and typed.get("outcome", Outcome.CONDITIONAL) != Outcome.CONDITIONAL:
            sentence = "Des conditions ne vont qu'avec un label sous conditions : effacez-les, ou changez l'issue."
            self.add_error("conditions", sentence)
        return typed

    def proposals(self, keys):
        """What the source proposes for each dossier; without one, the same outcome, with the grant that the rule allows."""
        if self.source.is_ready_made:
            return {key: self.source.proposals[key] for key in keys if key in self.source.proposals}
        outcome = self.cleaned_data.get("outcome") if self.is_bound else ""
        return dict.fromkeys(keys, (outcome or Outcome.LABELLED, None))

    @property
    def common_words(self):
        """The reasons and the conditions for those that have none, as `effects_of` names them."""
        typed = self.cleaned_data if self.is_bound else {}
        return {
            "reasons": typed.get("reasons", ""), "conditions": typed.get("conditions", ""),
            "conditions_due_on": typed.get("conditions_due_on"), "conditions_owner": typed.get("conditions_owner"),
        }  # fmt: skip


class DelegationForm(forms.Form):
    """To whom, for which signature, from when until when, up to which grant."""

    delegate = forms.ModelChoiceField(
        label="Personne qui signera en votre nom", queryset=None, empty_label="Choisissez une personne",
        help_text="Parmi les personnes qui conduisent les appels et ne donnent pas l'autre signature.",
    )  # fmt: skip
    role = forms.ChoiceField(label="Votre signature déléguée", widget=forms.RadioSelect)
    from_on = forms.DateField(label="Du", error_messages={"required": "Donnez le premier jour."})
    until_on = forms.DateField(label="Au (inclus)", error_messages={"required": "Donnez le dernier jour."})
    max_grant_euros = forms.IntegerField(
        label="Jusqu'à une subvention de, en euros", required=False, min_value=0, max_value=2_000_000_000,
        help_text="Sans montant, toutes les décisions.",
    )  # fmt: skip

    def __init__(self, *args, people, roles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["delegate"].queryset = people
        self.fields["role"].choices = [(role, _SIGNATURES[role]) for role in roles]
        if len(roles) == 1:
            self.fields["role"].widget = forms.HiddenInput()
            self.fields["role"].initial = roles[0]


_SIGNATURES = {Role.DIRECTOR: "Celle du directeur", Role.SECOND_SIGNATORY: "Celle du second signataire"}
