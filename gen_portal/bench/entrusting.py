"""A whole call entrusted in the database: read and solved, applied, and the page that shows the proposal. Nothing is kept.

The dossiers of the large call are as if just declared admissible, and each ministry has as many reviewers as asked.
"""

import statistics
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, ApplicationState, Call
from gen_portal.bench.targets import CALL, OFFICER, cookie_of
from gen_portal.core import clock
from gen_portal.core.models import Capacity, Ministry, Role, User
from labelling.models import Assignment
from labelling.transitions.proposals import apply_proposal, make_proposal

ROUNDS = 3


def main(reviewer_count):
    """Medians of the seconds of each part over a few rounds, the queries of the writing, and the bytes of the page."""
    rounds = [_round(int(reviewer_count)) for _ in range(ROUNDS)]
    medians = {name: statistics.median(each[name] for each in rounds) for name in ("read", "write", "page")}
    return {**rounds[0], **medians}


def _round(reviewer_count):
    call, officer = Call.objects.get(slug=CALL), User.objects.get(email=OFFICER)
    with transaction.atomic():
        dossiers = _as_admissible(call)
        _hire(reviewer_count)
        begun = time.perf_counter()
        due_on = clock.today() + timedelta(days=21)
        proposal = make_proposal(call, due_on=due_on, max_load=1_000, aim="least_cost", by=officer)
        solved = time.perf_counter()
        client = _client(OFFICER)
        page_begun = time.perf_counter()
        page = client.get(reverse("proposal_page", args=[proposal.pk]))
        shown = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            write_begun = time.perf_counter()
            apply_proposal(proposal, by=officer)
            written = time.perf_counter()
        places = Assignment.objects.current().filter(application__call=call).count()
        transaction.set_rollback(True)
    if page.status_code != 200:
        raise RuntimeError(f"the page answered {page.status_code}")
    return {
        "dossiers": dossiers, "places": places, "read": solved - begun, "page": shown - page_begun,
        "write": written - write_begun, "queries": len(queries), "bytes": len(page.content),
    }  # fmt: skip


def _as_admissible(call):
    Assignment.objects.current().filter(application__call=call).update(ended_at=clock.now())
    return Application.objects.filter(call=call).update(state=ApplicationState.ADMISSIBLE)


def _hire(reviewer_count):
    """As many reviewers as asked in all, shared between the ministries."""
    ministries = list(Ministry.objects.order_by("position"))
    held = Capacity.objects.in_force(clock.today()).filter(role=Role.REVIEWER)
    for number, ministry in enumerate(ministries):
        wanted = reviewer_count // len(ministries) + (number < reviewer_count % len(ministries))
        missing = wanted - held.filter(ministry=ministry).count()
        people = User.objects.bulk_create(
            User(email=f"mesure{n}@{ministry.code}.example", first_name="Mesure", last_name=str(n), password="!")  # noqa: S106
            for n in range(missing)
        )
        Capacity.objects.bulk_create(
            Capacity(user=user, role=Role.REVIEWER, ministry=ministry, from_on=clock.today()) for user in people
        )


def _client(email):
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie_of(email).partition("=")[2]
    return client
