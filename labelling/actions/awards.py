"""The rows of a label: what the public may read, from the labelled filing, never from a later draft."""

from applications import archive
from gen_portal.core import clock
from gen_portal.core.inserting import BATCH
from labelling.models import Grant, Label, LabelEvent, LabelEventKind, LabelSession, LabelSite


def award_labels(decisions, envelope, *, by, at):
    """One label per published decision, and the rows that go with them, for the caller to insert: lists of first events, of
    places, of sessions, of grants.

    It runs inside the publication, from the day of `at` for the months of the call, and takes the latest filing
    (`with_filings`).
    """
    starts_on = clock.day_of(at)
    labels = Label.objects.bulk_create([_label(decision, starts_on) for decision in decisions], batch_size=BATCH)
    kind = LabelEventKind.AWARDED
    around = [
        [LabelEvent(label=label, kind=kind, effective_on=starts_on, known_at=at, by=by) for label in labels],
        [row for label in labels for row in _sites(label)],
        [row for label in labels for row in _sessions(label, label.decision.filing_archive)],
        [
            Grant(label=label, envelope=envelope, amount_euros=label.decision.grant_euros)
            for label in labels
            if label.decision.grant_euros
        ],
    ]
    return labels, around


def _label(decision, starts_on):
    application, kept = decision.application, decision.filing_archive
    answers = archive.answers(kept)
    return Label(
        training=application.training,
        decision=decision,
        submission_id=decision.filing_id,
        starts_on=starts_on,
        ends_on=clock.add_months(starts_on, application.call.label_months),
        title=kept["training"]["title"],
        summary=answers["summary"],
        job_family=answers["job_family"],
        entry_level=answers["entry_level"],
        is_free=bool(answers["is_free"]),
        total_hours=answers["total_hours"],
        first_start_on=archive.first_start(kept),
        on_site_percent=answers.get("on_site_percent"),
    )


def _sites(label):
    for site in label.decision.filing_archive["sites"]:
        yield LabelSite(
            label=label,
            site_id=site["id"],
            name=site["name"],
            street=site["street"],
            postcode=site["postcode"],
            commune_id=site["commune_code"],
            is_in_priority_area=site.get("is_in_priority_area", False),
        )


def sessions_of(label):
    """The rows of the sessions announced in the labelled filing."""
    return _sessions(label, label.submission.archive)


def _sessions(label, kept):
    for line in archive.sessions(kept):
        yield LabelSession(
            label=label,
            starts_on=line["starts_on"],
            ends_on=line.get("ends_on") or None,
            seat_count=line.get("seat_count"),
            place=line.get("place", ""),
        )
