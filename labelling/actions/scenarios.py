"""What may be done to the lines of a cut-off: each act names dossiers, never positions, and applies to what is stored.

Every change takes the envelope of the call first (as signing does), then the working scenario: two people who move at once
come one after the other, and the second one moves what the first one left. Nothing is lost, no page needs to be fresh.
The first publication of the cut-off takes the envelope too: from then on nothing moves any more.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from gen_portal.core import clock
from gen_portal.core.phrases import day
from gen_portal.core.workflow import Refused, lock, record
from labelling.actions.decisions import lock_envelope
from labelling.lines import Lines, field_of, lines_of
from labelling.models import JournalAction, Scenario, ScenarioPlace
from labelling.models.scenario import AWAY, published_since
from labelling.portfolio import Portfolio, passed_over, passing

WORKING_NAME = "Lignes en cours"
BATCH = 200
COLUMNS = ("position", "grant_euros", "exception", "note")


@dataclass(frozen=True)
class Change:
    """What an act changed: before, after, and the dossiers by key."""

    before: Portfolio
    after: Portfolio
    rows: dict


@dataclass
class Draft:
    """A scenario under lock, being changed: every dossier of today has a place in it, those that left have none."""

    before: Lines
    places: list
    label_line: int
    money_line: int

    @classmethod
    def of(cls, lines):
        """Who came since is put before the first dossier it is better ranked than."""
        found = lines.portfolio
        draft = cls(lines, list(lines.present), found.label_line, found.money_line)
        for newcomer in lines.newcomers:
            worse = (n for n, each in enumerate(draft.order) if newcomer.stands_above(each))
            place = ScenarioPlace(scenario=lines.scenario, application_id=newcomer.key)
            draft.places.insert(next(worse, len(draft.places)), place)
        return draft

    @property
    def order(self):
        candidates = self.before.field.candidates
        return [candidates[place.application_id] for place in self.places]

    @property
    def excused(self):
        return {place.application_id for place in self.places if place.exception}

    def index(self, key):
        """Where a dossier stands; refused when it left the cut-off."""
        found = (index for index, place in enumerate(self.places) if place.application_id == key)
        if (index := next(found, None)) is None:
            raise Refused("Ce dossier n'est plus dans ce relevé : rechargez la page.")
        return index

    def after(self):
        """The same lines with what was changed."""
        scenario = self.before.scenario
        scenario.label_line, scenario.money_line = self.label_line, self.money_line
        return Lines(scenario, self.places, self.before.field)


# --- Acts -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_scenario(cut_off, *, by):
    """The working scenario of a cut-off, made in the order of the board when there is none: twice is once. Both lines start
    at the top: nobody gets anything before somebody draws them."""
    lock_envelope(cut_off.call)
    if (scenario := Scenario.objects.working(cut_off)) is not None:
        return scenario
    _refuse_published(cut_off)
    field = field_of(cut_off)
    if not field.candidates:
        raise Refused("Ce relevé n'a encore aucun dossier en évaluation : il n'y a rien à mettre en ordre.")
    order = [candidate.key for candidate in field.ranking()]
    scenario = _create(cut_off, field, WORKING_NAME, order, by=by, is_working=True)
    record(scenario, JournalAction.SCENARIO_OPENED, by=by)
    return scenario


@transaction.atomic
def move_before(scenario, key, before_key, *, by, exception=None):
    """Put a dossier just before another (None: after all), and write its exception (None: as it was).

    Refused without a written one where it would stand above a better-ranked dossier, or below a worse-ranked one.
    """
    draft = _draft_of(scenario)
    if key == before_key:
        raise Refused("Un dossier ne se place pas avant lui-même : choisissez-en un autre.")
    place = draft.places.pop(draft.index(key))
    if exception is not None:
        place.exception = exception.strip()
    draft.places.insert(len(draft.places) if before_key is None else draft.index(before_key), place)
    _refuse_to_pass(draft, key)
    return _save(draft, "dossier déplacé", by=by)


@transaction.atomic
def draw_label_line(scenario, after_key, *, by):
    """Labels down to this dossier, itself included (None: no label); the money line never stays below."""
    draft = _draft_of(scenario)
    draft.label_line = 0 if after_key is None else draft.index(after_key) + 1
    draft.money_line = min(draft.money_line, draft.label_line)
    return _save(draft, "ligne de label déplacée", by=by)


@transaction.atomic
def draw_money_line(scenario, after_key, *, by):
    """Grants down to this dossier, itself included (None: no grant). Refused below the label line."""
    draft = _draft_of(scenario)
    draft.money_line = 0 if after_key is None else draft.index(after_key) + 1
    if draft.money_line > draft.label_line:
        raise Refused(
            "La ligne d'argent ne descend pas sous la ligne de label : une subvention ne va qu'avec un label. "
            "Descendez d'abord la ligne de label."
        )
    return _save(draft, "ligne d'argent déplacée", by=by)


@transaction.atomic
def write_exception(scenario, key, text, *, by):
    """Write why a dossier stands where it does, or take that back with an empty text: refused while it is needed."""
    draft = _draft_of(scenario)
    draft.places[draft.index(key)].exception = text.strip()
    if not text.strip():
        _refuse_to_pass(draft, key)
    return _save(draft, "dérogation écrite" if text.strip() else "dérogation retirée", by=by)


@transaction.atomic
def settle(scenario, *, by):
    """Take in the dossiers that came, let go of those that left, compute the grants anew."""
    return _save(_draft_of(scenario), "dossiers et montants repris", by=by)


@transaction.atomic
def save_copy(scenario, name, *, by):
    """Keep a scenario as it is under a name of its own; the copy never changes. Refused where the name is taken."""
    lock_envelope(scenario.cut_off.call)
    scenario = lock(scenario)
    return _copy(scenario, name, by)


@transaction.atomic
def restore(copy, *, by, exception=""):
    """Make the order, the lines and the exceptions of a copy those of the working scenario, which is copied first.

    Refused where the copy was removed meanwhile, and where it passes over a better-ranked dossier that no exception of its
    own explains, unless one is written now for all of those.
    """
    draft = _draft_of(open_scenario(copy.cut_off, by=by))
    _lock_copy(copy)
    working = draft.before.scenario
    _copy(working, f"Avant reprise, révision {working.revision}", by)
    taken = Draft.of(lines_of(copy, field=draft.before.field))
    _excuse(taken, exception.strip())
    held = {place.application_id: place for place in draft.places}
    for place in taken.places:
        held[place.application_id].exception, held[place.application_id].note = place.exception, place.note
    draft.places = [held[place.application_id] for place in taken.places]
    draft.label_line, draft.money_line = taken.label_line, taken.money_line
    return _save(draft, "", by=by, action=JournalAction.SCENARIO_RESTORED)


def _excuse(draft, exception):
    pairs = passed_over(draft.order, draft.excused)
    if pairs and not exception:
        raise Refused(_passing_sentence(draft, *pairs[0]))
    for better, _ in pairs:
        draft.places[draft.index(better.key)].exception = exception


@transaction.atomic
def rename(copy, name, *, by):
    """Give a copy another name. Refused where the name is taken, and for the working lines."""
    lock_envelope(copy.cut_off.call)
    found = _lock_copy(copy)
    _refuse_taken(found.cut_off, name)
    former, found.name = found.name, name
    found.save(update_fields=["name"])
    record(found, JournalAction.SCENARIO_RENAMED, by=by, note=f"« {former} » devient « {name} »")
    return found


@transaction.atomic
def remove(copy, *, by):
    """Take a copy away with its places; the journal keeps its name. The working lines are never removed."""
    lock_envelope(copy.cut_off.call)
    found = _lock_copy(copy)
    record(found, JournalAction.SCENARIO_REMOVED, by=by, note=f"« {found} », {found.cut_off}")
    found.delete()


@transaction.atomic
def keep_suggestion(cut_off, name, order, *, label_line, money_line, notes, by):
    """A computed choice as a scenario under a name: it proposes, and changes nothing of the working one."""
    lock_envelope(cut_off.call)
    _refuse_taken(cut_off, name)
    field = field_of(cut_off)
    order = [key for key in order if key in field.candidates]  # somebody may have left since it was computed
    scenario = _create(cut_off, field, name, order, by=by, lines=(label_line, money_line), notes=notes)
    record(scenario, JournalAction.SCENARIO_COPIED, by=by, note="suggestion")
    return scenario


# --- Under lock -----------------------------------------------------------------------------------------------------


def _draft_of(scenario):
    lock_envelope(scenario.cut_off.call)
    scenario = lock(scenario)
    if not scenario.is_working:
        raise Refused("Une copie ne change pas : reprenez-la d'abord comme lignes en cours.")
    _refuse_published(scenario.cut_off)
    return Draft.of(lines_of(scenario))


def _refuse_published(cut_off):
    if (since := published_since(cut_off)) is not None:
        raise Refused(
            f"Des décisions de ce relevé sont publiées depuis le {day(since)} : ses lignes restent comme elles étaient. "
            "Rien n'a changé."
        )


def _lock_copy(copy):
    """Under the envelope; refused once it is removed, or for the working lines."""
    found = Scenario.objects.select_for_update(of=("self",), no_key=True).filter(pk=copy.pk).first()
    if found is None:
        raise Refused(f"Le scénario « {copy} » vient d'être retiré : il n'y a plus rien à en faire.")
    if found.is_working:
        raise Refused("Les lignes en cours gardent leur nom et ne se retirent pas : seules leurs copies le font.")
    return found


def _refuse_to_pass(draft, key):
    pair = passing(draft.order, key, draft.excused)
    if pair is not None:
        raise Refused(_passing_sentence(draft, *pair))


def _passing_sentence(draft, better, worse):
    rows = draft.before.field.rows
    return (
        f"Le dossier {rows[better.key].reference} ({_mean(better)}) passerait derrière {rows[worse.key].reference} "
        f"({_mean(worse)}), moins bien classé : écrivez la raison de cette dérogation."
    )


def _mean(candidate):
    return "sans moyenne" if candidate.mean is None else f"moyenne {candidate.mean:.3f}".replace(".", ",")


def _save(draft, what, *, by, action=JournalAction.SCENARIO_CHANGED):
    """Store what changed. Grants are computed here, under the lock of the envelope: their sum never passes what is left.

    The journal says what was done, not to which dossier: it is read by people from whom a dossier may be hidden.
    """
    before, lines = draft.before.portfolio, draft.after()
    after, scenario = lines.portfolio, lines.scenario
    _store_places(draft, after)
    scenario.label_line, scenario.money_line = after.label_line, after.money_line
    scenario.granted_euros = after.granted_euros
    scenario.revision += 1
    scenario.save(update_fields=["label_line", "money_line", "granted_euros", "revision"])
    note = f"révision {scenario.revision}" + (f" : {what}" if what else "")
    record(scenario, action, by=by, note=note)
    return Change(before, after, draft.before.field.rows)


def _store_places(draft, after):
    """Places that move wait far away while others take theirs: a position is never held twice, not even for a moment."""
    scenario = draft.before.scenario
    stood = {pk: tuple(values) for pk, *values in scenario.places.values_list("pk", *COLUMNS)}
    scenario.places.exclude(pk__in=[place.pk for place in draft.places if place.pk]).delete()
    for position, place in enumerate(draft.places, start=1):
        place.position, place.grant_euros = position, after.award_of[place.application_id].grant_euros
    new = [place for place in draft.places if not place.pk]
    changed = [place for place in draft.places if place.pk and stood[place.pk] != _stored(place)]
    moved = [place.pk for place in changed if stood[place.pk][0] != place.position]
    scenario.places.filter(pk__in=moved).update(position=F("position") + AWAY)
    ScenarioPlace.objects.bulk_create(new, batch_size=BATCH)
    ScenarioPlace.objects.bulk_update(changed, COLUMNS, batch_size=BATCH)


def _stored(place):
    return tuple(getattr(place, name) for name in COLUMNS)


# --- Copies ---------------------------------------------------------------------------------------------------------


def _refuse_taken(cut_off, name):
    if Scenario.objects.of_cut_off(cut_off).filter(name=name).exists():
        raise Refused(f"« {name} » est déjà le nom d'un scénario de ce relevé : choisissez-en un autre.")


def _copy(scenario, name, by):
    _refuse_taken(scenario.cut_off, name)
    places = list(scenario.places.order_by("position"))
    copy = Scenario.objects.create(
        cut_off=scenario.cut_off, name=name, label_line=scenario.label_line, money_line=scenario.money_line,
        granted_euros=scenario.granted_euros, created_by=by, created_at=clock.now(),
    )  # fmt: skip
    for place in places:
        place.pk, place.scenario = None, copy
        place._state.adding = True
    ScenarioPlace.objects.bulk_create(places, batch_size=BATCH)
    record(scenario, JournalAction.SCENARIO_COPIED, by=by, note=f"révision {scenario.revision}")
    return copy


def _create(cut_off, field, name, order, *, by, is_working=False, lines=(0, 0), notes=None):
    """A new scenario in this order of keys, with its grants."""
    label_line, money_line = lines
    scenario = Scenario.objects.create(
        cut_off=cut_off, name=name, is_working=is_working, created_by=by, created_at=clock.now(),
        label_line=label_line, money_line=money_line,
    )  # fmt: skip
    notes = notes or {}
    places = [
        ScenarioPlace(scenario=scenario, application_id=key, position=position, note=notes.get(key, ""))
        for position, key in enumerate(order, start=1)
    ]
    found = Lines(scenario, places, field).portfolio
    for place in places:
        place.grant_euros = found.award_of[place.application_id].grant_euros
    ScenarioPlace.objects.bulk_create(places, batch_size=BATCH)
    scenario.granted_euros = found.granted_euros
    scenario.save(update_fields=["granted_euros"])
    return scenario
