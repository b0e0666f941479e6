"""Who reviews what by a file: today's places out, the same lines back, judged like a choice by hand, then applied."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory
from gen_portal.core import clock, spreadsheets
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.forms.assignment_files import BEGUN, HEADERS, judge, rows_of
from labelling.models import Assignment, AssignmentProposal
from labelling.proposing import Reading
from labelling.tests.factories import (
    AssignmentFactory,
    ReviewerAbsenceFactory,
    ReviewFactory,
    four_ministries,
    reviewer_of,
)

pytestmark = [pytest.mark.once, pytest.mark.django_db]
DUE = timedelta(days=20)


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


@pytest.fixture
def ministries():
    return four_ministries()[:2]


@pytest.fixture
def reviewers(ministries):
    """Two reviewers for each of two ministries."""
    return [[reviewer_of(ministry), reviewer_of(ministry)] for ministry in ministries]


@pytest.fixture
def call(ministries, reviewers):
    """Two dossiers under review; the first reviewer of the first ministry has the first one."""
    call = CallFactory()
    dossiers = [ApplicationFactory(call=call, under_review=True) for _ in range(2)]
    AssignmentFactory(application=dossiers[0], ministry=ministries[0], reviewer=reviewers[0][0])
    return call


@pytest.fixture
def rows(call, officer):
    """Today's lines of the first two ministries: dossier 1 then 2."""
    return [row for row in rows_of(call, officer, clock.today()) if row["ministry"] in ("Travail", "Éducation")]


def judged(call, rows, *, max_load=10):
    sheet = spreadsheets.read(spreadsheets.as_csv(HEADERS, rows), HEADERS)
    today = clock.today()
    return judge(sheet, Reading(call, due_on=today + DUE, max_load=max_load, today=today))


def sentences(verdict):
    return [(fault.line, fault.header, fault.sentence) for fault in verdict.faults]


def test_a_line_for_each_place_empty_ones_too(call, officer, reviewers):
    rows = rows_of(call, officer, clock.today())
    assert [row["ministry"] for row in rows] == ["Travail", "Éducation", "Économie", "Ville"] * 2
    assert [row.get("reviewer") for row in rows].count(None) == 7
    place = Assignment.objects.get()
    held = {key: rows[0][key] for key in ("reviewer", "name", "due_on", "state")}
    assert held == {
        "reviewer": place.reviewer.email, "name": str(place.reviewer), "due_on": f"{place.due_on:%d/%m/%Y}",
        "state": "à rendre",
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_the_file_costs_the_same_however_many(call, officer, count, django_assert_num_queries):
    for _ in range(count):
        AssignmentFactory(application=ApplicationFactory(call=call, under_review=True))
    rows_of(call, officer, clock.today())  # reads the officer's rights once
    with django_assert_num_queries(4):
        rows_of(call, officer, clock.today())


def test_the_same_file_back_changes_nothing(call, rows):
    verdict = judged(call, rows)
    assert (verdict.faults, len(verdict.pairs)) == ([], 1)


def test_a_line_left_out_changes_nothing_an_empty_cell_frees_the_place(call, rows, reviewers):
    rows[1]["reviewer"] = reviewers[1][0].email.upper()
    verdict = judged(call, rows[1:])
    assert (verdict.faults, {pair.reviewer for pair in verdict.pairs}) == (
        [], {reviewers[0][0].pk, reviewers[1][0].pk}
    )  # fmt: skip
    rows[0]["reviewer"] = ""
    assert {pair.reviewer for pair in judged(call, rows).pairs} == {reviewers[1][0].pk}


def test_what_cannot_be_read_is_said_line_by_line(call, rows):
    first, second, third, fourth = (dict(row) for row in rows)
    first["dossier"], second["ministry"], third["reviewer"] = "GEN-0", "Culture", "personne@exemple.fr"
    assert sentences(judged(call, [first, second, third, fourth, fourth])) == [
        (2, "Dossier", "Aucun dossier de cet appel à évaluer n'a ce numéro."),
        (3, "Ministère", "Ce ministère n'évalue pas ce dossier."),
        (4, "Courriel de l'instructeur", "Personne n'évalue aujourd'hui avec cette adresse."),
        (5, "Dossier", "Cette place est sur plusieurs lignes : gardez-en une."),
        (6, "Dossier", "Cette place est sur plusieurs lignes : gardez-en une."),
    ]


def test_the_limits_are_those_of_a_choice_by_hand(call, rows, reviewers):
    tied, away = reviewers[0][1], reviewers[1][1]
    MembershipFactory(structure=call.applications.order_by("pk")[0].training.structure, user=tied)
    ReviewerAbsenceFactory(user=away, from_on=clock.today() + DUE)
    of_work = reviewers[0][0]
    rows[0]["reviewer"], rows[1]["reviewer"], rows[2]["reviewer"] = tied.email, away.email, of_work.email
    rows[3]["reviewer"] = of_work.email
    who = "Courriel de l'instructeur"
    assert sentences(judged(call, rows)) == [
        (2, who, f"{tied} : lien d'intérêts, ou dossier rendu."),
        (3, who, f"{away} : indisponible."),
        (4, who, f"{of_work} : place donnée deux fois."),
        (5, who, f"{of_work} : n'évalue pas ce dossier à ce titre."),
        (5, who, f"{of_work} : place donnée deux fois."),
    ]


def test_the_load_is_kept(call, rows, reviewers):
    rows[2]["reviewer"] = reviewers[0][0].email
    assert judged(call, rows, max_load=2).faults == []
    assert [fault.sentence for fault in judged(call, rows, max_load=1).faults] == [
        f"{reviewers[0][0]} : charge maximale atteinte."
    ]


def test_a_review_begun_stays(call, rows, reviewers):
    ReviewFactory(assignment=Assignment.objects.get())
    for email in ("", reviewers[0][1].email):
        rows[0]["reviewer"] = email
        assert [fault.sentence for fault in judged(call, rows).faults] == [BEGUN]


def test_what_is_wrong_today_does_not_keep_another_line_from_changing(call, rows, reviewers, client_for, officer):
    ReviewerAbsenceFactory(user=reviewers[0][0], from_on=clock.today() + DUE)
    rows[1]["reviewer"] = reviewers[1][0].email
    client = client_for(officer)
    client.post(sent(client, call, rows).url)
    assert Assignment.objects.current().count() == 2


def sent(client, call, rows, **more):
    upload = SimpleUploadedFile("repartition.csv", spreadsheets.as_csv(HEADERS, rows))
    form = {"file": upload, "due_on": clock.today() + DUE, "max_load": 10, **more}
    return client.post(reverse("assignment_import", args=[call.slug]), form)


def test_from_the_file_to_places_filled(client_for, officer, call, rows, reviewers, mails):
    rows[0]["reviewer"], rows[1]["reviewer"] = reviewers[0][1].email, reviewers[1][0].email
    client = client_for(officer)
    url = sent(client, call, rows).url
    page = client.get(url)
    assert "Demandé par le fichier." in page.text
    assert Assignment.objects.current().get().reviewer == reviewers[0][0]
    client.post(url)
    held = Assignment.objects.current().order_by("ministry__position")
    assert [place.reviewer for place in held] == [reviewers[0][1], reviewers[1][0]]
    assert sorted(mail.to_address for mail in mails()) == sorted(
        user.email for user in (reviewers[0][0], reviewers[0][1], reviewers[1][0])
    )


def test_a_fault_proposes_nothing_and_a_past_date_is_refused(client_for, officer, call, rows):
    client = client_for(officer)
    page = sent(client, call, [rows[0] | {"ministry": "Culture"}])
    assert (page.status_code, "1 erreur sur 1 ligne : rien n'est proposé" in page.text) == (422, True)
    page = sent(client, call, rows, due_on=clock.today() - clock.ONE_DAY)
    assert (page.status_code, "déjà passée" in page.text) == (422, True)
    assert not AssignmentProposal.objects.exists()


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_what_is_downloaded_reads_back(client_for, officer, call, extension):
    content = client_for(officer).get(reverse("assignment_export", args=[call.slug, extension])).content
    assert len(spreadsheets.read(content, HEADERS).rows) == 8
    assert client_for(officer).get(reverse("assignment_export", args=[call.slug, "pdf"])).status_code == 404
