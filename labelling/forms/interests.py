"""Forms of the declaration of interests: one's links, line by line, and the statements one signs."""

from django import forms
from stdnum.fr import siren as siren_number

from applications.forms.calls import BaseRows
from labelling.models import LinkKind
from labelling.models.interests import STATEMENTS


class LinkForm(forms.Form):
    """One body with which the person has a link."""

    kind = forms.ChoiceField(label="Ce lien", choices=[("", "Choisir"), *LinkKind.choices])
    name = forms.CharField(label="Nom de l'organisme", max_length=200)
    siren = forms.CharField(
        label="SIREN",
        max_length=14,
        required=False,
        help_text="9 chiffres, si vous le connaissez : il évite toute erreur.",
    )
    detail = forms.CharField(label="Précision", max_length=300, required=False, help_text="Fonction, dates, personne.")

    def clean_siren(self):
        typed = siren_number.compact(self.cleaned_data["siren"])
        if typed and not siren_number.is_valid(typed):
            raise forms.ValidationError("Ce numéro SIREN n'existe pas : vérifiez ses 9 chiffres, ou laissez vide.")
        return typed


LinkRows = forms.formset_factory(LinkForm, BaseRows, extra=1, can_delete=True, max_num=40)


class StatementsForm(forms.Form):
    """« Nothing to declare », and each statement to tick."""

    has_nothing = forms.BooleanField(label="Je n'ai aucun lien à déclarer", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, words in STATEMENTS.items():
            self.fields[name] = forms.BooleanField(
                label=words, error_messages={"required": "Cochez cet engagement : il conditionne l'accès aux dossiers."}
            )

    @property
    def engagements(self):
        return [self[name] for name in STATEMENTS]

    def agree_with(self, links):
        """Whether the box and the list say the same; else the box says what to do."""
        if links and self.cleaned_data.get("has_nothing"):
            self.add_error("has_nothing", "Vous avez aussi décrit un lien : décochez cette case ou retirez la ligne.")
        if not links and not self.cleaned_data.get("has_nothing"):
            self.add_error("has_nothing", "Décrivez au moins un lien, ou cochez cette case si vous n'en avez aucun.")
        return self.is_valid()
