"""The archive of a call's dossiers: what was filed and nothing sealed, checked by anybody, taken up where it stopped."""

import io
import json
import subprocess
import zipfile
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from applications import receipts
from applications.models import ApplicationState, Submission
from applications.tests.factories import (
    ApplicationFactory,
    AttachmentFactory,
    CallFactory,
    MembershipFactory,
    SubmissionFactory,
)
from gen_portal.core import access, clock, files, jobs
from gen_portal.core.models import BackgroundJob, JobState, LegalBody, Role, ScanState, StoredFile
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from gen_portal.core.tests.opening import read_csv
from labelling.models import Recommendation, Review
from labelling.models.packing import reviews_of
from labelling.tasks import dossiers as task
from labelling.tests.factories import AssignmentFactory, RecusalFactory, ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(frozen_clock):
    return CallFactory(title="Appel de printemps")


@pytest.fixture
def officer(call):
    return CapacityFactory(role=Role.OFFICER).user


def dossier(call, *names, **fields):
    """A dossier under review whose latest filing carries documents of these names; what it was filed with before is gone."""
    application = ApplicationFactory(call=call, under_review=True, **fields)
    for name in names:
        stored = files.store(f"contenu de {name}".encode(), name=name, content_type="application/pdf", by=None)
        AttachmentFactory(application=application, file=stored)
    filing = SubmissionFactory(application=application, filed_at=application.submitted_at + timedelta(hours=1))
    Submission.objects.filter(pk=filing.pk).update(receipt=receipts.build(filing))
    return application


def asked(call, officer, **parameters):
    return jobs.ask(
        "dossiers_export", by=officer, parameters={"slug": call.slug, "asked": {}, "sort": "titre"} | parameters
    )


def finished(job):
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    return job


def bytes_of(job):
    with job.result.content.open("rb") as content:
        return content.read()


def opened(job):
    return zipfile.ZipFile(io.BytesIO(bytes_of(job)))


def folders(archive):
    return {name.partition("/")[0] for name in archive.namelist() if "/" in name}


def pieces():
    return sorted(path.name for path in (settings.FILES_ROOT / "taches").rglob("*") if path.is_file())


# --- What is in it --------------------------------------------------------------------------------------------------


def test_a_folder_holds_what_was_filed_and_what_was_thought_of_it(call, officer, client_for):
    application = dossier(call, "Statuts.pdf", "../../évil:CON?.pdf", "statuts.PDF", training__title="Réseaux")
    AttachmentFactory(application=application)  # joined since: no filing carries it
    review = ReviewFactory(assignment__application=application, submitted=True, mark=4, comment="=Solide")
    ReviewFactory(assignment__application=application)  # a draft
    client_for(officer).post(
        reverse("board_export", args=[call.slug]), {"format": "zip"}, query_params={"texte": "reseaux"}
    )
    job = finished(BackgroundJob.objects.get())
    folder = application.reference
    with opened(job) as archive:
        assert archive.namelist() == [
            *(f"{folder}/{name}" for name in ("dossier.pdf", "recepisse.pdf", "depot.json", "pieces/01 - Statuts.pdf",
              "pieces/02 - .._.._évil_CON_.pdf", "pieces/03 - statuts.PDF", "evaluations.csv")),
            *("LISEZ-MOI.txt", "MANIFESTE.csv", "SHA256SUMS"),
        ]  # fmt: skip
        assert archive.read(f"{folder}/pieces/01 - Statuts.pdf") == b"contenu de Statuts.pdf"
        filing = Submission.objects.for_receipt().latest_of([application.pk])[application.pk]
        assert receipts.matches(filing, json.loads(archive.read(f"{folder}/depot.json")))
        text = " ".join(PdfReader(io.BytesIO(archive.read(f"{folder}/dossier.pdf"))).pages[0].extract_text().split())
        assert filing.number in PdfReader(io.BytesIO(archive.read(f"{folder}/recepisse.pdf"))).pages[0].extract_text()
        assert ("Réseaux" in text, filing.number in text, "Brouillon" in text) == (True, True, False)
        head, whole, *marks = read_csv(archive.read(f"{folder}/evaluations.csv"))
    assert (whole[1], whole[-2:]) == (review.assignment.reviewer.get_full_name(), ["4,000", "'=Solide"])
    assert (len(head), len(marks), {mark[-2] for mark in marks}) == (9, call.criteria.count(), {"4"})
    assert (job.done_count, job.total_count, pieces()) == (1, 1, [])


def test_the_manifest_names_every_file_and_sha256sum_agrees(call, officer, tmp_path):
    first, second = dossier(call, "a.pdf"), dossier(call, "b.pdf")
    with opened(finished(asked(call, officer))) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
        manifest = read_csv(archive.read("MANIFESTE.csv"))[1:]
        assert "2 dossiers" in archive.read("LISEZ-MOI.txt").decode("utf-8-sig")
    assert [row[0] for row in manifest] == [name for name in names if name not in ("MANIFESTE.csv", "SHA256SUMS")]
    assert {row[0].partition("/")[0] for row in manifest} == {first.reference, second.reference, "LISEZ-MOI.txt"}
    assert all((tmp_path / path).stat().st_size == int(size) for path, size, _ in manifest)
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.count(": OK")) == (0, len(names) - 1)


def test_what_the_portal_does_not_hand_out_is_said(call, officer):
    application = dossier(call, "virus.pdf", "perdu.pdf", "sain.pdf")
    StoredFile.objects.filter(name="virus.pdf").update(scan=ScanState.INFECTED)
    lost = StoredFile.objects.get(name="perdu.pdf")
    (settings.FILES_ROOT / lost.content.name).unlink()
    with opened(finished(asked(call, officer))) as archive:
        handed = [name for name in archive.namelist() if "/pieces/" in name]
        words = archive.read(f"{application.reference}/PIECES-NON-REMISES.txt").decode("utf-8-sig").splitlines()
    assert handed == [f"{application.reference}/pieces/03 - sain.pdf"]
    assert ["virus.pdf" in words[0], "antivirus" in words[0], "introuvable" in words[1], len(words)] == [
        True,
        True,
        True,
        2,
    ]


def test_the_filter_of_the_board_and_its_order(call, officer):
    second = call.cut_offs.get(number=2)
    b, a = dossier(call, training__title="B", cut_off=second), dossier(call, training__title="A", cut_off=second)
    dossier(call, training__title="C")
    with opened(finished(asked(call, officer, asked={"cut_off": "2"}))) as archive:
        order = list(dict.fromkeys(name.partition("/")[0] for name in archive.namelist() if "/" in name))
    assert order == [a.reference, b.reference]


# --- Rights ---------------------------------------------------------------------------------------------------------


def sealings(officer):
    """Each way a dossier leaves an officer's sight."""
    return {
        "withdrew from it": lambda row: RecusalFactory(application=row, user=officer),
        "has to review it": lambda row: AssignmentFactory(application=row, reviewer=officer),
        "it was withdrawn": lambda row: type(row).objects.filter(pk=row.pk).update(
            state=ApplicationState.WITHDRAWN, ended_at=clock.now()
        ),
    }  # fmt: skip


@pytest.mark.parametrize("moment", ["before it is asked", "once it is asked", "once it is packed"])
@pytest.mark.parametrize("why", sealings(None))
def test_a_sealed_dossier_is_nowhere(call, officer, monkeypatch, frozen_clock, why, moment):
    sealed, seen = dossier(call, "secret.pdf", training__title="A"), dossier(call, training__title="B")
    seal = sealings(officer)[why]
    if moment == "before it is asked":
        seal(sealed)
    job = asked(call, officer)
    if moment == "once it is asked":
        seal(sealed)
    if moment == "once it is packed":
        monkeypatch.setattr(jobs, "TURN_SECONDS", -1)
        assert [jobs.run(job.pk), jobs.run(job.pk)] == [True, True]
        assert f"dossier-{sealed.pk}.zip" in pieces()
        seal(sealed)
        monkeypatch.setattr(jobs, "TURN_SECONDS", 60)
    content = bytes_of(finished(job))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert folders(archive) == {seen.reference}
        assert "1 dossier." in archive.read("LISEZ-MOI.txt").decode("utf-8-sig")
    assert sealed.reference.encode() not in content
    assert b"secret.pdf" not in content


def test_somebody_who_no_longer_runs_calls_gets_nothing(call, officer):
    dossier(call)
    job = asked(call, officer)
    officer.capacities.all().delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, pieces()) == (JobState.FAILED, None, [])


def test_who_loses_their_role_between_two_turns_gets_nothing(call, officer, monkeypatch):
    dossier(call), dossier(call)
    job = asked(call, officer)
    monkeypatch.setattr(jobs, "TURN_SECONDS", -1)
    assert jobs.run(job.pk)
    officer.capacities.all().delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, pieces()) == (JobState.FAILED, None, [])


def _people(application):
    """Everybody who could read reviews of it, or not."""
    officer = CapacityFactory(role=Role.OFFICER).user
    recused, waiting, done = (CapacityFactory(role=Role.OFFICER).user for _ in range(3))
    RecusalFactory(application=application, user=recused)
    AssignmentFactory(application=application, reviewer=waiting)
    ReviewFactory(assignment__application=application, assignment__reviewer=done, submitted=True)
    director, member = CapacityFactory(role=Role.DIRECTOR).user, CapacityFactory(role=Role.SECOND_SIGNATORY).user
    MembershipFactory(structure=application.training.structure, user=member)
    return [
        officer,
        recused,
        waiting,
        done,
        director,
        member,
        CapacityFactory(role=Role.TECHNICAL_ADMIN).user,
        UserFactory(),
    ]


def test_many_reviews_are_read_by_the_rule_of_one_dossier(call):
    application, other = dossier(call), dossier(call)
    ReviewFactory(assignment__application=application, submitted=True, recommendation=Recommendation.RESERVED)
    ReviewFactory(assignment__application=application)
    ReviewFactory(assignment__application=other, assignment__ended=True, submitted=True)
    told = []
    for user in _people(application):
        many = {review.pk for review in reviews_of([application.pk, other.pk], user)}
        one_by_one = {
            review.pk for row in (application, other) for review in Review.objects.visible_to(user, row).order_by("pk")
        }
        assert many == one_by_one
        told.append(len(many))
    assert told == [2, 0, 0, 2, 2, 2, 0, 0]


# --- Going on -------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(call):
    return [dossier(call, f"{name}.pdf", training__title=name) for name in "ABC"]


class Killed(BaseException):
    """A worker that dies says nothing."""


def killed_after(count, packed, monkeypatch):
    """A run that dies once it has packed so many more; notes what is packed, in `packed`."""
    pack, alive = task.pack, [count]

    def dying(dossier, archive):
        if not alive[0]:
            raise Killed
        pack(dossier, archive)
        packed[dossier.folder] += 1
        alive[0] -= 1

    monkeypatch.setattr(task, "pack", dying)


def test_a_run_goes_on_where_a_dead_one_stopped_and_gives_the_same_bytes(
    call, officer, three, monkeypatch, frozen_clock
):
    whole, broken, packed = bytes_of(finished(asked(call, officer))), asked(call, officer), Counter()
    pack = task.pack
    for _ in range(2):
        killed_after(1, packed, monkeypatch)
        with pytest.raises(Killed):
            jobs.run(broken.pk)
        monkeypatch.setattr(task, "pack", pack)
        frozen_clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
    assert pieces() == sorted(["plan.json", *(f"dossier-{row.pk}.zip" for row in three[:2])])
    killed_after(9, packed, monkeypatch)
    broken = finished(broken)
    assert packed == {row.reference: 1 for row in three}
    assert pieces() == []
    with zipfile.ZipFile(io.BytesIO(whole)) as first, opened(broken) as second:
        assert first.namelist() == second.namelist()
    assert bytes_of(broken) == whole


def test_a_piece_is_taken_as_it_lies(call, officer, three, monkeypatch):
    """What an earlier run packed is not packed anew: a mark left in it is still there at the end."""
    job = asked(call, officer)
    monkeypatch.setattr(jobs, "TURN_SECONDS", -1)
    assert jobs.run(job.pk)
    monkeypatch.setattr(jobs, "TURN_SECONDS", 60)
    with zipfile.ZipFile(settings.FILES_ROOT / "taches" / job.reference / f"dossier-{three[0].pk}.zip", "a") as piece:
        piece.writestr("marque.txt", "1")
    with opened(finished(job)) as archive:
        assert "marque.txt" in archive.namelist()


def test_a_cancelled_archive_stops_at_the_next_dossier_and_leaves_nothing(call, officer, three, monkeypatch):
    job, packed, pack = asked(call, officer), [], task.pack
    before = {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}

    def cancelling(dossier, archive):
        pack(dossier, archive)
        packed.append(dossier.folder)
        jobs.request_cancel(job)

    monkeypatch.setattr(task, "pack", cancelling)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, packed, job.done_count) == (JobState.CANCELLED, None, [three[0].reference], 0)
    assert {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()} == before


def test_an_archive_cancelled_while_it_is_put_together_leaves_nothing(call, officer, three, monkeypatch):
    job, add_all = asked(call, officer), task.Archive.add_all
    before = {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}

    def cancelling(archive, other):
        add_all(archive, other)
        jobs.request_cancel(job)

    monkeypatch.setattr(task.Archive, "add_all", cancelling)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.done_count) == (JobState.CANCELLED, None, 3)
    assert {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()} == before


def test_a_failed_archive_is_asked_again_with_the_same_filter(call, officer, three, client_for, monkeypatch):
    job = asked(call, officer, asked={"text": three[0].reference})
    with monkeypatch.context() as patch:
        patch.setattr(task, "pack", lambda dossier, archive: 1 / 0)
        jobs.run(job.pk)
    client = client_for(officer)
    page = client.get(reverse("job_page", args=[job.reference]))
    assert "Relancer" in page.text
    client.post(reverse("job_restart", args=[job.reference]))
    again = finished(BackgroundJob.objects.latest("pk"))
    with opened(again) as archive:
        assert (again != job, folders(archive)) == (True, {three[0].reference})
    assert again.parameters == job.parameters | {"sealed": []}


# --- Cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_dossiers_are_read_together(call, officer, count):
    LegalBody.objects.all().delete()
    for number in range(count):
        ReviewFactory(assignment__application=dossier(call, f"{number}.pdf"), submitted=True)
    job = asked(call, officer)
    with CaptureQueriesContext(connection) as queries:
        finished(job)
    selects = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    reading = [sql for sql in selects if "clock" not in sql.lower() and "backgroundjob" not in sql.lower()]
    # capacities three times (at first, with the batch, at the end); call, plan, readable twice; filings, documents,
    # reviews, their marks, their second values, those kept from
    assert len(reading) == 13


def test_rights_are_read_anew_for_each_batch(call, officer, three, monkeypatch):
    """A batch that begins after a recusal does not hold the dossier, even of the run that began before."""
    monkeypatch.setattr(task, "BATCH", 1)
    packed, pack = [], task.pack

    def recusing(dossier, archive):
        pack(dossier, archive)
        packed.append(dossier.folder)
        if len(packed) == 1:
            RecusalFactory(application=three[1], user=officer)

    monkeypatch.setattr(task, "pack", recusing)
    with opened(finished(asked(call, officer))) as archive:
        assert folders(archive) == {three[0].reference, three[2].reference}
    assert packed == [three[0].reference, three[2].reference]
    assert access.has_role(officer, Role.OFFICER)
