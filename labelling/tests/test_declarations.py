"""Declarations of interests: no file opens before, what was signed stays, a tie takes dossiers away at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import archive
from applications.tests.factories import ApplicationFactory, MembershipFactory
from gen_portal.core import clock, delivery
from gen_portal.core.models import JournalEntry, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.tests.races import at_once
from gen_portal.core.workflow import Refused
from labelling.models import Assignment, InterestDeclaration, Recusal, ReviewFigures
from labelling.models.interests import STATEMENTS
from labelling.tests.factories import AssignmentFactory, InterestDeclarationFactory, ReviewFactory, reviewer_of
from labelling.transitions import ties
from labelling.transitions.interests import declare_interests
from labelling.transitions.recusals import recuse
from labelling.transitions.reviews import assign, submit_review

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def link(structure=None, **values):
    named = (
        {"name": structure.name, "siren": structure.siren} if structure else {"name": "Autre organisme", "siren": ""}
    )
    return {"kind": "employer", "detail": "", **named, **values}


@pytest.fixture
def place():
    """A dossier entrusted to somebody who has not declared anything yet."""
    return AssignmentFactory(declared=False)


@pytest.fixture
def call(place):
    return place.application.call


@pytest.fixture
def client(client_for, place):
    return client_for(place.reviewer)


def page(name, place):
    return reverse(name, args=[place.application.reference])


# --- Before: nothing opens ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["review_page", "review_submit", "review_recuse"])
def test_no_file_opens_before_the_declaration(client, place, name):
    asked = client.get(page(name, place))
    if name == "review_page":  # the address of the mail leads to what is missing
        assert asked.url == reverse("declaration_sign", args=[place.application.call.slug])
    else:
        assert asked.status_code == 404
    assert client.post(page(name, place)).status_code == 404


def test_the_list_says_what_is_missing_and_names_no_dossier(client, place, call):
    text = client.get(reverse("review_list")).text
    assert reverse("declaration_sign", args=[call.slug]) in text
    assert "un dossier vous attend" in text
    assert place.application.training.title not in text
    assert place.application.training.structure.name not in text


def test_the_desk_asks_for_it(client, call):
    assert f"Déclarer mes intérêts : {call.title}" in client.get(reverse("desk")).text


def test_a_call_with_nothing_left_to_do_asks_for_nothing(client_for, place):
    """A declaration that has run out since the decision is not asked for again."""
    type(place.application).objects.filter(pk=place.application_id).update(state="decided")
    client = client_for(place.reviewer)
    url = reverse("declaration_sign", args=[place.application.call.slug])
    assert url not in client.get(reverse("review_list")).text
    assert url not in client.get(reverse("desk")).text
    assert client.get(page("review_page", place)).url == url  # who asks for the dossier itself is still led there


def test_nobody_else_is_led_to_a_declaration(client_for, place):
    other = AssignmentFactory(declared=False).reviewer
    assert client_for(other).get(page("review_page", place)).status_code == 404


def test_no_review_is_submitted_once_it_has_run_out(place):
    InterestDeclarationFactory(user=place.reviewer, call=place.application.call, valid_until_on=clock.today())
    review = ReviewFactory(assignment=place)
    with pytest.raises(Refused, match="à renouveler"):
        submit_review(review.assignment, by=place.reviewer)


# --- Signing --------------------------------------------------------------------------------------------------------
def typed(*links, **more):
    form = {"liens-TOTAL_FORMS": len(links), "liens-INITIAL_FORMS": 0, **dict.fromkeys(STATEMENTS, "on")}
    for number, values in enumerate(links):
        form |= {f"liens-{number}-{name}": value for name, value in values.items()}
    return form | more


def test_signing_opens_the_files(client, place, call):
    answer = client.post(reverse("declaration_sign", args=[call.slug]), typed(has_nothing="on"), follow=True)
    assert "signée. Les dossiers qui vous sont confiés" in answer.text
    assert client.get(page("review_page", place)).status_code == 200
    kept = InterestDeclaration.objects.get()
    assert (kept.user, kept.call, kept.links) == (place.reviewer, call, [])
    assert kept.sha256 == archive.digest(kept.content)
    assert kept.statements == list(STATEMENTS.values())
    assert kept.valid_until_on == clock.add_months(clock.today(), 12)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (typed(), "Décrivez au moins un lien"),
        (typed(link(), has_nothing="on"), "décochez cette case"),
        (typed(link(siren="123456789")), "vérifiez ses 9 chiffres"),
        (typed(link(name="")), "champ est obligatoire"),
        (typed(has_nothing="on", no_contact=""), "Cochez cet engagement"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_signed(client, call, form, words):
    answer = client.post(reverse("declaration_sign", args=[call.slug]), form)
    assert words in answer.text
    assert InterestDeclaration.objects.count() == 0


def test_what_was_typed_stays_when_something_is_wrong(client, call):
    form = typed(link(name="Atelier de Guéret", siren="12", detail="jusqu'en 2024"))
    text = client.post(reverse("declaration_sign", args=[call.slug]), form).text
    assert all(words in text for words in ("Atelier de Guéret", 'value="12"', "jusqu&#x27;en 2024"))


def test_the_next_call_takes_up_what_was_declared(client, place):
    InterestDeclarationFactory(user=place.reviewer, links=[link(name="Atelier de Guéret")])
    text = client.get(reverse("declaration_sign", args=[place.application.call.slug])).text
    assert "Atelier de Guéret" in text
    assert "sont repris" in text


def test_the_same_content_on_the_same_day_is_one_declaration(place, call):
    declare_interests(call, by=place.reviewer, links=[])
    declare_interests(call, by=place.reviewer, links=[])
    declare_interests(call, by=place.reviewer, links=[link()])
    assert InterestDeclaration.objects.count() == 2


def test_who_is_no_reviewer_does_not_declare(call):
    with pytest.raises(Refused, match="Seuls les instructeurs"):
        declare_interests(call, by=CapacityFactory(role=Role.OFFICER).user, links=[])


@pytest.mark.postgresql
@pytest.mark.parametrize("act", ["update", "delete"])
def test_what_was_signed_stays(act):
    row = InterestDeclarationFactory()
    change = {
        "update": lambda: InterestDeclaration.objects.filter(pk=row.pk).update(content={}),
        "delete": lambda: InterestDeclaration.objects.filter(pk=row.pk).delete(),
    }[act]
    with pytest.raises(IntegrityError, match="as it was signed"), transaction.atomic():
        change()


# --- Ties -----------------------------------------------------------------------------------------------------------
def test_a_tie_takes_the_dossier_away_at_once(client, place, call, mails):
    review = ReviewFactory(assignment=place)
    free = AssignmentFactory(reviewer=place.reviewer, ministry=place.ministry, application__call=call, declared=False)
    form = typed(link(place.application.training.structure))
    answer = client.post(reverse("declaration_sign", args=[call.slug]), form, follow=True)
    assert "Un dossier vous est retiré" in answer.text
    [recusal] = Recusal.objects.all()
    assert (recusal.kind, recusal.application) == ("detected", place.application)
    assert "a déclaré un lien avec la structure" in recusal.reason.lower()
    place.refresh_from_db()
    assert place.ended_at is not None
    assert list(Assignment.objects.visible_to(place.reviewer)) == [free]
    assert client.get(page("review_page", place)).status_code == 404
    assert place.application.training.title not in client.get(reverse("review_list")).text
    review.refresh_from_db()  # what was written is kept
    assert [mail.to_address for mail in mails(kind="review_recused")] == [place.assigned_by.email]
    entry = JournalEntry.objects.get(action="application.tie_found")
    assert entry.subject_id == place.application.pk


def test_a_submitted_review_no_longer_counts(place, call):
    InterestDeclarationFactory(user=place.reviewer, call=call)
    ReviewFactory(assignment=place, submitted=True)
    declare_interests(call, by=place.reviewer, links=[link(place.application.training.structure)])
    assert ReviewFigures.objects.get(application=place.application).review_count == 0


def test_a_partner_counts_in_every_call(place):
    other = AssignmentFactory(reviewer=place.reviewer, ministry=place.ministry)
    type(other.application).objects.filter(pk=other.application_id).update(
        partners=[{"name": "Régie de quartier", "siren": "", "kind": "other", "role": "", "has_letter": False}]
    )
    declare_interests(place.application.call, by=place.reviewer, links=[link(name="REGIE DE QUARTIER")])
    assert [recusal.application for recusal in Recusal.objects.all()] == [other.application]


def test_a_mail_in_the_queue_does_not_leave_after_the_tie(mailoutbox, place, call):
    ministry, reviewer = place.ministry, reviewer_of(place.ministry)
    application = ApplicationFactory(admissible=True, call=call)
    assign(application, reviewer=reviewer, ministry=ministry, due_on=None, by=place.assigned_by)
    declare_interests(call, by=reviewer, links=[link(application.training.structure)])
    delivery.deliver()
    assert [mail.to for mail in mailoutbox] == [[place.assigned_by.email]]
    assert OutgoingEmail.objects.get(kind="review_assigned").state == "cancelled"


def test_who_has_a_tie_is_neither_offered_nor_accepted(client_for, place):
    reviewer, officer = reviewer_of(place.ministry), CapacityFactory(role=Role.OFFICER).user
    application = ApplicationFactory(admissible=True)
    InterestDeclarationFactory(user=reviewer, links=[link(application.training.structure)])
    with pytest.raises(Refused, match="a déclaré un lien avec la structure"):
        assign(application, reviewer=reviewer, ministry=place.ministry, due_on=None, by=officer)
    text = client_for(officer).get(reverse("assignment_edit", args=[application.reference])).text
    assert "Non proposés à cause d'un lien" in text


def test_one_mail_domain_is_a_tie(place):
    reviewer = reviewer_of(place.ministry, email="a@reseau.example")
    application = ApplicationFactory(admissible=True)
    MembershipFactory(structure=application.training.structure, user__email="b@reseau.example")
    with pytest.raises(Refused, match="même domaine"):
        assign(application, reviewer=reviewer, ministry=place.ministry, due_on=None, by=place.assigned_by)


def test_a_tie_that_appears_later_stops_the_submission(place, call):
    InterestDeclarationFactory(user=place.reviewer, call=call)
    review = ReviewFactory(assignment=place)
    MembershipFactory(structure=place.application.training.structure, user=place.reviewer)
    with pytest.raises(Refused, match="déportez-vous"):
        submit_review(review.assignment, by=place.reviewer)


# --- Ties that come later --------------------------------------------------------------------------------------------
def test_a_decided_dossier_keeps_its_reviews():
    place = AssignmentFactory(application__decided=True)
    MembershipFactory(structure=place.application.training.structure, user=place.reviewer)
    assert (ties.take_away_joined(), ties.take_away_tied()) == (0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_looking_for_ties_costs_the_same_however_many_places(count, django_assert_num_queries):
    for _ in range(count):
        AssignmentFactory()
    with django_assert_num_queries(1):
        ties.take_away_joined()
    with django_assert_num_queries(4):  # places, declarations, members, the next chunk
        ties.take_away_tied()


# --- What officers read ---------------------------------------------------------------------------------------------
def test_officers_see_who_has_still_to_declare(client_for, place, call):
    declared = InterestDeclarationFactory(call=call, links=[link(name="Atelier de Guéret")])
    officer = client_for(CapacityFactory(role=Role.OFFICER).user)
    answer = officer.get(reverse("declaration_list", args=[call.slug]))
    states = {capacity.user: row for capacity, row in answer.context["lines"]}
    assert (states[place.reviewer], states[declared.user]) == (None, declared)
    assert "Une personne n'a pas encore déclaré." in answer.text
    assert "Atelier de Guéret" in officer.get(reverse("declaration_page", args=[declared.pk])).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many(client_for, call, count, django_assert_num_queries):
    for _ in range(count):
        InterestDeclarationFactory(call=call)
    officer = client_for(CapacityFactory(role=Role.OFFICER).user)
    with django_assert_num_queries(6):
        officer.get(reverse("declaration_list", args=[call.slug]))


def test_a_declaration_is_read_by_its_author_and_officers_alone(client_for, place):
    row = InterestDeclarationFactory()
    url = reverse("declaration_page", args=[row.pk])
    assert client_for(row.user).get(url).status_code == 200
    assert client_for(place.reviewer).get(url).status_code == 404
    assert client_for(CapacityFactory(role=Role.DIRECTOR).user).get(url).status_code == 404


# --- Races ----------------------------------------------------------------------------------------------------------
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_dossier_slips_in_while_a_tie_is_being_declared():
    """Entrusted before or after, never beside: the two orders leave no current place with a tie."""
    seen = set()
    for _ in range(12):
        earlier = AssignmentFactory()
        reviewer, application = earlier.reviewer, ApplicationFactory(admissible=True)
        officer = earlier.assigned_by
        at_once(
            lambda a=application, r=reviewer, o=officer, m=earlier.ministry: assign(
                a, reviewer=r, ministry=m, due_on=None, by=o
            ),
            lambda a=application, r=reviewer, e=earlier: declare_interests(
                e.application.call, by=r, links=[link(a.training.structure)]
            ),
        )
        assert not Assignment.objects.current().filter(reviewer=reviewer, application=application).exists()
        seen.add(Recusal.objects.filter(user=reviewer, application=application).exists())
    assert seen  # which came first is the machine's choice


def test_the_recused_by_hand_stay_recused(place, call):
    InterestDeclarationFactory(user=place.reviewer, call=call, signed_at=clock.now() - timedelta(days=1))
    recuse(place, by=place.reviewer, reason="Un proche y travaille.")
    declare_interests(call, by=place.reviewer, links=[link(place.application.training.structure)])
    assert [recusal.kind for recusal in Recusal.objects.all()] == ["declared"]
