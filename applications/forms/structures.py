"""Forms about structures: they check what is typed; actions write."""

from django import forms
from stdnum.fr import siret as siret_number

from applications.forms.addresses import AddressForm
from applications.models import Structure
from applications.models.structure import validate_siret

SAME_SIREN = (
    "Une structure est déjà inscrite avec ce SIREN. Si c'est la vôtre, ne l'inscrivez pas une seconde fois : demandez à "
    "la personne qui l'a inscrite chez vous de vous inviter, depuis la page « Membres » de la structure. Si vous ne savez "
    "pas qui c'est, écrivez au contact de l'appel, qui transmettra votre demande."
)
_NOT_STORED = ("commune_name", "is_another_establishment")


class StructureForm(AddressForm):
    """Who you are. Numbers may be typed with spaces; La Poste's establishments, whose sum is another, are accepted.

    Without any number one says why. A new structure whose SIREN is here already is asked to confirm, once told how to be
    invited into the other.
    """

    siret = forms.CharField(
        label="Numéro SIRET",
        max_length=20,
        required=False,
        help_text="14 chiffres, avec ou sans espaces. Il figure sur l'avis de situation SIRENE de votre siège. Il faudra "
        "l'avoir pour déposer ; vous pouvez rédiger sans lui.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "gen-siret"}),
    )
    rna = forms.CharField(
        label="Numéro RNA",
        max_length=14,
        required=False,
        help_text="Pour une association : W et neuf chiffres, sur le récépissé de la préfecture.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    overseas_number = forms.CharField(
        label="Numéro outre-mer",
        max_length=16,
        required=False,
        help_text="Numéro TAHITI (Polynésie française), RIDET (Nouvelle-Calédonie), ou celui de Wallis-et-Futuna.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    no_number_reason = forms.CharField(
        label="Si vous n'avez aucun de ces numéros, dites pourquoi",
        max_length=200,
        required=False,
        help_text="Par exemple : association en cours de déclaration à la préfecture.",
    )
    is_another_establishment = forms.BooleanField(
        label="C'est un autre établissement, ou personne ne peut m'inviter : inscrire quand même", required=False
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
            *("siret", "is_another_establishment", "rna", "overseas_number", "no_number_reason"),
            *("name", "acronym", "legal_form", "street", "postcode", "commune_name", "commune"),
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

    field_order = ["siret", "is_another_establishment", "rna", "overseas_number", "no_number_reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk or not Structure.objects.with_siren(_compact(self.data.get("siret", ""))[:9]).exists():
            del self.fields["is_another_establishment"]

    def clean_siret(self):
        typed = _compact(self.cleaned_data["siret"])
        if not typed:
            return ""
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

    def clean_rna(self):
        return _compact(self.cleaned_data["rna"]).upper()

    def clean_overseas_number(self):
        return _compact(self.cleaned_data["overseas_number"]).upper()

    def clean(self):
        cleaned = super().clean()
        given = [cleaned.get(name) for name in ("siret", "rna", "overseas_number", "no_number_reason")]
        if not any(given) and "siret" not in self.errors:
            self.add_error(
                "siret", "Donnez un numéro (SIRET, RNA ou outre-mer), ou dites plus bas pourquoi il n'y en a pas."
            )
        if "is_another_establishment" in self.fields and not cleaned.get("is_another_establishment"):
            self.add_error("siret", SAME_SIREN)
        return cleaned


def _compact(typed):
    """Without the spaces, hyphens and dots that people put between digits."""
    return "".join(c for c in siret_number.compact(typed) if c.isalnum())


def stored_values(form):
    """What an address form gives to an action: the columns of its model."""
    return {name: value for name, value in form.cleaned_data.items() if name not in _NOT_STORED}
