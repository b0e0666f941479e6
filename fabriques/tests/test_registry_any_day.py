"""The registry on any day, as it was known on another: list, map, counts and the list of labels that were over agree."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabriques.models.registry import headline, public_labels
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core import clock
from labelling.models import Decision, Label, LabelEvent, LabelEventKind

pytestmark = pytest.mark.django_db
LIST, POINTS, OVER = reverse("registry"), reverse("registry_points"), reverse("registry_over")
FIRST, TODAY = date(2025, 1, 1), date(2026, 3, 10)
DAYS = st.integers(0, (TODAY - FIRST).days).map(lambda count: FIRST + timedelta(days=count))
STORY_COUNT = 200 if os.environ.get("GEN_FULL") == "1" else 15
#: One label: published, begins, lasts so many days; lost so many days after it began, known so many days after that.
STORIES = st.lists(
    st.tuples(DAYS, DAYS, st.integers(1, 400), st.none() | st.tuples(st.integers(0, 400), st.integers(-30, 60))),
    min_size=1,
    max_size=5,
)


@pytest.fixture(autouse=True)
def _stop_the_clock(frozen_clock):
    """10 March 2026, at ten."""


def noon(day):
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def award(title, published_on, starts_on, ends_on):
    fabrique = FabriqueFactory(structure__name=f"Structure de {title}", label__title=title)
    label = fabrique.label
    Label.objects.filter(pk=label.pk).update(starts_on=starts_on, ends_on=ends_on)
    at = noon(published_on)
    decision = Decision.objects.filter(pk=label.decision_id)
    decision.update(published_at=at, first_signed_at=at, second_signed_at=at)
    return label


def lose(label, on, known_on, kind=LabelEventKind.GIVEN_UP):
    LabelEvent.objects.create(label=label, kind=kind, effective_on=on, known_at=noon(known_on))


def asked(on, known=None):
    return {"au": on.isoformat()} | ({"connu": known.isoformat()} if known else {})


def shown(client, on, known=None):
    """(titles of the list, of the map, of the labels that were over; trainings counted; figures of the day)."""
    page = client.get(LIST, asked(on, known))
    mapped = client.get(POINTS, asked(on, known)).json()["features"]
    over = client.get(OVER, asked(on, known)).context["page_obj"].object_list
    return (
        sorted(place.label.title for place in page.context["page_obj"].object_list),
        sorted(feature["properties"]["formation"] for feature in mapped),
        sorted(label.title for label in over),
        page.context["training_count"],
        page.context["headline"].training_count,
    )


@given(STORIES, DAYS, st.none() | DAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=STORY_COUNT)
def test_every_face_agrees_with_a_second_computation(client, stories, on, known):
    Decision.objects.update(published_at=None)  # those of the examples before
    in_force, over = [], []
    for number, (published_on, starts_on, lasts, loss) in enumerate(stories):
        title, ends_on = f"Formation {number}", starts_on + timedelta(days=lasts)
        label = award(title, published_on, starts_on, ends_on)
        over_on = ends_on
        if loss:
            lost_on = starts_on + timedelta(days=loss[0])
            known_on = lost_on + timedelta(days=loss[1])
            lose(label, lost_on, known_on)
            over_on = min(ends_on, lost_on) if known is None or known_on <= known else ends_on
        if starts_on <= on and (known is None or published_on <= known):
            (in_force if on < over_on else over).append(title)
    found = shown(client, on, known)
    assert found == (sorted(in_force), sorted(in_force), sorted(over), len(in_force), len(in_force))


def test_a_loss_shows_from_its_day_and_only_once_it_was_known(client):
    label = award("Développement web", date(2025, 2, 3), date(2025, 2, 3), date(2028, 2, 3))
    lose(label, date(2025, 6, 1), date(2025, 7, 15), LabelEventKind.REVOKED)

    assert shown(client, date(2025, 5, 31))[0] == ["Développement web"]
    assert shown(client, date(2025, 6, 1))[0] == []
    assert shown(client, date(2025, 6, 10), date(2025, 7, 14))[0] == ["Développement web"]
    assert shown(client, date(2025, 6, 10), date(2025, 7, 15))[0] == []
    page = client.get(OVER, asked(date(2025, 6, 10))).content.decode().replace("\xa0", " ")
    assert ("1er juin 2025" in page, "Retiré" in page) == (True, True)
    link = client.get(LIST, asked(date(2025, 6, 10))).content.decode().replace("\xa0", " ")
    assert "1 label attribué avant ce jour n&#x27;y était plus en vigueur" in link.replace("'", "&#x27;")


def test_what_is_not_published_shows_on_no_day(client):
    award("Développement web", date(2025, 2, 3), date(2025, 2, 3), date(2025, 4, 3))
    Decision.objects.update(published_at=None)

    assert [shown(client, on)[:4] for on in (date(2025, 2, 3), TODAY)] == [([], [], [], 0)] * 2
    assert (
        b"Appel \xc3\xa0 projets"
        not in client.get(LIST).content.partition(b'name="appel"')[2].partition(b"</select>")[0]
    )


@pytest.mark.parametrize("name", ["au", "connu"])
def test_a_day_to_come_or_no_day_at_all_is_named_and_changes_nothing(client, name):
    award("Développement web", date(2025, 2, 3), date(2025, 2, 3), date(2028, 2, 3))
    for typed, words in (
        ("2026-03-11", "Choisissez aujourd'hui ou un jour passé."),
        ("hier", "Saisissez une date valide."),
    ):
        page = client.get(LIST, {name: typed})
        assert page.context["form"].errors[name] == [words]
        assert page.context["training_count"] == 1


def test_a_day_may_be_typed_as_people_write_it(client):
    award("Développement web", date(2025, 2, 3), date(2025, 2, 3), date(2025, 3, 1))
    assert client.get(LIST, {"au": "28/02/2025"}).context["training_count"] == 1
    assert client.get(LIST, {"au": "01/03/2025"}).context["training_count"] == 0


def test_one_call_alone(client):
    one = award("Développement web", date(2025, 2, 3), date(2025, 2, 3), date(2028, 2, 3))
    award("Médiation", date(2025, 2, 3), date(2025, 2, 3), date(2028, 2, 3))
    page = client.get(LIST, {"appel": one.decision.cut_off.call.slug})
    assert [place.label.title for place in page.context["page_obj"].object_list] == ["Développement web"]


@pytest.mark.parametrize("count", [1, 3])
def test_labels_over_cost_the_same_for_one_and_three(client, django_assert_num_queries, count):
    for number in range(count):
        award(f"Formation {number}", date(2025, 2, 3), date(2025, 2, 3), date(2025, 3, 1))
    with django_assert_num_queries(8):
        client.get(OVER)
    with django_assert_num_queries(11):
        client.get(LIST, {"au": "2025-02-10"})


def test_the_figures_of_a_day_are_those_of_the_registry():
    award("Développement web", date(2025, 2, 3), date(2025, 2, 3), date(2025, 3, 1))
    assert headline(date(2025, 2, 10)).training_count == public_labels().in_force(date(2025, 2, 10)).count() == 1
    assert headline(date(2025, 2, 10), clock.start_of(date(2025, 2, 3))).training_count == 0
