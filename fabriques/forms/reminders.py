"""Forms of the reminders' pages for staff: they validate, the actions write."""

from django import forms

from applications.models import Structure
from fabriques import wording
from fabriques.actions.reminder_steps import BOUNDS, FIXED
from fabriques.models import FollowUpCampaign, FuseOutcome, ReminderStep


class StepsForm(forms.Form):
    """On or off and the day of each step; one that has left is shown, not changed."""

    def __init__(self, *args, rows, left, **kwargs):
        super().__init__(*args, **kwargs)
        self._rows = rows
        for step, row in rows.items():
            label = ReminderStep(step).label.capitalize()
            self.fields[f"on_{step}"] = forms.BooleanField(
                label=label, required=False, initial=row.is_on, disabled=step in left
            )
            if step not in FIXED:
                first, last = BOUNDS[step]
                self.fields[f"days_{step}"] = forms.IntegerField(
                    label=f"{label} : jours depuis l'échéance", min_value=first, max_value=last,
                    initial=row.day_offset, disabled=step in left,
                    help_text=f"De {first} à {last}. {'Négatif : avant' if last < 0 else 'Positif : après'} l'échéance.",
                )  # fmt: skip

    def settings(self):
        """(is_on, days) by step, as `set_steps` takes them."""
        return {
            step: (self.cleaned_data[f"on_{step}"], self.cleaned_data.get(f"days_{step}", row.day_offset))
            for step, row in self._rows.items()
        }


class TextForm(forms.Form):
    """The words of a step, and on whom to try them."""

    subject_line = forms.CharField(label="Objet", max_length=150)
    text = forms.CharField(
        label="Texte",
        max_length=4000,
        widget=forms.Textarea({"rows": 16}),
        help_text="Une ligne vide sépare deux paragraphes ; **deux étoiles** mettent en gras.",
    )
    recipient = forms.ChoiceField(label="Aperçu pour", required=False)

    def __init__(self, *args, mails, **kwargs):
        super().__init__(*args, **kwargs)
        self._mails = {mail.key: mail for mail in mails}
        self.fields["recipient"].choices = [
            (key, f"{mail.recipient.user} – {mail.structure.name}") for key, mail in self._mails.items()
        ]

    def clean_subject_line(self):
        text = self.cleaned_data["subject_line"]
        if faults := list(wording.faults_of_subject(text)):
            raise forms.ValidationError(faults)
        return text

    def clean_text(self):
        text = self.cleaned_data["text"]
        if faults := list(wording.faults_of_text(text)):
            raise forms.ValidationError(faults)
        return text

    def chosen_mail(self):
        """The planned mail to show the words on: the one asked for, or the first; None when nobody would receive it."""
        key = getattr(self, "cleaned_data", {}).get("recipient")
        return self._mails.get(key) or next(iter(self._mails.values()), None)


class HoldForm(forms.Form):
    """What to keep back, a campaign or a structure, and why."""

    campaign = forms.ModelChoiceField(
        label="Une campagne entière", required=False, queryset=FollowUpCampaign.objects.latest_first(), empty_label="–"
    )
    structure = forms.ModelChoiceField(
        label="Ou une structure, dans toutes les campagnes",
        required=False,
        queryset=Structure.objects.filter(trainings__labels__reports__isnull=False).distinct().for_page(),
        empty_label="–",
    )
    note = forms.CharField(label="Motif", max_length=300, help_text="Il sera lu par l'équipe et gardé au journal.")

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("campaign")) == bool(cleaned.get("structure")):
            self.add_error("campaign", "Choisissez une campagne ou une structure, pas les deux.")
        return cleaned


class FuseForm(forms.Form):
    """What to do with the mails that nobody foresaw."""

    outcome = forms.ChoiceField(
        label="Décision",
        widget=forms.RadioSelect,
        choices=[
            (FuseOutcome.RELEASED, "Ils sont justes : tout envoyer"),
            (FuseOutcome.SET_ASIDE, "Ils sont faux : ne jamais les envoyer, et laisser partir ceux qui étaient prévus"),
        ],
    )


class ForecastFilterForm(forms.Form):
    """Which of the coming mails to show."""

    texte = forms.CharField(label="Structure, région ou personne", required=False, max_length=100)

    def matching(self, mails):
        text = self.cleaned_data["texte"].lower() if self.is_valid() else ""
        return [
            mail for mail in mails
            if text in f"{mail.about_name} {mail.user} {mail.user.email}".lower()
        ]  # fmt: skip
