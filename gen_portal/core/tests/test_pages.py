"""The foundation's pages: capacities given and ended, the journal read, mails resent or cancelled, jobs followed."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from gen_portal.core import clock, files, jobs, outbox
from gen_portal.core.models import Capacity, JobState, JournalEntry, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory, RegionFactory, UserFactory
from gen_portal.core.workflow import record

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def admin(client_for):
    return client_for(CapacityFactory(role=Role.TECHNICAL_ADMIN).user)


@pytest.fixture
def officer(client_for):
    return client_for(CapacityFactory(role=Role.OFFICER).user)


def a_mail(number=1, **instants):
    with transaction.atomic():
        row = outbox.post(
            key=f"test:{number}", kind="test", to=f"a{number}@exemple.fr", subject_line="Objet", markdown="Texte."
        )
    OutgoingEmail.objects.filter(pk=row.pk).update(**instants)
    return row


# --- Capacities ----------------------------------------------------------------------------------------------------
def test_a_capacity_is_given_with_its_trace(admin):
    person, ministry = UserFactory(), MinistryFactory()

    answer = admin.post(
        reverse("capacity_create"),
        {"email": person.email.upper(), "role": "reviewer", "ministry": ministry.pk, "from_on": "2026-01-01"},
    )

    assert answer.url == reverse("capacity_list")
    assert Capacity.objects.values("role", "ministry", "from_on", "until_on").get(user=person) == {
        "role": "reviewer",
        "ministry": ministry.pk,
        "from_on": date(2026, 1, 1),
        "until_on": None,
    }
    assert [entry.action for entry in JournalEntry.objects.about(person)] == ["capacity.granted"]


REFUSALS = [
    ({"email": "personne@nulle.part"}, "Aucun compte n'a cette adresse"),
    ({"role": "reviewer", "ministry": ""}, "Indiquez le ministère"),
    ({"role": "regional_service", "ministry": ""}, "Indiquez la région"),
    ({"role": "officer"}, "n'a pas de ministère"),
    ({"until_on": "2025-12-31"}, "précède le premier"),
]


@pytest.mark.parametrize(("changed", "sentence"), REFUSALS)
def test_a_refused_capacity_says_why_and_gives_nothing(admin, changed, sentence):
    person = UserFactory()
    typed = {"email": person.email, "role": "reviewer", "ministry": MinistryFactory().pk, "from_on": "2026-01-01"}

    answer = admin.post(reverse("capacity_create"), typed | changed)

    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert Capacity.objects.filter(user=person).count() == 0


def test_the_same_capacity_is_not_given_twice_over_the_same_days(admin):
    held = CapacityFactory(role=Role.OFFICER, from_on=date(2026, 1, 1), until_on=date(2026, 6, 30))
    typed = {"email": held.user.email, "role": "officer", "from_on": "2026-06-30"}

    answer = admin.post(reverse("capacity_create"), typed)

    assert "a déjà cette habilitation" in answer.content.decode()
    assert Capacity.objects.filter(user=held.user).count() == 1


def test_a_capacity_ended_gives_no_right_on_the_next_request(admin, client_for):
    held = CapacityFactory(role=Role.OFFICER)
    person = client_for(held.user)
    assert person.get(reverse("journal_list")).status_code == 200

    admin.post(reverse("capacity_end", args=[held.pk]))

    assert person.get(reverse("journal_list")).status_code == 403
    assert [entry.action for entry in JournalEntry.objects.about(held.user)] == ["capacity.ended"]


def test_one_does_not_end_ones_own_administration(client_for):
    held = CapacityFactory(role=Role.TECHNICAL_ADMIN)

    answer = client_for(held.user).post(reverse("capacity_end", args=[held.pk]), follow=True)

    assert "votre propre habilitation" in answer.content.decode()
    assert Capacity.objects.in_force(clock.today()).filter(pk=held.pk).count() == 1


def test_a_capacity_over_is_shown_on_demand(admin):
    over = CapacityFactory(until_on=date(2020, 1, 1))

    shown = [
        over in admin.get(reverse("capacity_list"), query).context["page_obj"].object_list
        for query in ({}, {"passees": "on"}, {"passees": "on", "role": "reviewer"})
    ]

    assert shown == [False, True, False]


# --- Lists cost the same for any number of rows --------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_capacity_list_queries(admin, django_assert_num_queries, count):
    for _ in range(count):
        CapacityFactory(role=Role.REGIONAL_SERVICE, region=RegionFactory())

    with django_assert_num_queries(6):
        admin.get(reverse("capacity_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_journal_list_queries(officer, django_assert_num_queries, count):
    for _ in range(count):
        record(UserFactory(), "capacity.granted", by=UserFactory())

    with django_assert_num_queries(4):
        officer.get(reverse("journal_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_outbox_list_queries(officer, django_assert_num_queries, count):
    for number in range(count):
        a_mail(number)

    with django_assert_num_queries(5):
        officer.get(reverse("outbox_list"))


# --- Journal -------------------------------------------------------------------------------------------------------
def test_the_journal_tells_the_history_of_one_subject(officer):
    person = UserFactory()
    record(person, "capacity.granted", by=person, note="instructeur")
    record(UserFactory(), "capacity.granted", by=None)

    page = officer.get(reverse("journal_subject", args=["core.user", person.pk]))

    assert [entry.note for entry in page.context["entries"]] == ["instructeur"]
    assert "Habilitation donnée" in page.content.decode()
    assert officer.get(reverse("journal_subject", args=["core.user", 10**9])).status_code == 404


def test_the_journal_filters_by_act_person_and_day(officer):
    author = UserFactory(last_name="Quemener")
    record(UserFactory(), "capacity.granted", by=author)
    record(UserFactory(), "capacity.ended", by=None)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    found = [
        officer.get(reverse("journal_list"), query).context["page_obj"].paginator.count
        for query in (
            {},
            {"acte": "ended"},
            {"personne": "quemener"},
            {"depuis": tomorrow},
            {"depuis": "n'importe quoi"},
        )
    ]

    assert found == [2, 1, 1, 0, 2]


# --- Mails ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("instants", "resent", "cancelled"),
    [
        ({}, 0, 1),
        ({"dead_at": "2026-01-01T00:00Z"}, 1, 1),
        ({"doubtful_at": "2026-01-01T00:00Z"}, 1, 1),
        ({"sent_at": "2026-01-01T00:00Z"}, 0, 0),
        ({"cancelled_at": "2026-01-01T00:00Z"}, 0, 0),
    ],
)
def test_what_staff_may_do_with_a_mail(officer, instants, resent, cancelled):
    first, second = a_mail(1, **instants), a_mail(2, **instants)

    officer.post(reverse("outbox_resend", args=[first.pk]))
    officer.post(reverse("outbox_cancel", args=[second.pk]))

    first.refresh_from_db()
    second.refresh_from_db()
    was_stuck = "dead_at" in instants or "doubtful_at" in instants
    assert int(was_stuck and first.state == "waiting") == resent
    assert int("cancelled_at" not in instants and second.state == "cancelled") == cancelled


def test_mails_are_filtered_by_state_and_words(officer):
    a_mail(1, dead_at=clock.now())
    a_mail(2, sent_at=clock.now())
    a_mail(3)

    found = [
        officer.get(reverse("outbox_list"), {"etat": state}).context["page_obj"].paginator.count
        for state in ("", "a-traiter", "en-attente", "envoyes", "annules", "inconnu")
    ]

    assert found == [3, 1, 1, 1, 0, 3]
    assert officer.get(reverse("outbox_list"), {"texte": "a2@"}).context["page_obj"].paginator.count == 1


# --- Jobs ----------------------------------------------------------------------------------------------------------
def test_a_job_is_followed_by_whoever_asked_for_it_alone(client_for):
    asker, other = UserFactory(), UserFactory()
    jobs.register("test_pages", lambda job, progress: _made(job), label="Essai")
    job = jobs.ask("test_pages", by=asker, parameters={})
    client, pages = client_for(asker), [reverse(name, args=[job.reference]) for name in ("job_page", "job_result")]
    assert [client.get(page).status_code for page in pages] == [200, 404]

    jobs.run(job.pk)

    answer = client.get(pages[1])
    assert (client.get(pages[0]).status_code, answer.getvalue()) == (200, b"resultat")
    answer.close()
    assert [client_for(other).get(page).status_code for page in pages] == [404, 404]


def _made(job):
    return files.store(b"resultat", name="essai.csv", content_type="text/csv", by=job.requested_by)


def test_a_waiting_job_is_cancelled_at_once(client_for):
    asker = UserFactory()
    jobs.register("test_pages", lambda job, progress: None, label="Essai")
    job = jobs.ask("test_pages", by=asker, parameters={})

    client_for(asker).post(reverse("job_cancel", args=[job.reference]))

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
