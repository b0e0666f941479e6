"""An address whose commune is one of the territory: suggested while one types, or in two steps without scripts."""

from django import forms

from applications.forms.blank_choices import word_blank_choices
from gen_portal.core.models import Commune
from gen_portal.core.text import fold

_SHOWN = 15  # choices one can read


class AddressForm(forms.ModelForm):
    """Street, postcode and commune. What is typed as the commune finds it when it is the only one; otherwise one chooses."""

    commune_name = forms.CharField(
        label="Commune",
        max_length=80,
        help_text="Son nom ou son code postal ; choisissez-la ensuite dans la liste.",
        widget=forms.TextInput({"autocomplete": "address-level2", "data-gen-commune": "id_commune"}),
    )
    commune = forms.ModelChoiceField(
        label="Choisissez la commune", queryset=Commune.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = Commune.objects.order_by("name", "code")
        if self.instance.commune_id:
            self.initial["commune_name"] = self.instance.commune.name
        self.fields["postcode"].widget.attrs |= {"autocomplete": "postal-code", "inputmode": "numeric"}
        self.fields["street"].widget.attrs["autocomplete"] = "street-address"
        word_blank_choices(self.fields)

    def clean_postcode(self):
        postcode = "".join(self.cleaned_data["postcode"].split())
        if len(postcode) != 5 or not postcode.isdigit():
            raise forms.ValidationError("Un code postal compte cinq chiffres, par exemple 35000.")
        return postcode

    def clean(self):
        cleaned = super().clean()
        text, chosen = cleaned.get("commune_name"), cleaned.get("commune")
        if text and not (chosen and _is_named(chosen, text)):
            cleaned["commune"] = self._found(text, cleaned.get("postcode", ""))
        elif not text:
            cleaned.pop("commune", None)
        return cleaned

    def _found(self, text, postcode):
        """The one commune meant by what was typed, or None after saying what to do."""
        matching = list(Commune.objects.matching(text)[: _SHOWN + 1])
        exact = [commune for commune in matching if fold(commune.name) == fold(text)] or matching
        here = [commune for commune in exact if postcode and postcode in commune.postcode_list] or exact
        if len(here) == 1:
            return here[0]
        if not here:
            self.add_error("commune_name", "Aucune commune ne répond à ce nom ni à ce code postal : vérifiez-les.")
        elif len(here) > _SHOWN:
            self.add_error("commune_name", "Trop de communes commencent ainsi : écrivez le nom en entier.")
        else:
            self._offer(here)
        return None

    def _offer(self, communes):
        """Without scripts, the second step: the list itself."""
        field = self.fields["commune"]
        field.queryset = Commune.objects.filter(pk__in=[commune.pk for commune in communes]).order_by("name", "code")
        field.widget = forms.RadioSelect(choices=[(commune.pk, described(commune)) for commune in communes])
        self.add_error("commune", "Plusieurs communes répondent à ce nom : choisissez la vôtre.")


def _is_named(commune, text):
    return fold(commune.name).startswith(fold(text)) or text.strip() in commune.postcode_list


def described(commune):
    """« Rennes (35), 35000 »."""
    postcodes = commune.postcode_list
    shown = ", ".join(postcodes[:2]) + ("…" if len(postcodes) > 2 else "")
    return f"{commune} – {shown}" if shown else str(commune)
