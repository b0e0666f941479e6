"""A regional service sees its region: what happens in another one changes not one byte of what it gets (safety.md S1, S6)."""

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from fabriques import policies
from fabriques.models import FollowUpReport, ProgressPoint, RegionalTarget
from fabriques.tests.factories import SOUND, FabriqueFactory, FollowUpReportFactory, ProgressPointFactory
from fabriques.transitions import file_report
from fabriques.transitions.progress import file_progress
from fabriques.transitions.review import accept_report, ask_report_back, flag_report
from gen_portal.core import clock
from gen_portal.core.models import Region, Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("activity_noted_once")]
#: New at each request: the form's token, and the seconds left in the session.
_TOKENS = re.compile(rb'((?:name="csrfmiddlewaretoken" value|data-gen-seconds)=")[^"]*')
ASKED = ("", "?region=04", "?etat=transmis&tri=-region&texte=atelier")


@pytest.fixture
def world(frozen_clock):
    """Two fabriques with an awaited and a filed report each: in Brittany, which looks, and in La Réunion."""
    things = {}
    for name, traits in (("here", {}), ("there", {"structure__overseas": True})):
        fabrique = FabriqueFactory(**traits)
        point = ProgressPointFactory(region=fabrique.structure.commune.department.region)
        awaited = FollowUpReportFactory(label=fabrique.label)
        filed = FollowUpReportFactory(
            label=FabriqueFactory(**traits).label, filed=True, filed_at=clock.now() - timedelta(hours=1)
        )
        things[name] = (awaited, filed, point)
    return things


def paths(world):
    """The pages of the follow-up, with the identifiers of both regions."""
    found = [reverse(name) for name in ("desk", "campaign_list", "silent_list", "review_queue", "progress_list")]
    found += [reverse("campaign_page", args=[2025, 4]), reverse("campaign_export", args=[2025, 4, "csv"])]
    found += [reverse(f"{name}_export", args=["csv"]) for name in ("silent", "figures", "progress")]
    found += [reverse("figures_page")]
    for name in ("staff_map", "staff_map_points"):
        found += [f"{reverse(name)}?couche={layer}" for layer in ("releves", "fins")]
    for awaited, filed, point in world.values():
        found += [reverse("report_page", args=[awaited.reference]), reverse("report_review", args=[filed.reference])]
        found += [reverse("progress_page", args=[point.reference])]
        found += [f"{reverse('figures_page')}?formation={filed.label.reference}"]
        found += [f"{reverse('figures_page')}?structure={filed.label.training.structure.reference}"]
    return [path + (asked if "?" not in path else "") for path in found for asked in ASKED]


def seen_by(client, world):
    """Status, number of queries and bytes of each page; the rows of a spreadsheet, whose file holds the hour it was made."""
    seen = {}
    for path in dict.fromkeys(paths(world)):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        seen[path] = (answer.status_code, len(queries), _TOKENS.sub(rb"\1", answer.content))
    book = client.get(reverse("campaign_export", args=[2025, 4, "xlsx"])).content
    seen["xlsx"] = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(book)).active.rows]
    return seen


def changes(awaited, filed, point):
    """What may happen in a region, one after the other."""
    officer, service = CapacityFactory().user, CapacityFactory(role=Role.REGIONAL_SERVICE, region=point.region).user
    due_on, seen_at = clock.today() + timedelta(days=9), filed.filed_at
    words = {"women_count": "Combien ?"}
    figures = {"label_count": 9, "fabrique_count": 4, "people_count": 999, "event_count": 2}
    texts = {"difficulties": "Aucune.", "actions": "Aucune.", "counted": {}}
    yield lambda: file_report(awaited, by=officer, figures=SOUND | {"women_count": 9})
    yield lambda: flag_report(filed, by=officer, seen_at=seen_at, note="Surprenant.")
    yield lambda: accept_report(filed, by=officer, seen_at=seen_at)
    yield lambda: ask_report_back(filed, by=officer, seen_at=seen_at, words=words, due_on=due_on)
    yield lambda: file_progress(point, by=service, figures=figures, **texts)
    yield lambda: RegionalTarget.objects.create(request=point.request, region=point.region, fabrique_count=77)
    call = filed.label.decision.application.call  # a new call would be public, and shown to everybody
    label = {"label__decision__application__call": call}
    yield lambda: FollowUpReportFactory(label=FabriqueFactory(structure__overseas=True, **label).label)


def test_another_region_changes_not_one_byte(world, client_for):
    client = client_for(CapacityFactory(role=Role.REGIONAL_SERVICE).user)
    seen_by(client, world)
    before = seen_by(client, world)
    assert before[reverse("campaign_page", args=[2025, 4])][0] == 200
    for number, change in enumerate(changes(*world["there"])):
        change()
        after = seen_by(client, world)
        assert [path for path in before if before[path] != after[path]] == [], f"change {number}"


def test_the_walk_notices_what_happens_at_home(world, client_for):
    client = client_for(CapacityFactory(role=Role.REGIONAL_SERVICE).user)
    before = seen_by(client, world)
    awaited, _, _ = world["here"]
    file_report(awaited, by=CapacityFactory().user, figures=SOUND)

    after = seen_by(client, world)

    assert before[reverse("campaign_page", args=[2025, 4])] != after[reverse("campaign_page", args=[2025, 4])]
    assert before["xlsx"] != after["xlsx"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DIRECTOR, Role.REGIONAL_SERVICE, Role.REVIEWER])
def test_lists_and_policies_agree(world, role):
    """What one may see is what the lists hold, for the services of both regions and for somebody without rights."""
    people = [CapacityFactory(role=role).user, UserFactory()]
    if role == Role.REGIONAL_SERVICE:
        people.append(CapacityFactory(role=role, region=Region.objects.get(pk="04")).user)
    for user in people:
        for report in FollowUpReport.objects.order_by("pk"):
            seen = FollowUpReport.objects.visible_to(user).filter(pk=report.pk).exists()
            assert seen == policies.can_view_report(user, report)
        for point in ProgressPoint.objects.order_by("pk"):
            seen = ProgressPoint.objects.visible_to(user).filter(pk=point.pk).exists()
            assert seen == policies.can_view_progress(user, point)
