"""Publishing a cut-off, the whole of it in one transaction: decisions, labels, letters, and the fabriques they open."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.text import slugify

from applications.models import Structure
from fabriques.models import Fabrique, JournalAction
from gen_portal.core import clock
from gen_portal.core.inserting import BATCH
from gen_portal.core.workflow import Refused, lock, record_many
from labelling.actions.decisions import hold_envelope
from labelling.emails import releases as emails
from labelling.models import Label, Outcome, Release, ReleaseState
from labelling.transitions.publishing import lay_out
from labelling.transitions.releases import end, prevent

logger = logging.getLogger(__name__)

SLUG_LENGTH = 70  # of the 80 of the column: room for a number


@dataclass(frozen=True)
class PublishedCounts:
    """What a publication did, in numbers; `by_outcome` maps an `Outcome` to a count."""

    at: datetime
    decision_count: int
    by_outcome: dict
    label_count: int
    fabrique_count: int
    letter_count: int
    grants_euros: int

    @property
    def lines(self):
        """« 12 labellisées », « 1 refusée »: each outcome that occurred."""
        return [outcome.counted(count) for outcome in Outcome if (count := self.by_outcome.get(outcome, 0))]


@transaction.atomic
def publish_cut_off(cut_off, *, by, seen=None):
    """Publish everything ready in a cut-off at one instant: afterwards its decisions, labels, letters and fabriques exist,
    or none does.

    `by`: an officer or the director; `seen`: the seal of what was previewed. Refused as `publish_decisions` refuses.
    """
    return _published(lay_out(cut_off, by=by, seen=seen), by=by)


@transaction.atomic
def run_release(release):
    """What the clock does at the instant of a scheduled publication: all of it, or nothing and the reason why, told to
    whoever scheduled it. The counts, or None."""
    hold_envelope(release.cut_off.call)
    release = lock(release, ReleaseState.SCHEDULED)
    try:
        with transaction.atomic():
            counts = _published(lay_out(release.cut_off, by=None, taken=release.taken), by=None)
    except Refused as refusal:
        emails.tell_prevented(prevent(release, at=clock.now(), why=str(refusal)))
        return None
    end(release, at=counts.at)
    return counts


def run_due_releases(now):
    """Publish what was scheduled for an instant that has come; what another run does at the same time is left to it."""
    for release in Release.objects.due(now):
        try:
            run_release(release)
        except Refused:  # cancelled, or published by another run, between the question and the lock
            logger.info("release %s no longer waits", release.pk)


def _published(publication, *, by):
    """Open the fabriques of a publication and write it, in its transaction; returns the whole in numbers."""
    structures = {label.training.structure_id for label in publication.labels}
    opened = _open(structures, at=publication.at)
    publication.acts.add(opened, JournalAction.FABRIQUE_OPENED, by=by, at=publication.at)
    publication.write()
    return PublishedCounts(
        at=publication.at,
        decision_count=len(publication.decisions),
        by_outcome=dict(publication.counts),
        label_count=len(publication.labels),
        fabrique_count=len(opened),
        letter_count=publication.letter_count,
        grants_euros=publication.grants_euros,
    )


@transaction.atomic
def open_missing_fabriques():
    """Open the fabrique of every structure that holds or held a published label and has none; returns those opened.

    Changes nothing when nothing lacks: it repairs, and may run at any time.
    """
    published = Label.objects.filter(decision__published_at__isnull=False, training__structure=OuterRef("pk"))
    lacking = Structure.objects.filter(Exists(published), fabrique=None).values_list("pk", flat=True)
    return open_fabriques(lacking, by=None, at=clock.now())


def open_fabriques(structure_ids, *, by, at):
    """A page at its own address for each of these structures that has none yet, in set statements."""
    fabriques = _open(structure_ids, at=at)
    record_many(fabriques, JournalAction.FABRIQUE_OPENED, by=by, at=at)
    return fabriques


def _open(structure_ids, *, at):
    """The same, not told yet. The structures are locked in order, so two publications never open the same one twice."""
    locked = Structure.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(structure_ids))
    structures = list(locked.select_related("commune").order_by("pk"))
    return _create(structures, at) if structures else []


def _create(structures, at):
    """An address taken meanwhile by another publication, of a structure of the same name, is chosen anew."""
    for is_last_try in (False, False, True):
        kept = dict(Fabrique.objects.order_by("pk").values_list("structure_id", "slug"))
        taken = set(kept.values())
        rows = [
            Fabrique(structure=structure, slug=_free_slug(structure, taken), opened_at=at)
            for structure in structures
            if structure.pk not in kept
        ]
        try:
            with transaction.atomic():
                return Fabrique.objects.bulk_create(rows, batch_size=BATCH)
        except IntegrityError:
            if is_last_try:
                raise


def _free_slug(structure, taken):
    """The name of the structure, with its commune then a number where others already have it."""
    name = slugify(structure.name)[:SLUG_LENGTH].strip("-") or "fabrique"
    with_place = slugify(f"{name} {structure.commune.name}")[:SLUG_LENGTH].strip("-")
    numbered = (f"{with_place}-{number}" for number in range(2, len(taken) + 4))
    slug = next(candidate for candidate in (name, with_place, *numbered) if candidate not in taken)
    taken.add(slug)
    return slug
