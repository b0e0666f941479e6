"""Letters of decisions: templates in versions, what is inserted stays text, frozen rows, paper, rehearsal, result."""

import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory, StructureFactory
from gen_portal.core.models import JournalEntry, LegalBody, Role
from gen_portal.core.tests.factories import CapacityFactory, LegalBodyFactory
from gen_portal.core.text import plain_text
from gen_portal.core.workflow import Refused
from labelling import invariants, letter_paper, letter_wording
from labelling.actions.letters import save_template
from labelling.models import Letter, LetterTemplate, Outcome, ReviewRule
from labelling.tests.factories_decisions import DecisionFactory, LabelFactory, director, second_signatory
from labelling.transitions.publishing import publish_decisions

pytestmark = pytest.mark.django_db

REMEDIES = "\n\n{{ voies_de_recours }}"
NASTY = "École **x** {{motifs}} #typst $a$ [y](https://ailleurs.example) <b>"


@pytest.fixture
def call(frozen_clock):
    LegalBodyFactory()
    return CallFactory()


@pytest.fixture
def cut_off(call):
    return call.cut_offs.get(number=1)


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory(role=Role.OFFICER).user


def ready(call, structure="", **kwargs):
    dossier = {"training__structure": StructureFactory(name=structure)} if structure else {}
    application = ApplicationFactory(under_review=True, call=call, **dossier)
    return DecisionFactory(application=application, countersigned=True, **kwargs)


def typed(text):
    """As somebody reads it: no mark, ordinary spaces."""
    return " ".join(plain_text(text).replace("\u00a0", " ").replace("\u202f", " ").split())


def said_by(content):
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("\u200b", "").replace("’", "'").split())


def text_of(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


# --- Templates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Outcome)
def test_the_texts_that_ship_are_sound_and_in_force(outcome):
    shipped = LetterTemplate.objects.in_force()[outcome]
    assert (shipped.version, shipped.text) == (1, letter_wording.DEFAULTS[outcome].text)
    assert list(letter_wording.faults_of_subject(outcome, shipped.subject_line)) == []
    assert list(letter_wording.faults_of_text(outcome, shipped.text)) == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("outcome", "text", "fault"),
    [
        ("refused", "Non." + REMEDIES, "Le texte doit contenir {{ motifs }} : une décision défavorable est motivée"),
        ("refused", "{{ motifs }}", "Le texte doit contenir {{ voies_de_recours }} : sans les voies et délais"),
        ("conditional", "Oui." + REMEDIES, "Le texte doit contenir {{ conditions }} : un label sous conditions"),
        ("deferred", "{{ montant }}" + REMEDIES, "« {{ montant }} » n'existe pas. Vous pouvez utiliser : {{ structure }},"),
        ("labelled", "{{ notes }}" + REMEDIES, "« {{ notes }} » n'existe pas."),
        ("labelled", "Voici : {{ motifs }}" + REMEDIES, "Laissez {{ motifs }} seul sur sa ligne"),
        ("labelled", "{% now %}" + REMEDIES, "Il reste des accolades"),
    ],
)
def test_a_text_is_refused_with_the_name_of_what_is_wrong(frozen_clock, outcome, text, fault):
    with pytest.raises(Refused) as refusal:
        save_template(outcome, subject_line="Décision", text=text, seen=1, by=director())
    assert fault in str(refusal.value)
    assert LetterTemplate.objects.count() == len(Outcome)


def test_a_saved_text_is_a_new_version_and_the_earlier_ones_stay(call, cut_off, officer):
    first, before = ready(call, refused=True), letter_wording.DEFAULTS[Outcome.REFUSED]
    publish_decisions(cut_off, by=officer)
    words = {"subject_line": "Refus : {{ formation }}", "text": "{{ motifs }}" + REMEDIES}

    saved = save_template("refused", **words, seen=1, by=officer)

    assert (saved.version, LetterTemplate.objects.in_force()["refused"]) == (2, saved)
    assert [row.text for row in LetterTemplate.objects.versions_of("refused")] == [words["text"], before.text]
    assert [entry.action for entry in JournalEntry.objects.about(saved)] == ["lettertemplate.saved"]
    second = ready(call, refused=True)
    publish_decisions(cut_off, by=officer)
    versions = dict(Letter.objects.values_list("decision", "template__version"))
    assert versions == {first.pk: 1, second.pk: 2}


def test_a_version_that_was_overtaken_or_says_the_same_is_refused(officer):
    words = {"subject_line": "Refus", "text": "{{ motifs }}" + REMEDIES}
    save_template("refused", **words, seen=1, by=officer)
    for seen, text, sentence in ((1, "{{ motifs }}\n" + REMEDIES, "Une version plus récente"),
                                 (2, words["text"], "déjà celui en vigueur")):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            save_template("refused", subject_line="Refus", text=text, seen=seen, by=officer)
    with pytest.raises(Refused, match="Seuls un chargé de mission ou le directeur"):
        save_template("refused", **words, seen=2, by=second_signatory())


def test_the_page_of_a_letter_tries_it_on_a_dossier_then_keeps_it(client_for, call, officer):
    own = MembershipFactory(user=officer)
    hidden = ready(call, refused=True)
    hidden.application.training.structure.memberships.all().delete()
    MembershipFactory(structure=hidden.application.training.structure, user=officer)
    shown = ready(call, "Atelier du Port", refused=True)
    client = client_for(officer)
    page, preview = (reverse(name, args=["refus"]) for name in ("letter_template_edit", "letter_template_preview"))
    sent = {"subject_line": "Refus", "text": "Hélas.\n\n{{ motifs }}" + REMEDIES, "seen": 1, "decision": shown.pk}

    tried = client.post(preview, sent)

    assert LetterTemplate.objects.in_force()["refused"].version == 1
    assert [key for key, _ in tried.context["form"].fields["decision"].choices] == [str(shown.pk)]
    assert "Hélas." in text_of(tried)
    assert [piece.kind for piece in tried.context["changes"]].count("added") > 0
    assert own.structure.name not in text_of(tried)
    assert client.post(page, sent).status_code == 302
    assert LetterTemplate.objects.in_force()["refused"].version == 2
    refused = client.post(page, sent | {"text": "Non."})
    assert "Le texte doit contenir {{ motifs }}" in text_of(refused)


# --- Letters ---------------------------------------------------------------------------------------------------------


def test_what_is_inserted_shows_as_typed_in_the_mail_and_on_paper(call, cut_off, officer, mails):
    reasons = "- Un tiret.\n1. Un nombre.\n# Un titre & *deux* {{ structure }}"
    ready(call, NASTY, refused=True, reasons=reasons)

    publish_decisions(cut_off, by=officer)

    letter, (mail,) = Letter.objects.get(), mails()
    assert typed(letter.text).count(NASTY) == 1
    assert typed(reasons.replace("\n", " > ")) in typed(letter.text)
    for part in ("ailleurs.example\"", "<b>", "<em>deux", "<h1>", "<li>Un", "<strong>x"):
        assert part not in mail.html_body
    paper = said_by(letter_paper.document(letter))
    paper = "".join(paper.split())  # lines are cut where they end
    assert [part for part in (NASTY, "- Un tiret.", "1. Un nombre.", "# Un titre & *deux* {{ structure }}")
            if "".join(part.split()) not in paper] == []  # fmt: skip


def test_mail_and_paper_carry_the_letter_and_the_stored_reasons(call, cut_off, officer, mails):
    decision = ready(call, "Atelier du Port", conditional=True)

    publish_decisions(cut_off, by=officer)

    letter, (mail,) = Letter.objects.get(), mails()
    assert mail.text_body.startswith(letter.text)
    assert mail.subject_line == letter.subject_line
    assert f"> {decision.reasons}" in letter.text
    assert f"> {decision.conditions}" in letter.text
    paper = said_by(letter_paper.document(letter))
    expected = [decision.reasons, decision.conditions, "Atelier du Port", "Groupement d'intérêt public fictif",
                "1, rue de l'Exemple, 75000 Paris", "Dominique Exemple", letter.sha256, "8 juin 2026",
                "recours hiérarchique", "articles R. 421-1 et R. 421-5 du code de justice administrative"]  # fmt: skip
    assert [part for part in expected if part not in paper] == []
    assert letter.number in paper.replace(" ", "")  # a pair of its signs may be set apart
    assert "PROJET" not in paper


def test_the_paper_is_tagged_and_the_same_bytes_whatever_changes_since(call, cut_off, officer, client_for):
    decision = ready(call, refused=True)
    publish_decisions(cut_off, by=officer)
    letter, client = Letter.objects.get(), client_for(decision.application.started_by)
    url = reverse("letter_pdf", args=[decision.application.reference, letter.number])
    first = client.get(url)

    LegalBody.objects.update(name="Autre organisme", signatory_name="Autre signataire")
    decision.application.training.structure.name = "Autre nom"
    decision.application.training.structure.save()
    save_template("refused", subject_line="Refus", text="{{ motifs }}" + REMEDIES, seen=1, by=officer)

    assert client.get(url).content == first.content
    root = PdfReader(io.BytesIO(first.content)).trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "fr-FR")
    assert Letter.objects.get().is_intact


def test_the_paper_is_for_the_structure_and_those_who_run_the_call(call, cut_off, officer, client_for):
    decision, other = ready(call), MembershipFactory().user
    publish_decisions(cut_off, by=officer)
    url = reverse("letter_pdf", args=[decision.application.reference, Letter.objects.get().number])
    people = (decision.application.started_by, officer, other, CapacityFactory(role=Role.TECHNICAL_ADMIN).user)
    assert [client_for(person).get(url).status_code for person in people] == [200, 200, 404, 404]
    elsewhere = ready(call)
    publish_decisions(cut_off, by=officer)
    crossed = reverse("letter_pdf", args=[elsewhere.application.reference, Letter.objects.first().number])
    assert client_for(elsewhere.application.started_by).get(crossed).status_code == 404


@pytest.mark.postgresql
def test_a_letter_and_a_version_refuse_every_change(call, cut_off, officer):
    ready(call)
    publish_decisions(cut_off, by=officer)
    for rows, change in ((Letter.objects, {"text": "Autre."}), (LetterTemplate.objects, {"text": "Autre."})):
        for act in (lambda rows=rows, change=change: rows.update(**change), lambda rows=rows: _erase(rows)):
            with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
                act()


def _erase(rows):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {rows.model._meta.db_table}")


@pytest.mark.once
def test_an_altered_letter_is_seen(call, cut_off, officer):
    ready(call, refused=True)
    publish_decisions(cut_off, by=officer)
    assert list(invariants.broken()) == []
    letter = Letter.objects.get()
    Letter.objects.update(text=letter.text.replace("n'est pas retenue", "est retenue"))
    assert list(invariants.broken()) == [f"Lettre {letter.number} : elle n'est plus celle qui a été publiée."]


# --- Rehearsal -------------------------------------------------------------------------------------------------------

REHEARSAL_QUERIES = 13


@pytest.mark.parametrize("count", [1, 3])
def test_the_rehearsal_costs_the_same_for_one_or_three(client_for, call, cut_off, officer, count, django_assert_num_queries):
    for _ in range(count):
        ready(call)
        ready(call, deferred=True)
    client, page = client_for(officer), reverse("letter_rehearsal", args=[call.slug, cut_off.number])
    with django_assert_num_queries(REHEARSAL_QUERIES):
        answer = client.get(page)
    assert answer.content.decode().count('<th scope="row">') == 2 * count
    assert "Rien à revoir" in text_of(answer)
    assert not Letter.objects.exists()


def test_the_rehearsal_tells_problems_first_and_hides_what_one_may_not_see(client_for, call, cut_off, officer):
    mine = ready(call, "Ma structure")
    MembershipFactory(structure=mine.application.training.structure, user=officer)
    alone = ready(call, "Sans personne")
    alone.application.training.structure.memberships.all().delete()
    text = "{{ montant }}\n\n{{ motifs }}" + REMEDIES
    save_template("labelled", subject_line="Label", text=text, seen=1, by=officer)

    answer = client_for(officer).get(reverse("letter_rehearsal", args=[call.slug, cut_off.number]))

    (letter,) = answer.context["rehearsal"].letters
    assert letter.decision == alone
    assert letter.problems == [
        "Personne ne la recevrait : la structure n'a plus aucun membre actif.",
        "{{ montant }} n'a pas de valeur ici : la lettre dirait « (sans objet) ».",
    ]
    assert "Ma structure" not in text_of(answer)
    hidden = [reverse(name, args=[mine.application.reference]) for name in ("rehearsed_letter", "rehearsed_letter_pdf")]
    assert [client_for(officer).get(url).status_code for url in hidden] == [404, 404]


def test_a_rehearsed_letter_is_the_one_that_leaves_marked_as_a_draft(client_for, call, cut_off, officer, mails):
    decision, client = ready(call, refused=True), client_for(officer)
    page = client.get(reverse("rehearsed_letter", args=[decision.application.reference]))
    draft = said_by(client.get(reverse("rehearsed_letter_pdf", args=[decision.application.reference])).content)
    assert "PROJET" in draft
    assert decision.reasons in draft

    publish_decisions(cut_off, by=officer)

    assert page.context["letter"].draft.text == Letter.objects.get().text


# --- Result ----------------------------------------------------------------------------------------------------------


def result_page(client_for, decision):
    client = client_for(decision.application.started_by)
    return text_of(client.get(reverse("application_result", args=[decision.application.reference])))


def test_the_result_gives_marks_by_criterion_and_no_name(client_for, call, cut_off, officer):
    decision = ready(call, refused=True)
    publish_decisions(cut_off, by=officer)

    text = result_page(client_for, decision)

    assert text.count('<th scope="row">') == call.criteria.count()
    assert "La moyenne de 2 évaluations" in text
    for assignment in decision.application.assignments.all():
        assert assignment.reviewer.last_name not in text
        assert assignment.ministry.short_name not in text
    ReviewRule.objects.update_or_create(call=call, defaults={"shares_marks": False})
    assert "Moyennes par critère" not in result_page(client_for, decision)


def test_the_result_says_what_comes_next_and_until_when(client_for, call, cut_off, officer, frozen_clock):
    refused, deferred = ready(call, refused=True), ready(call, deferred=True)
    publish_decisions(cut_off, by=officer)
    following = call.cut_offs.get(number=2)
    again = " ".join(following.deadline.replace("\u00a0", " ").split())
    assert "<strong>relevé n° 2</strong>" in result_page(client_for, deferred)
    letter = Letter.objects.get(decision=refused)
    frozen_clock.set(cut_off.closes_at)
    text = result_page(client_for, refused)
    assert f"<strong>jusqu'au {again}</strong>" in text
    assert letter.number in text
    frozen_clock.set(following.closes_at)
    assert "n'a plus de relevé ouvert" in result_page(client_for, refused)


def test_a_decision_published_before_letters_were_kept_says_so(client_for, frozen_clock):
    text = result_page(client_for, LabelFactory().decision)
    assert "envoyée avant que le portail n'en garde le PDF : elle est dans le courriel du 10 mars 2026." in text
    assert "Moyennes par critère" not in text
