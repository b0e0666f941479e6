"""A proposal for a whole call: shown with its reasons, applied whole or not at all, one mail a person."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from applications.models import ApplicationState
from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory
from gen_portal.core import clock, delivery
from gen_portal.core.models import Capacity, JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import refusals_at_once
from gen_portal.core.workflow import Refused
from labelling.models import Assignment, AssignmentProposal
from labelling.tests.factories import (
    AssignmentFactory,
    InterestDeclarationFactory,
    RecusalFactory,
    ReviewFactory,
    four_ministries,
    reviewer_of,
)
from labelling.transitions.proposals import apply_proposal, make_proposal
from labelling.transitions.recusals import decline

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministries():
    return four_ministries()[:2]


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


@pytest.fixture
def call(ministries):
    """A call with four admissible dossiers and, for each of two ministries, two reviewers; the others have one."""
    call = CallFactory()
    for ministry in four_ministries():
        reviewer_of(ministry)
    for ministry in ministries:
        reviewer_of(ministry)
    for _ in range(4):
        ApplicationFactory(call=call, admissible=True)
    return call


def ask(call, officer, *, max_load=10, aim="least_cost", days=20):
    return make_proposal(call, due_on=clock.today() + timedelta(days=days), max_load=max_load, aim=aim, by=officer)


def places(call):
    rows = Assignment.objects.current().filter(application__call=call).order_by("application", "ministry__position")
    return list(rows.values_list("application_id", "ministry_id", "reviewer_id"))


# --- Proposing ------------------------------------------------------------------------------------------------------
def test_a_proposal_changes_nothing(call, officer, mails):
    proposal = ask(call, officer)
    assert len(proposal.content["added"]) == 16
    assert (places(call), mails()) == ([], [])
    assert {row.state for row in call.applications.all()} == {ApplicationState.ADMISSIBLE}


def test_applying_fills_every_place_evenly(call, officer):
    apply_proposal(ask(call, officer), by=officer)
    held = places(call)
    assert len(held) == len({(dossier, ministry) for dossier, ministry, _ in held}) == 16
    loads = {pk: sum(1 for *_, reviewer in held if reviewer == pk) for *_, pk in held}
    assert sorted(loads.values()) == [2, 2, 2, 2, 4, 4]
    assert {row.state for row in call.applications.all()} == {ApplicationState.UNDER_REVIEW}
    assert {row.due_on for row in Assignment.objects.current()} == {clock.today() + timedelta(days=20)}


def test_limits_are_kept(call, ministries, officer):
    one, other, *_ = call.applications.order_by("pk")
    first, second = reviewers_of(ministries[0])
    MembershipFactory(structure=one.training.structure, user=first)
    RecusalFactory(application=other, user=first)
    director = reviewer_of(ministries[0])
    CapacityFactory(role=Role.DIRECTOR, user=director)
    apply_proposal(ask(call, officer), by=officer)
    held = {(dossier, reviewer) for dossier, ministry, reviewer in places(call) if ministry == ministries[0].pk}
    assert {(one.pk, second.pk), (other.pk, second.pk)} <= held
    assert director.pk not in {reviewer for _, reviewer in held}


def reviewers_of(ministry):
    held = Capacity.objects.filter(role=Role.REVIEWER, ministry=ministry).order_by("pk")
    return [capacity.user for capacity in held]


def test_what_blocks_is_named(call, ministries, officer):
    proposal = ask(call, officer, max_load=1)
    assert proposal.content["empty_count"] == 10  # two places in each of two ministries, one in each of the others
    assert any(
        words.startswith("Travail : il manque 2 places pour 4 dossiers") for words in proposal.content["shortages"]
    )
    apply_proposal(proposal, by=officer)
    assert len(places(call)) == 6


def test_what_has_begun_stays_and_a_repair_moves_the_fewest(call, ministries, officer):
    apply_proposal(ask(call, officer), by=officer)
    begun, gone = Assignment.objects.current().filter(ministry=ministries[0]).order_by("pk")[:2]
    ReviewFactory(assignment=begun)
    before = set(places(call))
    RecusalFactory(application=gone.application, user=gone.reviewer)
    Assignment.objects.filter(pk=gone.pk).update(ended_at=clock.now())
    proposal = ask(call, officer, aim="fewest_changes")
    assert (len(proposal.content["added"]), len(proposal.content["removed"])) == (1, 0)
    apply_proposal(proposal, by=officer)
    assert len(before - set(places(call))) == 1
    assert begun.pk in Assignment.objects.current().values_list("pk", flat=True)


def test_who_judged_the_earlier_dossier_has_the_next_one(call, ministries, officer):
    dossier = call.applications.order_by("pk").last()
    _, second = reviewers_of(ministries[0])
    ReviewFactory(
        submitted=True, assignment__reviewer=second, assignment__ministry=ministries[0],
        assignment__application=ApplicationFactory(training=dossier.training, decided=True),
    )  # fmt: skip
    proposal = ask(call, officer)
    [words] = [words for pk, _, person, words in proposal.content["added"] if (pk, person) == (dossier.pk, second.pk)]
    assert words.startswith("Avait le dossier précédent de cette formation")


def test_who_handed_a_dossier_back_is_not_proposed_for_it(call, ministries, officer):
    dossier, [first, second] = call.applications.order_by("pk")[0], reviewers_of(ministries[0])
    place = AssignmentFactory(application=dossier, ministry=ministries[0], reviewer=first)
    dossier.refresh_from_db()
    type(dossier).objects.filter(pk=dossier.pk).update(state=ApplicationState.UNDER_REVIEW)
    place.refresh_from_db()
    decline(place, by=first, reason="Je pars trois semaines.")
    apply_proposal(ask(call, officer), by=officer)
    assert (dossier.pk, ministries[0].pk, second.pk) in places(call)


def test_a_past_date_is_refused(call, officer):
    with pytest.raises(Refused, match="déjà passée"):
        ask(call, officer, days=-1)


# --- Applying -------------------------------------------------------------------------------------------------------
def test_each_person_gets_one_mail_that_names_no_dossier(call, officer, mailoutbox, mails):
    apply_proposal(ask(call, officer), by=officer)
    posted = mails(kind="reviews_assigned")
    assert len(posted) == 6
    titles = [application.training.title for application in call.applications.all()]
    assert not any(title in mail.text_body for mail in posted for title in titles)
    delivery.deliver()
    assert len(mailoutbox) == 6
    assert sorted(mail.subject.split(" à évaluer")[0] for mail in mailoutbox) == ["2 dossiers"] * 4 + ["4 dossiers"] * 2


def test_the_journal_of_each_dossier_tells_who(call, officer):
    apply_proposal(ask(call, officer), by=officer)
    entries = JournalEntry.objects.filter(action="application.assigned")
    assert entries.count() == 4
    assert all(entry.note.count(" ; ") == 3 for entry in entries)


def test_applied_twice_is_applied_once(call, officer, mails):
    proposal = ask(call, officer)
    apply_proposal(proposal, by=officer)
    apply_proposal(proposal, by=officer)
    assert (len(places(call)), len(mails(kind="reviews_assigned"))) == (16, 6)


def test_a_proposal_out_of_date_changes_nothing(call, ministries, officer):
    proposal = ask(call, officer)
    dossier = call.applications.order_by("pk")[0]
    AssignmentFactory(application=dossier, ministry=ministries[0], reviewer=reviewers_of(ministries[0])[0])
    before = places(call)
    with pytest.raises(Refused, match="a changé depuis"):
        apply_proposal(proposal, by=officer)
    assert places(call) == before


def test_a_tie_that_appeared_since_refuses_the_whole(call, ministries, officer):
    proposal = ask(call, officer)
    dossier, _, person, _ = proposal.content["added"][0]
    structure = call.applications.get(pk=dossier).training.structure
    link = {"kind": "employer", "name": structure.name, "siren": structure.siren, "detail": ""}
    user = next(user for user in reviewers_of(ministries[0]) + reviewers_of(ministries[1]) if user.pk == person)
    InterestDeclarationFactory(user=user, call=call, links=[link])
    with pytest.raises(Refused, match="lien d'intérêts"):
        apply_proposal(proposal, by=officer)
    assert places(call) == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_proposals_applied_at_once_leave_one(call, officer):
    both = [ask(call, officer), ask(call, officer, max_load=9)]
    faults = refusals_at_once(*(partial(apply_proposal, proposal, by=officer) for proposal in both))
    assert [type(fault) for fault in faults] == [Refused]
    assert len(places(call)) == 16
    assert AssignmentProposal.objects.exclude(applied_at=None).count() == 1


# --- Pages ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def client(client_for, officer):
    return client_for(officer)


def test_from_the_form_to_places_filled(client, call):
    form = {"due_on": clock.today() + timedelta(days=20), "max_load": 10, "aim": "least_cost"}
    answer = client.post(reverse("proposal_ask", args=[call.slug]), form, follow=True)
    assert "<strong>16</strong> confiées" in answer.text
    assert "Appliquer cette répartition" in answer.text
    answer = client.post(answer.request["PATH_INFO"], follow=True)
    assert "est appliquée" in answer.text
    assert len(places(call)) == 16


def test_nothing_to_change_is_said(client, call, officer):
    apply_proposal(ask(call, officer), by=officer)
    again = ask(call, officer, aim="fewest_changes")
    text = client.get(reverse("proposal_page", args=[again.pk])).text
    assert "est déjà celle-ci" in text
    assert "Appliquer cette répartition" not in text


def test_a_refusal_is_told_and_the_proposal_stays(client, call, ministries, officer):
    proposal = ask(call, officer)
    AssignmentFactory(application=call.applications.order_by("pk")[0], ministry=ministries[0])
    answer = client.post(reverse("proposal_page", args=[proposal.pk]), follow=True)
    assert "a changé depuis cette proposition" in answer.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many(client, call, officer, count, django_assert_num_queries):
    for _ in range(count):
        ApplicationFactory(call=call, admissible=True)
    proposal = ask(call, officer)
    with django_assert_num_queries(7):
        client.get(reverse("proposal_page", args=[proposal.pk]))


@pytest.mark.parametrize("count", [1, 3])
def test_reading_a_call_costs_the_same_however_many(call, officer, count, django_assert_max_num_queries):
    for _ in range(count):
        ApplicationFactory(call=call, admissible=True)
    with django_assert_max_num_queries(18):
        ask(call, officer)
