"""What a fabrique writes of itself: its page and the sessions it announces, its photographs, its contacts."""

from django import forms
from django.core.exceptions import ValidationError

from applications.forms.calls import BaseRows
from fabriques.models import FabriqueContact
from gen_portal.core import files
from gen_portal.core.inspection.kinds import endings

_TITLES_ARE_HELP = (
    "Texte simple ; une ligne vide sépare deux paragraphes. « # Titre », « - élément », « **gras** », "
    "« [texte](https://adresse) ». Ni image ni HTML."
)
MAX_SESSIONS, MAX_CONTACTS = 12, 5


class HttpsField(forms.URLField):
    """An address of the web, in https alone."""

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=200, assume_scheme="https", **kwargs)
        self.widget.attrs["autocomplete"] = "url"

    def clean(self, value):
        address = super().clean(value)
        if address and not address.startswith("https://"):
            raise ValidationError("Donnez une adresse qui commence par https://.")
        return address


class PageForm(forms.Form):
    """The words of the page."""

    description = forms.CharField(
        label="Présentation",
        max_length=4000,
        help_text=_TITLES_ARE_HELP,
        widget=forms.Textarea({"rows": 14}),
        error_messages={"required": "Présentez la fabrique en quelques phrases."},
    )
    hours = forms.CharField(
        label="Horaires d'ouverture",
        required=False,
        max_length=600,
        help_text="Une ligne par jour ou par période, par exemple « Du lundi au jeudi : 9 h – 17 h ».",
        widget=forms.Textarea({"rows": 4}),
    )
    website = HttpsField(
        label="Site internet", help_text="S'il diffère de celui de la structure. Il commence par https://."
    )


class SessionForm(forms.Form):
    """A session that the fabrique announces."""

    label = forms.ChoiceField(label="Formation labellisée")
    starts_on = forms.DateField(label="Premier jour", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    place = forms.CharField(label="Lieu", required=False, max_length=200)
    seat_count = forms.IntegerField(label="Places", required=False, min_value=1, max_value=999)
    link = HttpsField(label="Adresse pour s'inscrire")

    def __init__(self, *args, titles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["label"].choices = [("", "Choisir"), *titles.items()]


SessionRows = forms.formset_factory(SessionForm, BaseRows, extra=1, can_delete=True, max_num=MAX_SESSIONS)


class OwnPageForm:
    """The words and the sessions, typed on one page. `typed()`: as they were typed; `content()`: once they are valid."""

    def __init__(self, data=None, *, titles, typed=None):
        typed = typed or {"sessions": []}
        self.words = PageForm(data, initial=typed)
        self.sessions = SessionRows(
            data, initial=typed["sessions"], prefix="rentrees", form_kwargs={"titles": titles}
        )  # fmt: skip

    def is_valid(self):
        return all([self.words.is_valid(), self.sessions.is_valid()])

    def typed(self):
        """What was posted, right or wrong; a line left empty or ticked to go is not there."""
        words = {name: _plain(self.words[name].data) for name in self.words.fields}
        rows = [form for form in self.sessions.forms if not form["DELETE"].data]
        lines = [{name: _plain(form[name].data) for name in SessionForm.base_fields} for form in rows]
        return {**words, "sessions": [line for line in lines if any(line.values())]}

    def content(self):
        rows = sorted(self.sessions.kept(), key=lambda row: (row["starts_on"], row["label"]))
        sessions = [{**row, "starts_on": row["starts_on"].isoformat()} for row in rows]
        return {**self.words.cleaned_data, "sessions": sessions}


def _plain(text):
    """The line ends of a browser are those of the portal."""
    return (text or "").replace("\r\n", "\n").strip()


def form_of(typed, titles):
    """The form of a draft, as if it had been posted: what is wrong in it is named."""
    data = {name: typed[name] for name in PageForm.base_fields}
    for index, line in enumerate(typed["sessions"]):
        data |= {f"rentrees-{index}-{name}": value for name, value in line.items()}
    count = str(len(typed["sessions"]))
    return OwnPageForm({**data, "rentrees-TOTAL_FORMS": count, "rentrees-INITIAL_FORMS": "0"}, titles=titles)


class DescribedForm(forms.Form):
    """A photograph in words, or said to say nothing."""

    alt = forms.CharField(
        label="Description", required=False, max_length=200,
        help_text="Ce que montre la photo, pour qui ne la voit pas, par exemple « Huit apprenants autour d'un robot ».",
    )  # fmt: skip
    is_decorative = forms.BooleanField(label="Image décorative : elle n'apprend rien de plus", required=False)

    def clean(self):
        cleaned = super().clean()
        is_decorative = cleaned.get("is_decorative")
        if not is_decorative and not cleaned.get("alt") and "alt" not in self.errors:
            self.add_error("alt", "Décrivez la photo en quelques mots, ou cochez « Image décorative ».")
        cleaned["alt"] = "" if is_decorative else cleaned.get("alt", "")
        return cleaned


class PhotoForm(DescribedForm):
    """A photograph to join."""

    file = forms.FileField(label="Photo (JPEG ou PNG)", widget=forms.FileInput({"accept": endings(files.IMAGES)}))
    field_order = ["file", "alt", "is_decorative"]

    def clean_file(self):
        upload = self.cleaned_data["file"]
        self.kind = files.check(upload, kinds=files.IMAGES)
        return upload


class KeptPhotoForm(DescribedForm):
    """A photograph that is there: its place and its description, or its removal."""

    position = forms.IntegerField(label="Place", min_value=1, max_value=99)
    is_removed = forms.BooleanField(label="Retirer cette photo", required=False)
    field_order = ["alt", "is_decorative", "position", "is_removed"]

    def __init__(self, data=None, *, photo):
        self.photo = photo
        initial = {"alt": photo.alt, "is_decorative": photo.is_decorative, "position": photo.position}
        super().__init__(data, initial=initial, prefix=f"photo-{photo.pk}")

    def clean(self):
        cleaned = forms.Form.clean(self) if self.data.get(self.add_prefix("is_removed")) else super().clean()
        if cleaned.get("is_removed"):
            cleaned["alt"], cleaned["is_decorative"] = self.photo.alt, self.photo.is_decorative
        return cleaned

    def told(self):
        values = self.cleaned_data
        return values["position"], values["alt"], values["is_decorative"], values["is_removed"]


class ContactForm(forms.ModelForm):
    """Somebody to write to or to call, and who may read it."""

    class Meta:
        model = FabriqueContact
        fields = ["function", "name", "email", "phone", "is_public", "is_shared"]
        labels = {
            "is_public": "Publié sur la page",
            "is_shared": "Partagé avec les autres fabriques",
        }
        widgets = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "email": forms.EmailInput({"autocomplete": "off"}),
            "phone": forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
        }

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", "Donnez une adresse électronique ou un téléphone.")
        return cleaned

    def validate_constraints(self):
        """The page says it at the field."""


class BaseContactRows(BaseRows):
    def told(self):
        """The rows to store, in order."""
        return [{name: row[name] for name in ("name", "function", "email", "phone", "is_public", "is_shared")}
                for row in self.kept()]  # fmt: skip


ContactRows = forms.formset_factory(ContactForm, BaseContactRows, extra=1, can_delete=True, max_num=MAX_CONTACTS)


class HoldForm(forms.Form):
    """Why a page is held back."""

    reason = forms.CharField(
        label="Motif", max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text="La structure le reçoit par courriel et le lit sur sa page.",
        error_messages={"required": "Écrivez le motif : la structure le lira pour corriger sa page."},
    )  # fmt: skip


def session_titles(standings):
    """The labels in force of a fabrique, by number: those whose sessions it may announce."""
    return {standing.label.reference: standing.label.title for standing in standings if standing.is_in_force}
