"""Publishing: the one instant at which the decisions of a cut-off show, with their labels and their letters.

decision: countersigned → published, all those of a cut-off that are ready at once, in set statements whatever their number.
What is not ready stays, and is published by a later run.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from applications.models import Application
from applications.transitions import settle_many
from gen_portal.core import access, clock
from gen_portal.core.inserting import insert_together
from gen_portal.core.models import OutgoingEmail, Role
from gen_portal.core.phrases import instant
from gen_portal.core.workflow import Acts, Refused, lock_rows
from labelling.actions.awards import award_labels
from labelling.actions.decisions import hold_envelope, summary_of
from labelling.actions.letters import letters_of
from labelling.decision_reasons import lacking_in, marks_of
from labelling.emails.decisions import mails_of
from labelling.models import Decision, JournalAction, Outcome, Release
from labelling.models.release import timetable_from

PUBLISHERS = (Role.OFFICER, Role.DIRECTOR)


@dataclass
class Publication:
    """What one run published. Nothing of it stands until `write`, in the same transaction, has written what goes with it:
    `rows` are lists of rows to insert, `acts` what the journal is to tell."""

    at: datetime
    decisions: list
    labels: list = field(default_factory=list)
    letter_count: int = 0
    rows: list = field(default_factory=list)
    acts: Acts = field(default_factory=Acts)

    @property
    def counts(self):
        """How many decisions of each outcome."""
        return Counter(decision.outcome for decision in self.decisions)

    @property
    def grants_euros(self):
        return sum(decision.grant_euros for decision in self.decisions)

    def write(self):
        """Two queries where the database can insert into several tables at once."""
        insert_together([*self.rows, self.acts.entries()], known=(OutgoingEmail,))
        return self


def seal_of(decisions):
    """The fingerprint of a set of decisions as somebody previewed it."""
    content = " ".join(sorted(f"{decision.pk}:{decision.fingerprint}" for decision in decisions))
    return hashlib.sha256(content.encode()).hexdigest()[:24]


@transaction.atomic
def publish_decisions(cut_off, *, by, at=None, seen=None, taken=None):
    """Publish every ready decision of a cut-off: labels with their sites and grants, dossiers closed or carried over to
    the next cut-off, one letter per decision and one mail per person who answers for a structure.

    `at` defaults to the clock, read after the locks; `seen` is the seal of what was previewed; `taken` (fingerprints by
    key) keeps to these decisions, as a scheduled publication read them, and nobody publishes otherwise while one waits.
    Refused to anybody but an officer or a director of the day, when nothing is ready, when the set has changed since the
    preview, or when the reviews of a refused dossier have changed so that a criterion under the threshold has no reason.
    """
    return lay_out(cut_off, by=by, at=at, seen=seen, taken=taken).write()


@transaction.atomic(savepoint=False)
def lay_out(cut_off, *, by, at=None, seen=None, taken=None):
    """The same up to the last statement: the floor above adds its own rows to the Publication, then writes it."""
    envelope = hold_envelope(cut_off.call)
    here, *later = timetable_from(cut_off)
    if taken is None and here.release_at:
        raise Refused(_scheduled(here.release_at))
    decisions = _lock_ready(cut_off, taken)
    at, roles = _instant_and_roles(by, at)
    marks = marks_of(decision.application for decision in decisions)
    _check(decisions, marks, is_allowed=by is None or not roles.isdisjoint(PUBLISHERS), seen=seen)
    Decision.objects.filter(pk__in=[decision.pk for decision in decisions]).update(published_at=at)
    for decision in decisions:
        decision.published_at = at
    labels, around = award_labels([each for each in decisions if each.is_labelling], envelope, by=by, at=at)
    publication = Publication(at, decisions, labels, rows=around)
    following = _settle(publication, later, by=by)
    letters = letters_of(decisions, labels, following, marks, at=at)
    mails = mails_of(letters, at=at)
    publication.rows += [letters, mails]
    publication.letter_count = len(mails)
    _tell(publication, by=by)
    return publication


def _instant_and_roles(by, at):
    """The instant that decides, read under the locks unless it is given, and the roles of a person on its day."""
    if by is None:
        return at or clock.now(), set()
    return access.now_and_roles(by, at)


def _scheduled(at):
    return f"Une publication de ce relevé est programmée le {instant(at)} : annulez-la d'abord. Rien n'a été publié."


def refuse_if_scheduled(cut_off):
    """Two publications of one cut-off are not prepared side by side."""
    waiting = Release.objects.scheduled().of_cut_off(cut_off).first()
    if waiting is not None:
        raise Refused(_scheduled(waiting.at))


def _lock_ready(cut_off, taken):
    """The ready decisions under lock, dossiers before decisions and each by number, so that no two runs cross."""
    ready = Decision.objects.ready().of_cut_off(cut_off)
    if taken is not None:
        ready = ready.filter(pk__in=taken)
    dossiers = lock_rows(Application.objects.filter(pk__in=ready.values("application")))
    locked = ready.filter(application__in=dossiers).select_for_update(of=("self",), no_key=True)
    decisions = list(locked.for_page().with_filings().order_by("pk"))
    for decision in decisions:
        decision.application.cut_off = decision.cut_off  # the same row, where it is ready
    return decisions if taken is None else [each for each in decisions if each.fingerprint == taken[each.pk]]


def _check(decisions, marks, *, is_allowed, seen):
    if not is_allowed:
        raise Refused("Seuls un chargé de mission ou le directeur publient les décisions.")
    if not decisions:
        raise Refused("Aucune décision de ce relevé n'est prête : rien n'a été publié.")
    if seen is not None and seen != seal_of(decisions):
        raise Refused(
            "Les décisions prêtes ont changé depuis l'aperçu : relisez-le avant de publier. Rien n'a été publié."
        )
    _check_reasons(decisions, marks)


def _check_reasons(decisions, marks):
    lacking = lacking_in(decisions, marks)
    if not lacking:
        return
    named = " ; ".join(f"{d.application.reference} ({', '.join(lacking[d.pk])})" for d in decisions if d.pk in lacking)
    raise Refused(
        "Un refus donne un motif pour chaque critère sous le seuil de l'appel, et il en manque depuis que des évaluations "
        f"ont changé : {named}. Reprenez ces signatures et écrivez-les. Rien n'a été publié."
    )


def _settle(publication, later, *, by):
    """Close the dossiers, or carry them over; returns the cut-off that follows when it was needed."""
    by_outcome = {
        outcome: {each.application_id for each in publication.decisions if each.outcome == outcome}
        for outcome in Outcome
    }
    following = None
    if by_outcome[Outcome.DEFERRED]:
        following = later[0] if later else None
        if following is None:
            raise Refused("Une candidature est reportée, mais il n'y a pas de relevé suivant : rien n'a été publié.")
    settle_many(
        [decision.application for decision in publication.decisions], publication.acts, by=by, at=publication.at,
        refused=by_outcome[Outcome.REFUSED], deferred=by_outcome[Outcome.DEFERRED], following=following,
    )  # fmt: skip
    return following


def _tell(publication, *, by):
    notes = {decision.pk: summary_of(decision) for decision in publication.decisions}
    told = {"by": by, "at": publication.at}
    publication.acts.add(publication.decisions, JournalAction.DECISION_PUBLISHED, notes=notes, **told)
    publication.acts.add(publication.labels, JournalAction.LABEL_PUBLISHED, **told)
