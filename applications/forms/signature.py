"""Forms about signing a dossier."""

from django import forms

from applications.models import Attachment


class MandateForm(forms.Form):
    """A member signs for the declared signatory: as what, since when, shown by what."""

    role = forms.CharField(
        label="Votre qualité dans la structure", max_length=120, help_text="Par exemple : directrice adjointe."
    )
    mandate_on = forms.DateField(label="Date du mandat", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    document = forms.ModelChoiceField(
        label="Document du mandat",
        queryset=Attachment.objects.none(),
        required=False,
        empty_label="Aucun : je le déclare ci-dessous",
        help_text="Parmi les pièces jointes au dossier : joignez d'abord la délégation de signature, si vous en avez une.",
    )
    is_declared = forms.BooleanField(
        label="Je déclare avoir reçu ce mandat et pouvoir le produire à toute demande.", required=False
    )

    def __init__(self, *args, application, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = application.attachments.current().for_page()

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("document") and not cleaned.get("is_declared") and "document" not in self.errors:
            self.add_error("is_declared", "Choisissez le document du mandat, ou cochez cette déclaration.")
        return cleaned


class SignatureRequestForm(forms.Form):
    email = forms.EmailField(
        label="Adresse électronique du signataire",
        help_text="Un lien y est envoyé : il permet de lire le dossier et de le signer, sans compte, pendant 14 jours.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
