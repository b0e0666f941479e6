"""« Mon bureau » tells each role what waits for it, and why; its cost does not grow with what waits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, MembershipFactory
from fabriques.tests.factories import FollowUpReportFactory
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, RegionFactory, UserFactory
from gen_portal.tasks import tick
from labelling.tests.factories import AssignmentFactory
from labelling.tests.factories_decisions import DecisionFactory, reviewed

pytestmark = pytest.mark.django_db


def lines_of(client):
    """(title, why) of every line of the desk, in order."""
    sections = client.get(reverse("desk")).context["sections"]
    return [(line.title, line.why) for section in sections for line in section.lines]


def test_a_newcomer_is_told_the_first_step(client_for):
    assert lines_of(client_for(UserFactory())) == [
        ("Inscrire votre structure", "Son numéro SIRET et son adresse suffisent ; vous pourrez ensuite candidater.")
    ]


def test_a_structure_sees_its_drafts_completions_and_reports(client_for, frozen_clock):
    owner = MembershipFactory().user
    structure = owner.memberships.get().structure
    returned = ApplicationFactory(returned=True, training__structure=structure)
    report = FollowUpReportFactory(label__decision__application__training__structure=structure)

    lines = lines_of(client_for(owner))

    titles = [title for title, _ in lines]
    assert titles == [returned.training.title, f"{report.label.title}, {report.campaign}"]
    assert lines[0][1].startswith("Un complément est demandé, à transmettre jusqu'au 20")


def test_an_overseas_structure_reads_its_own_time(client_for, frozen_clock):
    owner = MembershipFactory(structure__overseas=True).user
    ApplicationFactory(training__structure=owner.memberships.get().structure)

    [(_, why)] = lines_of(client_for(owner))

    assert "heure de Paris" in why
    assert "à La Réunion (heure locale)" in why


def test_a_reviewer_sees_what_is_left_and_what_is_late(client_for, frozen_clock):
    capacity = CapacityFactory(role=Role.REVIEWER)
    late = AssignmentFactory(
        reviewer=capacity.user, ministry=capacity.ministry, due_on=frozen_clock.today - timedelta(days=1)
    )
    AssignmentFactory()

    [(title, why)] = lines_of(client_for(capacity.user))

    assert title == late.application.training.title
    assert why.endswith("en retard.")


def test_an_officer_sees_what_waits_in_each_call(client_for, frozen_clock):
    first = ApplicationFactory(submitted=True)
    ApplicationFactory(submitted=True, call=first.call)
    ApplicationFactory(admissible=True, call=first.call)
    DecisionFactory(countersigned=True, application=ApplicationFactory(under_review=True, call=first.call))

    titles = [title for title, _ in lines_of(client_for(CapacityFactory(role=Role.OFFICER).user))]

    assert titles == ["2 dossiers à vérifier", "1 dossier recevable à confier", "1 décision prête à publier"]


def test_who_sees_to_conditions_is_told_about_the_day_they_are_due_on(client_for, frozen_clock):
    owner, other = CapacityFactory(role=Role.OFFICER).user, CapacityFactory(role=Role.OFFICER).user
    given = {"conditional": True, "conditions_owner": owner, "published": True}
    name = DecisionFactory(**given, conditions_due_on=frozen_clock.today + timedelta(days=30)).application.structure.name
    DecisionFactory(**given, conditions_due_on=frozen_clock.today + timedelta(days=31))
    DecisionFactory(**given | {"published": False}, conditions_due_on=frozen_clock.today + timedelta(days=30))

    assert [title for title, _ in lines_of(client_for(owner))] == [f"Conditions à vérifier : {name}"]
    assert lines_of(client_for(other)) == []
    frozen_clock.advance(days=121)  # ninety days after the day they were due on
    assert name not in str(lines_of(client_for(owner)))


def test_the_director_sees_what_is_fully_reviewed_and_the_second_what_is_signed(client_for, frozen_clock):
    director, second = CapacityFactory(role=Role.DIRECTOR).user, CapacityFactory(role=Role.SECOND_SIGNATORY).user
    reviewed(ApplicationFactory(under_review=True), count=2)
    signed = DecisionFactory(signed=True)

    assert [title for title, _ in lines_of(client_for(second))] == [signed.application.training.title]
    assert all("à décider" in title for title, _ in lines_of(client_for(director)))


def test_a_regional_service_is_led_to_its_region(client_for):
    service = CapacityFactory(role=Role.REGIONAL_SERVICE, region=RegionFactory()).user

    [section] = client_for(service).get(reverse("desk")).context["sections"]

    assert section.more_url == "/fabriques/?region=53"


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_for_any_number_of_lines(client_for, frozen_clock, django_assert_num_queries, count):
    owner = MembershipFactory().user
    structure = owner.memberships.get().structure
    for _ in range(count):
        ApplicationFactory(training__structure=structure)
        FollowUpReportFactory(label__decision__application__training__structure=structure)
    client = client_for(owner)

    with django_assert_num_queries(10):
        page = client.get(reverse("desk"))

    assert page.context["waiting_count"] == 2 * count


def test_the_tick_seals_the_day_once(frozen_clock):
    tick()
    tick()

    assert JournalEntry.objects.filter(action="journal.sealed").count() == 1
