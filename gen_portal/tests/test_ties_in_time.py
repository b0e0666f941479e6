"""The clock takes dossiers away from who can no longer judge them: a member within a minute, any other tie within a day."""

import pytest
from django.urls import reverse

from applications.tests.factories import MembershipFactory
from gen_portal.core import clock
from gen_portal.tasks import tick
from labelling.models import Assignment, Recusal
from labelling.tests.factories import AssignmentFactory, InterestDeclarationFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def test_who_joins_the_structure_loses_the_dossier_within_a_minute(client_for, mails):
    place = AssignmentFactory()
    ReviewFactory(assignment=place)
    MembershipFactory(structure=place.application.training.structure, user=place.reviewer)
    tick()
    assert client_for(place.reviewer).get(reverse("review_page", args=[place.application.reference])).status_code == 404
    assert Recusal.objects.get().reason == "Est membre de la structure."
    assert len(mails(kind="review_recused")) == 1
    tick()
    assert Recusal.objects.count() == 1


LINK = {"kind": "mandate", "name": "Nouveau Nom", "siren": "", "detail": ""}


def test_any_other_tie_is_found_once_a_day(frozen_clock):
    place, sound = AssignmentFactory(), AssignmentFactory()
    tick()
    structure = place.application.training.structure
    InterestDeclarationFactory(user=place.reviewer, call=place.application.call, links=[LINK])
    type(structure).objects.filter(pk=structure.pk).update(name="Nouveau nom")
    tick()
    assert Recusal.objects.count() == 0
    frozen_clock.advance(days=1)
    tick()
    assert [recusal.application for recusal in Recusal.objects.all()] == [place.application]
    assert list(Assignment.objects.current()) == [sound]


def test_a_duty_that_fails_keeps_no_other_from_being_done(monkeypatch, caplog):
    place = AssignmentFactory()
    MembershipFactory(structure=place.application.training.structure, user=place.reviewer)
    monkeypatch.setattr("gen_portal.tasks.follow_up.run_follow_up", lambda now: 1 / 0)
    tick()
    assert Recusal.objects.count() == 1
    assert "a duty of the clock failed" in caplog.text


def test_the_clock_hands_over_what_a_leaver_had_left():
    place = AssignmentFactory()
    place.reviewer.capacities.update(until_on=clock.today() - clock.ONE_DAY)
    tick()
    assert not Assignment.objects.current().exists()
