"""The opinion of a region: who sees which dossier, given once, by its day or held favourable; a digest each Monday."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.urls import reverse

from applications.models import Application, ApplicationState
from applications.tests.factories import (
    ApplicationFactory,
    AttachmentFactory,
    CallFactory,
    MembershipFactory,
    SiteFactory,
    SubmissionFactory,
)
from gen_portal.core import clock, delivery
from gen_portal.core.models import HiddenSubject, JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, CommuneFactory, RegionFactory, UserFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused
from labelling.actions.regional_digest import send_digests
from labelling.models import Recusal, RegionalOpinion, RegionalOpinionRule, TacitRule
from labelling.models.regional import dossiers_of, regions_of, standings_of
from labelling.tests.factories import AssignmentFactory, RegionalOpinionFactory, RegionalRuleFactory, ReviewFactory
from labelling.transitions.regional import give_opinion, set_rule, stand_back

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def servant(region):
    return serving(region)


@pytest.fixture
def call():
    return RegionalRuleFactory().call


def serving(region):
    return CapacityFactory(role=Role.REGIONAL_SERVICE, region=region, user=UserFactory()).user


def filed(call, *, days=3, state="submitted", **fields):
    """A dossier of Rennes filed so many days ago."""
    return ApplicationFactory(call=call, submitted_at=clock.now() - days * DAY, **{state: True}, **fields)


def standings(application):
    return standings_of(application, application.submissions.latest_first().first().filed_at, clock.today())


def rule(call, **values):
    for name, value in values.items():
        setattr(call.regional_opinion_rule, name, value)
    call.regional_opinion_rule.save()


def give(application, region, by, verdict="favourable", text=""):
    return give_opinion(application, region, verdict=verdict, text=text, by=by)


# --- Who sees what --------------------------------------------------------------------------------------------------
STATES = {"draft": 0, "submitted": 1, "returned": 1, "admissible": 1, "inadmissible": 1, "under_review": 1, "decided": 1,
          "withdrawn": 0}  # fmt: skip


@pytest.mark.parametrize(("state", "count"), STATES.items())
def test_dossiers_are_seen_from_their_filing(state, count, call, region, servant):
    ApplicationFactory(call=call, **({} if state == "draft" else {state: True}))
    assert dossiers_of(region, servant).count() == count


def test_a_site_decides_and_two_regions_give_each_their_opinion(call, region, servant):
    reunion = CommuneFactory(overseas=True)
    other = reunion.department.region
    here, both, there = filed(call), filed(call), filed(call)
    both.sites.add(SiteFactory(structure=both.training.structure, commune=reunion))
    both.sites.add(SiteFactory(structure=both.training.structure))
    there.sites.set([SiteFactory(structure=there.training.structure, commune=reunion)])
    away = serving(other)
    assert set(dossiers_of(region, servant)) == {here, both}
    assert set(dossiers_of(other, away)) == {both, there}
    assert regions_of(both) == [region, other]
    give(both, region, servant, "reserved", "Deux formations proches existent déjà.")
    give(both, other, away)
    assert [standing.words for standing in standings(both)] == ["réservé", "favorable"]


def test_nothing_is_seen_where_the_call_asks_for_nothing(region, servant):
    filed(CallFactory())
    assert dossiers_of(region, servant).count() == 0


def test_nothing_is_seen_of_another_region_nor_of_ones_own_structure_nor_of_what_one_withdrew_from(
    call, region, servant
):
    application = filed(call)
    assert dossiers_of(region, serving(CommuneFactory(overseas=True).department.region)).count() == 0
    assert dossiers_of(region, UserFactory()).count() == 0
    member, gone = serving(region), serving(region)
    MembershipFactory(structure=application.training.structure, user=member)
    stand_back(application, region, by=gone, reason="J'ai monté ce projet.")
    assert (dossiers_of(region, member).count(), dossiers_of(region, gone).count()) == (0, 0)
    assert dossiers_of(region, servant).count() == 1
    assert (Recusal.objects.get().user, HiddenSubject.objects.get().user) == (gone, gone)


def test_who_has_still_to_review_it_does_not_read_the_opinion_of_a_colleague_first(call, region, servant):
    application = filed(call, state="under_review")
    place = AssignmentFactory(application=application, reviewer=servant)
    assert dossiers_of(region, servant).count() == 0
    ReviewFactory(assignment=place, submitted=True)
    assert dossiers_of(region, servant).count() == 1


def test_silence_says_nothing_of_a_dossier_that_was_decided(call, region, servant):
    rule(call, days_count=30, tacit=TacitRule.FAVOURABLE)
    application = filed(call, days=40, state="decided")
    assert [standing.words for standing in standings(application)] == ["sans avis"]
    assert not dossiers_of(region, servant).settled(clock.today()).exists()


# --- Giving ---------------------------------------------------------------------------------------------------------
def test_an_opinion_is_given_once_and_recorded(call, region, servant):
    application = filed(call)
    opinion = give(application, region, servant, "unfavourable", " Aucun besoin local. ")
    assert (opinion.text, opinion.given_by) == ("Aucun besoin local.", servant)
    entry = JournalEntry.objects.about(application).get(action="application.regional_opinion_given")
    assert (entry.by, entry.note) == (servant, "Bretagne : défavorable")
    with pytest.raises(Refused, match=f"déjà donné : défavorable, par {servant}"):
        give(application, region, serving(region))
    assert RegionalOpinion.objects.count() == 1


@pytest.mark.parametrize("verdict", ["reserved", "unfavourable"])
def test_reasons_are_due_unless_favourable(verdict, call, region, servant):
    with pytest.raises(Refused, match="dit pourquoi"):
        give(filed(call), region, servant, verdict, "  ")


@pytest.mark.parametrize("state", ["returned", "inadmissible", "decided"])
def test_it_is_refused_while_the_dossier_is_away_or_has_ended(state, call, region, servant):
    with pytest.raises(Refused, match="n'est plus possible"):
        give(filed(call, state=state), region, servant)


def test_who_may_not_give_it(call, region, servant):
    application = filed(call)
    past = serving(region)
    past.capacities.update(until_on=clock.today() - DAY)
    elsewhere = serving(CommuneFactory(overseas=True).department.region)
    for somebody in (past, elsewhere, UserFactory()):
        with pytest.raises(Refused, match="Votre service ne donne pas"):
            give(application, region, somebody)
    tied = CapacityFactory(role=Role.REGIONAL_SERVICE, region=region, user=UserFactory(email="a@mairie-rennes.fr")).user
    MembershipFactory(structure=application.training.structure, user=UserFactory(email="b@mairie-rennes.fr"))
    with pytest.raises(Refused, match="lien d'intérêts"):
        give(application, region, tied)
    RegionalOpinionRule.objects.all().delete()
    with pytest.raises(Refused, match="ne demande pas"):
        give(application, region, servant)
    assert not RegionalOpinion.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_people_of_one_region_at_once_give_one_opinion(call, region):
    people = [serving(region) for _ in range(6)]
    for _ in range(4):  # an unlocked dossier is not always caught in one round
        application = filed(call)
        outcomes = at_once(*(partial(give, application, region, by) for by in people))
        assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 5
        assert RegionalOpinion.objects.filter(application=application).count() == 1


# --- Silence --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "tacit", "words", "may_be_given"),
    [
        (30, TacitRule.NONE, "à donner", True),
        (31, TacitRule.NONE, "en retard", True),
        (30, TacitRule.FAVOURABLE, "à donner", True),
        (31, TacitRule.FAVOURABLE, "réputé favorable", False),
    ],
)
def test_what_the_last_day_changes(days, tacit, words, may_be_given, call, region, servant):
    rule(call, days_count=30, tacit=tacit)
    application = filed(call, days=days)
    [standing] = standings(application)
    assert (standing.words, standing.may_be_given) == (words, may_be_given)
    shown = dossiers_of(region, servant)
    assert shown.to_give(clock.today()).exists() is may_be_given
    assert shown.settled(clock.today()).exists() is not may_be_given
    if may_be_given:
        assert give(application, region, servant).pk
    else:
        with pytest.raises(Refused, match="réputé favorable"):
            give(application, region, servant)


def test_a_completion_gives_the_days_again(call, region, servant):
    rule(call, days_count=30, tacit=TacitRule.FAVOURABLE)
    application = filed(call, days=40)
    SubmissionFactory(application=application, filed_at=clock.now() - DAY)
    assert [standing.words for standing in standings(application)] == ["à donner"]
    assert give(application, region, servant).pk


def test_a_rule_is_set_changed_and_recorded():
    call, officer = CallFactory(), CapacityFactory(role=Role.OFFICER).user
    set_rule(call, days_count=20, tacit=TacitRule.NONE, by=officer)
    set_rule(call, days_count=30, tacit=TacitRule.FAVOURABLE, by=officer)
    kept = RegionalOpinionRule.objects.of(call)
    assert (kept.days_count, kept.tacit) == (30, TacitRule.FAVOURABLE)
    entries = JournalEntry.objects.about(call).filter(action="call.regional_rule_set")
    assert entries.count() == 2


def test_a_rule_does_not_rewrite_what_is_past(call):
    officer = CapacityFactory(role=Role.OFFICER).user
    application = filed(call, days=40)
    with pytest.raises(Refused, match="à l'instant"):
        set_rule(call, days_count=30, tacit=TacitRule.FAVOURABLE, by=officer)
    assert set_rule(call, days_count=41, tacit=TacitRule.FAVOURABLE, by=officer).days_count == 41
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.DECIDED)
    with pytest.raises(Refused, match="ne change plus"):
        set_rule(call, days_count=60, tacit=TacitRule.NONE, by=officer)


# --- Digest ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def monday(frozen_clock):
    frozen_clock.set(MONDAY)
    return frozen_clock


def test_each_person_reads_once_what_arrived_the_week_before(monday, call, region, servant, mails):
    first = filed(call, days=2, training__title="Technicien numérique")
    filed(call, days=9)
    colleague = serving(region)
    serving(CommuneFactory(overseas=True).department.region)
    assert (send_digests(clock.now()), send_digests(clock.now())) == (2, 0)
    posted = mails(kind="regional_digest")
    assert {mail.to_address for mail in posted} == {servant.email, colleague.email}
    assert posted[0].subject_line == "1 dossier arrivé en Bretagne la semaine dernière"
    assert first.training.title in posted[0].text_body
    monday.advance(days=1)
    assert send_digests(clock.now()) == 0
    monday.advance(days=6)
    assert send_digests(clock.now()) == 0  # nothing arrived since


def test_a_monday_that_was_missed_is_caught_up_in_the_week(monday, call, region, servant):
    filed(call, days=2)
    monday.advance(days=3)
    assert send_digests(clock.now()) == 1


def test_nothing_leaves_outside_of_working_hours(monday, call, region, servant):
    filed(call, days=2)
    monday.advance(hours=14)
    assert send_digests(clock.now()) == 0


def test_who_no_longer_serves_the_region_receives_nothing(monday, call, region, servant, mailoutbox):
    filed(call, days=2)
    send_digests(clock.now())
    servant.capacities.update(until_on=clock.today() - DAY)
    delivery.deliver()
    assert mailoutbox == []


# --- Pages ----------------------------------------------------------------------------------------------------------
def test_from_the_list_to_the_opinion(client_for, call, region, servant):
    application = filed(call, training__title="Technicien numérique")
    client = client_for(servant)
    assert "1 avis régional à donner" in client.get(reverse("desk")).text
    url = reverse("regional_page", args=[region.pk, application.reference])
    assert url in client.get(reverse("regional_list")).text
    page = client.post(url, {"verdict": "reserved", "text": ""})
    assert "écrivez ses motifs" in page.text
    page = client.post(url, {"verdict": "reserved", "text": "Un besoin à préciser."}, follow=True)
    assert "est donné." in page.text
    assert "Un besoin à préciser." in page.text
    assert url not in client.get(reverse("regional_list")).text
    assert url in client.get(reverse("regional_list"), {"etat": "donnes", "texte": "numerique"}).text


def test_a_document_opens_and_one_of_another_dossier_does_not(client_for, call, region, servant):
    application = ApplicationFactory(call=call, submitted=True)
    attachment = AttachmentFactory(application=application)
    SubmissionFactory(application=application)
    other = AttachmentFactory(application=filed(call))
    client = client_for(servant)
    codes = []
    for pk in (attachment.pk, other.pk):
        answer = client.get(reverse("regional_attachment", args=[region.pk, application.reference, pk]))
        codes.append(answer.status_code)
        answer.close()
    assert codes == [200, 404]


def test_standing_back_hides_it_at_once(client_for, call, region, servant):
    application, client = filed(call), client_for(servant)
    url = reverse("regional_page", args=[region.pk, application.reference])
    page = client.post(f"{url}deport/", {"reason": "J'ai monté ce projet."}, follow=True)
    assert "un collègue de votre service" in page.text
    assert client.get(url).status_code == 404
    assert client.get(reverse("desk")).text.count("avis régional à donner") == 0


def test_no_mark_is_read_by_the_service(client_for, call, region, servant):
    application = filed(call, state="under_review")
    review = ReviewFactory(assignment=AssignmentFactory(application=application), submitted=True)
    page = client_for(servant).get(reverse("regional_page", args=[region.pk, application.reference])).text
    assert review.comment not in page


def test_a_reviewer_reads_it_only_after_their_own_review(client_for, call, region):
    application = filed(call, state="under_review")
    opinion = RegionalOpinionFactory(application=application, text="Le besoin est réel à Rennes.")
    draft = ReviewFactory(assignment=AssignmentFactory(application=application))
    done = ReviewFactory(assignment=AssignmentFactory(application=application), submitted=True)
    url = reverse("review_page", args=[application.reference])
    assert opinion.text not in client_for(draft.assignment.reviewer).get(url).text
    assert opinion.text in client_for(done.assignment.reviewer).get(url).text


def test_those_who_run_the_call_read_it_on_the_board_and_the_sheet(client_for, call):
    application = filed(call, state="under_review")
    RegionalOpinionFactory(application=application, text="Le besoin est réel à Rennes.")
    client = client_for(CapacityFactory(role=Role.DIRECTOR).user)
    assert "Bretagne : favorable" in client.get(reverse("call_board", args=[call.slug])).text
    assert "Le besoin est réel à Rennes." in client.get(reverse("decision_edit", args=[application.reference])).text


def test_the_structure_does_not_read_it(client_for, call):
    application = filed(call, state="under_review")
    opinion = RegionalOpinionFactory(application=application, text="Le besoin est réel à Rennes.")
    member = MembershipFactory(structure=application.training.structure).user
    for name in ("application_page", "application_history", "application_preview"):
        assert opinion.text not in client_for(member).get(reverse(name, args=[application.reference]), follow=True).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many(client_for, call, region, servant, count, django_assert_num_queries):
    for _ in range(count):
        RegionalOpinionFactory(application=filed(call), region=region)
    client = client_for(servant)
    with django_assert_num_queries(6):
        client.get(reverse("regional_list"), {"etat": "tous"})
