"""Forms of who follows the dossiers."""

from django import forms

from gen_portal.core.models import User

NOBODY = "Personne"


class OfficersForm(forms.Form):
    """A line for each region: the officer, the substitute, and what the page showed, lest it be overwritten unseen."""

    def __init__(self, *args, regions, held, people, **kwargs):
        super().__init__(*args, **kwargs)
        named = [user for row in held.values() for user in (row.officer, row.substitute) if user is not None]
        self.regions, self.shown = list(regions), {str(user.pk): user for user in (*people, *named)}
        choices = [("", NOBODY), *((key, str(user)) for key, user in self.shown.items())]
        for region in self.regions:
            officer, substitute = _of(held.get(region.pk))
            self._add(f"officer_{region.pk}", f"{region} : chargé de mission", choices, officer)
            self._add(f"substitute_{region.pk}", f"{region} : suppléant", choices, substitute)
            seen = f"{officer}-{substitute}"
            self.fields[f"seen_{region.pk}"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=seen)

    def _add(self, name, label, choices, initial):
        self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices, initial=initial)

    @property
    def lines(self):
        """(region, officer, substitute, what was seen)."""
        return [
            (region, self[f"officer_{region.pk}"], self[f"substitute_{region.pk}"], self[f"seen_{region.pk}"])
            for region in self.regions
        ]

    def wanted(self):
        """What was chosen, once the form is valid."""
        chosen = self.cleaned_data
        return {
            region: (
                self.shown.get(chosen[f"officer_{region.pk}"]), self.shown.get(chosen[f"substitute_{region.pk}"])
            )
            for region in self.regions
        }  # fmt: skip

    def seen(self):
        """What the page showed, by keys."""
        return {region.pk: _keys(self.cleaned_data[f"seen_{region.pk}"]) for region in self.regions}


def _of(row):
    """The keys of a line as the form writes them."""
    if row is None:
        return "", ""
    return str(row.officer_id), str(row.substitute_id or "")


def _keys(text):
    officer, _, substitute = text.partition("-")
    return tuple(int(key) if key.isdigit() else None for key in (officer, substitute))


class OfficerForm(forms.Form):
    """Who follows one dossier apart from its region's table."""

    officer = forms.ModelChoiceField(
        label="Chargé de mission", required=False, queryset=User.objects.none(), empty_label="Celui de la région"
    )
    substitute = forms.ModelChoiceField(
        label="Suppléant", required=False, queryset=User.objects.none(), empty_label=NOBODY
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = self.fields["substitute"].queryset = people
