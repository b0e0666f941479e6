"""The reviewer's pages: their list, the dossier beside the grid, submitting, withdrawing, what each may reach."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, AttachmentFactory, SubmissionFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused
from labelling.models import Assignment, Recusal, Review, Score
from labelling.tests.factories import AssignmentFactory, RecusalFactory, ReviewFactory, reviewer_of
from labelling.transitions.recusals import decline

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def assignment():
    return AssignmentFactory()


@pytest.fixture
def client(client_for, assignment):
    return client_for(assignment.reviewer)


def url(name, assignment, *more):
    return reverse(name, args=[assignment.application.reference, *more])


def typed(assignment, value="4", comment="Solide.", **more):
    answers = {"recommendation": "favourable", "comment": ""}
    for criterion in assignment.application.call.criteria.all():
        answers |= {f"mark_{criterion.pk}": value, f"comment_{criterion.pk}": comment}
    return answers | more


def messages_of(answer):
    return [str(message) for message in answer.context["messages"]]


def more_of(assignment, *, count, **fields):
    return [
        AssignmentFactory(reviewer=assignment.reviewer, ministry=assignment.ministry, **fields) for _ in range(count)
    ]


# --- The list -------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_left_by_due_date_then_what_is_done(client, assignment):
    [late] = more_of(assignment, count=1, due_on=clock.today() - timedelta(days=1))
    [done] = more_of(assignment, count=1, due_on=clock.today() - timedelta(days=9))
    ReviewFactory(assignment=done, submitted=True)
    ReviewFactory(assignment=assignment, marks=(1, 2))
    answer = client.get(reverse("review_list"))
    places = list(answer.context["page_obj"])
    assert places == [late, assignment, done]
    assert [(p.marked_count, p.criterion_count) for p in places] == [(0, 5), (2, 5), (5, 5)]
    assert answer.context["counts"] == {"total": 3, "done": 1, "overdue": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"etat": "a-rendre"}, ["Café numérique", "Éveil au code"]),
        ({"etat": "en-retard"}, ["Café numérique"]),
        ({"etat": "deposees"}, ["Données ouvertes"]),
        ({"texte": "eveil code"}, ["Éveil au code"]),
        ({"texte": "CAFE"}, ["Café numérique"]),
        ({"texte": "introuvable"}, []),
        ({"etat": "inconnu"}, ["Café numérique", "Éveil au code", "Données ouvertes"]),
    ],
)
def test_filters_of_the_list(client, assignment, query, expected):
    yesterday = clock.today() - timedelta(days=1)
    mine = {"reviewer": assignment.reviewer, "ministry": assignment.ministry}
    Assignment.objects.filter(pk=assignment.pk).update(ended_at=clock.now())
    AssignmentFactory(application__training__title="Éveil au code", **mine)
    AssignmentFactory(application__training__title="Café numérique", due_on=yesterday, **mine)
    done = AssignmentFactory(application__training__title="Données ouvertes", **mine)
    ReviewFactory(assignment=done, submitted=True)
    places = client.get(reverse("review_list"), query).context["page_obj"]
    assert [place.application.training.title for place in places] == expected


def test_an_empty_list_says_what_will_happen(client_for):
    answer = client_for(CapacityFactory(role=Role.REVIEWER).user).get(reverse("review_list"))
    assert "Aucun dossier ne vous est confié" in answer.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(count, client, assignment, django_assert_num_queries):
    more_of(assignment, count=count)
    with django_assert_num_queries(7):  # session, person, counts, count, rows, undeclared, piles
        client.get(reverse("review_list"))


# --- The grid -------------------------------------------------------------------------------------------------------


def test_saving_keeps_an_incomplete_grid(client, assignment):
    answer = client.post(url("review_page", assignment), typed(assignment, value="", recommendation=""), follow=True)
    assert messages_of(answer) == [
        "Ce que vous avez écrit est enregistré. Personne d'autre ne le lit avant votre dépôt."
    ]
    assert set(Score.objects.values_list("value", "comment")) == {(None, "Solide.")}
    assert answer.context["form"]["comment"].value() == ""


def test_saving_then_submitting_leads_to_the_confirmation_and_its_mean(client, assignment):
    answer = client.post(url("review_page", assignment), typed(assignment, suite="1"), follow=True)
    assert answer.redirect_chain[-1][0] == url("review_submit", assignment)
    assert "Moyenne pondérée : 4,00 sur 5" in answer.text


def test_what_cannot_be_kept_is_said_and_still_shown(client, assignment):
    criterion = assignment.application.call.criteria.first()
    long = typed(assignment, **{f"comment_{criterion.pk}": "x" * 2001})
    answer = client.post(url("review_page", assignment), long)
    assert list(answer.context["form"].errors) == [f"comment_{criterion.pk}"]
    assert answer.context["form"][f"comment_{criterion.pk}"].value() == "x" * 2001
    assert Review.objects.count() == 0


def test_the_autosave_is_answered_in_a_sentence(client, assignment, frozen_clock):
    page, asked = url("review_page", assignment), {"Accept": "application/json"}
    assert client.post(page, typed(assignment), headers=asked).json() == {"said": "Enregistré à 10\xa0h\xa000"}
    assert client.post(page, typed(assignment, value="9"), headers=asked).json() == {
        "said": "Non enregistré : une réponse est à corriger.",
        "is_stopped": False,
    }
    assert set(Score.objects.values_list("value", flat=True)) == {4}


def test_marks_outside_the_scale_are_refused(client, assignment):
    answer = client.post(url("review_page", assignment), typed(assignment, value="6"))
    assert len(answer.context["form"].errors) == 5
    assert Score.objects.count() == 0


def test_the_confirmation_of_an_incomplete_review_says_what_lacks(client, assignment):
    ReviewFactory(assignment=assignment, marks=(1, 2, 3, 4), recommendation="")
    answer = client.get(url("review_submit", assignment))
    assert answer.context["missing"] == [
        "la note de « Débouchés »",
        "votre avis",
    ]
    assert "Déposer définitivement" not in answer.text
    refused = client.post(url("review_submit", assignment))
    assert messages_of(refused) == [
        "Il manque encore : la note de « Débouchés » ; votre avis."
    ]


def test_submitting_shows_the_others_by_ministry_without_names(client, assignment):
    ReviewFactory(assignment=assignment)
    other = ReviewFactory(
        assignment__application=assignment.application, assignment__ministry__short_name="Ville", mark=1, submitted=True
    )
    before = client.get(url("review_page", assignment))
    assert list(before.context["others"]) == []
    answer = client.post(url("review_submit", assignment), follow=True)
    assert list(answer.context["others"]) == [other]
    assert "Ville : 1,00 sur 5, avis favorable" in answer.text
    assert other.assignment.reviewer.last_name not in answer.text


def test_a_second_click_leads_to_the_same_page(client, assignment):
    ReviewFactory(assignment=assignment, submitted=True)
    answer = client.post(url("review_submit", assignment))
    assert (answer.status_code, answer.url) == (302, url("review_page", assignment))


def test_a_submitted_review_is_read_and_no_longer_written(client, assignment):
    ReviewFactory(assignment=assignment, submitted=True, mark=2)
    assert "Elle reste telle quelle" in client.get(url("review_page", assignment)).text
    assert client.post(url("review_page", assignment), typed(assignment)).status_code == 403
    assert set(Score.objects.values_list("value", flat=True)) == {2}


def test_a_decided_dossier_is_only_read(client_for):
    decided = AssignmentFactory(application__decided=True)
    answer = client_for(decided.reviewer).get(url("review_page", decided))
    assert "n'a pas été prise en compte" in answer.text
    assert client_for(decided.reviewer).get(url("review_submit", decided)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_review_page_costs_the_same_however_many_the_others(count, client, assignment, django_assert_num_queries):
    ReviewFactory(assignment=assignment, submitted=True)
    for _ in range(count):
        ReviewFactory(assignment__application=assignment.application, submitted=True)
    with django_assert_num_queries(15):
        client.get(url("review_page", assignment))


def test_writing_a_review_costs_few_queries(client, assignment, django_assert_num_queries):
    ReviewFactory(assignment=assignment)
    with django_assert_num_queries(9):  # session, person, clock, place, review, scores, filings, own, grid
        client.get(url("review_page", assignment))
    answers = typed(assignment)
    with django_assert_num_queries(12):  # the first five; savepoint, lock, review, clock, review changed, scores, release
        client.post(url("review_page", assignment), answers)


# --- Withdrawing ----------------------------------------------------------------------------------------------------


def test_withdrawing_hides_the_dossier_at_once(client, assignment):
    form = {"cause": "lien", "reason": "Un proche y travaille."}
    answer = client.post(url("review_recuse", assignment), form, follow=True)
    assert messages_of(answer) == ["Vous êtes déporté de ce dossier : il ne vous est plus accessible."]
    assert Recusal.objects.get().reason == "Un proche y travaille."
    for name in ("review_page", "review_submit", "review_recuse"):
        assert client.get(url(name, assignment)).status_code == 404


def test_withdrawing_asks_for_a_reason(client, assignment):
    answer = client.post(url("review_recuse", assignment), {"reason": " "})
    assert set(answer.context["form"].errors) == {"cause", "reason"}
    assert "pourquoi vous ne pouvez pas juger ce dossier" in answer.text
    assert Recusal.objects.count() == 0


def test_handing_back_frees_the_place_and_is_no_recusal(client, assignment, mails):
    form = {"cause": "autre", "reason": "Je pars trois semaines."}
    answer = client.post(url("review_recuse", assignment), form, follow=True)
    assert messages_of(answer) == ["Vous avez rendu ce dossier : l'équipe le confie à une autre personne."]
    assignment.refresh_from_db()
    assert (assignment.declined_because, Recusal.objects.count()) == ("Je pars trois semaines.", 0)
    assert client.get(url("review_page", assignment)).status_code == 404
    [mail] = mails(kind="review_declined")
    assert mail.to_address == assignment.assigned_by.email
    assert "Je pars trois semaines." in mail.text_body
    assert JournalEntry.objects.filter(action="application.declined").count() == 1


def test_a_submitted_review_is_left_for_a_tie_only(client, assignment):
    ReviewFactory(assignment=assignment, submitted=True)
    answer = client.post(url("review_recuse", assignment), {"cause": "autre", "reason": "Plus le temps."})
    assert set(answer.context["form"].errors) == {"cause"}
    with pytest.raises(Refused, match="ne se rend plus"):
        decline(assignment, by=assignment.reviewer, reason="Plus le temps.")


# --- Who reaches what -----------------------------------------------------------------------------------------------


@pytest.fixture
def attached():
    """A dossier filed with a document, and another document joined since."""
    application = ApplicationFactory(under_review=True)
    filed = AttachmentFactory(application=application)
    SubmissionFactory(application=application, filed_at=clock.now())
    return AssignmentFactory(application=application), filed, AttachmentFactory(application=application)


def test_the_reviewer_downloads_what_was_filed_and_nothing_else(client_for, attached):
    assignment, filed, joined_since = attached
    client = client_for(assignment.reviewer)
    answer = client.get(url("review_attachment", assignment, filed.pk))
    answer.close()
    assert (answer.status_code, answer.headers["Content-Disposition"]) == (200, 'attachment; filename="statuts.pdf"')
    assert client.get(url("review_attachment", assignment, joined_since.pk)).status_code == 404
    assert client.get(url("review_attachment", assignment, 0)).status_code == 404


def _nobody_in_particular(assignment):
    return reviewer_of(assignment.ministry)


def _taken_back(assignment):
    Assignment.objects.filter(pk=assignment.pk).update(ended_at=clock.now())
    return assignment.reviewer


def _recused(assignment):
    return RecusalFactory(application=assignment.application, user=assignment.reviewer).user


def _without_capacity(assignment):
    assignment.reviewer.capacities.update(until_on=clock.today() - timedelta(days=1))
    CapacityFactory(role=Role.REVIEWER, user=assignment.reviewer)
    return assignment.reviewer


def _an_officer(assignment):
    return CapacityFactory(role=Role.OFFICER).user


def _the_applicant(assignment):
    return assignment.application.started_by


@pytest.mark.parametrize(
    "person", [_nobody_in_particular, _taken_back, _recused, _without_capacity, _an_officer, _the_applicant]
)
def test_whoever_is_not_its_reviewer_finds_nothing(person, client_for, attached):
    assignment, filed, _ = attached
    client = client_for(person(assignment))
    for name in ("review_page", "review_submit", "review_recuse"):
        assert client.get(url(name, assignment)).status_code == 404
        assert client.post(url(name, assignment)).status_code == 404
    assert client.get(url("review_attachment", assignment, filed.pk)).status_code == 404


def test_the_list_is_for_reviewers(client_for):
    assert client_for(CapacityFactory(role=Role.OFFICER).user).get(reverse("review_list")).status_code == 403
