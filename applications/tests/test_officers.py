"""Who follows a dossier: named for its region or for it alone; a substitute acts once the officer has left the team."""

from functools import partial

import pytest
from django.urls import reverse

from applications.actions.officers import set_officer, set_officers
from applications.models import Application, DossierOfficer
from applications.models.officers import followed_by, following_of
from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, RegionFactory, UserFactory
from gen_portal.core.tests.races import refusals_at_once
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def call(region):
    return CallFactory()


def officer(**fields):
    return CapacityFactory(role=Role.OFFICER, user=UserFactory(**fields)).user


def name(call, region, who, substitute=None, seen=None):
    return set_officers(call, {region: (who, substitute)}, seen={region.pk: seen or (None, None)}, by=officer())


def leave(user):
    user.capacities.update(until_on=clock.today() - clock.ONE_DAY)


# --- Who follows ----------------------------------------------------------------------------------------------------
def test_the_region_decides_unless_the_dossier_does(call, region):
    dossier, ours, other = ApplicationFactory(call=call, submitted=True), officer(), officer()
    assert following_of(dossier, clock.today()).acting is None
    name(call, region, ours)
    assert following_of(dossier, clock.today()).acting == ours
    set_officer(dossier, officer=other, substitute=None, by=ours)
    following = following_of(dossier, clock.today())
    assert (following.acting, following.is_own) == (other, True)
    set_officer(dossier, officer=None, substitute=None, by=ours)
    assert following_of(dossier, clock.today()).acting == ours


def test_a_substitute_acts_once_the_officer_has_left(call, region):
    dossier, ours, substitute = ApplicationFactory(call=call, submitted=True), officer(), officer()
    name(call, region, ours, substitute)
    assert not following_of(dossier, clock.today()).is_replaced
    leave(ours)
    following = following_of(dossier, clock.today())
    assert (following.acting, following.is_replaced) == (substitute, True)
    leave(substitute)
    assert following_of(dossier, clock.today()).acting is None


def test_the_list_of_ones_own_says_the_same_as_each_dossier(call, region):
    people = [officer() for _ in range(3)]
    name(call, region, people[0], people[1])
    apart, elsewhere = ApplicationFactory(call=call, submitted=True), ApplicationFactory(submitted=True)
    ApplicationFactory(call=call, submitted=True)
    set_officer(apart, officer=people[2], substitute=people[0], by=people[0])
    for gone in (None, people[2], people[0]):
        if gone is not None:
            leave(gone)
        for user in people:
            found = set(followed_by(Application.objects.all(), user, clock.today()))
            acting = {each for each in Application.objects.all() if following_of(each, clock.today()).acting == user}
            assert acting <= found
            assert elsewhere not in found
            if user.capacities.in_force(clock.today()).exists():
                assert found == acting


# --- Naming ---------------------------------------------------------------------------------------------------------
def test_the_table_is_kept_and_recorded(call, region):
    ours, substitute = officer(), officer()
    assert name(call, region, ours, substitute) == 1
    assert name(call, region, ours, substitute, seen=(ours.pk, substitute.pk)) == 0
    entry = JournalEntry.objects.about(call).get(action="call.officers_set")
    assert entry.note == f"Bretagne : {ours} ({substitute})"
    assert name(call, region, None, seen=(ours.pk, substitute.pk)) == 1
    assert not DossierOfficer.objects.exists()


def test_who_cannot_be_named(call, region):
    ours, past, director = officer(), officer(), CapacityFactory(role=Role.DIRECTOR).user
    leave(past)
    for who, substitute, sentence in (
        (past, None, "n'est plus chargé"), (director, None, "n'est plus chargé"), (ours, past, "n'est plus chargé"),
        (ours, ours, "pas soi-même"), (None, ours, "avant son suppléant"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            name(call, region, who, substitute)
    assert not DossierOfficer.objects.exists()


def test_a_line_that_changed_meanwhile_is_not_overwritten(call, region):
    first, second = officer(), officer()
    name(call, region, first)
    with pytest.raises(Refused, match="vient de changer"):
        name(call, region, second)
    assert DossierOfficer.objects.get().officer == first


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_do_not_overwrite_each_other(call, region):
    people = [officer() for _ in range(4)]
    refusals = refusals_at_once(*(partial(name, call, region, who) for who in people))
    assert (len(refusals), DossierOfficer.objects.count()) == (3, 1)


# --- Pages ----------------------------------------------------------------------------------------------------------
def test_from_the_table_to_ones_own_dossiers(client_for, call, region):
    ours = officer(last_name="Kerguélen")
    dossier = ApplicationFactory(call=call, submitted=True, training__title="Technicien numérique")
    client, url = client_for(ours), reverse("officers_edit", args=[call.slug])
    form = {f"officer_{region.pk}": ours.pk, f"substitute_{region.pk}": "", f"seen_{region.pk}": "-"}
    assert "est enregistré." in client.post(url, form, follow=True).text
    page = client.get(reverse("admissibility_list", args=[call.slug]), {"miens": "on"})
    assert dossier.training.title in page.text
    assert "1 dossier que vous suivez à vérifier" in client.get(reverse("desk")).text
    assert "Kerguélen" in client.get(reverse("admissibility_page", args=[dossier.reference])).text
    other = client_for(officer())
    assert dossier.training.title not in other.get(page.request["PATH_INFO"], {"miens": "on"}).text
    answer = other.post(url, form | {f"officer_{region.pk}": "", f"seen_{region.pk}": "-"})
    assert answer.status_code == 302  # nothing was seen, nothing is wanted: nothing changes
    assert DossierOfficer.objects.get().officer == ours


def test_a_stale_page_keeps_what_was_chosen(client_for, call, region):
    first, second = officer(), officer()
    name(call, region, first)
    form = {f"officer_{region.pk}": second.pk, f"substitute_{region.pk}": "", f"seen_{region.pk}": "-"}
    page = client_for(second).post(reverse("officers_edit", args=[call.slug]), form)
    assert "vient de changer cette ligne" in page.text
    assert f'<option value="{second.pk}" selected>' in page.text


def test_one_dossier_apart(client_for, call, region):
    ours, dossier = officer(), ApplicationFactory(call=call, submitted=True)
    url = reverse("officer_edit", args=[dossier.reference])
    client_for(ours).post(url, {"officer": ours.pk, "substitute": ""})
    assert DossierOfficer.objects.get().application == dossier
    page = client_for(ours).post(url, {"officer": "", "substitute": ours.pk})
    assert "avant son suppléant" in page.text


def test_the_structure_knows_who_follows_its_dossier(client_for, call, region):
    ours, dossier = officer(first_name="Nadia", last_name="Perrin"), ApplicationFactory(call=call, submitted=True)
    client = client_for(MembershipFactory(structure=dossier.training.structure).user)
    url = reverse("application_page", args=[dossier.reference])
    assert "Votre interlocuteur" not in client.get(url).text
    name(call, region, ours)
    assert "Nadia Perrin suit votre dossier" in client.get(url).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_costs_the_same_however_many(client_for, call, region, count, django_assert_num_queries):
    for index in range(count):
        other = RegionFactory(code=f"9{index}", name=f"Région {index}")
        DossierOfficer.objects.create(call=call, region=other, officer=officer())
    client = client_for(officer())
    with django_assert_num_queries(7):
        client.get(reverse("officers_edit", args=[call.slug]))
