"""The exported board: the same cells in every format and on the page, nothing sealed, five queries however long it is."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core import clock, jobs
from gen_portal.core.models import BackgroundJob, JobState, Role
from gen_portal.core.sheets import FORMATS, Kind
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.opening import read
from labelling.board import Board, BoardFilter, dossiers_for
from labelling.board_export import COLUMNS
from labelling.models import Recommendation
from labelling.tasks import EXPORTS
from labelling.tests.factories import (
    AssignmentFactory,
    RecusalFactory,
    RegionalOpinionFactory,
    RegionFactory,
    ReviewFactory,
    four_ministries,
)

pytestmark = pytest.mark.django_db
HOSTILE = ("=1+1", "+SUM(A1)", "#N/A", "a\x01b", "deux\nlignes", "  bords  ", "😀 _x0041_")


@pytest.fixture
def call():
    return CallFactory(title="Appel de printemps")


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


@pytest.fixture
def client(client_for, officer):
    return client_for(officer)


@pytest.fixture
def board(call):
    """Dossiers with reviews of several ministries, drafts, an opinion of a region, hostile titles."""
    travail, education, *_ = four_ministries()
    for number, title in enumerate(HOSTILE):
        application = ApplicationFactory(
            call=call, under_review=True, training__title=title, requested_grant_euros=1_000 * number
        )
        said = (Recommendation.FAVOURABLE, Recommendation.RESERVED)[number % 2]
        place = AssignmentFactory(application=application, ministry=education)
        ReviewFactory(assignment=place, recommendation=said, submitted=True, mark=number % 5)
        place = AssignmentFactory(application=application, ministry=travail)
        ReviewFactory(assignment=place, recommendation=Recommendation.UNFAVOURABLE, submitted=number > 3, mark=5)
        if number % 3 == 0:
            RegionalOpinionFactory(application=application, verdict=Recommendation.FAVOURABLE)
            reunion = RegionFactory(overseas=True)
            RegionalOpinionFactory(
                application=application, region=reunion, verdict=Recommendation.RESERVED, text="Cher."
            )


def exported(client, call, format_, **query):
    """Ask for a file through the page, make it, read it."""
    client.post(reverse("board_export", args=[call.slug]), {"format": format_}, query_params=query)
    job = BackgroundJob.objects.latest("pk")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    with job.result.content.open("rb") as content:
        return job, read(content.read(), format_)


def as_csv(row):
    """What a typed row is in CSV: numbers as texts, with a comma and three decimals."""
    shown = []
    for column, cell in zip(COLUMNS, row, strict=True):
        if column.kind is Kind.DECIMAL and cell is not None:
            shown.append(f"{cell:.3f}".replace(".", ","))
        else:
            shown.append(None if cell is None else str(cell))
    return shown


@pytest.mark.parametrize("query", [{}, {"tri": "-titre"}, {"texte": "lignes"}, {"ecart": "on", "tri": "montant"}])
def test_every_format_has_the_same_lines(board, client, call, query):
    (_, csv), (_, xlsx), (_, ods) = (exported(client, call, ending, **query) for ending in ("csv", "xlsx", "ods"))
    assert xlsx == ods
    assert [as_csv(row) for row in ods[1:]] == csv[1:]
    assert csv[0] == ods[0] == [column.title for column in COLUMNS]
    assert len(csv) > 1


def test_numbers_are_numbers(board, client, call):
    _, rows = exported(client, call, "xlsx", tri="-montant")
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["Subvention demandée (€)"] == 6_000
    assert (first["Rang"], first["Relevé"], first["Évaluations déposées"]) == (2, 1, 2)
    assert Decimal(first["Moyenne"]) == Decimal("3")
    assert first["Formation"] == "😀 _x0041_"


def test_the_file_says_what_the_page_says(board, client, call):
    """Opinions come packed from the database here, and as rows there."""
    page = client.get(reverse("call_board", args=[call.slug])).context["page_obj"]
    _, (head, *rows) = exported(client, call, "ods")
    said = {row[head.index("Référence")]: row for row in rows}
    for line in page:
        row = said[line.row.reference]
        for title, opinions in (("Avis", line.opinions), ("Avis régional", line.regional)):
            words = ", ".join(f"{opinion.ministry} : {opinion.words}" for opinion in opinions)
            assert row[head.index(title)] == (words or None)
        assert (row[0], row[-1]) == (line.rank, line.decision_words or None)
    assert len(rows) == len(page) == len(HOSTILE)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_sealed_dossier_is_in_no_export(client, call, officer, format_):
    RecusalFactory(application=ApplicationFactory(call=call, under_review=True), user=officer)
    AssignmentFactory(application=ApplicationFactory(call=call, under_review=True), reviewer=officer)
    seen = ApplicationFactory(call=call, under_review=True)
    _, rows = exported(client, call, format_)
    assert [row[1] for row in rows[1:]] == [seen.reference]


def test_what_was_sealed_since_it_was_asked_is_left_out(client, call, officer):
    sealed, seen = (ApplicationFactory(call=call, under_review=True) for _ in range(2))
    job = jobs.ask("board_export", by=officer, parameters={"slug": call.slug, "asked": {}, "sort": "", "format": "ods"})
    RecusalFactory(application=sealed, user=officer)
    jobs.run(job.pk)
    job.refresh_from_db()
    with job.result.content.open("rb") as content:
        assert [row[1] for row in read(content.read(), "ods")[1:]] == [seen.reference]


def test_a_job_asked_before_formats_existed_makes_a_csv(client, call, officer):
    ApplicationFactory(call=call, under_review=True)
    job = jobs.ask("board_export", by=officer, parameters={"slug": call.slug, "asked": {}, "sort": ""})
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result.name == f"tableau-{call.slug}-{clock.today():%Y-%m-%d}.csv"


def test_the_page_offers_every_format_and_no_other_is_taken(client, call):
    ApplicationFactory(call=call, under_review=True)
    text = client.get(reverse("call_board", args=[call.slug])).text
    assert set(re.findall(r'name="format" value="(\w+)"', text)) == set(EXPORTS)
    assert client.post(reverse("board_export", args=[call.slug]), {"format": "pdf"}).status_code == 404
    assert BackgroundJob.objects.count() == 0


def test_a_cancelled_export_leaves_nothing(client, call, officer, settings, monkeypatch):
    monkeypatch.setattr(jobs, "STEP_SECONDS", 0)
    ApplicationFactory(call=call, under_review=True)
    before = {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}
    job = jobs.ask("board_export", by=officer, parameters={"slug": call.slug, "asked": {}, "sort": "", "format": "csv"})
    BackgroundJob.objects.update(is_cancel_requested=True)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.CANCELLED, None)
    assert {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()} == before


def test_what_was_made_before_a_recusal_is_no_longer_handed_out(call, officer, client_for):
    application = ApplicationFactory(call=call, under_review=True)
    job = jobs.ask(
        "board_export", by=officer, parameters={"slug": call.slug, "asked": {}, "sort": "", "format": "csv"}
    )
    jobs.run(job.pk)
    job.refresh_from_db()
    assert jobs.is_readable(job, officer)
    RecusalFactory(application=application, user=officer)
    assert not jobs.is_readable(job, officer)
    again = jobs.ask("board_export", by=officer, parameters=dict(job.parameters))
    jobs.run(again.pk)
    again.refresh_from_db()
    assert jobs.is_readable(again, officer)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_costs_the_same_however_long(count, format_, call, officer):
    four_ministries()
    for _ in range(count):
        application = ApplicationFactory(call=call, under_review=True)
        ReviewFactory(assignment__application=application, submitted=True)
    job = jobs.ask(
        "board_export", by=officer, parameters={"slug": call.slug, "asked": {}, "sort": "", "format": format_}
    )
    assert Board(dossiers_for(officer, call), BoardFilter(), clock.today(), call).compared  # kept for who comes next
    with CaptureQueriesContext(connection) as queries:
        jobs.run(job.pk)
    asked = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "DECLARE", "("))]
    reading = [sql for sql in asked if "clock" not in sql.lower() and "backgroundjob" not in sql]
    assert len(reading) == 7  # capacities, call, sealed, ranks, opinions, state of the figures, rows
    if connection.vendor == "postgresql":
        assert len([sql for sql in reading if sql.startswith("DECLARE")]) == 2  # the server keeps what was not fetched
    job.refresh_from_db()
    assert (job.state, job.done_count) == (JobState.DONE, count)
