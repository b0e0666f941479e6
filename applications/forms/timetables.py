"""The timetable of a call as an officer types it: days of closing count in full unless an hour is given."""

from django import forms

from applications.forms.calls import BaseRows, OpeningForm
from applications.forms.instants import DayField, closing_instant
from gen_portal.core import clock


class GraceForm(OpeningForm):
    """When filing begins, and the grace after each closing."""

    grace_minutes = forms.IntegerField(
        label="Délai de grâce, en minutes",
        min_value=0,
        max_value=120,
        required=False,
        help_text="Un dépôt commencé avant la clôture peut être fini dans ce délai ; le récépissé le signale. Vide : aucun.",
    )
    is_grace_shown = forms.BooleanField(label="Annoncer ce délai aux candidats", required=False)


class CutOffForm(forms.Form):
    """A cut-off: its last day, the hour of closing if the day does not count in full, the day of the results."""

    last_day = DayField(label="Dernier jour pour déposer (inclus)")
    closing_time = forms.TimeField(
        label="Heure de clôture", required=False, help_text="Heure de Paris. Vide : la journée compte en entier."
    )
    results_expected_on = DayField(label="Résultats attendus le", required=False)

    def clean(self):
        cleaned = super().clean()
        last_day, results_on = cleaned.get("last_day"), cleaned.get("results_expected_on")
        if last_day:
            try:
                cleaned["closes_at"] = closing_instant(last_day, cleaned.get("closing_time"))
            except forms.ValidationError as error:
                self.add_error("closing_time", error)
        if last_day and results_on and results_on <= last_day:
            self.add_error("results_expected_on", "Les résultats viennent après le dernier jour pour déposer.")
        return cleaned


class BaseCutOffRows(BaseRows):
    """Refuses two cut-offs that close together. Their order does not matter: they are numbered by their closing."""

    def clean(self):
        if any(self.errors):
            return
        closings = [values["closes_at"] for values in self.kept()]
        if len(set(closings)) < len(closings):
            raise forms.ValidationError("Deux relevés ferment au même instant : supprimez-en un ou changez sa date.")


CutOffRows = forms.formset_factory(CutOffForm, BaseCutOffRows, extra=2, can_delete=True, max_num=20)


class TimetableForm:
    """The opening and the cut-offs, typed on one page and judged together."""

    def __init__(self, data=None, *, call):
        self.opening = GraceForm(data, initial=_opening_of(call))
        self.rows = CutOffRows(data, initial=[_row_of(cut_off) for cut_off in call.timetable], prefix="releves")

    def is_valid(self):
        """Also refuses an opening that comes after a closing, at the field of the opening."""
        are_valid = [self.opening.is_valid(), self.rows.is_valid()]
        if not all(are_valid):
            return False
        closings = [closes_at for closes_at, _ in self.cut_offs()]
        if closings and min(closings) <= self.opens_at:
            self.opening.add_error("opens_on", "L'ouverture doit précéder la première clôture.")
        return self.opening.is_valid()

    @property
    def opens_at(self):
        return self.opening.cleaned_data["opens_at"]

    @property
    def grace(self):
        """Minutes, and whether they are announced."""
        values = self.opening.cleaned_data
        return {"grace_minutes": values["grace_minutes"] or 0, "is_grace_shown": values["is_grace_shown"]}

    def cut_offs(self):
        """Closing instant (exclusive) and day of the results of each line kept."""
        return [(values["closes_at"], values["results_expected_on"]) for values in self.rows.kept()]


def _opening_of(call):
    local = call.opens_at.astimezone(clock.PARIS)
    is_whole_day = call.opens_at == clock.start_of(local.date())
    return {
        "opens_on": local.date(),
        "opens_time": None if is_whole_day else local.time(),
        "grace_minutes": call.grace_minutes or None,
        "is_grace_shown": call.is_grace_shown,
    }


def _row_of(cut_off):
    return {
        "last_day": cut_off.last_day,
        "closing_time": cut_off.closing_time,
        "results_expected_on": cut_off.results_expected_on,
    }
