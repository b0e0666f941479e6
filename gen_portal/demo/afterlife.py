"""Fabriques and quarterly follow-ups of the demonstration: four quarters of reports, some late, some reminded."""

from collections import Counter
from datetime import timedelta

from django.utils.text import slugify

from applications.models import Membership
from fabriques import arithmetic, emails
from fabriques.models import (
    CampaignStep,
    Fabrique,
    FollowUpCampaign,
    FollowUpReport,
    JournalAction,
    Reminder,
    ReportVersion,
)
from fabriques.planning import PlannedMail
from fabriques.recipients import Recipient
from fabriques.schedule import due_on_for, steps_of
from gen_portal.core import clock, outbox
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


def _first_version(report):
    return ReportVersion(
        report=report,
        number=1,
        figures={name: getattr(report, name) for name in arithmetic.FIGURES},
        difficulties=report.difficulties,
        filed_at=report.filed_at,
        filed_by=report.filed_by,
    )


class Follower:
    """Plays past campaigns: who filed, what, and who was reminded."""

    def __init__(self, rng, history):
        self.rng, self.history = rng, history
        self.totals = {}

    def play(self, first_day, *, late_share, until, silent=()):
        """One campaign and its reports; a share of them is late, the others were filed before `until`.

        `silent`: structures that have filed nothing.
        """
        starts_on, ends_on = clock.quarter_of(first_day)
        opened_at = clock.start_of(ends_on)
        campaign = FollowUpCampaign.objects.create(
            starts_on=starts_on, ends_on=ends_on, due_on=due_on_for(ends_on), opened_at=opened_at
        )
        owners = self._owners()
        labels = (
            Label.objects.in_force_between(starts_on, ends_on)
            .select_related("training__structure__commune")
            .order_by("pk")
        )
        rows = [
            self._report(campaign, label, owners, 1 if label.training.structure in silent else late_share, until)
            for label in labels
        ]
        reports = FollowUpReport.objects.bulk_create(rows, batch_size=500)
        ReportVersion.objects.bulk_create([_first_version(row) for row in reports if row.filed_at], batch_size=500)
        self.history.add(
            campaign, JournalAction.CAMPAIGN_OPENED, by=None, at=opened_at, note=f"{len(rows)} relevés attendus"
        )
        for report in reports:
            if report.filed_at:
                self.history.add(report, JournalAction.REPORT_FILED, by=report.filed_by, at=report.filed_at)
        return campaign, reports

    def _owners(self):
        members = Membership.objects.filter(role="owner").select_related("user").order_by("-pk")
        return {member.structure_id: member.user for member in members}

    def _recipients(self):
        """Owners and editors of each structure, as the clock would write to them."""
        found = {}
        members = Membership.objects.filter(role__in=("owner", "editor")).select_related("user").order_by("pk")
        for member in members:
            is_owner = member.role == "owner"
            why = "responsable de la structure" if is_owner else "rédacteur de la structure"
            found.setdefault(member.structure_id, []).append((member.user, why, not is_owner))
        return found

    def _report(self, campaign, label, owners, late_share, until):
        report = FollowUpReport(campaign=campaign, label=label)
        if self.rng.random() < late_share:
            return report
        report.filed_at = self._instant(campaign, until)
        report.filed_by = owners[label.training.structure_id]
        report.difficulties = self.rng.choice(words.DIFFICULTIES)
        for name, value in self._figures(label, campaign).items():
            setattr(report, name, value)
        return report

    def _instant(self, campaign, until):
        last = min(until, clock.end_of(campaign.due_on) + timedelta(days=5))
        seconds = max(1, int((last - campaign.opened_at).total_seconds()) - 1)
        return campaign.opened_at + timedelta(seconds=self.rng.randint(0, seconds))

    def _figures(self, label, campaign):
        """Cumulative: each quarter adds to the one before, so that nothing falls and every sum stays right."""
        totals = self.totals.setdefault(label.pk, Counter())
        if campaign.ends_on - label.starts_on > timedelta(days=45):
            in_progress = totals["in_progress_count"]
            finished = in_progress * self.rng.randint(30, 90) // 100
            dropped = (in_progress - finished) * self.rng.randint(0, 25) // 100
            started = self.rng.choice((0, 10, 12, 14, 15, 16))
            totals.update(self._entries(started) | self._parts(started) | self._exits(finished))
            totals.update(started_count=started, finished_count=finished, dropped_count=dropped)
            totals["in_progress_count"] = in_progress - finished - dropped + started
        return {name: totals[name] for name in arithmetic.FIGURES}

    def _entries(self, started):
        admitted = started + started * self.rng.randint(0, 20) // 100
        return {
            "received_count": admitted * self.rng.randint(150, 400) // 100,
            "admitted_count": admitted,
            "sessions_held_count": -(-started // 15),
        }

    def _parts(self, started):
        """Of those who started; a young person without work or training is in three of the parts."""
        young, neet = started * self.rng.randint(50, 75) // 100, started * self.rng.randint(55, 85) // 100
        shares = {name: self.rng.randint(*words.SHARES[name]) for name in words.SHARES}
        return {
            "under_26_count": young,
            "neet_count": neet,
            "young_neet_count": min(young, neet) * self.rng.randint(60, 95) // 100,
            **{name: started * share // 100 for name, share in shares.items()},
        }

    def _exits(self, finished):
        """Where people are 3 then 6 months later; who finished lately is not asked yet."""
        at_3 = finished * self.rng.randint(60, 90) // 100
        at_6 = at_3 * self.rng.randint(40, 80) // 100
        return {
            "certified_count": finished * self.rng.randint(70, 95) // 100,
            **self._spread(at_3, arithmetic.EXITS_3),
            **self._spread(at_6, arithmetic.EXITS_6),
        }

    def _spread(self, count, names):
        found = Counter(self.rng.choices(names, words.EXIT_WEIGHTS, k=count))
        return {name: found[name] for name in names}

    def remind(self, campaign, reports, *, today):
        """The reminders that the clock would have posted up to this day, already sent."""
        recipients = self._recipients()
        for step, day in steps_of(clock.day_of(campaign.opened_at), campaign.due_on):
            if day <= today:
                self._post_step(campaign, step, day, reports, recipients)

    def _post_step(self, campaign, step, day, reports, recipients):
        at = clock.start_of(day) + timedelta(hours=8)
        waiting = {}
        for report in reports:
            if report.filed_at is None or report.filed_at > at:
                waiting.setdefault(report.label.training.structure_id, []).append(report)
        for structure_id, awaited in waiting.items():
            for recipient in recipients[structure_id]:
                self._send(campaign, step, recipient, awaited, at)

    def _send(self, campaign, step, recipient, awaited, at):
        structure = awaited[0].label.training.structure
        planned = PlannedMail(campaign, step, structure, Recipient(*recipient), tuple(awaited), at)
        email = outbox.post(**emails.reminder(planned, CampaignStep(step=step)), at=at)
        recipient = planned.recipient.user
        OutgoingEmail.objects.filter(pk=email.pk).update(
            sent_at=email.not_before_at, started_at=email.not_before_at, attempts=1
        )
        Reminder.objects.bulk_create(
            Reminder(report=report, step=step, recipient=recipient, email=email) for report in awaited
        )
