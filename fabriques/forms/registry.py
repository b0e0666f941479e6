"""The filters of the public registry: the list, the map and its points read the same url."""

from django import forms

from applications.models import JobFamily
from fabriques.models.registry import places_in_force, public_labels
from gen_portal.core.models import Department, Region
from gen_portal.core.references import looks_like_reference


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, department):
        return f"{department.code} – {department.name}"


class RegistryFilterForm(forms.Form):
    """Which places to show. A filter that makes no sense is named beside its field and leaves the others at work."""

    texte = forms.CharField(label="Formation, structure, ville ou numéro de label", required=False, max_length=100)
    region = forms.ModelChoiceField(
        Region.objects.all(),
        label="Région",
        required=False,
        empty_label="Toutes les régions",
        error_messages={"invalid_choice": "Cette région n'existe pas : choisissez-en une dans la liste."},
    )
    departement = DepartmentField(
        Department.objects.all(),
        label="Département",
        required=False,
        empty_label="Tous les départements",
        error_messages={"invalid_choice": "Ce département n'existe pas : choisissez-en un dans la liste."},
    )
    famille = forms.ChoiceField(
        label="Famille de métiers",
        required=False,
        choices=[("", "Toutes les familles"), *JobFamily.choices],
        error_messages={"invalid_choice": "Cette famille n'existe pas : choisissez-en une dans la liste."},
    )
    gratuite = forms.BooleanField(label="Gratuites pour les apprenants", required=False)
    outremer = forms.BooleanField(label="Outre-mer seulement", required=False)

    def asked(self):
        """What is asked and makes sense, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def places(self, on):
        """The places in force that day that answer."""
        asked = self.asked()
        return places_in_force(on).mentioning(asked.pop("texte", "")).answering(**asked)

    def label(self):
        """The label whose number was typed instead of words, whatever became of it."""
        typed = self.asked().get("texte", "")
        return public_labels().numbered(typed).first() if looks_like_reference(typed) else None
