"""Forms about a dossier as a whole: starting it, joining a document."""

from django import forms
from django.conf import settings

from applications.models import Application, Structure, Training
from gen_portal.core import files
from gen_portal.core.inspection.kinds import endings, kinds_text
from gen_portal.core.inspection.names import MAX_LENGTH


class SourceField(forms.ModelChoiceField):
    """A dossier told by its training, its call and its state."""

    def label_from_instance(self, application):
        return f"{application.training.title} – {application.call.title} ({application.get_state_display()})"


class StartForm(forms.Form):
    """For which structure and training (known here, or new by its title), and from which earlier dossier, if any."""

    structure = forms.ModelChoiceField(label="Structure", queryset=Structure.objects.none(), empty_label=None)
    training = forms.ModelChoiceField(
        label="Formation déjà connue",
        queryset=Training.objects.none(),
        required=False,
        empty_label="Une nouvelle formation",
        help_text="Choisissez-la si elle a déjà eu un dossier ; sinon donnez son intitulé ci-dessous.",
    )
    title = forms.CharField(
        label="Intitulé de la nouvelle formation",
        max_length=160,
        required=False,
        help_text="Par exemple : Développement web pour débutants.",
    )

    source = SourceField(
        label="Reprendre les réponses d'un dossier",
        queryset=Application.objects.none(),
        required=False,
        empty_label="Non, partir d'un dossier vierge",
        help_text="Réponses et sites sont repris, et les pièces si c'est le même appel. Les engagements et la signature "
        "se redonnent.",
    )

    def __init__(self, *args, structures, taken_up="", **kwargs):
        super().__init__(*args, **kwargs)
        self._offer_sources(structures, taken_up)
        self.fields["structure"].queryset = structures
        known = Training.objects.filter(structure__in=structures).for_choice()
        self.fields["training"].queryset = known
        if not known:
            del self.fields["training"]
            self.fields["title"].label = "Intitulé de la formation"
        if len(structures) == 1:
            self.fields["structure"].initial = structures[0]
            self.fields["structure"].widget = forms.HiddenInput()

    def _offer_sources(self, structures, taken_up):
        """The earlier dossiers of these structures; `taken_up` (a reference) chooses one."""
        sources = Application.objects.of_structures(structures)
        self.fields["source"].queryset = sources
        self.fields["source"].initial = next((row for row in sources if row.reference == taken_up), None)
        if not sources:
            del self.fields["source"]

    def clean(self):
        cleaned = super().clean()
        self._check_training(cleaned)
        source, structure = cleaned.get("source"), cleaned.get("structure")
        if source is not None and structure is not None and source.training.structure_id != structure.pk:
            self.add_error(
                "source", "Ce dossier est celui d'une autre structure : choisissez-en un de la structure choisie."
            )
        return cleaned

    def _check_training(self, cleaned):
        training, structure, title = cleaned.get("training"), cleaned.get("structure"), cleaned.get("title")
        if training is None and not title and "title" not in self.errors:
            self.add_error("title", "Donnez l'intitulé de la formation pour laquelle vous candidatez.")
        elif training is not None and title:
            self.add_error("title", "Choisissez une formation connue ou donnez un nouvel intitulé, pas les deux.")
        elif training is not None and structure is not None and training.structure_id != structure.pk:
            self.add_error("training", "Cette formation est celle d'une autre structure : choisissez sa structure.")


class UploadForm(forms.Form):
    """One file for one document that the call asks, or as another document (None)."""

    file = forms.FileField(
        label="Fichier",
        max_length=MAX_LENGTH,
        error_messages={
            "required": "Choisissez d'abord un fichier.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
            "max_length": "Le nom de ce fichier est trop long : raccourcissez-le, puis joignez-le.",
        },
    )

    def __init__(self, *args, document, **kwargs):
        super().__init__(*args, auto_id=f"id_%s_{document.pk if document else 'autre'}", **kwargs)
        self.kinds = document.kinds if document else files.ALL
        limit_mb = settings.UPLOAD_MAX_BYTES // 1024**2
        field = self.fields["file"]
        field.help_text = f"{kinds_text(self.kinds)}, {limit_mb} Mo au plus."
        field.widget.attrs["accept"] = endings(self.kinds)

    def clean_file(self):
        upload = self.cleaned_data["file"]
        files.check(upload, kinds=self.kinds)
        return upload
