"""Columns side by side: to scale, the target in view, empty places left empty."""

from hypothesis import given
from hypothesis import strategies as st

from gen_portal.core.charts import bars

POINTS = [("T1", 10, "10"), ("T2", None, ""), ("T3", 40, "40")]


def test_columns_are_to_scale_and_an_unknown_value_leaves_its_place():
    chart = bars("personnes", "Personnes", POINTS)
    first, last = chart.bars

    assert (first.label, last.label, last.height) == ("T1", "T3", 4 * first.height)
    assert last.x - first.x == 2 * ((chart.width - 16) // 3)
    assert (chart.target_y, chart.note) == (None, "")


def test_the_target_is_in_view_above_every_column():
    chart = bars("personnes", "Personnes", POINTS, target=80, note="objectif : 80")

    assert (chart.target_y, chart.bars[1].height) == (28, (chart.floor - 28) / 2)


def test_charts_of_one_top_are_of_one_scale():
    first, second = (bars("a", "", [("x", value, "")], top=100).bars[0].height for value in (25, 50))

    assert second == 2 * first


@given(
    st.lists(st.tuples(st.just("x"), st.none() | st.integers(0, 10**7), st.just("")), max_size=12),
    st.integers(240, 900),
)
def test_no_column_leaves_its_drawing(points, width):
    chart = bars("a", "", points, width=width)

    assert len(chart.bars) == sum(value is not None for _, value, _ in points)
    assert all(bar.x >= 0 and bar.x + bar.width <= width and bar.y >= 28 for bar in chart.bars)
    assert all(bar.y + bar.height == chart.floor for bar in chart.bars)
