"""List = table = map = CSV = embed = API: for any filters, on any day, every face of the registry holds the same places."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import JobFamily
from fabriques.tests.factories import FabriqueFactory
from fabriques.tests.test_map_documents import features_of
from gen_portal.core.tests.factories import CommuneFactory
from labelling.models import Decision, Label, LabelEvent, LabelEventKind

pytestmark = pytest.mark.django_db
FIRST, TODAY = date(2026, 1, 1), date(2026, 3, 10)
DAYS = st.integers(0, (TODAY - FIRST).days).map(lambda count: FIRST + timedelta(days=count))
WORDS = ("Développement", "Œuvre", "numérique", "rennes", "saint", "Atelier 2", "introuvable", "%", "=")
#: Commune (Rennes, Saint-Denis of La Réunion, one without position), family, free, first day, length, lost after.
LABELS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["dev", "design", "mediation"]), st.booleans(), DAYS, st.integers(1, 90),
        st.none() | st.integers(0, 60),
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "texte": st.sampled_from(WORDS),
        "region": st.sampled_from(["53", "04", "zz"]),
        "departement": st.sampled_from(["35", "974"]),
        "famille": st.sampled_from([*JobFamily.values, "zz"]),
        "gratuite": st.just("on"),
        "outremer": st.just("on"),
        "au": DAYS.map(date.isoformat),
        "connu": DAYS.map(date.isoformat),
    },
)


@pytest.fixture
def communes(frozen_clock):
    """10 March 2026, at ten; the three communes of the labels."""
    nowhere = CommuneFactory(code="14581", name="Aurseulles", latitude=None, longitude=None)
    return CommuneFactory(), CommuneFactory(overseas=True), nowhere


def award(number, communes, place, family, is_free, starts_on, lasts, lost_after):
    fabrique = FabriqueFactory(
        structure__name=f"Atelier {number}", structure__commune=communes[place],
        label__title=("Développement web", "Œuvre numérique")[number % 2], label__job_family=family, label__is_free=is_free,
    )  # fmt: skip
    at = datetime(starts_on.year, starts_on.month, starts_on.day, 9, tzinfo=UTC)
    Label.objects.filter(pk=fabrique.label.pk).update(starts_on=starts_on, ends_on=starts_on + timedelta(days=lasts))
    decision = Decision.objects.filter(pk=fabrique.label.decision_id)
    decision.update(published_at=at, first_signed_at=at, second_signed_at=at)
    if lost_after is not None:
        LabelEvent.objects.create(
            label=fabrique.label, kind=LabelEventKind.GIVEN_UP, effective_on=starts_on + timedelta(days=lost_after),
            known_at=at + timedelta(days=lost_after + 3),
        )  # fmt: skip


def listed(client, name, asked):
    """The places of every page of a list; the list itself goes by fifty, the frame by twenty."""
    return sorted(place.pk for place in client.get(reverse(name), asked).context["page_obj"].object_list)


def mapped(client, asked):
    return sorted(feature["id"] for feature in client.get(reverse("registry_points"), asked).json()["features"])


def whole_map(client):
    """What map.js draws when nothing is filtered."""
    version = client.get(reverse("registry_points")).headers["ETag"].strip('"')
    columns = client.get(reverse("registry_columns_version", args=[version])).json()
    return sorted(place for place, *_ in features_of(columns))


def tabled(client, asked):
    body = client.get(reverse("registry_csv"), asked).content.decode("utf-8-sig")
    return sorted(int(row["id_lieu"]) for row in csv.DictReader(io.StringIO(body), delimiter=";"))


def answered(client, asked):
    """(places, places of labels, places of fabriques counted, places counted) of the API."""
    places, labels, fabriques = (
        client.get(reverse(name), asked).json()["resultats"] for name in ("api_places", "api_labels", "api_fabriques")
    )
    return (
        sorted(place["id_lieu"] for place in places),
        sorted(place["id_lieu"] for label in labels for place in label["lieux"]),
        sum(fabrique["nombre_lieux"] for fabrique in fabriques),
        client.get(reverse("api_figures"), asked).json()["reponses"],
    )


@given(LABELS, FILTERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
def test_every_face_holds_the_same_places(client, communes, labels, asked):
    Decision.objects.update(published_at=None)  # those of the examples before
    for number, story in enumerate(labels):
        award(number, communes, *story)

    places = listed(client, "registry", asked)

    assert (listed(client, "embed_registry", asked), mapped(client, asked), tabled(client, asked)) == (places,) * 3
    if "zz" not in asked.values():  # a program is refused what a page names and leaves out
        assert answered(client, asked) == (places, places, len(places), len(places))
    assert whole_map(client) == listed(client, "registry", {})


def test_a_filter_that_makes_no_sense_is_refused_to_a_program(client, communes):
    assert client.get(reverse("api_places"), {"region": "zz"}).status_code == 400
