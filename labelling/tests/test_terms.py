"""What a reviewer agrees to holds by hand and in a proposal; only they and officers say it."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, RegionFactory
from gen_portal.core.tests.races import refusals_at_once
from gen_portal.core.workflow import Refused
from labelling.actions.terms import Terms, change_terms, drop_absence, tell_absence
from labelling.models import Assignment, ReviewerAbsence, ReviewerTerms
from labelling.tests.factories import (
    AssignmentFactory,
    ReviewerAbsenceFactory,
    ReviewerTermsFactory,
    ReviewFactory,
    four_ministries,
    reviewer_of,
)
from labelling.transitions.proposals import apply_proposal, make_proposal
from labelling.transitions.reviews import assign

pytestmark = [pytest.mark.once, pytest.mark.django_db]
DAY = timedelta(days=1)


@pytest.fixture
def ministry():
    return four_ministries()[0]


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


def entrust(application, reviewer, ministry, officer, days=10):
    return assign(application, reviewer=reviewer, ministry=ministry, due_on=clock.today() + days * DAY, by=officer)


def acts_on(user):
    found = JournalEntry.objects.filter(subject_type="core.user", subject_id=user.pk).order_by("number")
    return [(entry.action, entry.note, entry.by) for entry in found]


# --- Saying ---------------------------------------------------------------------------------------------------------
def test_terms_are_kept_and_recorded(ministry, officer):
    user, other, region = reviewer_of(ministry), reviewer_of(ministry), RegionFactory()
    change_terms(user, Terms(12, (region,), ("dev", "cyber"), other), by=officer)
    kept = ReviewerTerms.objects.of(user)
    assert (kept.max_load, kept.substitute, kept.job_families) == (12, other, ["dev", "cyber"])
    assert list(kept.regions.all()) == [region]
    words = f"12 dossiers à la fois au plus ; régions : Bretagne ; familles : dev, cyber ; suppléant : {other}"
    assert acts_on(user) == [("user.reviewing_terms_changed", words, officer)]
    change_terms(user, Terms(), by=user)
    kept = ReviewerTerms.objects.of(user)
    assert (kept.max_load, kept.substitute, list(kept.regions.all())) == (None, None, [])


def test_a_substitute_reviews_for_the_same_ministry(ministry, officer):
    user = reviewer_of(ministry)
    of_another = reviewer_of(four_ministries()[1])
    running = reviewer_of(ministry)
    CapacityFactory(role=Role.DIRECTOR, user=running)
    for somebody in (user, of_another, running, officer):
        with pytest.raises(Refused, match="ne peut pas suppléer"):
            change_terms(user, Terms(substitute=somebody), by=officer)
    assert ReviewerTerms.objects.of(user) is None


def test_only_a_reviewer_has_terms_and_absences(officer):
    with pytest.raises(Refused, match="n'est pas instructeur"):
        change_terms(officer, Terms(3), by=officer)
    with pytest.raises(Refused, match="n'est pas instructeur"):
        tell_absence(officer, from_on=clock.today(), until_on=clock.today(), by=officer)


def test_an_absence_is_kept_then_dropped(ministry):
    user, today = reviewer_of(ministry), clock.today()
    absence = tell_absence(user, from_on=today + DAY, until_on=today + 8 * DAY, by=user)
    assert ReviewerAbsence.objects.of(user).get() == absence
    drop_absence(absence, by=user)
    drop_absence(absence, by=user)
    assert [action for action, _, _ in acts_on(user)] == ["user.absence_told", "user.absence_dropped"]
    assert not ReviewerAbsence.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (2, 1, "précède"),
        (-3, -1, "déjà finie"),
        (1, 400, "Au-delà d'un an"),
        (6, 9, "déjà notée"),
        (-9, 0, "déjà notée"),
    ],
)
def test_an_absence_is_refused(first, last, sentence, ministry):
    user, today = reviewer_of(ministry), clock.today()
    ReviewerAbsenceFactory(user=user)
    with pytest.raises(Refused, match=sentence):
        tell_absence(user, from_on=today + first * DAY, until_on=today + last * DAY, by=user)


# --- By hand --------------------------------------------------------------------------------------------------------
def test_nothing_is_entrusted_beyond_what_was_agreed(ministry, officer):
    user = ReviewerTermsFactory(max_load=2, user=reviewer_of(ministry)).user
    call = CallFactory()
    first, second, third, elsewhere = (
        *(ApplicationFactory(call=call, admissible=True) for _ in range(3)),
        ApplicationFactory(admissible=True),
    )
    entrust(elsewhere, user, ministry, officer)
    place = entrust(first, user, ministry, officer)
    ReviewFactory(assignment=place, submitted=True)  # done, but still theirs in this call
    with pytest.raises(Refused, match="a déjà les 2 dossiers"):
        entrust(second, user, ministry, officer)
    ReviewFactory(
        assignment=Assignment.objects.get(application=elsewhere), submitted=True
    )  # done elsewhere: theirs no more
    entrust(second, user, ministry, officer)
    with pytest.raises(Refused, match="a déjà les 2 dossiers"):
        entrust(third, user, ministry, officer)


def test_nothing_is_entrusted_for_a_day_of_absence(ministry, officer):
    user, application = reviewer_of(ministry), ApplicationFactory(admissible=True)
    ReviewerAbsenceFactory(user=user, from_on=clock.today() + 9 * DAY)
    for days in (9, 15):
        with pytest.raises(Refused, match="est absent du"):
            entrust(application, user, ministry, officer, days=days)
    assert entrust(application, user, ministry, officer, days=16).reviewer == user


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_dossiers_entrusted_at_once_do_not_pass_the_load(ministry, officer):
    user = ReviewerTermsFactory(max_load=1, user=reviewer_of(ministry)).user
    dossiers = [ApplicationFactory(admissible=True) for _ in range(6)]
    refusals = refusals_at_once(*(partial(entrust, dossier, user, ministry, officer) for dossier in dossiers))
    assert (len(refusals), Assignment.objects.current().filter(reviewer=user).count()) == (5, 1)


# --- In a proposal --------------------------------------------------------------------------------------------------
@pytest.fixture
def call(ministry):
    """Two reviewers for the first ministry, one for each other; three dossiers, sites in Rennes."""
    call = CallFactory()
    for each in four_ministries():
        reviewer_of(each)
    for _ in range(3):
        ApplicationFactory(call=call, admissible=True, job_family="dev")
    return call


def proposed(call, officer, ministry, aim="least_cost", days=20):
    proposal = make_proposal(call, due_on=clock.today() + days * DAY, max_load=40, aim=aim, by=officer)
    pairs = [(dossier, reviewer) for dossier, each, reviewer in proposal.content["pairs"] if each == ministry.pk]
    return proposal, pairs


def test_a_load_of_ones_own_is_kept(call, ministry, officer):
    user = ReviewerTermsFactory(max_load=1, user=reviewer_of(ministry)).user
    _, pairs = proposed(call, officer, ministry)
    assert sorted(reviewer == user.pk for _, reviewer in pairs) == [False, False, True]


def test_who_knows_the_job_family_is_preferred(call, ministry, officer):
    user = ReviewerTermsFactory(max_load=None, user=reviewer_of(ministry), job_families=["dev"]).user
    proposal, pairs = proposed(call, officer, ministry)
    assert {reviewer for _, reviewer in pairs} == {user.pk}
    assert {words for _, each, _, words in proposal.content["added"] if each == ministry.pk} == {
        "Connaît la famille de métiers ; 3 dossiers sur 40 au plus."
    }


def test_who_is_away_hands_over_to_the_substitute_and_nothing_else_moves(call, ministry, officer):
    substitute, other = reviewer_of(ministry), reviewer_of(ministry)
    proposal, _ = proposed(call, officer, ministry)
    apply_proposal(proposal, by=officer)
    place = Assignment.objects.current().filter(ministry=ministry).exclude(reviewer__in=[substitute, other]).first()
    ReviewerTermsFactory(max_load=None, user=place.reviewer, substitute=substitute)
    ReviewerAbsenceFactory(user=place.reviewer, from_on=clock.today() + 18 * DAY)
    again, _ = proposed(call, officer, ministry, aim="fewest_changes")
    removed = [(dossier, reviewer, words) for dossier, _, reviewer, words in again.content["removed"]]
    assert removed == [(place.application_id, place.reviewer_id, "indisponible")]
    [(dossier, reviewer, words)] = [(a, p, words) for a, _, p, words in again.content["added"]]
    assert (dossier, reviewer) == (place.application_id, substitute.pk)
    assert words.startswith("Suppléant de la personne qui l'avait")


# --- Pages ----------------------------------------------------------------------------------------------------------
def test_a_reviewer_says_their_own_terms(client_for, ministry):
    user, other = reviewer_of(ministry), reviewer_of(ministry)
    client, url = client_for(user), reverse("terms_edit")
    page = client.post(url, {"max_load": "8", "job_families": ["dev"], "substitute": other.pk}, follow=True)
    assert "est enregistré." in page.text
    assert (ReviewerTerms.objects.of(user).max_load, ReviewerTerms.objects.of(user).substitute) == (8, other)
    page = client.post(url, {"max_load": "zéro", "job_families": ["dev"]})
    assert 'value="zéro"' in page.text
    assert ReviewerTerms.objects.of(user).max_load == 8


def test_an_absence_says_what_is_due_meanwhile(client_for, ministry):
    user = AssignmentFactory(ministry=ministry, due_on=clock.today() + 3 * DAY).reviewer
    days = {"from_on": clock.today() + DAY, "until_on": clock.today() + 5 * DAY}
    page = client_for(user).post(reverse("absence_add", args=[user.pk]), days, follow=True)
    assert "1 évaluation à rendre ces jours-là" in page.text
    absence = ReviewerAbsence.objects.get()
    page = client_for(user).post(reverse("absence_drop", args=[absence.pk]), follow=True)
    assert "est supprimée" in page.text


def test_nobody_else_says_when_a_reviewer_is_away(client_for, ministry):
    user, colleague = reviewer_of(ministry), reviewer_of(ministry)
    absence, member = ReviewerAbsenceFactory(user=user), MembershipFactory().user
    days = {"from_on": clock.today() + 30 * DAY, "until_on": clock.today() + 31 * DAY}
    for somebody, status in ((colleague, 404), (member, 403)):
        client = client_for(somebody)
        assert client.post(reverse("absence_add", args=[user.pk]), days).status_code == status
        assert client.post(reverse("absence_drop", args=[absence.pk])).status_code == status
    assert ReviewerAbsence.objects.get() == absence


def test_an_officer_reads_who_is_full_and_who_is_away(client_for, officer, ministry):
    user = ReviewerTermsFactory(max_load=1, user=reviewer_of(ministry, last_name="Kerguélen")).user
    ReviewerAbsenceFactory(user=user)
    AssignmentFactory(ministry=ministry, reviewer=user, due_on=clock.today() - DAY)
    reviewer_of(ministry, last_name="Autre")
    page = client_for(officer).get(reverse("people_list"), {"texte": "kerguelen", "qui": f"m{ministry.pk}"}).text
    assert "Kerguélen" in page
    assert "(atteint)" in page
    assert f"du {clock.today():%d/%m/%Y} au" in page
    assert "Autre" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many(client_for, officer, ministry, count, django_assert_num_queries):
    for _ in range(count):
        AssignmentFactory(reviewer=ReviewerTermsFactory(user=reviewer_of(ministry)).user, ministry=ministry)
    CapacityFactory(role=Role.REGIONAL_SERVICE, region=RegionFactory())
    client = client_for(officer)
    with django_assert_num_queries(8):
        client.get(reverse("people_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_person_costs_the_same_however_much_they_have(
    client_for, officer, ministry, count, django_assert_num_queries
):
    user = ReviewerTermsFactory(user=reviewer_of(ministry), regions=[RegionFactory()]).user
    for _ in range(count):
        AssignmentFactory(reviewer=user, ministry=ministry)
    client, capacity = client_for(officer), user.capacities.get()
    with django_assert_num_queries(9):
        client.get(reverse("person_page", args=[capacity.pk]))
