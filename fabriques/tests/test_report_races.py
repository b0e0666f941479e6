"""Two people who file at once, and a sheet against a form, on a real PostgreSQL with real threads: one of them wins."""

from datetime import datetime

import pytest
from django.db import IntegrityError

from applications.tests.factories import MembershipFactory
from fabriques.actions import reminders
from fabriques.actions.report_uploads import keep_upload
from fabriques.actions.reports import Conflict, save_draft
from fabriques.forms.report_uploads import HEADERS, judge, template_rows
from fabriques.models import FollowUpReport, ReportDraft, ReportUpload, ReportVersion, ReviewKind
from fabriques.tests.factories import SOUND, FollowUpReportFactory
from fabriques.transitions import file_report, file_upload
from fabriques.transitions.review import accept_report, flag_report
from gen_portal.core import clock, delivery, spreadsheets
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.tests.races import refusals_at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report():
    return FollowUpReportFactory()


@pytest.fixture
def owner(report):
    return MembershipFactory(structure=report.label.training.structure).user


def test_two_people_who_file_other_figures_do_not_overwrite_each_other(report, owner):
    colleague = MembershipFactory(structure=report.label.training.structure).user
    other = SOUND | {"women_count": 9}

    refusals = refusals_at_once(
        lambda: file_report(report, by=owner, figures=SOUND, seen=0),
        lambda: file_report(report, by=colleague, figures=other, seen=0),
    )

    assert [type(refusal) for refusal in refusals] == [Conflict]
    assert ReportVersion.objects.get().figures == FollowUpReport.objects.get().figures()


def test_eight_clicks_file_once(report, owner):
    refusals = refusals_at_once(*[lambda: file_report(report, by=owner, figures=SOUND, seen=0)] * 8)

    assert (refusals, ReportVersion.objects.count()) == ([], 1)


def test_two_writers_of_one_draft_never_overwrite_each_other(report, owner):
    refusals = refusals_at_once(
        *[
            lambda count=count: save_draft(report, {"women_count": str(count)}, by=owner, seen="0.0")
            for count in range(4)
        ]
    )

    assert (len(refusals), ReportDraft.objects.get().version) == (3, 1)


def _sheet(owner, **values):
    content = spreadsheets.as_csv(HEADERS, [row | SOUND | values for row in template_rows(owner)])
    upload = keep_upload(content, name="r.csv", content_type="text/csv", by=owner)
    return upload, judge(spreadsheets.read(content, HEADERS), owner).filings


def test_a_sheet_and_a_form_leave_all_of_the_sheet_or_nothing_of_it(report, owner):
    structure = report.label.training.structure
    for _ in range(4):
        FollowUpReportFactory(label__decision__application__training__structure=structure)
    upload, filings = _sheet(owner)
    other = SOUND | {"women_count": 9}

    refusals = refusals_at_once(
        lambda: file_upload(upload, by=owner, filings=filings),
        lambda: file_report(report, by=owner, figures=other, seen=0),
    )

    women = sorted(FollowUpReport.objects.filed().values_list("women_count", flat=True))
    assert len(refusals) == 1
    assert women in ([8] * 5, [9])


def test_four_clicks_file_a_sheet_once(report, owner):
    upload, filings = _sheet(owner)

    refusals = refusals_at_once(*[lambda: file_upload(upload, by=owner, filings=filings)] * 4)

    assert (refusals, ReportVersion.objects.count()) == ([], 1)


def test_the_same_content_sent_four_times_at_once_is_one_upload(report, owner):
    content = spreadsheets.as_csv(HEADERS, template_rows(owner))

    refusals = refusals_at_once(*[lambda: keep_upload(content, name="r.csv", content_type="text/csv", by=owner)] * 4)

    assert (refusals, ReportUpload.objects.count()) == ([], 1)


@pytest.fixture
def filed(report, owner):
    return file_report(report, by=owner, figures=SOUND)


def test_two_corrections_at_once_leave_the_first_and_show_it_to_the_second(filed, owner):
    corrections = [SOUND | {"women_count": count} for count in (6, 7)]

    refusals = refusals_at_once(
        *[lambda f=figures: file_report(filed, by=owner, figures=f, seen=1) for figures in corrections]
    )

    kept = FollowUpReport.objects.get().figures()
    assert [type(refusal) for refusal in refusals] == [Conflict]
    assert kept in corrections
    assert list(ReportVersion.objects.order_by("number").values_list("number", "figures")) == [(1, SOUND), (2, kept)]


def test_two_officers_who_accept_at_once_accept_once(filed):
    refusals = refusals_at_once(*[lambda: accept_report(filed, by=UserFactory(), seen_at=filed.filed_at)] * 2)

    assert (len(refusals), filed.reviews.count()) == (1, 1)


@pytest.mark.parametrize("attempt", range(3))
def test_accepted_and_flagged_at_once_the_last_act_holds(filed, attempt):
    officers = [UserFactory(), UserFactory()]

    refusals = refusals_at_once(
        lambda: accept_report(filed, by=officers[0], seen_at=filed.filed_at),
        lambda: flag_report(filed, by=officers[1], seen_at=filed.filed_at, note="Très loin du dossier."),
    )

    report, last = FollowUpReport.objects.get(), filed.reviews.latest_first().first()
    held = {ReviewKind.ACCEPTED: report.accepted_at, ReviewKind.FLAGGED: report.flagged_at}
    assert (refusals, filed.reviews.count()) == ([], 2)
    assert {kind for kind, at in held.items() if at is not None} == {last.kind}
    assert held[last.kind] == last.at


@pytest.mark.parametrize("attempt", range(3))
def test_an_officer_never_accepts_figures_they_have_not_read(filed, owner, attempt):
    """A correction comes as the officer accepts: the earlier figures were accepted before it, or nothing is."""
    corrected = SOUND | {"women_count": 6}

    refusals = refusals_at_once(
        lambda: accept_report(filed, by=UserFactory(), seen_at=filed.filed_at),
        lambda: file_report(filed, by=owner, figures=corrected, seen=1),
    )

    report = FollowUpReport.objects.get()
    assert report.figures() == corrected
    assert not report.is_accepted
    assert len(refusals) + report.reviews.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_a_sheet_filed_as_the_reminders_leave_stops_those_that_have_not_begun(report, owner, relay, attempt):
    clock.move(datetime(2026, 1, 15, 9, tzinfo=clock.PARIS) - datetime.now(clock.PARIS))
    reminders.post_due_reminders(clock.now())
    upload, filings = _sheet(owner)

    refusals_at_once(lambda: file_upload(upload, by=owner, filings=filings), delivery.deliver, delivery.deliver)

    filed_at = FollowUpReport.objects.get().filed_at
    mails = list(OutgoingEmail.objects.filter(kind="follow_up_reminder"))
    begun = [mail.started_at for mail in mails if mail.started_at is not None]
    assert mails
    assert all(started_at <= filed_at for started_at in begun)
    assert len(relay.messages) == len(begun)


@pytest.mark.parametrize("change", [lambda rows: rows.update(number=2), lambda rows: rows.delete()])
def test_a_version_never_changes(report, owner, change):
    file_report(report, by=owner, figures=SOUND)

    with pytest.raises(IntegrityError, match="append-only"):
        change(ReportVersion.objects.all())
