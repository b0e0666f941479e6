"""The drawings of the figures of a board: every mark stays inside, to scale, in the order of its table."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from labelling.board_charts import (
    LINE,
    LONGEST_NAME,
    axis_limit,
    coverage_chart,
    dot_chart,
    mark_charts,
    shortened,
)
from labelling.calibration import Severity
from labelling.severities import Coverage, Leaning, MarkSpread


def leaning(name="Ann", value="0.300", uncertainty="0.100", group=1):
    return Leaning(name, "Travail", Severity(Decimal(value), Decimal(uncertainty), 9, 9), group)


def place(text):
    """The share of the width that an attribute says; the language of the page must not change its point."""
    assert text.endswith("%")
    assert "," not in text
    return float(text.removesuffix("%"))


# --- Marks --------------------------------------------------------------------------------------------------------


def test_each_criterion_has_its_columns_on_one_scale():
    first, second = mark_charts(
        [MarkSpread("Ancrage", 20, (0, 0, 1, 1, 0, 0)), MarkSpread("Contenu", 80, (0, 0, 0, 4, 0, 0))]
    )
    assert (first.title, first.note, second.note) == ("Ancrage", "moyenne : 2,5 sur 5", "moyenne : 3 sur 5")
    assert [bar.label for bar in first.bars] == list("012345")
    assert [bar.words.replace("\u00a0", " ") for bar in first.bars] == ["0 %", "0 %", "50 %", "50 %", "0 %", "0 %"]
    assert [bar.height for bar in first.bars] == [0, 0, second.bars[3].height / 2, second.bars[3].height / 2, 0, 0]


def test_a_mark_given_once_is_not_said_to_be_none():
    [chart] = mark_charts([MarkSpread("Ancrage", 20, (1, 0, 0, 999, 0, 0))])

    assert [bar.words.replace("\u00a0", " ") for bar in chart.bars][:2] == ["< 1 %", "0 %"]


def test_a_criterion_without_mark_has_no_column():
    [chart] = mark_charts([MarkSpread("Ancrage", 20, (0,) * 6)])

    assert (chart.bars, chart.note) == ([], "")


@given(st.lists(st.lists(st.integers(0, 5000), min_size=6, max_size=6), max_size=6))
def test_no_column_leaves_its_drawing(counts):
    for chart in mark_charts([MarkSpread("Ancrage", 20, tuple(each)) for each in counts]):
        edges = [(bar.x, bar.x + bar.width) for bar in chart.bars]
        assert all(left >= before for (_, before), (left, _) in pairwise(edges))
        assert all(left >= 0 and right <= chart.width for left, right in edges)
        assert all(bar.words_y > 12 and bar.y + bar.height == chart.floor for bar in chart.bars)


# --- Dots ---------------------------------------------------------------------------------------------------------


def test_a_dot_stands_between_the_ends_of_its_interval_lower_marks_to_the_left():
    chart = dot_chart("ministeres", "Écart", [leaning(value="0.300"), leaning(value="-0.300"), leaning(value="0.000")])
    severe, mild, even = chart.dots

    assert (chart.limit, severe.x, severe.low_x, severe.high_x) == ("0,5", "22.40%", "4.00%", "40.80%")
    assert (mild.low_x, mild.x, even.x) == ("59.20%", "77.60%", "50.00%")
    assert (severe.is_clear, mild.is_clear, even.is_clear) == (True, True, False)
    assert severe.words.replace("\u00a0", " ") == "Ann : 0,3 point plus bas"


def test_who_shared_no_dossier_is_named_without_a_dot():
    [dot] = dot_chart("instructeurs", "Écart", [leaning(group=None)]).dots

    assert (dot.words, dot.x) == ("Ann : sans dossier partagé", "")


def test_each_group_has_its_heading_where_there_are_several():
    several = [leaning("A"), leaning("B"), leaning("C", group=2), leaning("D", group=None)]

    assert [dot.heading for dot in dot_chart("i", "", several).dots] == ["Groupe 1", "", "Groupe 2", ""]
    assert [dot.heading for dot in dot_chart("i", "", [leaning("A"), leaning("D", group=None)]).dots] == ["", ""]


def test_a_long_name_is_cut_for_a_phone():
    assert shortened("Marie-Christine Delahousse") == "Marie-Christine Delah…"
    assert len(shortened("x" * 300)) == LONGEST_NAME
    assert shortened("Ann") == "Ann"


amounts = st.decimals(-5, 5, places=3)
leanings = st.lists(
    st.builds(leaning, value=amounts, uncertainty=st.decimals(0, 5, places=3), group=st.sampled_from([1, 2, None]))
)


@given(leanings)
def test_dots_are_inside_in_order_and_to_scale(lines):
    chart = dot_chart("instructeurs", "Écart", lines)

    assert len(chart.dots) == len(lines)
    heights = [dot.y for dot in chart.dots]
    assert all(after - before >= LINE for before, after in pairwise(heights))
    assert all(dot.heading_y > 0 and dot.mark_y < chart.axis_y for dot in chart.dots)
    for dot, line in zip(chart.dots, lines, strict=True):
        assert bool(dot.x) is (line.group is not None)
        if dot.x:
            assert 4 <= place(dot.low_x) <= place(dot.x) <= place(dot.high_x) <= 96
            assert abs(place(dot.x) - 50 - 46 * float(line.gap) / float(axis_limit(lines))) < 0.01


@given(leanings)
def test_the_axis_goes_by_half_points_and_no_further_than_needed(lines):
    limit = axis_limit(lines)
    furthest = max((abs(end) for line in lines for end in line.interval or ()), default=Decimal(0))

    assert (limit * 2) % 1 == 0
    assert furthest <= limit
    assert limit == Decimal("0.5") or limit - furthest < Decimal("0.5")


# --- Regions ------------------------------------------------------------------------------------------------------


def test_a_region_is_as_long_as_its_dossiers_and_filled_as_far_as_they_are_judged():
    regions = [Coverage("Bretagne", False, 8, 4), Coverage("Corse"), Coverage("Tahiti", True, 2, 0)]
    chart = coverage_chart("regions", "Dossiers", regions)

    assert [(line.words, line.whole_width, line.part_width) for line in chart.lines] == [
        ("Bretagne : 4 sur 8", "100.00%", "50.00%"),
        ("Corse : aucun dossier", "", ""),
        ("Tahiti : 0 sur 2", "25.00%", "0.00%"),
    ]
    assert chart.height == 3 * LINE


counts = st.integers(0, 900).flatmap(lambda judged: st.tuples(st.integers(judged, 1000), st.just(judged)))


@given(st.lists(counts))
def test_no_bar_leaves_its_drawing(regions):
    chart = coverage_chart("regions", "Dossiers", [Coverage("Corse", False, *found) for found in regions])

    assert all(line.bar_y + chart.bar_height < chart.height for line in chart.lines)
    drawn = [(place(line.part_width), place(line.whole_width)) for line in chart.lines if line.whole_width]
    assert all(0 <= part <= whole <= 100 for part, whole in drawn)
    assert not drawn or max(whole for _, whole in drawn) == 100
