"""What anybody may send from the registry: an alert to ask for, a mistake to tell. A field that people do not see keeps
robots away."""

from django import forms

from fabriques.models import ErrorReport, Frequency


class UnseenField(forms.CharField):
    """Left empty by people, who do not see it; filled by programs that fill everything."""

    def __init__(self):
        super().__init__(
            label="Laissez ce champ vide",
            required=False,
            widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
        )

    def validate(self, value):
        if value:
            raise forms.ValidationError("Ce champ doit rester vide.")


class AlertForm(forms.Form):
    """Where to write, and how often at most."""

    email = forms.EmailField(
        label="Votre adresse électronique",
        help_text="Format attendu : nom@domaine.fr. Elle ne sert qu'à cette alerte.",
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    frequency = forms.ChoiceField(label="Recevoir un courriel", choices=Frequency, initial=Frequency.WEEKLY)
    site_internet = UnseenField()


class ErrorForm(forms.ModelForm):
    """What is wrong, and who says so if they wish an answer."""

    site_internet = UnseenField()

    class Meta:
        model = ErrorReport
        fields = ["text", "name", "email"]
        labels = {"text": "Qu'est-ce qui est inexact ?", "name": "Votre nom", "email": "Votre adresse électronique"}
        help_texts = {"email": "Si vous souhaitez une réponse. Nom et adresse sont effacés une fois l'erreur traitée."}
        widgets = {"text": forms.Textarea({"rows": 5})}


class CloseForm(forms.Form):
    """What became of a mistake."""

    outcome = forms.ChoiceField(choices=[("corrected", "corrigé"), ("dismissed", "sans suite")])
    note = forms.CharField(required=False, max_length=500)
