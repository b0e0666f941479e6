"""A list of people to invite, pasted or in a file, judged line by line before anything is done."""

from collections import Counter
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from gen_portal.core import spreadsheets
from gen_portal.core.models import Capacity, Ministry, Region, Role, User
from gen_portal.core.posted import read_upload
from gen_portal.core.text import fold
from labelling.actions.inviting import Guest
from labelling.models import CALL_ROLES
from labelling.models.candidates import reviewing_capacities

HEADERS = {
    "email": "Courriel",
    "first_name": "Prénom",
    "last_name": "Nom",
    "place": "Ministère ou région",
    "from_on": "Du",
    "until_on": "Au",
    "max_load": "Dossiers au plus",
    "substitute_email": "Courriel du suppléant",
}
DAYS = ["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%Y-%m-%d %H:%M:%S"]  # the last one is a day of a workbook
EXAMPLE = {
    "email": "prenom.nom@ministere.gouv.fr", "first_name": "Prénom", "last_name": "Nom", "place": "Travail",
    "from_on": "01/09/2026", "until_on": "31/08/2027", "max_load": "40", "substitute_email": "autre@ministere.gouv.fr",
}  # fmt: skip


class InvitationForm(forms.Form):
    """The list itself, as a file or pasted with its header line; what was sent as a file comes back as text."""

    file = forms.FileField(
        label="Fichier CSV ou XLSX", required=False, help_text="1 Mo et 300 lignes au plus.",
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx"}),
    )  # fmt: skip
    text = forms.CharField(
        label="Ou collez la liste ici", required=False,
        help_text="Depuis un tableur, avec sa ligne d'en-tête.", widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
    )  # fmt: skip

    def clean(self):
        upload, text = self.cleaned_data.get("file"), self.cleaned_data.get("text", "")
        if upload is None and not text.strip():
            raise ValidationError("Choisissez un fichier, ou collez une liste.")
        _, self.sheet = read_upload(ContentFile(text.encode()) if upload is None else upload, HEADERS)
        return self.cleaned_data

    @property
    def as_text(self):
        """What was read, as it can be pasted again."""
        rows = [row.cells for row in self.sheet.rows]
        return spreadsheets.as_csv(HEADERS, rows).decode("utf-8-sig").replace("\r\n", "\n")


class _LineForm(forms.Form):
    """The cells of one line taken alone."""

    email = forms.EmailField(
        error_messages={"required": "L'adresse manque.", "invalid": "Cette adresse n'est pas valide."}
    )
    first_name = forms.CharField(required=False, max_length=80)
    last_name = forms.CharField(required=False, max_length=80)
    place = forms.CharField(error_messages={"required": "Indiquez un ministère ou une région."})
    from_on = forms.DateField(
        input_formats=DAYS,
        error_messages={"required": "Le premier jour manque.", "invalid": "Écrivez un jour comme 01/09/2026."},
    )
    until_on = forms.DateField(
        input_formats=DAYS, required=False, error_messages={"invalid": "Écrivez un jour comme 31/08/2027, ou rien."}
    )
    max_load = forms.IntegerField(
        required=False, min_value=1, max_value=1000,
        error_messages={"invalid": "Écrivez un nombre entier, ou rien.", "min_value": "Un dossier au moins, ou rien."},
    )  # fmt: skip
    substitute_email = forms.EmailField(required=False, error_messages={"invalid": "Cette adresse n'est pas valide."})

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean_substitute_email(self):
        return self.cleaned_data["substitute_email"].lower()

    def clean(self):
        first, last = self.cleaned_data.get("from_on"), self.cleaned_data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", "Le dernier jour précède le premier.")
        return self.cleaned_data


@dataclass
class Verdict(spreadsheets.Judged):
    """What a list would do, person by person, and what prevents it: with one fault nobody is invited."""

    guests: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    known: dict = field(default_factory=dict)
    held: set = field(default_factory=set)

    @property
    def lines(self):
        """(guest, what will happen in words)."""
        return [(guest, self._effect(guest)) for guest in self.guests]

    @property
    def new_count(self):
        return sum(not self._is_held(guest) for guest in self.guests)

    def _effect(self, guest):
        if self._is_held(guest):
            return "déjà invité sur ces dates : rien ne change"
        return "a déjà un compte" if guest.email in self.known else "un compte est ouvert"

    def _is_held(self, guest):
        user = self.known.get(guest.email)
        return user is not None and _right(user.pk, guest) in self.held


def _right(user_pk, guest):
    place = guest.ministry.pk if guest.ministry else guest.region.pk
    return user_pk, guest.role, place, guest.from_on, guest.until_on


class Judge:
    """A list against what the portal knows that day; a constant number of queries."""

    def __init__(self, sheet, today):
        self.sheet, self.today = sheet, today
        self.places = {fold(words): (ministry, None) for ministry in Ministry.objects.in_force(today)
                       for words in (ministry.code, ministry.short_name, ministry.name)}  # fmt: skip
        self.places |= {fold(words): (None, region) for region in Region.objects.all()
                        for words in (region.code, region.name)}  # fmt: skip
        wanted = {row.cells["email"].lower() for row in sheet.rows} | {
            row.cells["substitute_email"].lower() for row in sheet.rows
        }
        self.known = {user.email: user for user in User.objects.filter(email__in=wanted)}
        held = Capacity.objects.not_over(today).filter(user__email__in=wanted)
        self.capacities = list(held.select_related("ministry", "region"))
        self.reviewing = set(reviewing_capacities(today).values_list("user__email", "ministry"))
        self.verdict = Verdict(known=self.known, held={
            (c.user_id, c.role, c.ministry_id or c.region_id, c.from_on, c.until_on) for c in self.capacities
        })  # fmt: skip

    def judge(self):
        """The verdict on every line."""
        times = Counter(row.cells["email"].lower() for row in self.sheet.rows)
        for row in self.sheet.rows:
            if times[row.cells["email"].lower()] > 1 and row.cells["email"]:
                self._fault(row, "email", "Cette adresse est sur plusieurs lignes : gardez-en une.")
                continue
            form = _LineForm(row.cells)
            if form.is_valid():
                self._judge_guest(row, form.cleaned_data)
            for name, sentences in form.errors.items():
                self._fault(row, name, " ".join(sentences))
        for row, guest in self._with_rows():
            self._judge_substitute(row, guest)
        return self.verdict

    def _with_rows(self):
        rows = {row.cells["email"].lower(): row for row in self.sheet.rows}
        return [(rows[guest.email], guest) for guest in self.verdict.guests]

    def _judge_guest(self, row, values):
        ministry, region = self.places.get(fold(values.pop("place")), (None, None))
        if ministry is None and region is None:
            self._fault(row, "place", "Ce nom n'est ni un ministère ni une région du portail.")
            return
        guest = Guest(ministry=ministry, region=region, **values)
        found = list(self._faults_of(guest))
        for name, sentence in found:
            self._fault(row, name, sentence)
        if not found:
            self.verdict.guests.append(guest)

    def _faults_of(self, guest):
        user = self.known.get(guest.email)
        if guest.until_on and guest.until_on < self.today:
            yield "until_on", "Ce jour est passé."
        if guest.role != Role.REVIEWER and guest.max_load:
            yield "max_load", "Seul un instructeur a une charge maximale : laissez cette case vide."
        if guest.role != Role.REVIEWER and guest.substitute_email:
            yield "substitute_email", "Seul un instructeur a un suppléant : laissez cette case vide."
        if user is None:
            if not (guest.first_name and guest.last_name):
                yield "first_name", "Cette personne n'a pas encore de compte : donnez son prénom et son nom."
        elif not user.is_active:
            yield "email", "Ce compte est fermé : voyez l'administrateur technique."
        else:
            yield from self._capacity_faults(user, guest)

    def _capacity_faults(self, user, guest):
        own = [capacity for capacity in self.capacities if capacity.user_id == user.pk]
        if guest.role == Role.REVIEWER and any(capacity.role in CALL_ROLES for capacity in own):
            yield "email", "Cette personne conduit les appels : elle ne peut pas évaluer."
        if _right(user.pk, guest) in self.verdict.held:
            return
        for capacity in own:
            is_same = capacity.role == guest.role and (capacity.ministry or capacity.region) == guest.place
            if is_same and _overlap(capacity, guest):
                until = f" au {capacity.until_on:%d/%m/%Y}" if capacity.until_on else ""
                yield (
                    "from_on",
                    f"A déjà cette habilitation du {capacity.from_on:%d/%m/%Y}{until} : les jours se recouvrent.",
                )

    def _judge_substitute(self, row, guest):
        email = guest.substitute_email
        if not email:
            return
        in_list = any(other.email == email and other.ministry == guest.ministry for other in self.verdict.guests)
        if email == guest.email:
            self._fault(row, "substitute_email", "Une personne ne se supplée pas elle-même.")
        elif not in_list and (email, guest.ministry.pk) not in self.reviewing:
            sentence = "Le suppléant doit être un instructeur du même ministère, déjà habilité ou dans cette liste."
            self._fault(row, "substitute_email", sentence)

    def _fault(self, row, name, sentence):
        self.verdict.faults.append(self.sheet.fault(row, name, sentence))


def _overlap(capacity, guest):
    """Whether some day is in both periods."""
    begins_in_time = guest.until_on is None or capacity.from_on <= guest.until_on
    return begins_in_time and (capacity.until_on is None or capacity.until_on >= guest.from_on)
