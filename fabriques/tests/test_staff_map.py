"""The staff map: each layer answers its question, within what a person may see, by the list, the map and the file alike."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from applications.tests.factories import ApplicationFactory, CallFactory
from fabriques.forms.layers import LayerFilterForm
from fabriques.layers.coverage import gap_percent, rate_of
from fabriques.layers.table import LAYERS
from fabriques.models import RegionalTarget
from fabriques.schedule import owes_report
from fabriques.tests.factories import (
    FabriqueFactory,
    FollowUpCampaignFactory,
    FollowUpReportFactory,
    ProgressRequestFactory,
)
from gen_portal.core import clock
from gen_portal.core.geography.distance import distance_km
from gen_portal.core.models import Commune, HiddenSubject, Role
from gen_portal.core.phrases import euros
from gen_portal.core.tests.factories import CapacityFactory, CommuneFactory, DepartmentFactory
from labelling.models import LabelEventKind, LabelSession
from labelling.tests.factories_decisions import DecisionFactory, LabelFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory().user


def found(user, **query):
    """What a layer answers to a person on the page of this url."""
    form = LayerFilterForm(_asked(query), user=user, today=clock.today())
    assert form.is_valid(), form.errors
    return form.layer.answer(form.asked_of_layer())


def _asked(query):
    return {name: str(value) for name, value in query.items()}


def titles(answer):
    return [line.title for line in answer.lines]


def ends_in(days):
    return {
        "label__starts_on": clock.today() - timedelta(days=700),
        "label__ends_on": clock.today() + timedelta(days=days),
    }


def owing(title, **more):
    """A fabrique whose label owes every report of 2025."""
    days = {"label__starts_on": date(2025, 1, 1), "label__ends_on": date(2028, 1, 1)}
    return FabriqueFactory(label__title=title, **days, **more)


def test_late_reports_are_those_owed_past_their_day_and_still_silent(officer):
    old, latest = (
        FollowUpCampaignFactory(starts_on=date(2025, 4, 1)),
        FollowUpCampaignFactory(starts_on=date(2025, 7, 1)),
    )
    current = FollowUpCampaignFactory(due_on=clock.today())
    silent, spoke, lost = owing("Silencieuse"), owing("A parlé depuis"), owing("Perdue avant")
    FollowUpReportFactory(label=silent.label, campaign=old)
    FollowUpReportFactory(label=silent.label, campaign=latest)
    FollowUpReportFactory(label=silent.label, campaign=current)  # may still come in time
    FollowUpReportFactory(label=spoke.label, campaign=old)
    FollowUpReportFactory(label=spoke.label, campaign=latest, filed=True)
    FollowUpReportFactory(label=lost.label, campaign=latest)
    lost.label.events.create(kind=LabelEventKind.REVOKED, effective_on=latest.starts_on, known_at=clock.now())

    answer = found(officer, couche="releves")

    assert not owes_report(lost.label, latest.starts_on, latest.ends_on)
    assert titles(answer) == ["Silencieuse"]
    assert answer.lines[0].cells[2:] == (latest.due_on, 2, "en défaut")


def test_ending_labels_tell_whether_a_new_dossier_was_filed(officer):
    FabriqueFactory(label__title="Dans un an", **ends_in(365))
    FabriqueFactory(label__title="Finie", **ends_in(0))
    alone = FabriqueFactory(label__title="Sans suite", **ends_in(100))
    asked = FabriqueFactory(label__title="Redemandée", **ends_in(90))
    again = ApplicationFactory(
        submitted=True, training=asked.label.training, call=CallFactory(title="Appel suivant", slug="suivant")
    )
    Application.objects.filter(pk=again.pk).update(submitted_at=clock.now() + timedelta(hours=1))

    answer = found(officer, couche="fins")

    assert titles(answer) == ["Redemandée", "Sans suite"]
    assert [line.cells[-1] for line in answer.lines] == [again.call.title, None]
    assert [line.cells[-2] for line in answer.lines] == [89, 99]
    assert titles(found(officer, couche="fins", seulement="on")) == [alone.label.title]
    assert titles(found(officer, couche="fins", mois=24)) == ["Redemandée", "Sans suite", "Dans un an"]


def test_grants_are_summed_by_structure_and_by_department(officer):
    first = FabriqueFactory(label__title="Une", label__decision__grant_euros=20_000)
    FabriqueFactory(structure__overseas=True, label__title="Deux", label__decision__grant_euros=35_000)
    FabriqueFactory(label__title="Sans argent")

    by_label = found(officer, couche="subventions")
    by_department = found(officer, couche="subventions", par="departement")

    assert (titles(by_label), by_label.total) == (["Deux", "Une"], f"{euros(55_000)} en tout")
    assert [line.cells[-1] for line in by_department.lines] == [35_000, 20_000]
    assert titles(found(officer, couche="subventions", par="structure", departement="35")) == [first.structure.name]
    subject = {"subject_type": "applications.application", "subject_id": first.label.decision.application_id}
    HiddenSubject.objects.create(user=officer, since_at=clock.now(), **subject)
    assert titles(found(officer, couche="subventions")) == ["Deux"]


def test_coverage_counts_each_training_where_it_is_given(officer):
    here = FabriqueFactory()
    LabelFactory(decision__application__training__structure=here.structure)
    LabelSession.objects.all().delete()
    LabelSession.objects.create(label=here.label, starts_on=clock.today(), seat_count=12)
    there = CommuneFactory(overseas=True)
    Commune.objects.filter(pk="35238").update(population=100_000)
    Commune.objects.filter(pk=there.pk).update(population=300_000)
    DepartmentFactory(code="56", name="Morbihan")
    call = here.label.decision.application.call
    RegionalTarget.objects.create(request=ProgressRequestFactory(call=call), region_id="53", fabrique_count=7)

    rows = {line.key: line.cells for line in found(officer, couche="couverture").lines}
    regions = {
        line.key: line.cells for line in found(officer, couche="couverture", par="region", appel=call.slug).lines
    }

    assert rows["t35"] == (100_000, 2, 2.0, 300, 1, 50.0, 12)
    assert rows["t974"] == (300_000, 0, 0.0, -100, 0, 150.0, None)
    assert rows["t56"] == (None, 0, None, None, 0, None, None)
    assert regions["t53"] == (100_000, 1, 1.0, 300, 1, 7, 12)
    assert (rate_of(3, None), gap_percent(None, 1.0), gap_percent(1.0, 0)) == (None, None, None)


def test_communes_apart_are_those_beyond_fifty_kilometres_of_a_training_given_on_the_spot(officer):
    near = CommuneFactory(code="35288", name="Saint-Malo", latitude="48.40000", longitude="-1.67570")
    vannes = {"latitude": "47.65820", "longitude": "-2.76080", "department__code": "56", "department__name": "Morbihan"}
    far = CommuneFactory(code="56260", name="Vannes", population=54_000, **vannes)
    CommuneFactory(code="56001", name="Village", population=900, **vannes)
    FabriqueFactory(label__title="Sur place", structure__commune=CommuneFactory())
    remote = FabriqueFactory(label__title="À distance", label__on_site_percent=0)
    remote.label.label_sites.update(commune=far)

    lines = found(officer, couche="vides").lines

    km = distance_km(*[(one.latitude, one.longitude) for one in (far, Commune.objects.get(pk="35238"))])
    assert [(line.title, line.cells[1:]) for line in lines] == [
        ("Vannes", (54_000, "Sur place", "Rennes (35)", round(km, 1)))
    ]
    assert near.name not in [line.title for line in lines]
    assert [line.title for line in found(officer, couche="vides", departement="35").lines] == []


@pytest.fixture
def two_regions(frozen_clock):
    """A late report, an ending label and a grant in Brittany and in La Réunion."""
    campaign = FollowUpCampaignFactory(starts_on=date(2025, 7, 1))
    for title, traits in (("Ici", {}), ("=LÀ-BAS()", {"structure__overseas": True})):
        fabrique = FabriqueFactory(
            label__title=title, label__decision__grant_euros=10_000, label__starts_on=date(2025, 1, 1),
            label__ends_on=clock.today() + timedelta(days=60), **traits,
        )  # fmt: skip
        FollowUpReportFactory(label=fabrique.label, campaign=campaign)
    CommuneFactory(code="97411", name="Saint-Denis")


def read(answer):
    """What a person reads of an answer, the escapes of JSON undone."""
    return str(answer.json()) if "json" in answer["Content-Type"] else answer.content.decode()


@pytest.mark.parametrize("code", LAYERS)
def test_a_regional_service_gets_its_region_alone(two_regions, client_for, code):
    client = client_for(CapacityFactory(role=Role.REGIONAL_SERVICE).user)
    addresses = (reverse("staff_map"), reverse("staff_map_points"), reverse("staff_map_export", args=["csv"]))

    for path in addresses:
        answer = client.get(path, {"couche": code, "region": "04", "departement": "974"})
        assert answer.status_code == (403 if code == "subventions" else 200)
        assert "no-store" in answer["Cache-Control"]
        assert [word for word in ("BAS", "Réunion", "dossier déposé") if word in read(answer)] == []
        if code in ("releves", "fins"):
            assert "Ici" in read(client.get(path, {"couche": code}))


def test_points_lead_to_their_row_and_a_file_runs_nothing(two_regions, officer, client_for):
    client = client_for(officer)

    features = client.get(reverse("staff_map_points"), {"couche": "releves", "departement": "974"}).json()["features"]
    csv = client.get(reverse("staff_map_export", args=["csv"]), {"couche": "releves"}).content.decode("utf-8-sig")

    told = features[0]["properties"]
    assert told["nom"] == "=LÀ-BAS(), Saint-Denis (974) : en défaut"
    page, _, row = told["liste"].partition("#")
    assert f'id="{row}"' in client.get(page).content.decode()
    assert page == f"{reverse('staff_map')}?couche=releves&departement=974&page=1"
    assert csv.splitlines()[0] == "Formation;Structure;Département;Attendu jusqu'au;Relevés manquants;Situation"
    assert {line.partition(";")[0] for line in csv.splitlines()[1:]} == {"'=LÀ-BAS()", "Ici"}


@pytest.mark.parametrize("code", LAYERS)
def test_an_unpublished_decision_is_on_no_layer(two_regions, officer, client_for, code):
    client, query = client_for(officer), {"couche": code}
    names = [reverse("staff_map_points"), reverse("staff_map_export", args=["csv"])]
    DecisionFactory(application__under_review=True, countersigned=False)
    before = [client.get(path, query).content for path in names]

    DecisionFactory(countersigned=True, grant_euros=33_333)

    assert [client.get(path, query).content for path in names] == before
    assert "33" not in found(officer, couche="subventions").total


@pytest.mark.parametrize("code", LAYERS)
def test_the_queries_of_a_layer_are_constant(officer, client_for, code):
    client, counts = client_for(officer), []
    for more in (1, 2):
        for number in range(more):
            fabrique = owing(f"Formation {number}", label__decision__grant_euros=1000)
            type(fabrique.label).objects.filter(pk=fabrique.label.pk).update(ends_on=clock.today() + timedelta(days=9))
            FollowUpReportFactory(label=fabrique.label, campaign=FollowUpCampaignFactory(starts_on=date(2025, 7, 1)))
            CommuneFactory(code=f"2900{more}{number}"[:5], latitude="10.00000", department__code=f"29{more}"[:3])
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(
                reverse("staff_map"), {"couche": code, "par": "departement" if code == "subventions" else ""}
            )
        counts.append(len(queries))
        assert (answer.status_code, answer.content.decode().count('<tr id="lieu-') > 0) == (200, True)
    assert counts[0] == counts[1], code
