"""What the tests of jobs share."""

import pytest

from gen_portal.core import jobs
from gen_portal.core.models.jobs import KIND_LABELS
from gen_portal.core.tests.factories import UserFactory


@pytest.fixture
def job_of(monkeypatch):
    """`job_of(function)`: a job of a kind made for the test, asked for by somebody."""
    monkeypatch.setattr(jobs, "_kinds", {})
    monkeypatch.setitem(KIND_LABELS, "essai", "")

    def ask(function):
        jobs.register("essai", function, label="Essai")
        return jobs.ask("essai", by=UserFactory(), parameters={"rang": 3})

    return ask
