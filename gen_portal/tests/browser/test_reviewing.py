"""Judging at a browser: five dossiers by keyboard alone, minds that change and talk, a disagreement up to the label."""

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.tests.browser import walk
from gen_portal.tests.browser.keyboard import follow, forbid_mouse, reach
from gen_portal.tests.browser.person import PASSWORD, Person
from labelling.models import Assignment, Disagreement, DiscussionMessage, Review, SecondOpinion
from labelling.tests.factories import AssignmentFactory, ReviewFactory
from labelling.tests.factories_decisions import DecisionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The marks given to each of five dossiers, in the order of the grid.
MARKS = ((3, 4, 2, 5, 1), (0, 1, 2, 3, 4), (5, 5, 4, 4, 3), (2, 2, 2, 2, 2), (4, 3, 0, 5, 2))
#: The opinion of each, by its key.
OPINIONS = (("f", "favourable"), ("u", "unfavourable"), ("f", "favourable"), ("r", "reserved"), ("r", "reserved"))
TEXT = "Chaque semaine, deux séances de MÉDIATION numérique à la médiathèque."
WORDS = "Fort réel : plus de 35 places, 2/3 pour les publics éloignés ; le nom du chef est Lucas Perrun ?"
#: Nothing lies over the foot of what has the focus.
IS_SEEN_WHOLE = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const there = document.elementFromPoint(box.left + box.width / 2, box.bottom - 4);
  return there === document.activeElement || there?.closest("label")?.control === document.activeElement;
}"""
REASON = "La lecture de l'autre ministère m'a convaincue sur les débouchés."
MESSAGE = "L'écart vient des débouchés : un seul employeur s'engage."
ARBITRATION = "Deux lettres d'employeurs établissent les débouchés : la note du troisième lecteur est retenue."


def place_of(reviewer, **fields):
    """A place for the ministry of a reviewer."""
    return AssignmentFactory(reviewer=reviewer, ministry=reviewer.capacities.get().ministry, **fields)


def url(name, application):
    return reverse(name, args=[application.reference])


def signed_in(arrive, user):
    person = arrive()
    person.sign_in(user.email, second_factor=True)
    return person


def ticked(person):
    """Name and value of every radio chosen on the page."""
    chosen = person.page.locator("main input[type=radio]:checked")
    return chosen.evaluate_all("radios => radios.map(radio => [radio.name, radio.value])")


def marks_of(review):
    return tuple(review.scores.order_by("criterion__position").values_list("value", flat=True))


# --- Five dossiers by keyboard --------------------------------------------------------------------------------------


@pytest.fixture
def pile(staff):
    """Five dossiers of one call, entrusted to one reviewer who has not begun."""
    call, reviewer = CallFactory(), staff.reviewers[0]
    dossiers = [
        ApplicationFactory(call=call, under_review=True, pedagogy=TEXT, training__title=f"Médiation {number}")
        for number in range(1, 6)
    ]
    return [place_of(reviewer, application=dossier) for dossier in dossiers]


@pytest.mark.thorough
def test_five_dossiers_are_judged_by_keyboard_alone(arrive, pile):
    reviewer = signed_in(arrive, pile[0].reviewer)
    forbid_mouse(reviewer)
    reviewer.go(reverse("review_list"))
    follow(reviewer, reviewer.page.locator("main").get_by_role("link", name=pile[0].application.training.title))
    for place, marks, (opinion, _) in zip(pile, MARKS, OPINIONS, strict=True):
        assert reviewer.page.url.endswith(url("review_page", place.application))
        _judge_by_keyboard(reviewer, marks, opinion)
    assert reviewer.page.url.endswith(reverse("review_list"))
    assert not Assignment.objects.to_do().exists()
    reviews = list(Review.objects.order_by("assignment__pk"))
    assert [(marks_of(review), review.recommendation) for review in reviews] == [
        (marks, opinion) for marks, (_, opinion) in zip(MARKS, OPINIONS, strict=True)
    ]
    assert {score.comment for review in reviews for score in review.scores.all()} == {WORDS}


def _judge_by_keyboard(reviewer, marks, opinion):
    """One dossier, from its page to the next one's: the first mark is corrected by coming back to it."""
    keyboard = reviewer.page.keyboard
    for key in ("0", "s", "p"):
        keyboard.press(key)
    for mark in marks:
        keyboard.press(str(mark))
        keyboard.press("c")
        keyboard.type(WORDS)
        keyboard.press("Escape")
        keyboard.press("s")
    keyboard.press(opinion)
    with reviewer.page.expect_navigation():
        keyboard.press("l")
    reviewer.page.wait_for_load_state()
    hand_in = reviewer.page.get_by_role("button", name="Déposer, puis le dossier suivant")
    reach(reviewer, hand_in)
    with reviewer.page.expect_navigation():
        keyboard.press("Enter")
    reviewer.page.wait_for_load_state()


def test_the_dossier_is_searched_and_its_shortcuts_switched_off(arrive, pile):
    reviewer = signed_in(arrive, pile[0].reviewer)
    page, keyboard = reviewer.page, reviewer.page.keyboard
    reviewer.go(url("review_page", pile[0].application))
    keyboard.press("/")
    keyboard.type("mediation NUMERIQUE a la mediatheque")
    page.locator("[data-gen-found]", has_text="passage").wait_for()
    keyboard.press("Enter")
    assert page.locator(".gen-find__mark--current").inner_text() == "MÉDIATION numérique à la médiathèque"
    reviewer.judge.hold(page, "found")
    keyboard.press("Escape")
    assert page.locator(".gen-find__mark").count() == 0

    keyboard.press("?")
    reach(reviewer, page.locator("#raccourcis"))
    reviewer.judge.hold(page, "keys unfolded")
    keyboard.press("Space")
    _press_all(keyboard)
    assert (ticked(reviewer), page.url) == ([], reviewer.base + url("review_page", pile[0].application))
    page.reload()
    _press_all(keyboard)
    assert ticked(reviewer) == []


def _press_all(keyboard):
    for key in ("3", "s", "f", "c", "e", "n", "l", "g", "/"):
        keyboard.press(key)


def test_letters_typed_in_a_comment_are_words(arrive, pile):
    reviewer = signed_in(arrive, pile[0].reviewer)
    page, keyboard = reviewer.page, reviewer.page.keyboard
    address = url("review_page", pile[0].application)
    page.goto(reviewer.base + address)
    keyboard.press("c")
    keyboard.type("3 f l e n s p g ? / u r 5 0")
    comment = page.locator('main textarea[name^="comment_"]').first
    assert (comment.input_value(), ticked(reviewer)) == ("3 f l e n s p g ? / u r 5 0", [])
    assert page.url == reviewer.base + address
    keyboard.press("Escape")
    keyboard.press("3")
    assert [value for _, value in ticked(reviewer)] == ["3"]


def test_what_one_types_in_is_never_under_the_buttons(arrive, pile):
    reviewer = signed_in(arrive, pile[0].reviewer)
    page, keyboard = reviewer.page, reviewer.page.keyboard
    page.goto(reviewer.base + url("review_page", pile[0].application))
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 640})
        page.reload()
        for _ in MARKS[0]:
            keyboard.press("c")
            assert page.evaluate(IS_SEEN_WHOLE)
            keyboard.press("Escape")
            keyboard.press("s")
            assert page.evaluate(IS_SEEN_WHOLE)


def test_a_review_is_written_and_submitted_without_scripts(portal, browser, judge, pile):
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    reviewer = Person(context, portal, judge)
    page = reviewer.page
    page.goto(portal + "/compte/connexion/")
    reviewer.fill(login=pile[0].reviewer.email, password=PASSWORD)
    page.locator('main button[type="submit"]').first.click()
    reviewer.type_code()
    page.goto(portal + url("review_page", pile[0].application))
    assert not page.locator("[data-gen-shortcuts], .gen-find").first.is_visible()
    marks = page.locator('main [name^="mark_"][value="3"]')
    reviewer.tick(marks.first)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    assert "Ce que vous avez écrit est enregistré" in reviewer.text()
    assert marks_of(Review.objects.get())[:1] == (3,)

    for index in range(1, 5):
        reviewer.tick(marks.nth(index))
    reviewer.check("recommendation", "reserved")
    page.get_by_role("button", name="Relire et déposer").click()
    page.get_by_role("button", name="Déposer définitivement").click()
    assert "Votre évaluation est déposée" in reviewer.text()
    assert Review.objects.get().submitted_at is not None
    context.close()


# --- After the reveal -----------------------------------------------------------------------------------------------


@pytest.fixture
def revealed(staff):
    """A dossier that two reviewers marked 2 and 4; a third one has only a draft."""
    application = ApplicationFactory(under_review=True)
    for reviewer, fields in zip(staff.reviewers, ({"mark": 2}, {"mark": 4}, {}), strict=False):
        ReviewFactory(assignment=place_of(reviewer, application=application), **fields, submitted=bool(fields))
    return application


@pytest.mark.thorough
def test_a_mind_changes_for_a_reason(arrive, staff, revealed):
    reviewer = signed_in(arrive, staff.reviewers[0])
    reviewer.go(url("review_page", revealed))
    reviewer.click("J'ai changé d'avis")
    reviewer.tick(reviewer.page.locator('main [name^="mark_"][value="4"]').first)
    reviewer.check("recommendation", "reserved")
    typed = ticked(reviewer)
    reviewer.press("Garder cette seconde valeur")
    assert "Dites ce qui vous a fait changer d'avis" in reviewer.text()
    assert (ticked(reviewer), SecondOpinion.objects.count()) == (typed, 0)

    reviewer.fill(reason=REASON)
    reviewer.press("Garder cette seconde valeur")
    assert "A changé d'avis le" in reviewer.text()
    assert SecondOpinion.objects.get().reason == REASON
    assert marks_of(Review.objects.get(assignment__reviewer=staff.reviewers[0])) == (2, 2, 2, 2, 2)

    reviewer.click("J'ai changé d'avis")
    reviewer.fill(reason="Encore un mot.")
    reviewer.press("Garder cette seconde valeur")
    assert reviewer.page.locator('main [name="reason"]').input_value() == "Encore un mot."
    assert SecondOpinion.objects.count() == 1


@pytest.mark.thorough
def test_a_message_is_read_by_those_who_may(arrive, staff, revealed):
    writer, other, officer = (signed_in(arrive, user) for user in (*staff.reviewers[:2], staff.officer))
    writer.go(url("review_page", revealed))
    writer.click("Discussion")
    writer.press("Envoyer")
    assert "Écrivez votre message avant de l'envoyer" in writer.text()
    writer.fill(text=MESSAGE)
    writer.press("Envoyer")
    assert DiscussionMessage.objects.get().text == MESSAGE

    other.go(url("review_page", revealed))
    other.click("Discussion (1)")
    assert MESSAGE in other.text()
    officer.go(url("decision_edit", revealed))
    officer.click("Discussion des instructeurs")
    assert MESSAGE in officer.text()


def test_who_has_not_submitted_reads_nothing(arrive, staff, revealed):
    late = signed_in(arrive, staff.reviewers[2])
    assert late.page.goto(late.base + url("second_opinion", revealed)).status == 403
    assert late.page.goto(late.base + url("discussion_page", revealed)).status == 404
    late.look()
    assert "Page introuvable" in late.text()
    late.go(url("review_page", revealed))
    assert late.page.get_by_role("link", name="Discussion").count() == 0


# --- A disagreement -------------------------------------------------------------------------------------------------


@pytest.fixture
def disputed(staff):
    """A dossier marked 1 and 4 whose label is prepared."""
    application = ApplicationFactory(under_review=True)
    for reviewer, mark in zip(staff.reviewers, (1, 4), strict=False):
        ReviewFactory(assignment=place_of(reviewer, application=application), mark=mark, submitted=True)
    DecisionFactory(application=application)
    return application


@pytest.mark.thorough
def test_a_disagreement_is_settled_before_a_label_is_signed(arrive, staff, disputed):
    officer, director, reader = (
        signed_in(arrive, user) for user in (staff.officer, staff.director, staff.reviewers[2])
    )
    sign = reverse("decision_sign", args=[disputed.decisions.get().pk])
    _ask_third_reader(officer, disputed, staff.reviewers[2])
    walk.review(reader, f"/candidatures/{disputed.reference}/", 3)
    _refuse_to_sign(director, sign)

    officer.go(url("disagreement_page", disputed))
    assert "avis déposé le" in officer.text()
    officer.press("Clore le désaccord")
    assert "Écrivez l'arbitrage" in officer.text()
    officer.fill(arbitration=ARBITRATION)
    officer.press("Clore le désaccord")
    assert "Désaccord réglé" in officer.text()
    assert Disagreement.objects.get().closed_by == staff.officer

    director.go(sign)
    director.press("Signer")
    assert "La décision est signée." in director.text()
    assert disputed.decisions.get().first_signatory == staff.director


def _ask_third_reader(officer, application, reader):
    officer.go(reverse("call_board", args=[application.call.slug]) + "?ligne=1")
    officer.click("à arbitrer")
    officer.click("Demander un troisième lecteur")
    officer.choose(reader=f"{reader.capacities.get().ministry_id}-{reader.pk}")
    officer.press("Confier le dossier")
    assert Assignment.objects.third_of(application).reviewer == reader
    assert "Troisième lecteur :" in officer.text()


def _refuse_to_sign(director, sign):
    """Said before one signs, and again to who signs all the same."""
    director.go(sign)
    assert director.text().count("arbitrez le désaccord avant de signer un label") == 1
    director.press("Signer")
    assert director.text().count("arbitrez le désaccord avant de signer un label") == 2
    director.click("arbitrez le désaccord")
    assert "Les évaluations se contredisent" in director.text()
