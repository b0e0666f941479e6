"""What an officer does with a filed report. An act holds until the structure files again.

report: filed → accepted (accept_report), asked back (ask_report_back), flagged (flag_report); from each to the others.
"""

from django.db import transaction

from fabriques import letters
from fabriques.models import AskedField, JournalAction, ReportReview, ReviewKind
from gen_portal.core import clock, phrases
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def accept_report(report, *, by, seen_at):
    """The figures are taken as they are. `seen_at`: the filing that the officer has read.

    Refused when the report is awaited, was filed again since, or is accepted already.
    """
    report, now = _lock_as_read(report, seen_at), clock.now()
    if report.is_accepted:
        raise Refused(f"Ce relevé est déjà accepté : {_last_act(report)}.")
    _hold(report, accepted_at=now)
    ReportReview.objects.create(report=report, kind=ReviewKind.ACCEPTED, at=now, by=by)
    record(report, JournalAction.REPORT_ACCEPTED, by=by, at=now)
    return report


@transaction.atomic
def ask_report_back(report, *, by, seen_at, words, due_on, note=""):
    """The structure is asked, in one mail, to correct some fields by a day; a report accepted by mistake comes back so.

    `words` maps the name of each field to a word on what is wrong; `note` is for the structure. Refused when the report
    is awaited, was filed again since or is asked back already, without a field, and for a day that has passed.
    """
    report, now = _lock_as_read(report, seen_at), clock.now()
    if report.is_asked_back:
        raise Refused(f"La correction de ce relevé est déjà demandée : {_last_act(report)}.")
    if not words:
        raise Refused("Choisissez au moins un nombre à revoir, et dites en un mot ce qui ne va pas.")
    if due_on < clock.day_of(now):
        raise Refused(f"Le {phrases.day(due_on)} est passé : laissez à la structure le temps de corriger.")
    _hold(report, asked_back_at=now, asked_back_due_on=due_on)
    review = ReportReview.objects.create(
        report=report, kind=ReviewKind.ASKED_BACK, at=now, by=by, note=note, due_on=due_on
    )
    AskedField.objects.bulk_create(AskedField(review=review, name=name, word=word) for name, word in words.items())
    labels = ", ".join(str(report._meta.get_field(name).verbose_name) for name in words)
    record(report, JournalAction.REPORT_ASKED_BACK, by=by, at=now, note=f"{labels} ; pour le {phrases.day(due_on)}")
    letters.ask_for_correction(review, now)
    return report


@transaction.atomic
def flag_report(report, *, by, seen_at, note):
    """Set aside with an internal note: the structure never learns of it. Refused when awaited, filed again since, without
    a note, and when flagged already."""
    report, now = _lock_as_read(report, seen_at), clock.now()
    if report.flagged_at is not None and report.flagged_at >= report.filed_at:
        raise Refused(f"Ce relevé est déjà signalé : {_last_act(report)}.")
    if not note.strip():
        raise Refused("Dites pourquoi vous signalez ce relevé : vos collègues le liront.")
    _hold(report, flagged_at=now)
    ReportReview.objects.create(report=report, kind=ReviewKind.FLAGGED, at=now, by=by, note=note)
    record(report, JournalAction.REPORT_FLAGGED, by=by, at=now)
    return report


def _lock_as_read(report, seen_at):
    """The report under lock, as the officer has read it."""
    report = lock(report)
    if report.filed_at is None:
        raise Refused("Ce relevé n'est pas transmis : il n'y a rien à relire.")
    if report.filed_at != seen_at:
        raise Refused(
            f"La structure a corrigé ce relevé le {phrases.instant(report.filed_at)}, pendant que vous le lisiez. "
            "Relisez les nouveaux nombres."
        )
    return report


def _last_act(report):
    """« par Nadia Perrin, le 3 mai 2017 à 10 h 00 »."""
    last = report.reviews.latest_first().first()
    return f"par {last.by}, le {phrases.instant(last.at)}"


def _hold(report, **instants):
    """One act holds; the earlier ones are in `reviews`."""
    names = ("accepted_at", "asked_back_at", "asked_back_due_on", "flagged_at")
    for name in names:
        setattr(report, name, instants.get(name))
    report.save(update_fields=names)
