"""The arithmetic of `make bench`: percentiles, requests as bytes, goals told in words and never by failing."""

from types import SimpleNamespace

import pytest

from applications.tests.factories import ApplicationFactory, CallFactory
from fabriques.tests.factories import FabriqueFactory
from gen_portal.bench import assignment, exporting, figures, goals, registry, report, targets, timing
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.tests.factories import ReviewFactory


def sample(milliseconds, byte_count=1000):
    return timing.Sample([milliseconds / 1000] * 3, [milliseconds / 1000] * 3, byte_count)


def line(key="board_50", *, p50=30, small=30, floor=10, queries=8, queries_small=8, instances=4, rows=50):
    sides = (sample(p50), sample(small), sample(floor))
    return goals.Line(key, key, rows, queries, queries_small, instances, *sides)


@pytest.mark.parametrize("percent, expected", [(50, 10), (95, 19), (100, 20), (1, 1)])
def test_percentile_is_the_nearest_rank(percent, expected):
    assert timing.percentile(range(20, 0, -1), percent) == expected


def test_get_as_bytes():
    sent = timing.message({"path": "/appels/", "cookie": "sessionid=a", "headers": {"Accept-Encoding": "gzip"}})
    assert sent.decode().split("\r\n") == [
        *("GET /appels/ HTTP/1.1", "Host: 127.0.0.1", "Connection: close", "Accept-Encoding: gzip"),
        *("Cookie: sessionid=a", "", ""),
    ]


def test_post_as_bytes_carries_the_token_twice():
    head, _, body = timing.message({"path": "/x/", "form": {"mark": "4"}}).decode().partition("\r\n\r\n")
    assert body == f"mark=4&csrfmiddlewaretoken={timing.CSRF}"
    assert head.split("\r\n")[4:] == [f"Content-Length: {len(body)}", f"Cookie: csrftoken={timing.CSRF}"]


def test_an_answer_of_another_status_is_no_measure(monkeypatch):
    monkeypatch.setattr(timing, "ask", lambda port, content: timing.Answer(302, 0.001, 0, {"Location": "/compte/"}))
    server = SimpleNamespace(port=1)
    with pytest.raises(RuntimeError, match="Tableau answered 302 /compte/, 200 expected"):
        timing.probe(server, {"path": "/", "label": "Tableau"}).ask()


def test_a_refusal_is_no_measure(monkeypatch):
    monkeypatch.setattr(timing, "ask", lambda port, content: timing.Answer(302, 0.001, 0, {"Location": "/deposer/"}))
    target = {"path": "/deposer/", "label": "Dépôt", "form": {}, "leads_to": "/recepisse/"}
    with pytest.raises(RuntimeError, match="Dépôt answered 302 /deposer/, 302 expected"):
        timing.probe(SimpleNamespace(port=1), target).ask()


def test_figures_of_a_line():
    found = line(p50=30, small=20, floor=10)
    assert (found.ratio, found.cpu_ratio, found.growth) == pytest.approx((3, 3, 1.5))


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, ["atteint", "atteint", "atteint"]),
        ({"queries": 9}, ["non atteint", "atteint", "atteint"]),
        ({"small": 26}, ["atteint", "non atteint", "atteint"]),
        ({"instances": 151}, ["atteint", "atteint", "non atteint"]),
        ({"instances": 151, "rows": 0}, ["atteint", "atteint", "atteint"]),
    ],
)
def test_growth_is_told_in_words(changes, expected):
    assert [check.words for check in goals.of_growth([line(**changes)])] == expected


def test_pages_are_told_goal_by_goal():
    lines = [line(key) for key in dict.fromkeys(key for _, key, _, _ in goals.PAGE_LIMITS)]
    checks = list(goals.of_pages(lines))
    assert [(check.goal, check.words) for check in checks[:7]] == [
        *((1, "non atteint"), (1, "non atteint"), (1, "atteint")),
        *((2, "atteint"), (2, "atteint"), (2, "atteint"), (3, "atteint")),
    ]


@pytest.mark.parametrize(
    ("gap", "seconds", "same", "expected"),
    [
        (0, 1.6, True, ["atteint", "atteint", "atteint"]),
        (-1, 1.7, False, ["non atteint", "non atteint", "non atteint"]),
    ],
)
def test_an_assignment_is_told_beside_the_least_cost(gap, seconds, same, expected):
    found = {"cost": 100, "plain_cost": 100 + gap, "seconds": {"propose": seconds}, "same": same}
    assert [check.words for check in goals.of_assignment(found)] == expected


def test_goal_table_is_sorted_and_in_french():
    checks = [goals.at_least(9, "débit", 0.456, 0.5), goals.at_most(1, "durée", 2.0, 2.7)]
    assert report.goal_table(checks).splitlines() == [
        "| But | demandé | mesuré | résultat |",
        "| --- | ---: | ---: | ---: |",
        "| 1 | durée ≤ 2,7 | 2 | atteint |",
        "| 9 | débit ≥ 0,5 | 0,46 | non atteint |",
    ]


def test_plain_ways_of_a_small_assignment_bound_the_proposal():
    found = assignment.measure(40, 2, 8)
    assert found["plain_cost"] == found["cost"] <= found["greedy_cost"]
    assert (found["empty"], found["moved"], found["same"]) == (0, found["lost"], True)


def test_a_small_call_is_nearer_to_the_truth_once_adjusted():
    found = figures.measure(60, 4, 8, bias=0.8)
    assert found["raw"] < found["adjusted"]
    assert (found["line"], found["same"]) == (12, True)
    assert report.figures_table([found]).splitlines()[2].startswith("| 60 × 4 × 8 | 0,8 | 0")


KEPT = {"dossiers": 5010, "places": 20_040, "read": 0.9, "write": 1.2, "queries": 60, "page": 0.1, "bytes": 90_000}


def test_entrusting_is_judged_as_a_whole_and_its_page_apart():
    words = [check.words for check in goals.of_entrusting(KEPT)]
    assert words == ["non atteint", "atteint", "atteint"]
    assert next(check.words for check in goals.of_entrusting(KEPT | {"write": 0.6})) == "atteint"
    assert report.entrusting_table(KEPT).splitlines()[2] == ("| 5010 dossiers | 20040 | 0,9 | 1,2 | 60 | 0,1 | 90000 |")


EXPORTS = {
    "seconds": {"copy": 0.1, "csv": 0.2, "xlsx": 0.9, "ods": 1.1}, "rows": 5010, "reading": 5, "all": 12, "pack": 0.21,
}  # fmt: skip
GROWTHS = {"csv": 4.25, "xlsx": 21.0, "ods": 6.0}


def test_exports_are_judged_beside_copy():
    checks = list(goals.of_exports(EXPORTS, GROWTHS, 5))
    assert [check.words for check in checks] == [
        *("non atteint", "atteint", "atteint", "atteint", "atteint", "non atteint", "atteint"),
    ]
    assert [check.words for check in goals.of_exports(EXPORTS, GROWTHS, 4)][3] == "non atteint"
    assert report.export_table(EXPORTS, GROWTHS).splitlines()[2:4] == [
        "| COPY (une instruction, les mêmes lignes) | 100,0 | 1 |  |", "| CSV | 200,0 | 2 | 4,2 |",
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_registry_grows_to_the_places_asked_for(frozen_clock):
    FabriqueFactory()
    FabriqueFactory()

    counts = registry.fill(9)

    asked = {target["key"]: target for target in registry.targets(0)}
    assert counts == {"places": 9, "labels": 7}
    assert {target["seen"] for target in asked.values()} == {200}
    assert [asked[key]["queries"] for key in ("version", "columns")] == [0, 0]


def test_the_goals_of_the_registry_follow_its_size():
    asked = [{"key": key, "label": key, "queries": 3} for key in ("columns", "api", "api_last")]
    floors = [{"label": "places"}]
    samples = [sample(1, 140_000), sample(30), sample(36), sample(10)]

    found = {places: [check.words for check in goals.of_registry(places, asked, floors, samples)]
             for places in (300, 2_000, 10_000)}  # fmt: skip

    of_api = ["atteint", "atteint", "non atteint"]  # three floors, three queries, a last page a fifth slower
    assert found == {300: of_api, 2_000: ["atteint", *of_api], 10_000: ["non atteint", *of_api]}


@pytest.mark.postgresql
@pytest.mark.django_db
def test_an_export_is_measured_beside_a_copy_of_the_same_rows():
    call = CallFactory(slug=targets.CALL)
    CapacityFactory(role=Role.OFFICER, user__email=targets.OFFICER)
    ReviewFactory(assignment__application=ApplicationFactory(call=call, under_review=True), submitted=True)
    exporting._copy()
    assert exporting._packing_seconds() > 0
    assert exporting._export("csv").total_count == 1
