"""The filters of the public registry: the list, the map and its points read the same url."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import QueryDict

from applications.models import Call, EntryLevel, JobFamily
from fabriques import nearby, spelling
from fabriques.models import Fabrique
from fabriques.models.registry import Moment, places_at, places_over, public_labels
from gen_portal.core import clock, phrases
from gen_portal.core.models import Department, Region
from gen_portal.core.references import looks_like_reference

#: The periods of `commence`, wherever they are counted from.
_PERIODS = {"trimestre": "Commence ce trimestre", "suivant": "Commence le trimestre suivant"}


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, department):
        return f"{department.code} – {department.name}"


class DayField(forms.DateField):
    """A day one may leave out."""

    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)


class PastDayField(DayField):
    """A day, today at the latest (`last`, set by the form)."""

    last = None

    def validate(self, value):
        super().validate(value)
        if value and value > self.last:
            raise forms.ValidationError("Choisissez aujourd'hui ou un jour passé.")


RADII_KM = (10, 25, 50, 100)
DEFAULT_RADIUS_KM = 50
#: Filters that say which day is asked about, or from where one looks: they are not conditions on a place.
_APART = ("texte", "au", "connu", "pres", "rayon", "commence", "apres", "avant")
#: Filters folded away until they serve: a learner needs the others first.
RARE_FILTERS = (
    "region",
    "departement",
    "appel",
    "apres",
    "avant",
    "au",
    "connu",
    "prioritaire",
    "outremer",
    "fabrique",
)


class RegistryFilterForm(forms.Form):
    """Which places to show. A filter that makes no sense is named beside its field and leaves the others at work."""

    texte = forms.CharField(label="Formation, structure, ville ou numéro de label", required=False, max_length=100)
    pres = forms.CharField(
        label="Près de (ville ou code postal)",
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "data-gen-places": ""}),
    )
    rayon = forms.TypedChoiceField(
        label="Dans un rayon de",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", f"{DEFAULT_RADIUS_KM} km"), *[(km, f"{km} km") for km in RADII_KM if km != DEFAULT_RADIUS_KM]],
        error_messages={"invalid_choice": "Ce rayon n'est pas proposé : choisissez-en un dans la liste."},
    )
    commence = forms.ChoiceField(
        label="Prochaine rentrée",
        required=False,
        choices=[("", "Toutes les dates"), ("trimestre", "Ce trimestre"), ("suivant", "Trimestre suivant")],
        error_messages={"invalid_choice": "Cette période n'existe pas : choisissez-en une dans la liste."},
    )
    niveau = forms.ChoiceField(
        label="Accessible avec",
        required=False,
        choices=[
            ("", "Tous les niveaux"),
            (EntryLevel.NONE, "Aucun diplôme"),
            (EntryLevel.CAP, "CAP ou BEP"),
            (EntryLevel.BAC, "Baccalauréat"),
            (EntryLevel.BAC2, "Bac + 2 ou plus"),
        ],
        error_messages={"invalid_choice": "Ce niveau n'existe pas : choisissez-en un dans la liste."},
    )
    region = forms.ModelChoiceField(
        Region.objects.all(),
        label="Région",
        required=False,
        empty_label="Toutes les régions",
        error_messages={"invalid_choice": "Cette région n'existe pas : choisissez-en une dans la liste."},
    )
    departement = DepartmentField(
        Department.objects.all(),
        label="Département",
        required=False,
        empty_label="Tous les départements",
        error_messages={"invalid_choice": "Ce département n'existe pas : choisissez-en un dans la liste."},
    )
    famille = forms.ChoiceField(
        label="Famille de métiers",
        required=False,
        choices=[("", "Toutes les familles"), *JobFamily.choices],
        error_messages={"invalid_choice": "Cette famille n'existe pas : choisissez-en une dans la liste."},
    )
    appel = forms.ModelChoiceField(
        Call.objects.none(),
        label="Appel",
        required=False,
        to_field_name="slug",
        empty_label="Tous les appels",
        error_messages={"invalid_choice": "Cet appel n'a donné aucun label : choisissez-en un dans la liste."},
    )
    apres = DayField(label="Commence le, ou après le")
    avant = DayField(label="Commence le, ou avant le")
    fabrique = forms.ModelChoiceField(
        Fabrique.objects.public().select_related("structure"),
        label="Fabrique",
        required=False,
        to_field_name="slug",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "Cette fabrique n'existe pas : ses formations ne peuvent être montrées."},
    )
    au = PastDayField(label="Au (jour)", help_text="Le registre de ce jour-là ; aujourd'hui sans date.")
    connu = PastDayField(label="Tel qu'on le savait le", help_text="Sans ce qui a été appris après ce jour.")
    gratuite = forms.BooleanField(label="Gratuites pour les apprenants", required=False)
    a_distance = forms.BooleanField(label="À distance", required=False)
    prioritaire = forms.BooleanField(label="En quartier prioritaire", required=False)
    outremer = forms.BooleanField(label="Outre-mer seulement", required=False)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.place_search = today, nearby.Search()
        self.fields["au"].last = self.fields["connu"].last = today
        labelled = public_labels().values("decision__cut_off__call")
        self.fields["appel"].queryset = Call.objects.filter(pk__in=labelled).order_by("-opens_at", "pk")

    def clean_pres(self):
        """The commune meant; otherwise what to do, and `place_search` with those to choose between."""
        text = self.cleaned_data["pres"]
        if not text:
            return None
        self.place_search = found = nearby.commune_meant(text)
        if found.commune and found.commune.latitude is not None:
            return found.commune
        if found.commune:
            message = f"La position de {found.commune} n'est pas connue : choisissez une commune voisine."
        elif not found.choices:
            message = "Aucune commune ne répond à ce nom ni à ce code postal : vérifiez-les."
        elif found.is_guess:
            message = "Aucune commune ne porte ce nom : choisissez parmi celles qui s'en approchent."
        else:
            message = "Plusieurs communes répondent à ce nom : choisissez la vôtre ci-dessous."
        raise forms.ValidationError(message)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("apres"), cleaned.get("avant")
        if first and last and last < first:
            self.add_error("avant", "Cette date précède l'autre : aucune formation ne peut y répondre.")
        return cleaned

    def asked(self):
        """What is asked and makes sense, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def moment(self):
        """The day asked for, today without one, and what was to be known of it."""
        asked = self.asked()
        known = clock.end_of(asked["connu"]) if "connu" in asked else None
        return Moment(asked.get("au", self.today), known)

    @property
    def is_about_another_day(self):
        return not {"au", "connu"}.isdisjoint(self.asked())

    def places(self):
        """The places in force on the day asked for that answer."""
        return self._narrowed(places_at(self.moment))

    def labels_over(self):
        """The labels begun and no longer in force that day, with a place that answers; the latest lost first."""
        places = self._narrowed(places_over(self.moment))
        last = places.filter(label=OuterRef("pk")).order_by().values("over_on")[:1]
        labels = public_labels().filter(pk__in=places.order_by().values("label")).annotate(over_on=Subquery(last))
        return labels.for_page().order_by("-over_on", "title", "pk")

    @property
    def default_sort(self):
        """Near and soon first where a place is given, otherwise by structure."""
        return "distance" if self.around else "structure"

    def saved_query(self):
        """What is asked and makes sense, as it stands in an address; without the days of the past."""
        asked = {name: value for name, value in self.asked().items() if name not in ("au", "connu")}
        return urlencode(
            {name: asked[name] if name == "pres" else self.data[name] for name in self.fields if name in asked}
        )

    def described(self):
        """The same in words, one sentence a filter."""
        asked = {name: value for name, value in self.asked().items() if name not in ("au", "connu")}
        return [self._in_words(name, value) for name, value in asked.items()] or ["Toutes les formations labellisées"]

    def _in_words(self, name, value):
        field = self.fields[name]
        if value is True:
            return field.label
        if name == "commence":
            return _PERIODS[value]
        if isinstance(value, date):
            value = phrases.day(value)
        elif isinstance(field, forms.ChoiceField) and not isinstance(value, models.Model):
            value = dict(field.choices)[value]
        return f"{field.label} : {value}"

    @property
    def around(self):
        """The commune one looks from, or None."""
        return self.asked().get("pres")

    @property
    def only_fabrique(self):
        return self.asked().get("fabrique")

    @property
    def radius_km(self):
        return self.asked().get("rayon", DEFAULT_RADIUS_KM)

    @property
    def has_rare_filter(self):
        """Whether something is asked, or wrong, among the filters that are folded away."""
        return any(self.data.get(name) for name in RARE_FILTERS)

    @property
    def common_filters(self):
        return [self[name] for name in self.fields if name not in RARE_FILTERS]

    @property
    def rare_filters(self):
        return [self[name] for name in self.fields if name in RARE_FILTERS]

    def meant(self):
        """What may have been meant by words that no place has, under the same filters; None when nothing is near."""
        text = self.asked().get("texte", "")
        return spelling.meant(text, self._beside_words(places_at(self.moment)).texts()) if text else None

    def _narrowed(self, places):
        return self._beside_words(places).mentioning(self.asked().get("texte", ""))

    def _beside_words(self, places):
        asked = self.asked()
        if self.around:
            places = places.near(self.around, self.radius_km)
        if self.start_days:
            places = places.starting(*self.start_days)
        places = places.starting(asked.get("apres"), asked.get("avant"))
        return places.answering(**{name: value for name, value in asked.items() if name not in _APART})

    @property
    def start_days(self):
        """First and last day of the period asked for, None without one; from today on: a session begun is too late."""
        (_, end), (_, next_end) = _quarters_from(self.today)
        periods = {"trimestre": (self.today, end - clock.ONE_DAY), "suivant": (end, next_end - clock.ONE_DAY)}
        return periods.get(self.asked().get("commence"))

    def label(self):
        """The label whose number was typed instead of words, whatever became of it."""
        typed = self.asked().get("texte", "")
        return public_labels().numbered(typed).first() if looks_like_reference(typed) else None


def _quarters_from(day):
    """The quarter of a day and the next one: (first day, first day after) each."""
    first, end = clock.quarter_of(day)
    return (first, end), clock.quarter_of(end)


@dataclass(frozen=True)
class SavedSearch:
    """What a search kept by an alert says and finds on a day."""

    form: RegistryFilterForm

    @property
    def described(self):
        return self.form.described()

    def published_between(self, since, until):
        """The places it finds whose label was published in [since, until)."""
        return list(
            self.form.places().published_between(since, until).sorted_by(self.form.default_sort).for_page()
        )  # fmt: skip


def saved_search(query, today):
    """The search of an alert, asked on a day."""
    return SavedSearch(RegistryFilterForm(QueryDict(query), today=today))
