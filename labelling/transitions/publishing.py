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
from applications.transitions import close_many, move_many
from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.phrases import instant
from gen_portal.core.workflow import Refused, lock_rows, record_many
from labelling.actions.awards import award_labels
from labelling.actions.decisions import lock_envelope, next_cut_off, summary_of
from labelling.actions.letters import write_letters
from labelling.decision_reasons import lacking_in
from labelling.emails.decisions import announce
from labelling.models import Decision, JournalAction, Outcome, Release

PUBLISHERS = (Role.OFFICER, Role.DIRECTOR)


@dataclass(frozen=True)
class Publication:
    """What one run published."""

    at: datetime
    decisions: list
    labels: list = field(default_factory=list)
    letter_count: int = 0

    @property
    def counts(self):
        """How many decisions of each outcome."""
        return Counter(decision.outcome for decision in self.decisions)

    @property
    def grants_euros(self):
        return sum(decision.grant_euros for decision in self.decisions)


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
    envelope = lock_envelope(cut_off.call)
    if taken is None:
        refuse_if_scheduled(cut_off)
    decisions = _lock_ready(cut_off, taken)
    at = at or clock.now()
    _check(decisions, by=by, at=at, seen=seen)
    Decision.objects.filter(pk__in=[decision.pk for decision in decisions]).update(published_at=at)
    for decision in decisions:
        decision.published_at = at
    labels = award_labels([decision for decision in decisions if decision.is_labelling], envelope, by=by, at=at)
    following = _settle(decisions, cut_off, by=by, at=at)
    _record(decisions, labels, by=by, at=at)
    letters = write_letters(decisions, labels, following, at=at)
    letter_count = announce(letters, at=at)
    return Publication(at, decisions, labels, letter_count)


def refuse_if_scheduled(cut_off):
    """Two publications of one cut-off are not prepared side by side."""
    waiting = Release.objects.scheduled().of_cut_off(cut_off).first()
    if waiting is not None:
        raise Refused(
            f"Une publication de ce relevé est programmée le {instant(waiting.at)} : annulez-la d'abord. "
            "Rien n'a été publié."
        )


def _lock_ready(cut_off, taken):
    """The ready decisions under lock, dossiers before decisions and each by number, so that no two runs cross."""
    ready = Decision.objects.ready().of_cut_off(cut_off)
    if taken is not None:
        ready = ready.filter(pk__in=taken)
    dossiers = list(ready.order_by("application_id").values_list("application_id", flat=True))
    lock_rows(Application.objects.filter(pk__in=dossiers))
    locked = ready.filter(application__in=dossiers).select_for_update(of=("self",), no_key=True)
    decisions = list(locked.for_page().order_by("pk"))
    return decisions if taken is None else [each for each in decisions if each.fingerprint == taken[each.pk]]


def _check(decisions, *, by, at, seen):
    if by is not None and not access.holds(by, *PUBLISHERS, at=at):
        raise Refused("Seuls un chargé de mission ou le directeur publient les décisions.")
    if not decisions:
        raise Refused("Aucune décision de ce relevé n'est prête : rien n'a été publié.")
    if seen is not None and seen != seal_of(decisions):
        raise Refused(
            "Les décisions prêtes ont changé depuis l'aperçu : relisez-le avant de publier. Rien n'a été publié."
        )
    _check_reasons(decisions)


def _check_reasons(decisions):
    lacking = lacking_in(decisions)
    if not lacking:
        return
    named = " ; ".join(f"{d.application.reference} ({', '.join(lacking[d.pk])})" for d in decisions if d.pk in lacking)
    raise Refused(
        "Un refus donne un motif pour chaque critère sous le seuil de l'appel, et il en manque depuis que des évaluations "
        f"ont changé : {named}. Reprenez ces signatures et écrivez-les. Rien n'a été publié."
    )


def _settle(decisions, cut_off, *, by, at):
    """Close the dossiers, or carry them over; returns the cut-off that follows when it was needed."""
    by_outcome = {outcome: [d.application for d in decisions if d.outcome == outcome] for outcome in Outcome}
    close_many([d.application for d in decisions if d.is_labelling], by=by, at=at, ended=False)
    close_many(by_outcome[Outcome.REFUSED], by=by, at=at, ended=True)
    if not by_outcome[Outcome.DEFERRED]:
        return None
    following = next_cut_off(cut_off)
    if following is None:
        raise Refused("Une candidature est reportée, mais il n'y a pas de relevé suivant : rien n'a été publié.")
    move_many(by_outcome[Outcome.DEFERRED], following, by=by, at=at)
    return following


def _record(decisions, labels, *, by, at):
    notes = {decision.pk: summary_of(decision) for decision in decisions}
    record_many(decisions, JournalAction.DECISION_PUBLISHED, by=by, at=at, notes=notes)
    record_many(labels, JournalAction.LABEL_PUBLISHED, by=by, at=at)
