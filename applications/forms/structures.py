"""Forms about structures: they check what is typed; actions write."""

from django import forms
from stdnum.fr import siret as siret_number

from applications.forms.addresses import AddressForm
from applications.models import Structure
from applications.models.structure import validate_siret


class StructureForm(AddressForm):
    """Who you are. The SIRET may be typed with spaces; La Poste's establishments, whose sum is another, are accepted."""

    siret = forms.CharField(
        label="Numéro SIRET",
        max_length=20,
        help_text="14 chiffres, avec ou sans espaces. Il figure sur l'avis de situation SIRENE de votre siège.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "gen-siret"}),
    )
    website = forms.URLField(
        label="Site internet",
        required=False,
        assume_scheme="https",
        help_text="Adresse complète, par exemple https://www.exemple.fr.",
    )

    class Meta:
        model = Structure
        fields = [
            *("siret", "name", "acronym", "legal_form", "street", "postcode", "commune_name", "commune"),
            *("representative_name", "representative_role", "phone", "website"),
        ]
        help_texts = {
            "name": "Telle qu'elle figure au répertoire SIRENE ou dans vos statuts.",
            "representative_name": "La personne qui peut engager la structure.",
            "representative_role": "Par exemple : présidente, directeur général, maire.",
        }
        widgets = {
            "name": forms.TextInput({"autocomplete": "organization"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        }

    def clean_siret(self):
        typed = siret_number.compact(self.cleaned_data["siret"]).replace("\u00a0", "").replace("\u202f", "")
        if not typed.isdigit():
            raise forms.ValidationError(
                "Un numéro SIRET ne contient que des chiffres : retirez les lettres et les signes."
            )
        if len(typed) == 9:
            raise forms.ValidationError(
                "Ceci est un numéro SIREN (9 chiffres). Ajoutez les 5 chiffres de l'établissement, le NIC : "
                "vous obtiendrez le SIRET."
            )
        if len(typed) != 14:
            raise forms.ValidationError(f"Un numéro SIRET compte 14 chiffres, vous en avez saisi {len(typed)}.")
        validate_siret(typed)
        return typed


def stored_values(form):
    """What an address form gives to an action: the columns of its model."""
    return {name: value for name, value in form.cleaned_data.items() if name != "commune_name"}
