"""A lost phone is reset by two people, never by one, nor by the person; the way back goes through their address."""

from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError
from django.urls import reverse

from gen_portal.core import clock, delivery
from gen_portal.core.models import JournalEntry, Role, SecondFactorReset
from gen_portal.core.second_factors import approve_reset, ask_reset, refuse_reset
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory, UserFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def reviewer():
    """Somebody with a second factor and recovery codes."""
    user = CapacityFactory(role=Role.REVIEWER, ministry=MinistryFactory()).user
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=user, type=kind, data={"secret": "x"})
    return user


def officer():
    return CapacityFactory(role=Role.OFFICER).user


def admin():
    return CapacityFactory(role=Role.TECHNICAL_ADMIN).user


def asked(user, by=None):
    return ask_reset(user, checked_how="Rappelé au standard de son ministère.", by=by or officer())


def acts_on(user):
    found = JournalEntry.objects.filter(subject_type="core.user", subject_id=user.pk).order_by("number")
    return [entry.action for entry in found]


def test_two_people_reset_it_and_the_person_is_told_twice(reviewer, mails):
    reset = approve_reset(asked(reviewer), by=officer())
    reviewer.refresh_from_db()
    assert not Authenticator.objects.filter(user=reviewer).exists()
    assert not reviewer.has_usable_password()
    assert (reset.approved_at is not None, acts_on(reviewer)) == (
        True, ["user.factor_reset_asked", "user.factor_reset"]
    )  # fmt: skip
    assert [(mail.kind, mail.to_address) for mail in mails()] == [
        ("factor_reset_asked", reviewer.email), ("factor_reset_done", reviewer.email)
    ]  # fmt: skip


def test_a_refusal_changes_nothing(reviewer, mails):
    refuse_reset(asked(reviewer), by=officer())
    assert Authenticator.objects.filter(user=reviewer).count() == 2
    assert [mail.kind for mail in mails()] == ["factor_reset_asked", "factor_reset_refused"]


def test_who_may_not_ask(reviewer):
    helper = officer()
    Authenticator.objects.create(user=helper, type=Authenticator.Type.TOTP, data={})
    with pytest.raises(Refused, match="pour vous-même"):
        asked(helper, by=helper)
    for somebody in (reviewer, UserFactory(), CapacityFactory(role=Role.DIRECTOR).user):
        with pytest.raises(Refused, match=r"pour vous-même|Seuls les chargés"):
            asked(reviewer, by=somebody)
    with pytest.raises(Refused, match="comment vous avez vérifié"):
        ask_reset(reviewer, checked_how=" ", by=helper)
    with pytest.raises(Refused, match="pas de second facteur"):
        asked(UserFactory(), by=helper)
    asked(reviewer)
    with pytest.raises(Refused, match="attend déjà"):
        asked(reviewer, by=helper)
    assert SecondFactorReset.objects.count() == 1


@pytest.mark.parametrize("answer", [approve_reset, refuse_reset])
def test_who_may_not_answer(reviewer, answer):
    helper = officer()
    reset = asked(reviewer, by=helper)
    for somebody, sentence in ((helper, "une autre personne"), (reviewer, "pour vous-même"), (UserFactory(), "Seuls")):
        with pytest.raises(Refused, match=sentence):
            answer(reset, by=somebody)
    assert Authenticator.objects.filter(user=reviewer).count() == 2


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY, Role.TECHNICAL_ADMIN])
def test_who_runs_the_calls_takes_an_administrator(role):
    user = CapacityFactory(role=role).user
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    reset = asked(user)
    with pytest.raises(Refused, match="administrateur technique"):
        approve_reset(reset, by=officer())
    assert approve_reset(reset, by=admin()).approved_at is not None


def test_an_answer_comes_once_and_in_time(reviewer, frozen_clock):
    reset = asked(reviewer)
    refuse_reset(reset, by=officer())
    with pytest.raises(Refused, match="n'attend plus"):
        approve_reset(reset, by=officer())
    again = asked(reviewer)
    frozen_clock.advance(hours=48)
    with pytest.raises(Refused, match="n'attend plus"):
        approve_reset(again, by=officer())
    assert asked(reviewer).pk != again.pk


def test_the_database_knows_that_they_are_two(reviewer):
    helper = officer()
    reset = asked(reviewer, by=helper)
    with pytest.raises(IntegrityError, match="a_reset_is_approved_by_somebody_else"):
        SecondFactorReset.objects.filter(pk=reset.pk).update(approved_by=helper, approved_at=clock.now())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_approved_and_refused_at_once_is_one_of_them(reviewer, mails):
    reset = asked(reviewer)
    acts = [partial(approve_reset, reset, by=officer()), partial(refuse_reset, reset, by=officer()),
            partial(approve_reset, reset, by=officer())]  # fmt: skip
    outcomes = at_once(*acts)
    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True, True]
    reset.refresh_from_db()
    assert (reset.approved_at is None) is not (reset.refused_at is None)
    assert Authenticator.objects.filter(user=reviewer).exists() is (reset.refused_at is not None)
    assert len(mails()) == 2


def test_open_sessions_end_and_the_way_back_enrols_a_new_factor(client_for, reviewer, client, mailoutbox):
    signed_in = client_for(reviewer)
    assert signed_in.get(reverse("desk")).status_code == 200
    approve_reset(asked(reviewer), by=officer())
    assert reverse("account_login") in signed_in.get(reverse("desk")).headers["Location"]
    client.post(reverse("account_reset_password"), {"email": reviewer.email})
    delivery.deliver()
    [link] = [word for word in mailoutbox[-1].body.split() if "/mot-de-passe/nouveau/" in word]
    page = client.get(link.strip("()<>"), follow=True)
    password = "quatre mots sans aucun rapport"
    client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})
    page = client.post(reverse("account_login"), {"login": reviewer.email, "password": password}, follow=True)
    assert page.redirect_chain[1][0].startswith(reverse("mfa_activate_totp"))


def test_from_page_to_page(client_for, reviewer, mails):
    first, second = officer(), officer()
    page = client_for(first).post(reverse("factor_reset_ask"), {"email": reviewer.email, "checked_how": ""})
    assert "c&#x27;est ce que lira la seconde personne" in page.text
    words = {"email": reviewer.email.upper(), "checked_how": "Rappelé au standard."}
    page = client_for(first).post(reverse("factor_reset_ask"), words, follow=True)
    assert "attend une seconde personne" in page.text
    url = reverse("factor_reset_answer", args=[SecondFactorReset.objects.get().pk])
    assert url not in page.text
    assert url in client_for(second).get(reverse("factor_reset_list")).text
    assert "Rappelé au standard." in client_for(second).get(url).text
    stale = client_for(second, second_factor_age=timedelta(minutes=11).total_seconds())
    assert reverse("mfa_reauthenticate") in stale.post(url).headers["Location"]
    page = client_for(second).post(url, follow=True)
    assert "est faite" in page.text
    assert "approuvé par" in page.text


def test_an_unknown_address_is_said(client_for):
    page = client_for(officer()).post(reverse("factor_reset_ask"), {"email": "x@exemple.fr", "checked_how": "Vu."})
    assert "Aucun compte ouvert" in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many(client_for, count, django_assert_num_queries):
    for _ in range(count):
        user = UserFactory()
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
        asked(user)
    client = client_for(officer())
    with django_assert_num_queries(5):
        client.get(reverse("factor_reset_list"))
