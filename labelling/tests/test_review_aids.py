"""Beside the grid: notes that nobody else reads, what the filing changed, one's own earlier marks, the labels around."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import archive
from applications.archive_changes import changes
from applications.models import Application, Site
from applications.tests.factories import ApplicationFactory, SubmissionFactory
from gen_portal.core import clock
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.aids import local_context, similar_of, usual_marks
from labelling.models import PrivateNote, Review
from labelling.models.aids import own_reviews
from labelling.tests.factories import AssignmentFactory, ReviewFactory
from labelling.tests.factories_decisions import LabelFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment():
    return AssignmentFactory(application__job_family="dev")


@pytest.fixture
def client(client_for, assignment):
    return client_for(assignment.reviewer)


def url(name, assignment):
    return reverse(name, args=[assignment.application.reference])


def typed(assignment, mark="3", **more):
    criteria = assignment.application.call.criteria.all()
    return {f"mark_{criterion.pk}": mark for criterion in criteria} | {"recommendation": "favourable"} | more


def earlier(assignment, *, marks=(3, 3, 3, 3, 3), **fields):
    """Another dossier of the same call that the same person has reviewed."""
    application = ApplicationFactory(under_review=True, call=assignment.application.call, **fields)
    place = AssignmentFactory(application=application, reviewer=assignment.reviewer, ministry=assignment.ministry)
    return ReviewFactory(assignment=place, marks=marks, submitted=True)


# --- Notes ----------------------------------------------------------------------------------------------------------


def test_notes_are_kept_and_read_by_their_author_alone(client, client_for, assignment):
    client.post(url("review_page", assignment), typed(assignment, note="Rappeler le maître de stage."))
    assert PrivateNote.objects.get().text == "Rappeler le maître de stage."
    assert client.get(url("review_page", assignment)).context["form"].initial["note"] == "Rappeler le maître de stage."
    client.post(url("review_submit", assignment))
    assert "Rappeler le maître de stage." in client.get(url("review_page", assignment)).text
    other = ReviewFactory(assignment__application=assignment.application, submitted=True).assignment
    officer = CapacityFactory(role=Role.OFFICER).user
    pages = [(other.reviewer, "review_page"), (officer, "decision_edit"), (officer, "assignment_edit"),
             (officer, "discussion_page"), (officer, "disagreement_page")]  # fmt: skip
    for person, name in pages:
        answer = client_for(person).get(url(name, assignment))
        assert answer.status_code == 200
        assert "maître de stage" not in answer.text


def test_notes_still_change_after_the_review_is_submitted_and_the_review_does_not(client, assignment):
    ReviewFactory(assignment=assignment, submitted=True, mark=2)
    answer = client.post(url("review_note", assignment), {"note": "À revoir en comité."}, follow=True)
    assert "Vos notes sont enregistrées" in answer.text
    assert PrivateNote.objects.get().text == "À revoir en comité."
    client.post(url("review_note", assignment), {"note": ""})
    assert PrivateNote.objects.get().text == ""
    assert Review.objects.for_page().get().mean == Decimal("2.000")


def test_a_reviewer_who_notes_nothing_writes_no_row(client, assignment):
    client.post(url("review_page", assignment), typed(assignment))
    assert not PrivateNote.objects.exists()


# --- The next dossier -----------------------------------------------------------------------------------------------


def test_saving_leads_to_the_next_dossier_by_due_date_then_by_what_is_left(client, assignment):
    soon = clock.today() + timedelta(days=2)
    same = {"reviewer": assignment.reviewer, "ministry": assignment.ministry}
    untouched, begun = (AssignmentFactory(due_on=soon, **same) for _ in range(2))
    ReviewFactory(assignment=begun, marks=(1, 2, 3))
    later = client.post(url("review_page", assignment), typed(assignment, suivant="1"))
    assert later.url == url("review_page", begun)
    ReviewFactory(assignment__application=untouched.application, submitted=True)  # a colleague's: it moves nothing
    assert client.post(url("review_page", assignment), typed(assignment, suivant="1")).url == url("review_page", begun)
    submitted = client.post(url("review_submit", assignment), {"suivant": "1"})
    assert submitted.url == url("review_page", begun)
    done = client.post(url("review_page", begun), typed(begun, suivant="1"))
    assert done.url == url("review_page", untouched)


def test_the_last_dossier_leads_to_the_list(client, assignment):
    answer = client.post(url("review_page", assignment), typed(assignment, suivant="1"))
    assert answer.url == reverse("review_list")


# --- One's own marks ------------------------------------------------------------------------------------------------


def test_ones_own_earlier_marks_stand_beside_the_grid(client, assignment):
    earlier(assignment, marks=(5, 4, 3, 2, 1), job_family="dev", training__title="Développeuse web")
    earlier(assignment, marks=(2, 4, 3, 2, 1), job_family="cyber", training__title="Cyber")
    someone_else = ReviewFactory(assignment__application__call=assignment.application.call, mark=0, submitted=True)
    page = client.get(url("review_page", assignment))
    aids = page.context["aids"]
    first, *_ = assignment.application.call.criteria.order_by("position")
    assert aids.usual[first.pk] == (Decimal("3.500"), 2)
    assert "vous avez mis 3,5 en moyenne (2 dossiers)" in page.text
    assert [(s.title, s.why, s.marks) for s in aids.similar] == [
        ("Développeuse web", "même famille de métiers, même région", [5, 4, 3, 2, 1]),
        ("Cyber", "même région", [2, 4, 3, 2, 1]),
    ]
    assert someone_else.assignment.application.training.title not in page.text


def test_a_draft_or_another_call_is_no_earlier_mark(assignment):
    ReviewFactory(assignment=AssignmentFactory(
        application=ApplicationFactory(under_review=True, call=assignment.application.call),
        reviewer=assignment.reviewer, ministry=assignment.ministry,
    ))  # fmt: skip
    ReviewFactory(
        assignment=AssignmentFactory(reviewer=assignment.reviewer, ministry=assignment.ministry), submitted=True
    )
    assert own_reviews(assignment) == []
    assert usual_marks([]) == {}
    assert similar_of([], assignment.application, set()) == []


# --- What the filing changed ----------------------------------------------------------------------------------------


def test_what_a_second_filing_changed_is_shown_word_by_word(client, assignment):
    application = assignment.application
    SubmissionFactory(application=application, filed_at=clock.now() - timedelta(days=9))
    Application.objects.filter(pk=application.pk).update(summary="Une formation de dix mois.", partners=[])
    application.refresh_from_db()
    SubmissionFactory(application=application, filed_at=clock.now() - timedelta(days=1))
    aids = client.get(url("review_page", assignment)).context["aids"]
    labels = [change.label for change in aids.changes]
    assert len(labels) == len(set(labels)) >= 1
    added = " ".join(piece.text for change in aids.changes for piece in change.pieces if piece.kind == "added")
    assert "dix mois" in added


def test_the_same_archive_changes_nothing():
    kept = archive.build(archive.for_archiving([ApplicationFactory(complete=True)])[0])
    assert list(changes(kept, kept)) == []


def test_a_site_and_a_document_that_come_or_go_are_told():
    kept = archive.build(archive.for_archiving([ApplicationFactory(complete=True)])[0])
    moved = {**kept, "sites": [], "files": [{"document": "Statuts", "name": "statuts-2026.pdf"}]}
    found = changes(kept, moved)
    assert {change.part for change in found} == {"Sites", "Pièces jointes"}
    assert "Statuts : statuts-2026.pdf" in {change.label for change in found}


# --- Around ---------------------------------------------------------------------------------------------------------


def around(*positions):
    """An archive whose sites stand at these points, in the region of the usual commune of the factories."""
    site = Site.objects.select_related("commune__department__region").first()
    region = site.commune.department.region
    return {"sites": [
        {"region_code": region.pk, "region": region.name, "position": [str(degrees) for degrees in position]}
        for position in positions
    ]}  # fmt: skip


def test_labels_around_are_counted_in_the_region_and_named_when_near():
    label = LabelFactory()
    place = label.label_sites.select_related("commune").first()
    here = (place.commune.latitude, place.commune.longitude)
    context = local_context(around(here), label.job_family, clock.today())
    assert (context.label_count, context.same_family_count) == (1, 1)
    assert [(near.title, near.km, near.is_same_family) for near in context.near] == [(label.title, 0, True)]
    far = (here[0] - 3, here[1])
    assert local_context(around(far), "autre", clock.today()).near == []
    assert local_context(around(here), label.job_family, label.starts_on - timedelta(days=1)).label_count == 0
    assert local_context({"sites": []}, "dev", clock.today()) is None


def test_a_site_without_a_point_is_counted_and_near_nothing():
    LabelFactory()
    context = local_context(around(()), "dev", clock.today())
    assert (context.label_count, context.near) == (1, [])
