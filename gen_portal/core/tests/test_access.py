"""The rights of somebody whom a job works for, as they stand at the instant it asks."""

from datetime import timedelta

import pytest

from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory

pytestmark = pytest.mark.django_db


def test_rights_are_read_anew_on_the_day_of_the_instant():
    user = CapacityFactory(role=Role.OFFICER, until_on=clock.today()).user
    now = clock.now()
    assert access.has_role(access.as_of(user, now), Role.OFFICER)
    assert access.today(user) == clock.day_of(now)
    assert not access.has_role(access.as_of(user, now + timedelta(days=1)), Role.OFFICER)
    assert access.today(user) == clock.day_of(now) + clock.ONE_DAY
