"""What a fabrique says to the others, and the filters of their directory."""

from django import forms

from applications.models import JobFamily
from fabriques.models import NetworkTag, OfferKind
from fabriques.models.fabrique import directory
from gen_portal.core.models import Region

_NOT_A_CHOICE = "Ce choix n'existe pas : prenez-en un dans la liste."


class OffersForm(forms.Form):
    """What a fabrique offers, and what it seeks."""

    propose = forms.MultipleChoiceField(
        label="Nous proposons", required=False, choices=NetworkTag.choices, widget=forms.CheckboxSelectMultiple
    )
    recherche = forms.MultipleChoiceField(
        label="Nous recherchons", required=False, choices=NetworkTag.choices, widget=forms.CheckboxSelectMultiple
    )

    def told(self):
        """[tag, kind] pairs."""
        return [[tag, kind] for kind in OfferKind.values for tag in self.cleaned_data[kind]]

    @staticmethod
    def initial_of(told):
        return {kind: [tag for tag, its_kind in told if its_kind == kind] for kind in OfferKind.values}

    @staticmethod
    def words_of(told):
        """« propose : prêt de matériel » for each pair; one line says that there is none."""
        words = [f"{OfferKind(kind).label} : {NetworkTag(tag).label}" for tag, kind in told]
        return words or ["rien n'est proposé ni recherché"]


class DirectoryFilterForm(forms.Form):
    """Which fabriques of the directory to show. A filter that makes no sense leaves the others at work."""

    texte = forms.CharField(label="Fabrique, ville ou formation", required=False, max_length=100)
    region = forms.ModelChoiceField(
        Region.objects.all(), label="Région", required=False, empty_label="Toutes les régions",
        error_messages={"invalid_choice": _NOT_A_CHOICE},
    )  # fmt: skip
    famille = forms.ChoiceField(
        label="Famille de métiers", required=False, choices=[("", "Toutes les familles"), *JobFamily.choices],
        error_messages={"invalid_choice": _NOT_A_CHOICE},
    )  # fmt: skip
    sujet = forms.ChoiceField(
        label="Sujet", required=False, choices=[("", "Tous les sujets"), *NetworkTag.choices],
        error_messages={"invalid_choice": _NOT_A_CHOICE},
    )  # fmt: skip
    sens = forms.ChoiceField(
        label="Propose ou recherche", required=False, choices=[("", "L'un ou l'autre"), *OfferKind.choices],
        error_messages={"invalid_choice": _NOT_A_CHOICE},
    )  # fmt: skip

    def fabriques(self, today):
        """Those of the day that answer the filters that make sense."""
        self.full_clean()
        asked = self.cleaned_data
        return (
            directory(today)
            .in_region(asked.get("region"))
            .teaching(asked.get("famille"), today)
            .saying(asked.get("sujet"), asked.get("sens"))
            .mentioning(asked.get("texte"), today)
        )
