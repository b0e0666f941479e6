"""Who is signed in is read once, with the instant and the rights of the request, as they would be asked one by one."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from gen_portal.core import access, clock, signed_in
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


def asked_one_by_one(user):
    found = get_user_model().objects.get(pk=user.pk)
    return sorted(access.capacities(found), key=lambda capacity: capacity.pk)


def values_of(instance):
    return instance and {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def test_one_query_gives_the_person_the_instant_and_the_capacities_of_the_day(frozen_clock, django_assert_num_queries):
    user, today = UserFactory(), frozen_clock.today
    CapacityFactory(user=user, role=Role.OFFICER, from_on=today)
    CapacityFactory(user=user, role=Role.REVIEWER, from_on=today - timedelta(days=9), until_on=today)
    CapacityFactory(user=user, role=Role.REGIONAL_SERVICE, region=RegionFactory(), from_on=today - timedelta(days=9))
    CapacityFactory(user=user, role=Role.DIRECTOR, from_on=today + timedelta(days=1))
    CapacityFactory(user=user, role=Role.DIRECTOR, from_on=today - timedelta(days=9), until_on=today - timedelta(days=1))
    CapacityFactory(role=Role.TECHNICAL_ADMIN)

    with django_assert_num_queries(1):
        found = signed_in.find(user.pk)
        held = access.capacities(found)
        assert access.now(found) == frozen_clock.at

    assert values_of(found) == values_of(user)
    expected = asked_one_by_one(user)
    assert len(held) == 3
    assert [values_of(each) for each in held] == [values_of(each) for each in expected]
    for mine, theirs in zip(held, expected, strict=True):
        assert values_of(mine.ministry) == values_of(theirs.ministry)
        assert values_of(mine.region) == values_of(theirs.region)


def test_a_person_without_capacity_is_found_and_nobody_else_is():
    user = UserFactory()
    assert access.capacities(signed_in.find(user.pk)) == []
    assert signed_in.find(user.pk + 1) is None


@pytest.mark.parametrize("is_movable", [True, False])
def test_the_instant_read_is_that_of_the_clock(is_movable, settings):
    settings.CLOCK_IS_MOVABLE = is_movable
    before = clock.now()
    at = access.now(signed_in.find(UserFactory().pk))
    assert before <= at <= clock.now()
    assert at.utcoffset() == timedelta(0)


def test_a_clock_that_was_moved_is_read_moved():
    clock.move(timedelta(days=40))
    before = clock.now()
    assert before <= access.now(signed_in.find(UserFactory().pk)) <= clock.now()


def test_somebody_whose_account_is_closed_is_signed_out(client_for):
    user = UserFactory()
    client = client_for(user)
    assert client.get("/").wsgi_request.user == user
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert not client.get("/").wsgi_request.user.is_authenticated
