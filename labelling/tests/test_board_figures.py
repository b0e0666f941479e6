"""The figures of a board: against a recount in Python of marks drawn at random, for whom, and the same in the files."""

import csv
import html
import io
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from django.urls import reverse

from applications.tests.factories import GRID, ApplicationFactory, CallFactory, StructureFactory
from gen_portal.core.models import Region, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.territory import load_test_communes
from labelling.actions.figures import refresh_figures
from labelling.calibration import calibrate
from labelling.scoring import rounded
from labelling.tests.factories import AssignmentFactory, RecusalFactory, ReviewFactory, four_ministries, reviewer_of

pytestmark = pytest.mark.django_db
TABLES = ("notes", "ministeres", "instructeurs", "regions")
WEIGHTS = [weight for _, _, weight in GRID]


@pytest.fixture
def call():
    return CallFactory(title="Appel de printemps")


@pytest.fixture
def client(client_for):
    return client_for(CapacityFactory(role=Role.OFFICER).user)


def page_of(client, call, **query):
    return client.get(reverse("board_figures", args=[call.slug]), query)


def figures_of(client, call, **query):
    return page_of(client, call, **query).context["figures"]


def file_of(client, call, name, **query):
    return client.get(reverse("board_figures_export", args=[call.slug, name]), query)


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def every_byte(client, call, **query):
    """What the person gets of the figures, page then files; the keys of forms left out."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page_of(client, call, **query).text)
    page = re.sub(r'data-gen-seconds="[^"]*"', "", page)
    return [page, *(file_of(client, call, name, **query).content for name in TABLES)]


def judged(call, marks, **fields):
    """A dossier under review with one submitted review, of a ministry of its own."""
    application = ApplicationFactory(call=call, under_review=True, **fields)
    ReviewFactory(assignment=AssignmentFactory(application=application), submitted=True, marks=marks)
    return application


# --- Against a recount --------------------------------------------------------------------------------------------


@dataclass
class Drawn:
    """A small world drawn at random, and what counts in it, written down as it is made."""

    seed: int
    call: object
    counted: list = field(default_factory=list)  # (dossier key, reviewer key, ministry key, marks)
    dossiers: list = field(default_factory=list)  # those on the board

    def __post_init__(self):
        self.rng = random.Random(self.seed)
        self.communes = sorted(load_test_communes().values(), key=lambda commune: commune.code)
        self.people = {ministry: [reviewer_of(ministry), reviewer_of(ministry)] for ministry in four_ministries()}
        for _ in range(9):
            self._draw_dossier()

    def _draw_dossier(self):
        state = self.rng.choice(["under_review", "under_review", "under_review", "decided", "admissible"])
        application = ApplicationFactory(
            call=self.call, **{state: True},
            cut_off=self.call.cut_offs.get(number=self.rng.choice([1, 2])),
            training__structure=StructureFactory(commune=self.rng.choice(self.communes)),
            session_count=self.rng.choice([None, 1, 400]), seat_count=self.rng.choice([12, 999]),
            requested_grant_euros=self.rng.randrange(10_000, 70_000),
        )  # fmt: skip
        if state != "admissible":
            self.dossiers.append(application)
        for ministry, people in self.people.items():
            self._draw_review(application, ministry, self.rng.choice(people), state)
        refresh_figures(application)

    def _draw_review(self, application, ministry, reviewer, state):
        marks = [self.rng.randrange(6) for _ in GRID]
        fate = self.rng.choice(["none", "draft", "ended", "recused", *["submitted"] * 6])
        if fate == "none":
            return
        place = AssignmentFactory(application=application, ministry=ministry, reviewer=reviewer, ended=fate == "ended")
        ReviewFactory(assignment=place, marks=marks, submitted=fate != "draft")
        if fate == "recused":
            RecusalFactory(application=application, user=reviewer)
        if fate == "submitted" and state != "admissible":
            self.counted.append((application.pk, reviewer.pk, ministry.pk, marks))

    def within(self, cut_off):
        """(dossiers, what counts) of one cut-off, or of the whole call."""
        dossiers = [each for each in self.dossiers if not cut_off or each.cut_off.number == cut_off]
        keys = {each.pk for each in dossiers}
        return dossiers, [row for row in self.counted if row[0] in keys]


def mean(marks):
    return Fraction(sum(weight * mark for weight, mark in zip(WEIGHTS, marks, strict=True)), sum(WEIGHTS))


def expected_leanings(counted, place, names):
    found = calibrate((row[0], row[place], mean(row[3])) for row in counted).severities
    return {names[key]: severity for key, severity in found.items()}


def told_leanings(leanings):
    return {leaning.name: leaning.severity for leaning in leanings}


def expected_regions(dossiers, counted):
    """{region: (dossiers, judged, mean, seats, without seats, euros)}, one dossier after another."""
    means, found = defaultdict(list), defaultdict(lambda: [0, 0, [], 0, 0, 0])
    for key, _, _, marks in counted:
        means[key].append(mean(marks))
    for dossier in dossiers:
        row = found[dossier.training.structure.commune.department.region.name]
        row[0] += 1
        if means[dossier.pk]:
            row[1] += 1
            row[2].append(Fraction(rounded(sum(means[dossier.pk]) / len(means[dossier.pk]))))
        row[3] += dossier.learner_count or 0
        row[4] += dossier.learner_count is None
        row[5] += dossier.requested_grant_euros
    return {
        name: (count, judged, rounded(sum(kept) / len(kept)) if kept else None, *rest)
        for name, (count, judged, kept, *rest) in found.items()
    }


@pytest.mark.parametrize("cut_off", [None, 2])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_are_those_of_a_recount(seed, cut_off, client, call):
    drawn = Drawn(seed, call)
    dossiers, counted = drawn.within(cut_off)
    found = figures_of(client, call, **({"releve": cut_off} if cut_off else {}))

    assert counted
    assert found.review_count == len(counted)
    assert [spread.counts for spread in found.spreads] == [
        tuple(sum(row[3][place] == mark for row in counted) for mark in range(6)) for place in range(len(GRID))
    ]
    names = {reviewer.pk: reviewer.get_full_name() for people in drawn.people.values() for reviewer in people}
    assert told_leanings(found.people) == expected_leanings(counted, 1, names)
    ministries = {ministry.pk: ministry.short_name for ministry in drawn.people}
    assert told_leanings(found.ministries) == expected_leanings(counted, 2, ministries)
    told = {
        region.name: (region.dossier_count, region.judged_count, region.mean, region.learner_count,
                      region.seatless_count, region.requested_euros)
        for region in found.regions
    }  # fmt: skip
    nothing = dict.fromkeys((region.name for region in Region.objects.all()), (0, 0, None, 0, 0, 0))
    assert told == nothing | expected_regions(dossiers, counted)


def test_all_regions_are_listed_the_collectivities_last(client, call):
    load_test_communes()
    judged(call, [3] * 5)
    regions = figures_of(client, call).regions

    assert [region.is_collectivity for region in regions] == [False] * 18 + [True] * 6
    assert [region.name for region in regions if region.dossier_count] == ["Bretagne"]
    assert (regions[7].name, regions[8].name, regions[13].name) == ("Île-de-France", "Normandie", "Guadeloupe")


def test_the_page_says_who_leans_which_way_and_what_is_absent(client, call):
    load_test_communes()
    first, second, *_ = four_ministries()
    severe, mild = reviewer_of(first, first_name="Ann", last_name="Sec"), reviewer_of(second)
    for _ in range(12):
        application = ApplicationFactory(call=call, under_review=True)
        for ministry, reviewer, mark in ((first, severe, 2), (second, mild, 3)):
            place = AssignmentFactory(application=application, ministry=ministry, reviewer=reviewer)
            ReviewFactory(assignment=place, submitted=True, mark=mark)
    text = page_of(client, call).text.replace("\u00a0", " ")

    assert "note en moyenne 0,27 point plus bas que les autres sur les mêmes dossiers" in text
    assert "Ann Sec : 0,27 point plus bas" in text
    assert "17 régions sur 18 n&#x27;ont aucun dossier : Auvergne-Rhône-Alpes, " in text
    assert "6 collectivités sur 6 n&#x27;ont aucun dossier" in text
    assert "des groupes qui n'ont aucun dossier en commun" not in text


def test_people_without_a_dossier_in_common_are_said_not_comparable(client, call):
    for _ in range(2):
        application = judged(call, [3] * 5)
        ReviewFactory(assignment=AssignmentFactory(application=application), submitted=True, mark=4)
    answer = page_of(client, call)

    assert "des groupes qui n'ont aucun dossier en commun" in answer.text
    assert sorted(leaning.group for leaning in answer.context["figures"].people) == [1, 1, 2, 2]
    assert rows_of(file_of(client, call, "instructeurs"))[0][4] == "Groupe"


# --- Where it leads -----------------------------------------------------------------------------------------------


def test_the_board_leads_here_and_back_with_its_cut_off(client, call):
    judged(call, [3] * 5, cut_off=call.cut_offs.get(number=2))
    board, figures = reverse("call_board", args=[call.slug]), reverse("board_figures", args=[call.slug])

    assert f'href="{figures}"' in client.get(board).text
    assert f'href="{figures}?releve=2"' in client.get(board, {"releve": "2"}).text
    page = page_of(client, call, releve="2").text
    assert f'href="{board}?releve=2"' in page
    assert f'href="{reverse("board_figures_export", args=[call.slug, "notes"])}?releve=2"' in page


@pytest.mark.parametrize(("asked", "count"), [("1", 1), ("2", 2), ("", 3), ("9", 3), ("x", 3)])
def test_a_cut_off_that_makes_no_sense_is_left_out(asked, count, client, call):
    for number in (1, 2, 2):
        judged(call, [3] * 5, cut_off=call.cut_offs.get(number=number))
    assert figures_of(client, call, releve=asked).review_count == count


def test_before_any_review_the_page_says_what_brings_figures(client, call):
    empty = page_of(client, call).text
    ReviewFactory(assignment__application=ApplicationFactory(call=call, under_review=True))
    drafted = page_of(client, call).text

    for page in (empty, drafted):
        assert "Aucune évaluation n'est déposée" in page or "Aucune évaluation n&#x27;est déposée" in page
        assert reverse("review_progress", args=[call.slug]) in page
        assert "<svg role" not in page.partition("titre-regions")[0]
    assert ("Dossiers par région" in empty, "Dossiers par région" in drafted) == (False, True)
    assert [len(rows_of(file_of(client, call, name))) for name in TABLES] == [6, 1, 1, 3]


# --- For whom -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.REGIONAL_SERVICE, Role.COMMITTEE_MEMBER, Role.TECHNICAL_ADMIN])
def test_figures_are_for_those_who_run_the_call(role, client_for, call):
    client = client_for(CapacityFactory(role=role).user)
    assert [page_of(client, call).status_code, *(file_of(client, call, name).status_code for name in TABLES)] == [
        403
    ] * 5


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY])
def test_those_who_run_the_call_read_every_figure(role, client_for, call):
    judged(call, [3] * 5)
    client = client_for(CapacityFactory(role=role).user)
    assert [page_of(client, call).status_code, *(file_of(client, call, name).status_code for name in TABLES)] == [
        200
    ] * 5
    assert file_of(client, call, "inconnue").status_code == 404


def test_a_reviewer_an_applicant_and_the_public_get_what_the_board_gives_them(client, client_for, call):
    application = judged(call, [3] * 5)
    people = [application.assignments.get().reviewer, application.started_by]
    for other in [*map(client_for, people), type(client)()]:
        board = other.get(reverse("call_board", args=[call.slug]))
        page = page_of(other, call)
        assert (page.status_code, page.headers.get("Location", "").partition("?")[0]) == (
            board.status_code, board.headers.get("Location", "").partition("?")[0]
        )  # fmt: skip
        assert "Bretagne" not in page.text


def recused(officer, call, marks):
    """A dossier that the officer withdrew from, judged by somebody else."""
    application = judged(call, marks, training__structure=StructureFactory(overseas=True))
    RecusalFactory(application=application, user=officer)


def to_review(officer, call, marks):
    """A dossier that the officer has yet to review."""
    application = judged(call, marks, training__structure=StructureFactory(overseas=True))
    AssignmentFactory(application=application, reviewer=officer)


@pytest.mark.usefixtures("activity_noted_once", "frozen_clock")
@pytest.mark.parametrize("seal", [recused, to_review])
def test_a_sealed_dossier_is_in_none_of_the_figures(seal, client, client_for, call):
    load_test_communes()
    officer = CapacityFactory(role=Role.OFFICER).user
    for _ in range(2):
        ReviewFactory(assignment=AssignmentFactory(application=judged(call, [3] * 5)), submitted=True, mark=4)
    sealed = client_for(officer)
    every_byte(sealed, call), every_byte(client, call)
    before, colleague = every_byte(sealed, call), every_byte(client, call)
    seal(officer, call, [0] * 5)

    for query in ({}, {"releve": "1"}):
        assert every_byte(sealed, call, **query)[1:] == before[1:]
    assert every_byte(sealed, call)[0] == before[0]
    assert all(seen != known for seen, known in zip(every_byte(client, call), colleague, strict=True))


# --- Queries and files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_figures_cost_the_same_however_many_dossiers(count, client, call, django_assert_num_queries):
    for number in range(count):
        application = judged(call, [number] * 5)
        ReviewFactory(assignment=AssignmentFactory(application=application), submitted=True)
    # session, person with rights and instant, clock, call, facets, then means, marks, criteria, regions twice
    with django_assert_num_queries(10):
        page_of(client, call)


def table_in(page, caption):
    """The cells of a table of the page as a file has them: no dash for nothing, no thin space, a plain minus."""
    found = re.search(rf'<caption id="tableau-{caption}">.*?</table>', page, re.DOTALL).group()
    rows = [re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr.*?</tr>", found, re.DOTALL)]
    return [
        ["" if cell == "–" else html.unescape(cell).replace("\u202f", "").replace("−", "-") for cell in row]
        for row in rows
    ]


@pytest.mark.parametrize("name", TABLES)
def test_a_file_has_the_cells_of_its_table(name, client, call):
    Drawn(4, call)
    for query in ({}, {"releve": "1"}):
        file = file_of(client, call, name, **query)
        assert rows_of(file) == table_in(page_of(client, call, **query).text, name)
        assert file.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_name_in_a_file_is_never_a_formula(client, call):
    application = ApplicationFactory(call=call, under_review=True)
    ministry, *_ = four_ministries()
    reviewer = reviewer_of(ministry, first_name="=cmd|' /C calc'!A0", last_name="Sec")
    place = AssignmentFactory(application=application, ministry=ministry, reviewer=reviewer)
    ReviewFactory(assignment=place, submitted=True)
    call.criteria.filter(position=1).update(label="@SOMME(A1)")

    assert rows_of(file_of(client, call, "instructeurs"))[1][0] == "'=cmd|' /C calc'!A0 Sec"
    assert rows_of(file_of(client, call, "notes"))[1][0] == "'@SOMME(A1)"


def test_the_mean_of_a_region_is_that_of_the_means_of_the_board(client, call):
    for mark in (1, 2, 2):
        judged(call, [mark] * 5)
    [head, region, total] = rows_of(file_of(client, call, "regions"))

    assert (head[3], region[3], total[3]) == ("Moyenne", "1,667", "1,667")
