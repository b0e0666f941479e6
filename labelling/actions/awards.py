"""The rows of a label: what the public may read, from the labelled filing, never from a later draft."""

from applications import archive
from applications.models import Submission
from gen_portal.core import clock
from labelling.models import Grant, Label, LabelEvent, LabelEventKind, LabelSession, LabelSite


def award_labels(decisions, envelope, *, by, at):
    """One label per published decision with its places, its first event and its grant, in set statements.

    It runs inside the publication, from the day of `at` for the months of the call, and takes the latest filing.
    """
    dossiers = [decision.application_id for decision in decisions]
    filings = {
        s.application_id: s for s in Submission.objects.filter(application__in=dossiers).order_by("filed_at", "pk")
    }
    starts_on = clock.day_of(at)
    labels = Label.objects.bulk_create(
        [_label(decision, filings[decision.application_id], starts_on) for decision in decisions], batch_size=200
    )
    awarded = LabelEventKind.AWARDED
    LabelEvent.objects.bulk_create(
        [LabelEvent(label=label, kind=awarded, effective_on=starts_on, known_at=at, by=by) for label in labels],
        batch_size=500,
    )
    LabelSite.objects.bulk_create([row for label in labels for row in _sites(label)], batch_size=500)
    LabelSession.objects.bulk_create([row for label in labels for row in sessions_of(label)], batch_size=500)
    Grant.objects.bulk_create(
        [
            Grant(label=label, envelope=envelope, amount_euros=label.decision.grant_euros)
            for label in labels
            if label.decision.grant_euros
        ],
        batch_size=500,
    )
    return labels


def _label(decision, filing, starts_on):
    application, answers = decision.application, archive.answers(filing.archive)
    return Label(
        training=application.training,
        decision=decision,
        submission=filing,
        starts_on=starts_on,
        ends_on=clock.add_months(starts_on, application.call.label_months),
        title=filing.archive["training"]["title"],
        summary=answers["summary"],
        job_family=answers["job_family"],
        entry_level=answers["entry_level"],
        is_free=bool(answers["is_free"]),
        total_hours=answers["total_hours"],
        first_start_on=archive.first_start(filing.archive),
        on_site_percent=answers.get("on_site_percent"),
    )


def _sites(label):
    for site in label.submission.archive["sites"]:
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
    for line in archive.sessions(label.submission.archive):
        yield LabelSession(
            label=label,
            starts_on=line["starts_on"],
            ends_on=line.get("ends_on") or None,
            seat_count=line.get("seat_count"),
            place=line.get("place", ""),
        )
