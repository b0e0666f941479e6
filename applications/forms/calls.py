"""What an officer types to write a call: its presentation, its rule, its grid, its documents. Actions write."""

from django import forms
from django.core.files.base import ContentFile

from applications.forms.instants import DayField, opening_instant
from applications.models import SECTIONS, Call, CallStanding, Criterion, GrantRule, RequiredDocument
from applications.models.tables import ExpenseHead
from gen_portal.core import files

_FREE_EXTRA_ROWS = 2


class PresentationForm(forms.ModelForm):
    """What a call says of itself: all that may still be corrected once it is published."""

    specification_file = forms.FileField(
        label="Cahier des charges (PDF)",
        required=False,
        help_text="Un seul PDF de 10 Mo au plus. Un nouveau fichier remplace le précédent.",
        widget=forms.FileInput({"accept": "application/pdf"}),
    )

    class Meta:
        model = Call
        fields = ["title", "summary", "text", "contact_name", "contact_email"]
        help_texts = {
            "summary": "Deux ou trois phrases, affichées dans la liste des appels et en tête de sa page.",
            "text": "Mise en forme possible : « ## » pour un titre, « - » pour une liste, « **gras** », liens.",
            "contact_name": "La personne ou l'équipe qui répond aux candidats.",
        }
        widgets = {"summary": forms.Textarea({"rows": 3}), "text": forms.Textarea({"rows": 16})}

    def clean_specification_file(self):
        """What everybody will read says nothing of who wrote it."""
        upload = self.cleaned_data["specification_file"]
        if upload is None:
            return None
        files.check_pdf(upload)
        return ContentFile(files.copy_without_metadata(upload.read(), files.Kind.PDF), upload.name)

    def values(self):
        """Fields of the call to write."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class GeneralForm(PresentationForm):
    """The first step of a call not yet published: its presentation and its targets."""

    class Meta(PresentationForm.Meta):
        fields = [*PresentationForm.Meta.fields, "target_fabriques", "target_people"]
        help_texts = PresentationForm.Meta.help_texts | {
            "target_fabriques": "Nombre de structures que l'appel veut voir porter un label.",
            "target_people": "Nombre de personnes que les formations labellisées doivent former.",
        }


class OpeningForm(forms.Form):
    """When filing begins, in legal time."""

    opens_on = DayField(label="Ouverture des candidatures")
    opens_time = forms.TimeField(
        label="Heure d'ouverture", required=False, help_text="Heure de Paris. Vide : dès le début de la journée."
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("opens_on"):
            try:
                cleaned["opens_at"] = opening_instant(cleaned["opens_on"], cleaned.get("opens_time"))
            except forms.ValidationError as error:
                self.add_error("opens_time", error)
        return cleaned


class CreationForm(OpeningForm, GeneralForm):
    """A new call: its presentation, its targets and its opening."""

    field_order = [*GeneralForm.Meta.fields, "specification_file", "opens_on", "opens_time"]


class RuleForm(forms.ModelForm):
    """The envelope, how long a label lasts, and the limits of a grant: at least one."""

    budget_euros = forms.IntegerField(label="Enveloppe de l'appel, en euros", min_value=1, max_value=2_000_000_000)
    label_months = forms.IntegerField(label="Durée du label, en mois", min_value=1, max_value=120)
    eligible_heads = forms.MultipleChoiceField(
        label="Dépenses éligibles",
        choices=ExpenseHead,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="La part maximale se calcule sur ces seuls postes. Aucun coché : tout le budget compte.",
    )

    class Meta:
        model = GrantRule
        fields = ["per_label_euros", "per_structure_euros", "max_share_percent", "eligible_heads"]
        labels = {
            "per_label_euros": "Plafond par label, en euros",
            "per_structure_euros": "Plafond par structure, en euros",
            "max_share_percent": "Part maximale du budget de la formation, en %",
        }
        help_texts = {
            "per_label_euros": "Vide : pas de plafond par label.",
            "per_structure_euros": "Pour tous les labels d'une même structure dans cet appel. Vide : pas de plafond.",
            "max_share_percent": "Vide : la subvention n'est pas limitée à une part du budget.",
        }

    field_order = ["budget_euros", "label_months", *Meta.fields]

    def clean(self):
        cleaned = super().clean()
        per_label, per_structure = cleaned.get("per_label_euros"), cleaned.get("per_structure_euros")
        if per_label is not None and per_structure is not None and per_structure < per_label:
            self.add_error("per_structure_euros", "Une structure doit pouvoir recevoir au moins le plafond d'un label.")
        share = cleaned.get("max_share_percent")
        if share is not None and not 1 <= share <= 100:
            self.add_error("max_share_percent", "Indiquez une part de 1 à 100 %.")
        if cleaned.get("eligible_heads") and share is None and "max_share_percent" not in self.errors:
            self.add_error(
                "max_share_percent", "Des dépenses éligibles ne limitent rien sans part maximale : fixez-la."
            )
        if not self.errors and not any(self.limits().values()):
            raise forms.ValidationError("Fixez au moins un plafond : par label, par structure ou en part du budget.")
        return cleaned

    def limits(self):
        """Fields of the grant rule to write."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CriterionForm(forms.ModelForm):
    """A line of the grid. Its code is kept from one time to the next; a new line gets one from its label."""

    weight_percent = forms.IntegerField(
        label="Poids, en %", min_value=1, max_value=100, widget=forms.NumberInput({"data-gen-weight": True})
    )

    section = forms.ChoiceField(
        label="Partie du dossier concernée", required=False,
        choices=[("", "Aucune en particulier"), *((section.code, section.title) for section in SECTIONS)],
        help_text="Après un refus, qui candidate de nouveau y lit le motif de ce critère.",
    )  # fmt: skip

    class Meta:
        model = Criterion
        fields = ["label", "weight_percent", "guidance", "section", "code"]
        widgets = {"guidance": forms.Textarea({"rows": 2}), "code": forms.HiddenInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False


class DocumentForm(forms.ModelForm):
    """A document that applicants are asked to join."""

    class Meta:
        model = RequiredDocument
        fields = ["label", "help_text", "is_mandatory", "accepts_pdf", "accepts_images", "accepts_sheets"]
        labels = {
            "label": "Pièce",
            "is_mandatory": "Obligatoire pour déposer",
            "accepts_pdf": "Accepter un PDF",
            "accepts_images": "Accepter une image (PNG, JPEG)",
            "accepts_sheets": "Accepter un tableur (XLSX, ODS)",
        }
        widgets = {"help_text": forms.Textarea({"rows": 2})}

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in ("accepts_pdf", "accepts_images", "accepts_sheets")):
            self.add_error("accepts_pdf", "Acceptez au moins un format de fichier pour cette pièce.")
        return cleaned


class GridNoteForm(forms.Form):
    is_fictional = forms.BooleanField(
        label="Annoncer une pondération indicative (fictive)",
        required=False,
        help_text="À cocher tant que les poids réels n'ont pas été arrêtés : la page de l'appel le dira.",
    )


class BaseRows(forms.BaseFormSet):
    """Lines typed one under the other, some of them free; those ticked « Supprimer » or left empty do not count."""

    def __init__(self, data=None, *args, initial=None, **kwargs):
        """What is posted speaks for itself: compared with lines changed meanwhile, some would be lost."""
        super().__init__(data, *args, initial=None if data else initial, **kwargs)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Supprimer cette ligne"

    def kept(self):
        """The values of the lines to write, in order."""
        kept = [form for form in self.forms if form.has_changed() or form in self.initial_forms]
        return [
            {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            for form in kept
            if form not in self.deleted_forms
        ]


class BaseGridRows(BaseRows):
    """Refuses weights that do not add up to 100 %."""

    def clean(self):
        if any(self.errors):
            return
        total = sum(values["weight_percent"] for values in self.kept())
        if total != 100:
            gap = abs(100 - total)
            what = f"il manque {gap}" if total < 100 else f"il y a {gap}"
            raise forms.ValidationError(
                f"La somme des poids est de {total} % : {what} point{'s' if gap > 1 else ''}"
                f"{'' if total < 100 else ' de trop'} pour faire 100 %."
            )


GridRows = forms.formset_factory(CriterionForm, BaseGridRows, extra=_FREE_EXTRA_ROWS, can_delete=True, max_num=20)
DocumentRows = forms.formset_factory(DocumentForm, BaseRows, extra=_FREE_EXTRA_ROWS, can_delete=True, max_num=30)


#: How the addresses of lists name the standings.
STANDINGS = {
    "ouverts": CallStanding.OPEN,
    "a-venir": CallStanding.UPCOMING,
    "clos": CallStanding.CLOSED,
    "brouillons": CallStanding.DRAFT,
}
_STANDING_CHOICES = (("ouverts", "Ouverts"), ("a-venir", "À venir"), ("clos", "Clos"))


class PublicFilterForm(forms.Form):
    """Which calls to show to everybody."""

    etat = forms.ChoiceField(required=False, choices=[("", "Tous"), *_STANDING_CHOICES])

    def standing(self):
        """The standing asked for; nothing when it makes no sense."""
        return STANDINGS.get(self.cleaned_data["etat"], "") if self.is_valid() else ""


class StaffFilterForm(forms.Form):
    """Which calls to show to those who prepare them."""

    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous les appels"), ("brouillons", "Brouillons"), *_STANDING_CHOICES],
    )
    texte = forms.CharField(label="Mots de l'intitulé", required=False, max_length=100)

    def matching(self, shown):
        """Those of these calls (with their standing) that answer the filter; one that makes no sense filters nothing."""
        values = self.cleaned_data if self.is_valid() else {}
        return shown.in_standing(STANDINGS.get(values.get("etat"), "")).titled(values.get("texte", ""))
