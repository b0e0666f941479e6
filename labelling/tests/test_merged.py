"""One PDF of a dossier or of a pile: what it holds, what it leaves out and says so, and who may have it at each instant."""

import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from pypdf import PdfReader

from gen_portal.core import clock, jobs, merging
from gen_portal.core.models import BackgroundJob, JobState, ScanState, StoredFile
from gen_portal.core.tests import corpus
from labelling import merged
from labelling.models import Assignment, piles
from labelling.tests.factories import RecusalFactory, ReviewFactory
from labelling.tests.filed import BROKEN, EVERY_KIND, attachment, filed_place
from labelling.transitions.recusals import recuse

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TWO_PAGES = {"a.pdf": (EVERY_KIND["statuts.pdf"][0], corpus.a_pdf(2), 2)}


@pytest.fixture
def place():
    return filed_place(EVERY_KIND | BROKEN)


@pytest.fixture
def client(client_for, place):
    return client_for(place.reviewer)


@pytest.fixture
def pile():
    """Three dossiers of one call left to one person, the most urgent first."""
    first = filed_place(TWO_PAGES, due_on=clock.today())
    mine = {"reviewer": first.reviewer, "ministry": first.ministry, "dossier": {"call": first.application.call}}
    others = [filed_place(TWO_PAGES, due_on=clock.today() + timedelta(days=days), **mine) for days in (1, 2)]
    return [first, *others]


def ask_dossier(client, place):
    client.post(reverse("review_merge", args=[place.application.reference]))
    return BackgroundJob.objects.latest("pk")


def ask_pile(client, pile):
    client.post(reverse("pile_merge", args=[pile[0].application.call.slug]))
    return BackgroundJob.objects.latest("pk")


def done(job):
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def read(client, job):
    answer = client.get(reverse("job_result", args=[job.reference]))
    content = b"".join(answer.streaming_content)
    answer.close()
    return PdfReader(io.BytesIO(content))


def outline_of(reader, level=None):
    """Titles of the bookmarks with the page they lead to, those below them in a list of their own."""
    entries = reader.outline if level is None else level
    return [
        outline_of(reader, each) if isinstance(each, list) else (each.title, reader.get_destination_page_number(each))
        for each in entries
    ]


def text_of(reader, *numbers):
    return " ".join(" ".join(reader.pages[number].extract_text() for number in numbers).split())


def leftovers():
    return list((settings.FILES_ROOT / "merging").glob("*"))


# --- One dossier --------------------------------------------------------------------------------------------------------


def test_the_file_of_a_dossier_holds_everything_in_its_order(client, place):
    job = done(ask_dossier(client, place))
    assert (job.state, job.done_count, job.total_count) == (JobState.DONE, 7, 8)
    reader = read(client, job)
    [(cover, cover_page), (title, first), pieces] = outline_of(reader)
    assert (cover, cover_page, first) == ("Liste des pièces", 0, 1)
    assert place.application.reference in title
    starts = dict(pieces)
    assert list(starts) == [f"Autre pièce – {name}" for name in EVERY_KIND]
    last = list(starts.values())[-1]
    counts = [count for _, _, count in EVERY_KIND.values()]
    assert [
        after - before for before, after in zip(starts.values(), list(starts.values())[1:], strict=False)
    ] == counts[:-1]
    assert len(reader.pages) == last + counts[-1]
    assert "Poste 2" in text_of(reader, starts["Autre pièce – budget.xlsx"])


def test_its_first_page_lists_the_documents_with_their_pages_and_says_what_is_not_there(client, place):
    reader = read(client, done(ask_dossier(client, place)))
    starts = dict(outline_of(reader)[2])
    said = text_of(reader, 0)
    for name in EVERY_KIND:
        assert f"Autre pièce – {name} {starts[f'Autre pièce – {name}'] + 1}" in said
    assert "casse.pdf Ce fichier ne se laisse pas montrer ici : téléchargez-le pour le lire. non jointe" in said
    assert "Dossier déposé" in said


def test_the_dossier_in_it_is_the_one_that_was_filed(client, place):
    filing = place.application.submissions.latest_first().first()
    place.application.training.title = "Changé depuis"
    place.application.training.save()
    reader = read(client, done(ask_dossier(client, place)))
    said = text_of(reader, 1)
    assert (filing.archive["training"]["title"] in said, filing.number in said) == (True, True)
    assert ("Changé depuis" in said, "Brouillon" in said) == (False, False)


def test_a_document_withheld_by_the_antivirus_is_left_out_and_told(client, place):
    stored = attachment(place, "statuts.pdf").file
    stored.scan = ScanState.INFECTED
    stored.save()
    reader = read(client, done(ask_dossier(client, place)))
    assert "statuts.pdf L'antivirus a trouvé un virus" in text_of(reader, 0)
    assert "Autre pièce – statuts.pdf" not in dict(outline_of(reader)[2])


def test_what_would_make_the_file_too_large_is_left_out_and_told(client, place, monkeypatch):
    monkeypatch.setattr(merged, "MAX_BYTES", 100_000)
    photo = attachment(place, "plan.png").file
    photo.content.storage.delete(photo.content.name)
    photo.content.storage.save(photo.content.name, io.BytesIO(corpus.an_image()))
    monkeypatch.setattr(merged.reading, "as_pdf", lambda stored: corpus.a_pdf(3) + b" " * 150_000)
    reader = read(client, done(ask_dossier(client, place)))
    assert len(outline_of(reader)) == 2  # the list, and the dossier alone
    assert text_of(reader, 0).count("Le fichier dépasserait 200 Mo") == len(EVERY_KIND)


def test_the_job_is_told_to_its_asker_and_its_folder_goes(client, place):
    answer = client.post(reverse("review_merge", args=[place.application.reference]), follow=True)
    assert "Dossier et pièces en un PDF" in answer.text
    job = done(BackgroundJob.objects.get())
    assert (job.result.name, job.result.content_type) == (
        f"dossier-{place.application.reference}.pdf",
        "application/pdf",
    )
    assert f"Télécharger {job.result.name}" in client.get(reverse("job_page", args=[job.reference])).text
    assert leftovers() == []


# --- A pile -------------------------------------------------------------------------------------------------------------


def test_a_pile_is_one_file_of_the_dossiers_left(client_for, pile):
    client = client_for(pile[0].reviewer)
    submitted = filed_place(
        TWO_PAGES, reviewer=pile[0].reviewer, ministry=pile[0].ministry, dossier={"call": pile[0].application.call}
    )
    ReviewFactory(assignment=submitted, submitted=True)
    elsewhere = filed_place(TWO_PAGES, reviewer=pile[0].reviewer, ministry=pile[0].ministry)
    assert "Les 3 dossiers à rendre en un PDF" in client.get(reverse("review_list")).text
    job = done(ask_pile(client, pile))
    assert job.parameters["merged"] == [place.application.reference for place in pile]
    assert elsewhere.application.reference not in job.parameters["references"]
    reader = read(client, job)
    outline = outline_of(reader)
    assert [title for title, _ in outline[1::2]] == [
        f"{place.application.training.title} ({place.application.reference})" for place in pile
    ]
    assert [[title for title, _ in below] for below in outline[2::2]] == [["Autre pièce – a.pdf"]] * 3
    assert len(reader.pages) == outline[-1][0][1] + 2


def test_a_dossier_lost_between_the_question_and_the_work_is_left_out(client_for, pile):
    client = client_for(pile[0].reviewer)
    job = ask_pile(client, pile)
    RecusalFactory(application=pile[1].application, user=pile[1].reviewer)
    reader = read(client, done(job))
    assert job.parameters["merged"] == [pile[0].application.reference, pile[2].application.reference]
    said = text_of(reader, *range(len(reader.pages)))
    assert "Dossiers laissés de côté parce qu'ils ne vous sont plus confiés : 1." in said
    assert pile[1].application.reference not in said


def test_a_dossier_lost_during_the_work_is_left_out(client_for, pile, monkeypatch):
    """Its pages are already in the folder when the reviewer is recused from it."""
    client, really_add = client_for(pile[0].reviewer), merged.Binder._add

    def add(self, application, filing):
        really_add(self, application, filing)
        if application == pile[0].application:
            RecusalFactory(application=application, user=pile[0].reviewer)

    monkeypatch.setattr(merged.Binder, "_add", add)
    job = done(ask_pile(client, pile))
    assert job.parameters["merged"] == [place.application.reference for place in pile[1:]]
    reader = read(client, job)
    assert pile[0].application.reference not in text_of(reader, *range(len(reader.pages)))


def test_nothing_is_made_of_a_pile_that_is_wholly_lost(client_for, pile):
    client = client_for(pile[0].reviewer)
    job = ask_pile(client, pile)
    Assignment.objects.filter(reviewer=pile[0].reviewer).update(ended_at=clock.now())
    assert (done(job).state, job.result) == (JobState.DONE, None)
    assert (
        "Il n'y a pas, ou plus, de fichier à vous remettre"
        in client.get(reverse("job_page", args=[job.reference])).text
    )
    assert client.get(reverse("job_result", args=[job.reference])).status_code == 404


def test_a_pile_too_high_for_one_file_says_how_many_are_left(client_for, pile, monkeypatch):
    monkeypatch.setattr(piles, "MAX_DOSSIERS", 2)
    client = client_for(pile[0].reviewer)
    assert "Les 2 premiers dossiers à rendre en un PDF" in client.get(reverse("review_list")).text
    job = done(ask_pile(client, pile))
    assert job.parameters["merged"] == [place.application.reference for place in pile[:2]]
    assert "Dossiers qui ne tiennent pas dans ce fichier (40 dossiers et 200 Mo au plus) : 1." in text_of(
        read(client, job), 0
    )


def test_there_is_no_pile_where_nothing_is_left(client_for, pile):
    client = client_for(pile[0].reviewer)
    for place in pile:
        ReviewFactory(assignment=place, submitted=True)
    assert client.post(reverse("pile_merge", args=[pile[0].application.call.slug])).status_code == 404
    assert "dossiers à rendre en un PDF" not in client.get(reverse("review_list")).text


# --- Stopped ------------------------------------------------------------------------------------------------------------


def test_a_job_cancelled_half_way_keeps_nothing(client_for, pile, monkeypatch):
    client, gathered, before = client_for(pile[0].reviewer), [], StoredFile.objects.count()
    job, really_add = ask_pile(client, pile), merged.Binder._add

    def add(self, application, filing):
        really_add(self, application, filing)
        gathered.append(application)
        client.post(reverse("job_cancel", args=[job.reference]))

    monkeypatch.setattr(merged.Binder, "_add", add)
    assert done(job).state == JobState.CANCELLED
    assert (len(gathered), job.done_count, job.total_count) == (1, 0, 4)
    assert (StoredFile.objects.count(), leftovers()) == (before, [])
    assert "Cette tâche a été annulée" in client.get(reverse("job_page", args=[job.reference])).text


def test_a_merge_is_stopped_while_it_runs(tmp_path, monkeypatch):
    """The subprocess is killed, not waited for."""
    monkeypatch.setattr(merging, "_PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr(merging, "_TICK_SECONDS", 0.1)
    started = clock.now()

    def tick():
        raise jobs.Cancelled

    with pytest.raises(jobs.Cancelled):
        merging.merge([], tmp_path / "whole.pdf", title="", tick=tick)
    assert clock.now() - started < timedelta(seconds=30)


def test_a_merge_that_lasts_is_told_each_second(tmp_path, monkeypatch):
    monkeypatch.setattr(merging, "_TICK_SECONDS", 0.02)
    (tmp_path / "a.pdf").write_bytes(corpus.a_pdf(2))
    ticks, out = [], tmp_path / "whole.pdf"
    merging.merge([merging.Part(tmp_path / "a.pdf", "A")] * 3, out, title="Tout", tick=lambda: ticks.append(1))
    reader = PdfReader(out)
    assert (len(reader.pages), reader.metadata.title, len(ticks) > 2) == (6, "Tout", True)


def test_a_merge_that_ends_badly_is_told(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"rien")
    with pytest.raises(merging.NotMerged, match="code 1"):
        merging.merge([merging.Part(tmp_path / "a.pdf", "A")], tmp_path / "whole.pdf", title="", tick=int)


# --- Who may have it ----------------------------------------------------------------------------------------------------


def test_withdrawing_hides_the_file_of_a_dossier_at_once(client, place):
    job = done(ask_dossier(client, place))
    result, page = (reverse(name, args=[job.reference]) for name in ("job_result", "job_page"))
    assert read(client, job).pages
    recuse(place, by=place.reviewer, reason="Un proche y travaille.")
    assert client.get(result).status_code == 404
    assert place.application.reference not in client.get(page).text


def test_losing_one_dossier_hides_the_file_of_the_pile(client_for, pile):
    client = client_for(pile[0].reviewer)
    job = done(ask_pile(client, pile))
    Assignment.objects.filter(pk=pile[2].pk).update(ended_at=clock.now())
    assert client.get(reverse("job_result", args=[job.reference])).status_code == 404
    again = done(ask_pile(client, pile))
    assert len(again.parameters["merged"]) == 2
    assert read(client, again).pages


def test_a_submitted_review_takes_nothing_away(client_for, pile):
    client = client_for(pile[0].reviewer)
    job = done(ask_pile(client, pile))
    ReviewFactory(assignment=pile[0], submitted=True)
    assert read(client, job).pages


def test_the_file_is_nobody_elses(client, client_for, place):
    job = done(ask_dossier(client, place))
    other = filed_place(TWO_PAGES, ministry__short_name="Ville").reviewer
    assert client_for(other).get(reverse("job_result", args=[job.reference])).status_code == 404


def test_the_file_is_thrown_away_after_a_week(client, place):
    job = done(ask_dossier(client, place))
    name, later = job.result.content.name, job.ended_at + timedelta(days=7, seconds=1)
    assert jobs.forget_results(job.ended_at + timedelta(days=6)) == 0
    assert jobs.forget_results(later) == 1
    job.refresh_from_db()
    assert (job.result, StoredFile.objects.filter(content=name).exists()) == (None, False)
    assert not (settings.FILES_ROOT / name).exists()
    assert client.get(reverse("job_result", args=[job.reference])).status_code == 404


def test_the_portal_s_own_file_waits_for_no_antivirus(client, place, settings):
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    StoredFile.objects.update(scan=ScanState.CLEAN)
    job = done(ask_dossier(client, place))
    assert (job.result.scan, list(StoredFile.objects.waiting())) == (ScanState.CLEAN, [])
