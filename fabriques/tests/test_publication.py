"""Publishing a cut-off: fabriques open with their labels, once, and the page says what it will do before it does it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory, StructureFactory
from fabriques import invariants
from fabriques.actions.publication import open_missing_fabriques, publish_cut_off
from fabriques.models import Fabrique
from gen_portal.core.models import JournalEntry, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory, CommuneFactory
from gen_portal.core.workflow import Refused
from labelling.models import Decision, Letter
from labelling.tests.factories_decisions import DecisionFactory, LabelFactory, director, second_signatory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(frozen_clock):
    return CallFactory()


@pytest.fixture
def cut_off(call):
    return call.cut_offs.get(number=1)


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory(role=Role.OFFICER).user


def decide(call, structure=None, **kwargs):
    dossier = {"training__structure": structure} if structure else {}
    application = ApplicationFactory(under_review=True, call=call, **dossier)
    return DecisionFactory(application=application, countersigned=True, **kwargs)


def test_a_published_label_makes_its_structure_a_fabrique(call, cut_off, officer, frozen_clock):
    structure = StructureFactory(name="École du Code")
    decide(call, structure, grant_euros=40_000)
    decide(call, structure)
    decide(call, refused=True)

    counts = publish_cut_off(cut_off, by=officer)

    fabrique = Fabrique.objects.get()
    assert (fabrique.structure, fabrique.slug, fabrique.opened_at) == (structure, "ecole-du-code", frozen_clock.at)
    entries = JournalEntry.objects.about(fabrique)
    assert [(entry.action, entry.by) for entry in entries] == [("fabrique.opened", officer)]
    assert (counts.decision_count, counts.label_count, counts.fabrique_count) == (3, 2, 1)
    assert (counts.letter_count, counts.grants_euros) == (3, 40_000)
    assert counts.lines == ["2 labellisées", "1 refusée"]
    assert list(invariants.broken()) == []


def test_a_structure_stays_one_fabrique(call, cut_off, officer):
    structure = StructureFactory()
    decide(call, structure)
    publish_cut_off(cut_off, by=officer)
    decide(call, structure)

    assert publish_cut_off(cut_off, by=officer).fabrique_count == 0
    assert Fabrique.objects.count() == 1


def test_fabriques_of_one_name_have_addresses_apart(call, cut_off, officer):
    vannes = CommuneFactory(code="56260", name="Vannes")
    for commune in (CommuneFactory(), vannes, vannes):
        decide(call, StructureFactory(name="Atelier", commune=commune))

    publish_cut_off(cut_off, by=officer)

    assert list(Fabrique.objects.order_by("pk").values_list("slug", flat=True)) == [
        "atelier", "atelier-vannes", "atelier-vannes-2"
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_publishing_with_fabriques_and_letters_keeps_to_the_goal(call, cut_off, officer, count):
    """Goal 8: at most twenty queries, whatever the number of decisions; savepoints are not counted."""
    for _ in range(count):
        decide(call, grant_euros=10_000)
        decide(call, deferred=True)
        decide(call, refused=True)

    with CaptureQueriesContext(connection) as asked:
        counts = publish_cut_off(cut_off, by=officer)

    kept = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(kept) == {"postgresql": 20, "sqlite": 26}[connection.vendor], kept
    assert (counts.fabrique_count, counts.letter_count) == (count, 3 * count)
    assert Letter.objects.count() == OutgoingEmail.objects.count() == 3 * count


def test_a_refused_publication_opens_nothing(call, cut_off):
    decide(call)
    with pytest.raises(Refused):
        publish_cut_off(cut_off, by=second_signatory())
    assert not Fabrique.objects.exists()
    assert not Decision.objects.published().exists()


def test_missing_fabriques_are_seen_and_opened_once(frozen_clock, capsys):
    structure = LabelFactory().training.structure
    assert list(invariants.broken()) == [
        f"Structure {structure.pk} : label publié sans fabrique (manage.py open_missing_fabriques l'ouvre)."
    ]

    call_command("open_missing_fabriques")

    assert capsys.readouterr().out.endswith("Fabriques ouvertes : 1.\n")
    assert list(invariants.broken()) == []
    assert open_missing_fabriques() == []


def test_a_fabrique_without_label_is_seen(frozen_clock):
    fabrique = Fabrique.objects.create(structure=StructureFactory(), slug="seule", opened_at=frozen_clock.at)
    assert list(invariants.broken()) == [f"Fabrique {fabrique.pk} : ouverte sans label publié."]


# --- Its page ------------------------------------------------------------------------------------------------------

PREVIEW_QUERIES = 18


def page_of(cut_off):
    return reverse("publication_page", args=[cut_off.call.slug, cut_off.number])


def text_of(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_preview_tells_then_publishes(client_for, call, cut_off, officer):
    decide(call, grant_euros=40_000)
    waiting = DecisionFactory(application=ApplicationFactory(under_review=True, call=call), signed=True)
    client = client_for(officer)
    response = client.get(page_of(cut_off))
    preview, text = response.context["preview"], text_of(response)
    assert (preview.decision_count, preview.label_count, preview.new_fabrique_count, preview.letter_count) == (
        1,
        1,
        1,
        1,
    )
    assert "Votre formation est labellisée : Développement web" in text
    assert waiting.application.training.title in text
    assert "la décision attend la contresignature" in text

    done = client.post(page_of(cut_off), {"seen": preview.seal}, follow=True)

    assert (
        "Publié : 1 décision (1 labellisée), 1 label, 1 nouvelle fabrique, 1 courriel, 40 000 € de subventions."
        in text_of(done)
    )
    assert done.context["runs"][0].letter_count == 1
    assert "Déjà publié dans ce relevé : 1 labellisée" in text_of(client.get(page_of(cut_off)))


def test_a_stale_preview_publishes_nothing(client_for, call, cut_off, officer):
    decide(call)
    response = client_for(officer).post(page_of(cut_off), {"seen": "autre"}, follow=True)
    assert "ont changé depuis l&#x27;aperçu" in text_of(response)
    assert not Decision.objects.published().exists()


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        (Role.OFFICER, (200, 302)),
        (Role.DIRECTOR, (200, 302)),
        (Role.SECOND_SIGNATORY, (200, 403)),
        (Role.REVIEWER, (403, 403)),
        (Role.TECHNICAL_ADMIN, (403, 403)),
    ],
)
def test_who_reads_and_who_publishes(client_for, call, cut_off, who, statuses):
    client, page = client_for(CapacityFactory(role=who).user), page_of(cut_off)
    assert (client.get(page).status_code, client.post(page).status_code) == statuses


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_costs_the_same_for_one_or_three(client_for, call, cut_off, count, django_assert_num_queries):
    client = client_for(director())
    for _ in range(count):
        decide(call, grant_euros=1_000)
        decide(call, deferred=True)
        DecisionFactory(application=ApplicationFactory(under_review=True, call=call))

    with django_assert_num_queries(PREVIEW_QUERIES):
        assert client.get(page_of(cut_off)).context["preview"].decision_count == 2 * count
