"""What a reviewer agrees to, when they are away, and the list of those who review."""

from django import forms

from applications.models import JobFamily
from gen_portal.core.models import Ministry, Region, User
from labelling.actions.terms import Terms


class TermsForm(forms.Form):
    """Everything is optional: nothing said is no limit, no preference, nobody standing in."""

    max_load = forms.IntegerField(
        label="Dossiers à la fois au plus", required=False, min_value=1, max_value=1000,
        help_text="Au-delà, plus rien n'est confié, ni par l'équipe ni par une répartition.",
    )  # fmt: skip
    substitute = forms.ModelChoiceField(
        label="Suppléant", required=False, queryset=User.objects.none(), empty_label="Personne",
        help_text="Reçoit en premier les dossiers en cas d'absence, et tous en cas de départ.",
    )  # fmt: skip
    job_families = forms.MultipleChoiceField(
        label="Familles de métiers bien connues", required=False, choices=JobFamily.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    regions = forms.ModelMultipleChoiceField(
        label="Régions bien connues", required=False, queryset=Region.objects.all(), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args, terms, substitutes, **kwargs):
        super().__init__(*args, initial=_initial(terms), **kwargs)
        self.fields["substitute"].queryset = substitutes

    def terms(self):
        """What was chosen, once the form is valid."""
        values = self.cleaned_data
        return Terms(
            values["max_load"], tuple(values["regions"]), tuple(values["job_families"]), values["substitute"]
        )  # fmt: skip


def _initial(terms):
    if terms is None:
        return {}
    return {
        "max_load": terms.max_load, "substitute": terms.substitute_id, "job_families": terms.job_families,
        "regions": [region.pk for region in terms.regions.all()],
    }  # fmt: skip


class AbsenceForm(forms.Form):
    """Two days, both included."""

    from_on = forms.DateField(label="Premier jour", widget=forms.DateInput({"type": "date"}))
    until_on = forms.DateField(label="Dernier jour (inclus)", widget=forms.DateInput({"type": "date"}))


class PeopleFilterForm(forms.Form):
    """Which people to show."""

    qui = forms.ChoiceField(label="Ministère ou service", required=False)
    texte = forms.CharField(label="Nom ou adresse", required=False, max_length=100)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ministries = [(f"m{ministry.pk}", ministry.short_name) for ministry in Ministry.objects.all()]
        self.fields["qui"].choices = [("", "Tout le monde"), *ministries, ("regions", "Services régionaux")]

    def matching(self, people):
        """Those that answer the filter; a filter that makes no sense shows everybody."""
        values = self.cleaned_data if self.is_valid() else {}
        who = values.get("qui", "")
        if who == "regions":
            people = people.of_regions()
        elif who:
            people = people.of_ministry(int(who[1:]))
        return people.named(values.get("texte", ""))
