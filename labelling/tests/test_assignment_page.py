"""The officer's page of places: choices kept, refusals explained, readers who may not choose."""

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, MembershipFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.models import Assignment
from labelling.tests.factories import (
    AssignmentFactory,
    InterestDeclarationFactory,
    RecusalFactory,
    ReviewFactory,
    four_ministries,
    reviewer_of,
)
from labelling.transitions.recusals import decline, recuse

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def ministries():
    return four_ministries()


@pytest.fixture
def client(client_for):
    return client_for(CapacityFactory(role=Role.OFFICER).user)


def page_of(application):
    return reverse("assignment_edit", args=[application.reference])


def choices(form, ministry):
    return [label for _, label in form.fields[f"ministere_{ministry.pk}"].choices]


def typed(ministries, reviewers, **more):
    return {f"ministere_{m.pk}": r.pk for m, r in zip(ministries, reviewers, strict=False)} | more


def test_each_ministry_offers_its_reviewers_the_least_busy_first(client, ministries):
    application = ApplicationFactory(admissible=True)
    busy = reviewer_of(ministries[0], first_name="Anne", last_name="Abel")
    free = reviewer_of(ministries[0], first_name="Zoé", last_name="Zola")
    AssignmentFactory(ministry=ministries[0], reviewer=busy)
    ReviewFactory(assignment__ministry=ministries[0], assignment__reviewer=free, submitted=True)
    InterestDeclarationFactory(user=busy, call=application.call)
    form = client.get(page_of(application)).context["form"]
    assert choices(form, ministries[0]) == [
        "Personne pour l'instant",
        "Zoé Zola – aucune évaluation à rendre, intérêts à déclarer",
        "Anne Abel – 1 évaluation à rendre",
    ]
    assert choices(form, ministries[1]) == ["Personne pour l'instant"]


def test_saving_entrusts_the_dossier_at_once(client, ministries, mails):
    application = ApplicationFactory(admissible=True)
    reviewers = [reviewer_of(ministry) for ministry in ministries]
    answer = client.post(page_of(application), typed(ministries, reviewers, due_on=""), follow=True)
    assert [str(m) for m in answer.context["messages"]] == [
        "La répartition est enregistrée. Chaque personne concernée est prévenue par courriel."
    ]
    current = Assignment.objects.current().filter(application=application).order_by("ministry__position")
    assert [a.reviewer for a in current] == reviewers
    assert len(mails(kind="review_assigned")) == 4


def test_a_refused_choice_is_explained_and_nothing_typed_is_lost(client, ministries):
    application = ApplicationFactory(under_review=True)
    person = reviewer_of(ministries[0])
    CapacityFactory(role=Role.REVIEWER, ministry=ministries[1], user=person)
    answer = client.post(page_of(application), typed(ministries, [person, person], due_on="2099-01-31"))
    form = answer.context["form"]
    assert form.errors == {
        f"ministere_{ministries[1].pk}": [f"{person} évalue déjà ce dossier pour un autre ministère (Travail)."]
    }
    assert form["due_on"].value() == "2099-01-31"
    assert form[f"ministere_{ministries[0].pk}"].value() == str(person.pk)
    assert Assignment.objects.count() == 0


def test_the_recused_and_the_members_are_named_and_not_offered(client, ministries):
    application = ApplicationFactory(under_review=True)
    recused = RecusalFactory(application=application, user=reviewer_of(ministries[0], last_name="Recusé"))
    member = reviewer_of(ministries[0], last_name="Membre")
    MembershipFactory(structure=application.training.structure, user=member)
    answer = client.get(page_of(application))
    assert choices(answer.context["form"], ministries[0]) == ["Personne pour l'instant"]
    assert recused.reason in answer.text
    assert [(tied.user, tied.why) for tied in answer.context["form"].seats.tied] == [
        (member, "est membre de la structure")
    ]
    assert "est membre de la structure." in answer.text


def test_whoever_holds_a_place_is_shown_even_without_the_capacity(client, ministries):
    held = AssignmentFactory(ministry=ministries[0])
    held.reviewer.capacities.all().delete()
    form = client.get(page_of(held.application)).context["form"]
    assert choices(form, ministries[0])[1] == f"{held.reviewer} – n'est plus proposé pour ce dossier"


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SECOND_SIGNATORY])
def test_signatories_read_but_do_not_choose(role, client_for, ministries):
    client, held = client_for(CapacityFactory(role=role).user), AssignmentFactory(ministry=ministries[0])
    assert "Enregistrer la répartition" not in client.get(page_of(held.application)).text
    assert client.post(page_of(held.application), typed(ministries, [])).status_code == 403


def test_a_dossier_not_yet_admissible_says_so(client, ministries):
    answer = client.get(page_of(ApplicationFactory(submitted=True)))
    assert "pas encore déclaré recevable" in answer.text
    assert "Enregistrer la répartition" not in answer.text


def test_who_cannot_reach_the_page(client_for, client):
    application = ApplicationFactory(under_review=True)
    reviewer = AssignmentFactory(application=application).reviewer
    assert client_for(application.started_by).get(page_of(application)).status_code == 403
    assert client_for(reviewer).get(page_of(application)).status_code == 404
    assert client.get(page_of(ApplicationFactory())).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_reviewers(count, client, ministries, django_assert_num_queries):
    application = ApplicationFactory(under_review=True)
    for _ in range(count):
        reviewer_of(ministries[0])
        RecusalFactory(application=application)
    with django_assert_num_queries(14):
        client.get(page_of(application))


def test_who_handed_the_dossier_back_is_named_with_why_and_may_be_asked_again(client, ministries):
    place = AssignmentFactory(ministry=ministries[0])
    decline(place, by=place.reviewer, reason="Je pars trois semaines.")
    answer = client.get(page_of(place.application))
    assert "Je pars trois semaines." in answer.text
    [_, offered] = choices(answer.context["form"], ministries[0])
    assert offered.endswith("a rendu ce dossier")


def test_what_the_recused_had_written_is_read_by_officers_alone(client, client_for, ministries):
    place = AssignmentFactory(ministry=ministries[0])
    ReviewFactory(assignment=place, comment="Un avis qui ne compte plus.")
    recuse(place, by=place.reviewer, reason="Un proche y travaille.")
    url = reverse("assignment_written", args=[place.application.reference, place.pk])
    assert url in client.get(page_of(place.application)).text
    assert "Un avis qui ne compte plus." in client.get(url).text
    director = client_for(CapacityFactory(role=Role.DIRECTOR).user)
    assert url not in director.get(page_of(place.application)).text
    assert director.get(url).status_code == 403
    assert client_for(place.reviewer).get(url).status_code == 404


def test_what_is_still_being_written_is_not_read_there(client, ministries):
    review = ReviewFactory(assignment__ministry=ministries[0])
    place = review.assignment
    assert client.get(reverse("assignment_written", args=[place.application.reference, place.pk])).status_code == 404


# --- Progress -------------------------------------------------------------------------------------------------------
def progress_of(client, call):
    groups = client.get(reverse("review_progress", args=[call.slug])).context["groups"]
    return {title: {row["name"]: (row["total"], row["done"], row["left"], row["late"]) for row in rows}
            for title, rows in groups}  # fmt: skip


def test_the_progress_counts_by_ministry_region_and_reviewer(client, ministries):
    late = AssignmentFactory(ministry=ministries[0], due_on=clock.today() - clock.ONE_DAY)
    call = late.application.call
    ReviewFactory(assignment__application=late.application, assignment__ministry=ministries[1], submitted=True)
    other = ApplicationFactory(under_review=True, call=call)
    AssignmentFactory(application=other, ministry=ministries[0], reviewer=late.reviewer)
    AssignmentFactory(application=other, ministry=ministries[1], ended=True)
    AssignmentFactory(ministry=ministries[0])  # of another call
    seen = progress_of(client, call)
    assert seen["Ministère"] == {"Travail": (2, 0, 2, 1), "Éducation": (1, 1, 0, 0)}
    assert seen["Région"] == {"Bretagne": (3, 1, 2, 1)}
    assert seen["Instructeur"][str(late.reviewer)] == (2, 0, 2, 1)


def test_the_progress_says_which_places_are_empty(client, ministries):
    place = AssignmentFactory(ministry=ministries[0])
    ApplicationFactory(admissible=True, call=place.application.call)
    text = client.get(reverse("review_progress", args=[place.application.call.slug])).text
    assert "Places à pourvoir : Travail 1, Éducation 2, Économie 2, Ville 2." in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_progress_costs_the_same_however_many(client, ministries, count, django_assert_num_queries):
    call = AssignmentFactory(ministry=ministries[0]).application.call
    for _ in range(count):
        AssignmentFactory(application=ApplicationFactory(under_review=True, call=call), ministry=ministries[0])
    with django_assert_num_queries(11):
        client.get(reverse("review_progress", args=[call.slug]))
