"""Forms about a dossier as a whole: starting it, joining a document."""

from django import forms

from applications.models import RequiredDocument, Structure, Training
from gen_portal.core import files


class StartForm(forms.Form):
    """For which structure, and which training: one already known here, or a new one by its title."""

    structure = forms.ModelChoiceField(label="Structure", queryset=Structure.objects.none(), empty_label=None)
    training = forms.ModelChoiceField(
        label="Formation déjà connue",
        queryset=Training.objects.none(),
        required=False,
        empty_label="Une nouvelle formation",
        help_text="Les réponses de son dernier dossier seront reprises.",
    )
    title = forms.CharField(
        label="Intitulé de la nouvelle formation",
        max_length=160,
        required=False,
        help_text="Par exemple : Développement web pour débutants.",
    )

    def __init__(self, *args, structures, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures
        known = Training.objects.filter(structure__in=structures).for_choice()
        self.fields["training"].queryset = known
        if not known:
            del self.fields["training"]
            self.fields["title"].label = "Intitulé de la formation"
        if len(structures) == 1:
            self.fields["structure"].initial = structures[0]
            self.fields["structure"].widget = forms.HiddenInput()

    def clean(self):
        cleaned = super().clean()
        training, structure, title = cleaned.get("training"), cleaned.get("structure"), cleaned.get("title")
        if training is None and not title and "title" not in self.errors:
            self.add_error("title", "Donnez l'intitulé de la formation pour laquelle vous candidatez.")
        elif training is not None and title:
            self.add_error("title", "Choisissez une formation connue ou donnez un nouvel intitulé, pas les deux.")
        elif training is not None and structure is not None and training.structure_id != structure.pk:
            self.add_error("training", "Cette formation est celle d'une autre structure : choisissez sa structure.")
        return cleaned


class UploadForm(forms.Form):
    """One PDF for one slot of the dossier (`document`), or as another document."""

    document = forms.ModelChoiceField(
        queryset=RequiredDocument.objects.none(), required=False, widget=forms.HiddenInput
    )
    file = forms.FileField(
        label="Fichier PDF",
        max_length=200,
        widget=forms.FileInput({"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "Choisissez d'abord un fichier.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
            "max_length": "Le nom de ce fichier est trop long : raccourcissez-le, puis joignez-le.",
        },
    )

    def __init__(self, *args, documents, slot=None, **kwargs):
        key = slot.pk if slot else "autre"
        super().__init__(*args, auto_id=f"id_%s_{key}", initial={"document": slot.pk if slot else None}, **kwargs)
        self.fields["document"].queryset = documents

    def clean_file(self):
        upload = self.cleaned_data["file"]
        files.check_pdf(upload)
        return upload
