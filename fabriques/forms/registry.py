"""The filters of the public registry: the list, the map and its points read the same url."""

from django import forms
from django.db.models import OuterRef, Subquery

from applications.models import Call, JobFamily
from fabriques.models.registry import Moment, places_at, places_over, public_labels
from gen_portal.core import clock
from gen_portal.core.models import Department, Region
from gen_portal.core.references import looks_like_reference


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, department):
        return f"{department.code} – {department.name}"


class PastDayField(forms.DateField):
    """A day, today at the latest (`last`, set by the form)."""

    last = None

    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def validate(self, value):
        super().validate(value)
        if value and value > self.last:
            raise forms.ValidationError("Choisissez aujourd'hui ou un jour passé.")


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
    appel = forms.ModelChoiceField(
        Call.objects.none(),
        label="Appel",
        required=False,
        to_field_name="slug",
        empty_label="Tous les appels",
        error_messages={"invalid_choice": "Cet appel n'a donné aucun label : choisissez-en un dans la liste."},
    )
    au = PastDayField(label="Au (jour)", help_text="Le registre de ce jour-là ; aujourd'hui sans date.")
    connu = PastDayField(label="Tel qu'on le savait le", help_text="Sans ce qui a été appris après ce jour.")
    gratuite = forms.BooleanField(label="Gratuites pour les apprenants", required=False)
    outremer = forms.BooleanField(label="Outre-mer seulement", required=False)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["au"].last = self.fields["connu"].last = today
        labelled = public_labels().values("decision__cut_off__call")
        self.fields["appel"].queryset = Call.objects.filter(pk__in=labelled).order_by("-opens_at", "pk")

    def asked(self):
        """What is asked and makes sense, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def moment(self):
        """The day asked for, today without one, and what was to be known of it."""
        asked = self.asked()
        known = clock.end_of(asked["connu"]) if "connu" in asked else None
        return Moment(asked.get("au", self.today), known)

    @property
    def is_about_another_day(self):
        return not {"au", "connu"}.isdisjoint(self.asked())

    def places(self):
        """The places in force on the day asked for that answer."""
        return self._narrowed(places_at(self.moment))

    def labels_over(self):
        """The labels begun and no longer in force that day, with a place that answers; the latest lost first."""
        places = self._narrowed(places_over(self.moment))
        last = places.filter(label=OuterRef("pk")).order_by().values("over_on")[:1]
        labels = public_labels().filter(pk__in=places.order_by().values("label")).annotate(over_on=Subquery(last))
        return labels.for_page().order_by("-over_on", "title", "pk")

    def _narrowed(self, places):
        asked = {name: value for name, value in self.asked().items() if name not in ("au", "connu")}
        return places.mentioning(asked.pop("texte", "")).answering(**asked)

    def label(self):
        """The label whose number was typed instead of words, whatever became of it."""
        typed = self.asked().get("texte", "")
        return public_labels().numbered(typed).first() if looks_like_reference(typed) else None
