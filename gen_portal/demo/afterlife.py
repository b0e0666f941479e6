"""Fabriques and quarterly follow-ups of the demonstration: four quarters of reports, some late, some reminded."""

from datetime import timedelta

from django.utils.text import slugify

from applications.models import Membership
from fabriques.actions import follow_up
from fabriques.models import Fabrique, FollowUpCampaign, FollowUpReport, JournalAction, Reminder
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.demo import words
from labelling.models import Label


def open_fabriques(history, labels, *, at, slugs):
    """One fabrique per structure that has none yet; `slugs` remembers the addresses taken."""
    rows = []
    for structure in {label.training.structure_id: label.training.structure for label in labels}.values():
        if structure.pk in slugs:
            continue
        slug = _free_slug(structure.name, set(slugs.values()))
        slugs[structure.pk] = slug
        rows.append(Fabrique(structure=structure, slug=slug, opened_at=at))
    for fabrique in Fabrique.objects.bulk_create(rows, batch_size=500):
        history.add(fabrique, JournalAction.FABRIQUE_OPENED, by=None, at=at)


def _free_slug(name, taken):
    base, number = slugify(name)[:70], 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class Follower:
    """Plays the past campaigns: who filed, what, and who was reminded."""

    def __init__(self, rng, history):
        self.rng, self.history = rng, history
        self.totals = {}

    def play(self, quarter_starts_on, *, answered_share, answered_until=None):
        """One campaign: a report per label that owes one, most of them filed within the delay."""
        starts_on, ends_on = clock.quarter_of(quarter_starts_on)
        opened_at = clock.start_of(ends_on) + timedelta(hours=7)
        campaign = FollowUpCampaign.objects.create(
            starts_on=starts_on, ends_on=ends_on, due_on=follow_up.due_on_for(ends_on), opened_at=opened_at
        )
        self.history.add(campaign, JournalAction.CAMPAIGN_OPENED, by=None, at=opened_at)
        owners = dict(Membership.objects.filter(role="owner").order_by("-pk").values_list("structure_id", "user_id"))
        labels = Label.objects.in_force_between(starts_on, ends_on).select_related("training").order_by("pk")
        rows = [self._report(campaign, label, owners, answered_share, answered_until) for label in labels]
        reports = FollowUpReport.objects.bulk_create(rows, batch_size=500)
        for report in reports:
            if report.filed_at:
                self.history.add(report, JournalAction.REPORT_FILED, by=report.filed_by, at=report.filed_at)
        return campaign, reports
