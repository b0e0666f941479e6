"""An exported filing, sent as a file or pasted, to be compared with the one kept here."""

import json

from django import forms

MAX_BYTES = 1024 * 1024


class ExportForm(forms.Form):
    """One of both ways; `exported` is the JSON value, None when it is not one."""

    file = forms.FileField(
        label="Fichier de l'export",
        required=False,
        help_text="Le fichier JSON téléchargé depuis le récépissé, 1 Mo au plus.",
    )
    text = forms.CharField(
        label="Ou collez son contenu",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload and upload.size > MAX_BYTES:
            raise forms.ValidationError("Ce fichier dépasse 1 Mo : ce n'est pas un export de dépôt.")
        return upload

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("file") and not cleaned.get("text", "").strip():
            raise forms.ValidationError("Choisissez le fichier de l'export, ou collez son contenu.")
        return cleaned

    @property
    def exported(self):
        """The JSON object that was sent; None for anything else."""
        upload = self.cleaned_data["file"]
        try:
            value = json.loads(upload.read().decode() if upload else self.cleaned_data["text"])
        except (ValueError, RecursionError):  # not UTF-8, not JSON, or nested beyond reason
            return None
        return value if isinstance(value, dict) else None
