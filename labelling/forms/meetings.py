"""Forms of the committee: a meeting to plan, somebody who comes or goes, a point to add, to conclude, to send back."""

from django import forms

from applications.forms.instants import DayField, paris_instant
from labelling.models import CommitteeMeeting, Outcome


class MeetingForm(forms.Form):
    """When and where a meeting is held, and who presides."""

    cut_off = forms.ChoiceField(label="Relevé")
    planned_on = DayField(label="Date", widget=forms.DateInput)
    planned_time = forms.TimeField(label="Heure de Paris")
    place = forms.CharField(
        label="Lieu, ou visioconférence",
        max_length=300,
        help_text="Une salle, une adresse de visioconférence, ou les deux.",
    )
    chair = forms.ChoiceField(
        label="Présidence", help_text="Sa voix l'emporte quand une issue a juste la moitié des voix."
    )
    secretary = forms.ChoiceField(label="Secrétariat", required=False)
    quorum = forms.IntegerField(
        label="Quorum",
        min_value=1,
        max_value=200,
        help_text="Membres présents et non déportés, compté pour chaque dossier.",
    )

    def __init__(self, *args, cut_offs, members, **kwargs):
        super().__init__(*args, **kwargs)
        self._cut_offs = {str(cut_off.pk): cut_off for cut_off in cut_offs}
        self._members = {str(person.pk): person for person in members}
        people = [(key, str(person)) for key, person in self._members.items()]
        self.fields["cut_off"].choices = [(key, str(cut_off)) for key, cut_off in self._cut_offs.items()]
        self.fields["chair"].choices = [("", "Choisissez une personne"), *people]
        self.fields["secretary"].choices = [("", "Personne"), *people]

    @property
    def cut_off_chosen(self):
        return self._cut_offs[self.cleaned_data["cut_off"]]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("planned_on") and cleaned.get("planned_time"):
            try:
                cleaned["planned_at"] = paris_instant(cleaned["planned_on"], cleaned["planned_time"])
            except forms.ValidationError as error:
                self.add_error("planned_time", error)
        return cleaned

    def values(self):
        """What the transition wants, once the form is valid."""
        typed = self.cleaned_data
        return {
            "planned_at": typed["planned_at"], "place": typed["place"], "quorum": typed["quorum"],
            "chair": self._members[typed["chair"]], "secretary": self._members.get(typed["secretary"]),
        }  # fmt: skip


class AddItemForm(forms.Form):
    """One dossier that the agenda lacks."""

    reference = forms.ChoiceField(label="Dossier à ajouter", error_messages={"required": "Choisissez un dossier."})

    def __init__(self, *args, dossiers, **kwargs):
        super().__init__(*args, **kwargs)
        words = [(each.reference, f"{each.training.title}, {each.training.structure.name}") for each in dossiers]
        self.fields["reference"].choices = [("", "Choisissez un dossier"), *words]


class CarryForm(forms.Form):
    """The meeting that takes over what an adjourned one has not examined."""

    to = forms.ModelChoiceField(
        CommitteeMeeting.objects.none(), label="Séance qui les examinera", empty_label="Choisissez une séance"
    )

    def __init__(self, *args, meetings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = meetings


class VoteForm(forms.Form):
    """A voice."""

    choice = forms.CharField()


_REASONS = {"widget": forms.Textarea({"rows": 4}), "max_length": 2000}


class ConsensusForm(forms.Form):
    """What the members agree on, and why."""

    outcome = forms.ChoiceField(label="Issue retenue", choices=Outcome.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(label="Motifs", help_text="Ils figurent au procès-verbal.", **_REASONS)


class VoteResultForm(forms.Form):
    """Why, once the votes are counted; `seen` is the outcome that was read."""

    reasons = forms.CharField(label="Motifs", help_text="Ils figurent au procès-verbal.", **_REASONS)
    seen = forms.CharField(widget=forms.HiddenInput)


class SecondReadingForm(forms.Form):
    """Why a point is sent back, and to when."""

    reasons = forms.CharField(label="Pourquoi", help_text="Cela figure au procès-verbal.", **_REASONS)
    is_later = forms.TypedChoiceField(
        label="Quand y revenir",
        choices=[("", "À la fin de cette séance"), ("1", "À la prochaine séance du relevé")],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
    )


class LeaveRoomForm(forms.Form):
    """Why a member withdraws from a dossier."""

    reason = forms.CharField(
        label="Pourquoi vous déportez-vous ?",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Ce motif n'est lu que par les chargés de mission.",
    )
