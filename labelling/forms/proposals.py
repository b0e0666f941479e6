"""The form that asks for a proposal of who reviews what."""

from django import forms

from labelling.models import ProposalAim

#: What a solver may seek.
AIMS = [(aim.value, aim.label) for aim in ProposalAim if aim != ProposalAim.FILE]


class ProposalForm(forms.Form):
    due_on = forms.DateField(
        label="À rendre au plus tard le", help_text="Pour les évaluations confiées par cette proposition."
    )
    max_load = forms.IntegerField(
        label="Dossiers par personne, au plus", min_value=1, max_value=1000,
        help_text="Les évaluations à rendre dans d'autres appels comptent aussi.",
    )  # fmt: skip
    aim = forms.ChoiceField(label="Chercher", choices=AIMS, widget=forms.RadioSelect)
