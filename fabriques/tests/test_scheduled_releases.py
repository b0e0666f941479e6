"""A publication scheduled for an instant: nothing shows before, what was read appears then, or nothing and the reason why."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from fabriques import invariants
from fabriques.actions.publication import publish_cut_off, run_due_releases
from fabriques.models import Fabrique
from gen_portal.core import clock, delivery
from gen_portal.core.models import JournalEntry, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused
from labelling.models import Decision, Label, Release
from labelling.tests.factories_decisions import DecisionFactory, director
from labelling.transitions.decisions import countersign, reopen, sign
from labelling.transitions.publishing import seal_of
from labelling.transitions.releases import cancel, schedule

pytestmark = pytest.mark.django_db
IN_AN_HOUR = timedelta(hours=1)


@pytest.fixture
def call(frozen_clock):
    return CallFactory()


@pytest.fixture
def cut_off(call):
    return call.cut_offs.get(number=1)


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory(role=Role.OFFICER).user


def decide(call, **kwargs):
    application = ApplicationFactory(under_review=True, call=call)
    return DecisionFactory(application=application, countersigned=True, **kwargs)


def scheduled(cut_off, by, *, after=IN_AN_HOUR):
    ready = Decision.objects.ready().of_cut_off(cut_off)
    return schedule(cut_off, at=clock.now() + after, by=by, seen=seal_of(ready))


def acts(release):
    return [(entry.action, entry.by) for entry in JournalEntry.objects.about(release)]


# --- The clock -----------------------------------------------------------------------------------------------------


def test_the_clock_publishes_what_was_read_at_its_instant(call, cut_off, officer, frozen_clock):
    decide(call, grant_euros=40_000)
    decide(call, refused=True)
    release = scheduled(cut_off, officer)
    assert release.at == frozen_clock.at + IN_AN_HOUR

    frozen_clock.advance(minutes=59, seconds=59)
    run_due_releases(clock.now())
    assert not Decision.objects.published().exists()

    frozen_clock.advance(seconds=1)
    run_due_releases(clock.now())
    release.refresh_from_db()
    assert (release.state, release.ended_at) == ("done", frozen_clock.at)
    assert set(Decision.objects.values_list("published_at", flat=True)) == {frozen_clock.at}
    assert (Label.objects.count(), Fabrique.objects.count(), OutgoingEmail.objects.count()) == (1, 1, 2)
    assert acts(release) == [("release.scheduled", officer), ("release.done", None)]
    assert list(invariants.broken()) == []

    frozen_clock.advance(minutes=1)
    run_due_releases(clock.now())
    assert OutgoingEmail.objects.count() == 2


def test_a_clock_that_was_off_catches_up(call, cut_off, officer, frozen_clock):
    decide(call)
    scheduled(cut_off, officer)
    frozen_clock.advance(days=2)
    run_due_releases(clock.now())
    assert Decision.objects.get().published_at == frozen_clock.at


def test_what_changed_since_it_was_read_is_left_out(call, cut_off, officer, frozen_clock):
    kept, corrected = decide(call), decide(call)
    by, second = corrected.first_signatory, corrected.second_signatory
    scheduled(cut_off, officer)
    late = decide(call)
    reopened = reopen(corrected, by=by, reason="Une faute dans les motifs.")
    Decision.objects.filter(pk=reopened.pk).update(reasons="Des motifs corrigés.")
    reopened.refresh_from_db()
    countersign(sign(reopened, by=by), by=second)

    frozen_clock.advance(hours=1)
    run_due_releases(clock.now())

    published = set(Decision.objects.published().values_list("pk", flat=True))
    assert published == {kept.pk}
    assert set(Decision.objects.ready().values_list("pk", flat=True)) == {corrected.pk, late.pk}


def test_a_publication_that_has_nothing_left_says_so_to_who_asked(call, cut_off, officer, frozen_clock, mails):
    decision = decide(call)
    release = scheduled(cut_off, officer)
    reopen(decision, by=decision.first_signatory, reason="À revoir.")

    frozen_clock.advance(hours=1)
    run_due_releases(clock.now())

    release.refresh_from_db()
    assert (release.state, "n'est prête" in release.refusal) == ("refused", True)
    (told,) = mails()
    assert (told.kind, told.to_address) == ("release_prevented", officer.email)
    assert release.refusal in told.text_body
    assert acts(release)[-1] == ("release.prevented", None)


def test_a_cancelled_publication_does_not_take_place(call, cut_off, officer, frozen_clock):
    decide(call)
    release = scheduled(cut_off, officer)
    cancel(release, by=director())
    frozen_clock.advance(hours=2)
    run_due_releases(clock.now())
    assert not Decision.objects.published().exists()
    with pytest.raises(Refused, match="« annulée »"):
        cancel(release, by=officer)


# --- Refusals ------------------------------------------------------------------------------------------------------


def test_schedule_refused_leaves_nothing(call, cut_off, officer, frozen_clock):
    refusals = {}

    def refused(why, by=officer, at=frozen_clock.at + IN_AN_HOUR, seen=None):
        ready = Decision.objects.ready().of_cut_off(cut_off)
        with pytest.raises(Refused) as refusal:
            schedule(cut_off, at=at, by=by, seen=seal_of(ready) if seen is None else seen)
        refusals[why] = str(refusal.value)

    refused("nothing is ready")
    stale = seal_of([decide(call)])
    decide(call)
    refused("changed", seen=stale)
    refused("past", at=frozen_clock.at)
    refused("not a publisher", by=CapacityFactory(role=Role.SECOND_SIGNATORY).user)
    assert not Release.objects.exists()
    scheduled(cut_off, officer)
    refused("another waits")

    expected = {
        "nothing is ready": "il n'y a rien à programmer", "changed": "relisez-le", "past": "Cet instant est passé",
        "not a publisher": "Seuls un chargé de mission", "another waits": "annulez-la d'abord",
    }  # fmt: skip
    assert {why: words in refusals[why] for why, words in expected.items()} == dict.fromkeys(expected, True)
    assert Release.objects.count() == 1


def test_nobody_publishes_by_hand_beside_a_scheduled_publication(call, cut_off, officer):
    decide(call)
    scheduled(cut_off, officer)
    with pytest.raises(Refused, match="annulez-la d'abord"):
        publish_cut_off(cut_off, by=officer)
    assert not Decision.objects.published().exists()


# --- Pages ---------------------------------------------------------------------------------------------------------


def page_of(cut_off, name="publication_page"):
    return reverse(name, args=[cut_off.call.slug, cut_off.number])


def test_scheduling_and_cancelling_by_the_page(call, cut_off, officer, client_for):
    decide(call)
    client = client_for(officer)
    seen = client.get(page_of(cut_off)).context["preview"].seal

    wrong = client.post(page_of(cut_off, "publication_schedule"), {"day": "2026-03-29", "hour": "02:30", "seen": seen})
    assert (wrong.status_code, Release.objects.count()) == (200, 0)
    assert "n'existe pas" in wrong.context["form"].errors["hour"][0]
    assert b'value="02:30"' in wrong.content

    client.post(page_of(cut_off, "publication_schedule"), {"day": "2026-03-12", "hour": "12:00", "seen": seen})
    page = client.get(page_of(cut_off))
    assert "Programmée : 12 mars 2026 à 12 h 00" in page.content.decode().replace("\u00a0", " ")
    assert (page.context["drift"].taken_count, page.context["drift"].has_changed) == (1, False)

    decide(call)
    assert client.get(page_of(cut_off)).context["drift"].new_count == 1
    client.post(page_of(cut_off, "publication_cancel"))
    assert Release.objects.get().state == "cancelled"


def test_the_progress_of_the_letters_is_counted(call, cut_off, officer, client_for, frozen_clock, relay):
    decide(call)
    publish_cut_off(cut_off, by=officer)
    delivery.deliver()
    frozen_clock.advance(minutes=5)
    decide(call)
    decide(call, refused=True)
    publish_cut_off(cut_off, by=officer)
    OutgoingEmail.objects.filter(kind="decision_refused").update(doubtful_at=clock.now())

    page = client_for(officer).get(page_of(cut_off, "publication_progress"))

    told = [
        (r.decision_count, r.letter_count, r.sent_count, r.waiting_count, r.stopped_count) for r in page.context["runs"]
    ]
    assert told == [(2, 2, 0, 1, 1), (1, 1, 1, 0, 0)]
    assert (page.context["is_over"], b'data-gen-refresh="3"' in page.content) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_progress_costs_the_same_for_one_or_three(
    call, cut_off, officer, client_for, frozen_clock, count, django_assert_num_queries
):
    for _ in range(count):
        decide(call)
        publish_cut_off(cut_off, by=officer)
        frozen_clock.advance(minutes=1)
    client = client_for(officer)
    with django_assert_num_queries(7):
        client.get(page_of(cut_off, "publication_progress"))
