"""Forms of those who follow a campaign: what to show, what to ask back, why to flag."""

from datetime import timedelta

from django import forms

from applications.models import Call
from fabriques import arithmetic
from fabriques.models import FollowUpCampaign, FollowUpReport, ReportStanding
from fabriques.models.review import PLURALS
from fabriques.scopes import regions_seen_by
from gen_portal.core.models import Region

DAYS_TO_CORRECT = 14
#: What may be asked back: every figure, and the words.
ASKABLE = (*arithmetic.FIGURES, "difficulties")
STANDINGS = [(standing.value, PLURALS[standing].capitalize()) for standing in ReportStanding]


class ScopedForm(forms.Form):
    """A filter by region that offers a person the regions they may see."""

    region = forms.ModelChoiceField(
        label="Région", required=False, queryset=Region.objects.none(), empty_label="Toutes les régions"
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_seen_by(user)

    def asked(self):
        """What is asked and makes sense, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def region_code(self):
        region = self.asked().get("region")
        return region.pk if region else ""


class CampaignFilterForm(ScopedForm):
    """Which reports of a campaign to show; the list, the export and the links of the figures read the same url."""

    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous"), ("transmis", "Transmis"), ("non-transmis", "Non transmis"), *STANDINGS],
    )
    appel = forms.ModelChoiceField(
        label="Appel",
        required=False,
        queryset=Call.objects.filter(published_at__isnull=False).order_by("-opens_at"),
        to_field_name="slug",
        empty_label="Tous les appels",
    )
    texte = forms.CharField(label="Structure ou formation", required=False, max_length=100)
    field_order = ("etat", "region", "appel", "texte")

    def matching(self, reports, today):
        asked = self.asked()
        call = asked.get("appel")
        return (
            reports.standing_at(asked.get("etat", ""), today)
            .in_region(self.region_code())
            .of_call(call.slug if call else "")
            .mentioning(asked.get("texte", ""))
        )


class QueueFilterForm(ScopedForm):
    """Which reports to go through, one after the other."""

    etat = forms.ChoiceField(
        label="À parcourir",
        required=False,
        choices=[
            ("", "À relire"),
            (ReportStanding.FLAGGED.value, "Signalés"),
            (ReportStanding.ASKED_BACK.value, "Redemandés à la structure"),
            (ReportStanding.ACCEPTED.value, "Acceptés"),
        ],
    )
    trimestre = forms.ModelChoiceField(
        label="Trimestre",
        required=False,
        queryset=FollowUpCampaign.objects.latest_first(),
        to_field_name="starts_on",
        empty_label="Tous les trimestres",
    )
    field_order = ("etat", "region", "trimestre")

    def queue(self, reports, today):
        """The reports to go through, in their order."""
        asked = self.asked()
        found = reports.standing_at(asked.get("etat") or ReportStanding.TO_REVIEW, today).in_region(self.region_code())
        return found.of_campaign(asked.get("trimestre")).in_queue_order()


class SilentFilterForm(ScopedForm):
    """Which trainings « en défaut » to show."""

    texte = forms.CharField(label="Structure ou formation", required=False, max_length=100)

    def matching(self, reports):
        return reports.in_region(self.region_code()).mentioning(self.asked().get("texte", ""))


class SeenForm(forms.Form):
    """Which filing the officer has read: an act never lands on figures that nobody looked at."""

    seen_at = forms.DateTimeField(widget=forms.HiddenInput)


class FlagForm(SeenForm):
    note = forms.CharField(
        label="Pourquoi signaler ce relevé ?",
        help_text="Note interne : la structure ne la voit pas, ni le signalement.",
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        error_messages={"required": "Dites pourquoi vous signalez ce relevé : vos collègues le liront."},
    )


class AskBackForm(SeenForm):
    """A word beside each figure to correct, a day, and a note for the structure."""

    due_on = forms.DateField(
        label="À corriger jusqu'au (inclus)",
        widget=forms.DateInput({"type": "date"}),
        error_messages={"required": "Donnez le dernier jour pour corriger."},
    )
    note = forms.CharField(
        label="Mot à la structure",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Il figure dans le courriel et en tête du relevé.",
    )

    def __init__(self, *args, report, today, **kwargs):
        initial = {"due_on": (today + timedelta(days=DAYS_TO_CORRECT)).isoformat()}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        for name in ASKABLE:
            field = FollowUpReport._meta.get_field(name)
            self.fields[f"mot_{name}"] = forms.CharField(
                label=str(field.verbose_name).capitalize() + _shown(report, name), required=False, max_length=300
            )

    def word_fields(self):
        return [self[f"mot_{name}"] for name in ASKABLE]

    def last_fields(self):
        return [self["note"], self["due_on"]]

    def clean(self):
        cleaned = super().clean()
        if not self.words():
            self.add_error(None, "Écrivez un mot à côté d'au moins un nombre : la structure saura quoi corriger.")
        return cleaned

    def words(self):
        """The word of each field asked back."""
        given = {name: self.cleaned_data.get(f"mot_{name}", "") for name in ASKABLE}
        return {name: word for name, word in given.items() if word}


def _shown(report, name):
    """What the report says now, after the name of a figure; words are not repeated."""
    value = getattr(report, name)
    return f" : {value}" if isinstance(value, int) else ""


def mark_asked(form, correction):
    """The structure's form, saying at each field what an officer wants to see corrected, if anything."""
    for asked in correction.fields.all() if correction else ():
        field = form.fields[asked.name]
        field.label = f"{field.label} – à revoir"
        field.help_text = asked.word
    return form
