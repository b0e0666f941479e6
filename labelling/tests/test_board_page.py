"""The board of a call: order, filters, figures, what each role may do with it, and the CSV file made of it."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.tests.factories import ApplicationFactory, CallFactory, StructureFactory
from gen_portal.core import clock, jobs
from gen_portal.core.models import BackgroundJob, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.text import csv_cell
from labelling.board_export import COLUMNS
from labelling.models import Decision, Recommendation
from labelling.tests.factories import (
    AssignmentFactory,
    DisagreementFactory,
    RecusalFactory,
    ReviewFactory,
    ReviewFiguresFactory,
    four_ministries,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return CallFactory(title="Appel de printemps")


@pytest.fixture
def client(client_for):
    return client_for(CapacityFactory(role=Role.OFFICER).user)


def dossier(call, title, *, mean=None, spread="0.500", review_count=4, **fields):
    """A dossier under review with these figures."""
    application = ApplicationFactory(call=call, training__title=title, **({"under_review": True} | fields))
    if mean is not None:
        ReviewFiguresFactory(application=application, mean=mean, spread=spread, review_count=review_count)
    return application


def board_of(client, call, **query):
    return client.get(reverse("call_board", args=[call.slug]), query)


def titles(answer):
    return [line.row.title for line in answer.context["page_obj"]]


def test_dossiers_are_ranked_equals_share_a_rank_and_unmarked_ones_come_last(client, call):
    for title, mean in (("A", "3.000"), ("B", "4.500"), ("C", "3.000"), ("D", "2.999"), ("E", None)):
        dossier(call, title, mean=mean)
    lines = board_of(client, call).context["page_obj"]
    assert [(line.row.title, line.rank) for line in lines] == [("B", 1), ("A", 2), ("C", 2), ("D", 4), ("E", None)]


def test_only_dossiers_under_review_or_decided_of_this_call_are_compared(client, call):
    for state in ("submitted", "returned", "admissible", "inadmissible", "withdrawn"):
        ApplicationFactory(call=call, **{state: True})
    ApplicationFactory(call=call)
    ApplicationFactory(under_review=True)
    dossier(call, "En évaluation")
    dossier(call, "Décidé", under_review=False, decided=True)
    assert titles(board_of(client, call)) == ["En évaluation", "Décidé"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Éveil au code", "Réseaux", "Cybersécurité"]),
        ({"texte": "EVEIL"}, ["Éveil au code"]),
        ({"texte": "cafe securite"}, ["Cybersécurité"]),
        ({"region": "04"}, ["Réseaux"]),
        ({"famille": "cyber"}, ["Cybersécurité"]),
        ({"avancement": "complet"}, ["Éveil au code"]),
        ({"avancement": "incomplet"}, ["Réseaux", "Cybersécurité"]),
        ({"ecart": "on"}, ["Réseaux"]),
        ({"releve": "2"}, ["Cybersécurité"]),
        ({"releve": "9"}, ["Éveil au code", "Réseaux", "Cybersécurité"]),
        ({"texte": "introuvable"}, []),
    ],
)
def test_filters_of_the_board(client, call, query, expected):
    four_ministries()
    settled = dossier(call, "Éveil au code", mean="4.000")
    DisagreementFactory(application=settled, closed_at=clock.now())
    overseas = StructureFactory(overseas=True)
    disputed = dossier(call, "Réseaux", mean="3.000", spread="2.000", review_count=3, training__structure=overseas)
    DisagreementFactory(application=disputed)
    cafe = StructureFactory(name="Café des sciences")
    second = call.cut_offs.get(number=2)
    dossier(call, "Cybersécurité", job_family="cyber", training__structure=cafe, cut_off=second)
    answer = board_of(client, call, **query)
    assert titles(answer) == expected
    assert answer.context["page_obj"].paginator.count == len(expected)


def test_a_chosen_cut_off_is_ranked_by_itself(client, call):
    dossier(call, "A", mean="4.000")
    dossier(call, "B", mean="3.000", cut_off=call.cut_offs.get(number=2))
    [line] = board_of(client, call, releve="2").context["page_obj"]
    assert (line.row.title, line.rank) == ("B", 1)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("rang", "BCA"), ("-rang", "ACB"), ("titre", "ABC"), ("-titre", "CBA"), ("ecart", "CBA"), ("-ecart", "ABC"),
        ("avis", "ACB"), ("-avis", "BCA"), ("montant", "ACB"), ("-montant", "BCA"), ("password", "BCA"),
        ("region", "ABC"), ("-releve", "ABC"),
    ],
)  # fmt: skip
def test_the_board_sorts_by_a_few_columns(client, call, sort, expected):
    dossier(call, "A", mean="1.000", spread="2.500", review_count=1, requested_grant_euros=10)
    dossier(call, "B", mean="3.000", spread="1.000", review_count=3, requested_grant_euros=30)
    dossier(call, "C", mean="2.000", spread="0.500", review_count=2, requested_grant_euros=20)
    assert "".join(titles(board_of(client, call, tri=sort))) == expected


def test_a_line_says_what_each_ministry_recommends_and_no_draft(client, call):
    first, second, *_ = four_ministries()
    application = dossier(call, "A")
    said = ReviewFactory(assignment__application=application, assignment__ministry=first, submitted=True, mark=5)
    draft = AssignmentFactory(application=application, ministry=second)
    ReviewFactory(assignment=draft, recommendation=Recommendation.UNFAVOURABLE)
    [line] = board_of(client, call).context["page_obj"]
    assert [(o.ministry, o.words, o.kind) for o in line.opinions] == [
        ("Travail", "favorable", "success"),
        ("Éducation", "en attente", ""),
    ]
    assert (line.row.review_count, line.row.expected_count, line.row.mean) == (1, 4, Decimal("5.000"))
    assert said.assignment.reviewer.last_name not in board_of(client, call).text


def test_the_decision_in_hand_is_the_one_of_the_present_cut_off(client, call):
    four_ministries()
    application = dossier(call, "A", mean="3.000", cut_off=call.cut_offs.get(number=2))
    waiting = dossier(call, "B", mean="2.000")
    dossier(call, "C", mean="1.000", review_count=1)
    now = clock.now()
    common = {"application": application, "reasons": "Solide.", "prepared_at": now}
    Decision.objects.create(cut_off=call.cut_offs.get(number=1), outcome="deferred", **common)
    Decision.objects.create(cut_off=call.cut_offs.get(number=2), outcome="labelled", **common)
    words = {line.row.title: line.decision_words for line in board_of(client, call).context["page_obj"]}
    assert words == {"A": "labellisée (préparée)", waiting.training.title: "à préparer", "C": ""}


@pytest.mark.parametrize(("role", "links"), [(Role.OFFICER, 0), (Role.SECOND_SIGNATORY, 0), (Role.DIRECTOR, 1)])
def test_only_the_director_is_led_to_the_decision(role, links, client_for, call):
    application = dossier(call, "A")
    answer = board_of(client_for(CapacityFactory(role=role).user), call)
    assert answer.text.count(reverse("decision_edit", args=[application.reference])) == links


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.REGIONAL_SERVICE, Role.TECHNICAL_ADMIN])
def test_the_board_is_for_those_who_run_the_call(role, client_for, call):
    client = client_for(CapacityFactory(role=role).user)
    assert board_of(client, call).status_code == 403
    assert client.post(reverse("board_export", args=[call.slug])).status_code == 403
    assert BackgroundJob.objects.count() == 0


def test_somebody_who_runs_calls_does_not_see_the_figures_of_a_dossier_they_withdrew_from(client_for, call):
    officer = CapacityFactory(role=Role.OFFICER).user
    RecusalFactory(application=dossier(call, "A", mean="4.000"), user=officer)
    AssignmentFactory(application=dossier(call, "B", mean="3.000"), reviewer=officer)
    dossier(call, "C", mean="2.000")
    [line] = board_of(client_for(officer), call).context["page_obj"]
    assert (line.row.title, line.rank) == ("C", 1)


def test_an_empty_board_says_what_brings_dossiers(client, call):
    assert "dès qu'il est déclaré recevable" in board_of(client, call).text
    assert "Aucun dossier ne répond à ces filtres" in board_of(client, call, texte="x").text


def test_pages_of_50_or_250_keep_the_rest_of_the_address(client, call):
    for number in range(51):
        dossier(call, f"Formation {number:02}", complete=False, requested_grant_euros=1)
    answer = board_of(client, call, tri="titre")
    assert (len(titles(answer)), answer.context["page_obj"].paginator.num_pages) == (50, 2)
    assert "?tri=titre&amp;page=2" in answer.text
    assert titles(board_of(client, call, tri="titre", page=2)) == ["Formation 50"]
    assert len(titles(board_of(client, call, par_page="250"))) == 51


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_however_long(count, client, call, django_assert_num_queries):
    for number in range(count):
        ReviewFactory(assignment__application=dossier(call, f"F{number}"), submitted=True)
    board_of(client, call)
    # session; person, rights and instant; call; facets and the state of the figures; tally; rows; opinions
    with django_assert_num_queries(7):
        board_of(client, call)


def test_columns_are_chosen_in_the_address(client, call):
    dossier(call, "A", mean="3.000", requested_grant_euros=12_345)
    whole = board_of(client, call)
    assert [word in whole.text for word in ("12\u202f345", "tri=releve", "tri=ajustee")] == [True] * 3
    some = board_of(client, call, colonnes=["ecart", "decision"])
    assert "12\u202f345" not in some.text
    assert "tri=ajustee" not in some.text
    assert "colonnes=ecart&amp;colonnes=decision&amp;tri=ecart" in some.text
    assert board_of(client, call, colonnes=["inconnue"]).context["columns"] == whole.context["columns"]


# --- The file -------------------------------------------------------------------------------------------------------


def exported(client, call, **query):
    """Ask for the file through the page, make it, read it."""
    address = reverse("board_export", args=[call.slug])
    answer = client.post(address, query_params=query)
    job = BackgroundJob.objects.latest("pk")
    assert answer.url == reverse("job_page", args=[job.reference])
    jobs.run(job.pk)
    job.refresh_from_db()
    with job.result.content.open() as content:
        text = content.read().decode("utf-8-sig")
    return job, list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_file_has_the_lines_of_the_filtered_board_in_its_order(client, call):
    four_ministries()
    structure = StructureFactory(name="=cmd|' /C calc'!A0")
    disputed = dossier(call, "Bêta", mean="3.000", spread="2.000", training__structure=structure)
    DisagreementFactory(application=disputed)
    dossier(call, "Alpha", mean="4.125")
    dossier(call, "Autre", mean="5.000", cut_off=call.cut_offs.get(number=2))
    job, (head, *lines) = exported(client, call, releve="1", tri="-rang")
    assert (job.state, job.done_count, job.total_count) == ("done", 2, 2)
    assert head == [column.title for column in COLUMNS]
    assert [line[0:1] + line[2:4] + line[8:9] + line[13:16] for line in lines] == [
        ["2", "Bêta", "'=cmd|' /C calc'!A0", "3,000", "2,000", "oui", "4"],
        ["1", "Alpha", lines[1][3], "4,125", "0,500", "non", "4"],
    ]


def test_the_file_is_not_made_for_somebody_who_no_longer_runs_calls(client_for, call):
    officer = CapacityFactory(role=Role.OFFICER).user
    job = jobs.ask("board_export", by=officer, parameters={"slug": call.slug, "asked": {}, "sort": ""})
    officer.capacities.all().delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("failed", None)


@given(st.text(max_size=20))
def test_no_cell_is_taken_for_a_formula(text):
    cell = csv_cell(text)
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not cell.startswith(("\t", "\r", "\n", "\0"))
