"""What the tests of killed processes share."""

import pytest
from django.conf import settings

from gen_portal.tests.troupe import troupe


@pytest.fixture
def company(relay, tmp_path):
    """A worker and beats on the test's database, that a test kills (gen_portal.tests.troupe)."""
    if not settings.REDIS_URL.startswith("redis://"):
        pytest.fail("Chaos needs PostgreSQL and Redis (python -m gen_portal.tests.servers gives both).")
    with troupe(relay, tmp_path) as company:
        yield company
