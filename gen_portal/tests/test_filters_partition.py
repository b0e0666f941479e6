"""A filter and its contrary share out what a person may see: together the whole list, nothing more, nothing twice."""

import pytest
from django.urls import reverse

from applications.models import JobFamily
from applications.tests.factories import ApplicationFactory, CallFactory, CutOffFactory, StructureFactory
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.tests.factories import (
    AssignmentFactory,
    DisagreementFactory,
    RecusalFactory,
    ReviewFactory,
    ReviewFiguresFactory,
    four_ministries,
    reviewer_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministries():
    return four_ministries()


# --- The board ------------------------------------------------------------------------------------------------------

#: How many reviews each dossier has (None: not even figures), whether a disagreement is open on it.
REVIEWED = ((None, False), (0, False), (3, True), (4, False), (4, True), (5, False))


@pytest.fixture
def call(ministries):
    """Dossiers of two regions and two cut-offs, with and without reviews, disagreements and decisions, for each mix."""
    call = CallFactory()
    cut_offs = [
        call.cut_offs.get(number=1),
        call.cut_offs.filter(number=2).first() or CutOffFactory(call=call, number=2),
    ]
    for is_overseas in (False, True):
        for cut_off in cut_offs:
            for number, (count, is_flagged) in enumerate(REVIEWED):
                _dossier(call, cut_off, is_overseas, number, count, is_flagged)
    return call


def _dossier(call, cut_off, is_overseas, number, count, is_flagged):
    application = ApplicationFactory(
        call=call, cut_off=cut_off, training__structure=StructureFactory(overseas=is_overseas),
        job_family=JobFamily.values[number % 2], **({"decided": True} if number == 3 else {"under_review": True}),
    )  # fmt: skip
    if count is not None:
        mean = f"{count - 1}.250" if count else None
        ReviewFiguresFactory(application=application, review_count=count, mean=mean, spread="0.500" if count else None)
    if is_flagged:
        DisagreementFactory(application=application)
    DisagreementFactory(application=application, closed_at=application.started_at)


def _officer(call, ministries):
    return CapacityFactory(role=Role.OFFICER).user, set()


def _officer_who_withdrew(call, ministries):
    user = CapacityFactory(role=Role.OFFICER).user
    lost = list(call.applications.order_by("pk")[1:4])
    for application in lost:
        RecusalFactory(application=application, user=user)
    return user, {application.reference for application in lost}


def _officer_who_reviews(call, ministries):
    user = CapacityFactory(role=Role.OFFICER).user
    lost = list(call.applications.filter(state="under_review").order_by("pk")[2:5])
    for application in lost:
        AssignmentFactory(application=application, ministry=ministries[0], reviewer=user)
    return user, {application.reference for application in lost}


def _board(client, call, **asked):
    """The lines of the whole board with these filters, by reference, and its form; nothing is there twice."""
    answer = client.get(reverse("call_board", args=[call.slug]), {"par_page": 250, **asked})
    lines = list(answer.context["page_obj"])
    found = {line.row.reference: line for line in lines}
    assert len(found) == len(lines) == answer.context["page_obj"].paginator.count
    return found, answer.context["form"]


@pytest.mark.parametrize("viewer", [_officer, _officer_who_withdrew, _officer_who_reviews])
def test_each_filter_of_the_board_shares_out_what_one_may_compare(viewer, call, ministries, client_for):
    user, lost = viewer(call, ministries)
    client = client_for(user)
    whole, form = _board(client, call)
    assert set(whole) == set(call.applications.values_list("reference", flat=True)) - lost
    count = 0
    for scope in ({}, {"releve": "1"}, {"ecart": "on"}, {"region": "04", "avancement": "complet"}):
        among, _ = _board(client, call, **scope)
        for name in {"releve", "region", "famille", "avancement"} - scope.keys():
            choices = [value for value, _ in form.fields[name].choices if value]
            parts = [_board(client, call, **scope, **{name: value})[0] for value in choices]
            assert sorted(reference for part in parts for reference in part) == sorted(among), (scope, name)
            assert name == "famille" or scope or min(map(len, parts)) > 0, name
            count += len(parts)
    print(f"{viewer.__name__}: {count} filters, each part of {len(whole)} dossiers once")


@pytest.mark.parametrize("viewer", [_officer, _officer_who_withdrew, _officer_who_reviews])
def test_flagged_ones_are_those_the_whole_board_says_are_flagged(viewer, call, ministries, client_for):
    user, _ = viewer(call, ministries)
    client = client_for(user)
    for scope in ({}, {"releve": "2"}, {"avancement": "incomplet"}, {"region": "04"}):
        among, _ = _board(client, call, **scope)
        flagged, _ = _board(client, call, **scope, ecart="on")
        left = {reference for reference, line in among.items() if not line.is_flagged}
        assert sorted([*flagged, *left]) == sorted(among)
        assert flagged
        assert left


# --- The list of a reviewer -----------------------------------------------------------------------------------------


def _listed(client, **asked):
    """The places listed, each once."""
    found = [place.pk for place in client.get(reverse("review_list"), asked).context["page_obj"]]
    assert len(found) == len(set(found))
    return found


@pytest.fixture
def reviewer(ministries, frozen_clock):
    """Has reviewed, has to review, is late, withdrew; some of it is decided."""
    user = reviewer_of(ministries[0])
    mine = {"assignment__reviewer": user, "assignment__ministry": ministries[0]}
    for _ in range(2):
        ReviewFactory(**mine)
        ReviewFactory(**mine, submitted=True)
        ReviewFactory(**mine, assignment__due_on="2026-03-01")
        AssignmentFactory(reviewer=user, ministry=ministries[0])
        decided = ApplicationFactory(decided=True)
        ReviewFactory(**mine, assignment__application=decided, submitted=True)
        ReviewFactory(**mine, assignment__application=ApplicationFactory(decided=True))
        left = AssignmentFactory(reviewer=user, ministry=ministries[0])
        RecusalFactory(application=left.application, user=user)
    return user


def test_what_is_to_do_done_or_no_longer_to_do_shares_out_the_list_of_a_reviewer(reviewer, client_for):
    client = client_for(reviewer)
    whole, to_do, done, missed = (_listed(client, etat=e) for e in ("", "a-rendre", "deposees", "non-rendues"))
    assert sorted(to_do + done + missed) == sorted(whole)
    assert (len(to_do), len(done), len(missed)) == (6, 4, 2)
    late = _listed(client, etat="en-retard")
    assert len(late) == 2
    assert set(late) < set(to_do)
