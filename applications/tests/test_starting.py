"""A dossier starts blank or from an earlier one of its structure; what the call asks otherwise is told."""

import pytest
from django.urls import reverse

from applications.actions import starting
from applications.call_changes import changes_between
from applications.models import Application, Criterion, GrantRule
from applications.tests.factories import (
    ApplicationFactory,
    AttachmentFactory,
    CallFactory,
    CriterionFactory,
    GrantRuleFactory,
    RequiredDocumentFactory,
    TrainingFactory,
)
from applications.tests.world import World
from gen_portal.core.models import JournalEntry
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(frozen_clock):
    """A dossier refused in a call now closed."""
    return World(inadmissible=True, call=CallFactory(closed=True))


def start_page(call, source=None):
    url = reverse("application_start", args=[call.slug])
    return f"{url}?depuis={source.reference}" if source else url


def test_a_dossier_starts_blank_unless_told_otherwise(world, client_for):
    values = {"structure": world.structure.pk, "training": world.application.training.pk, "source": ""}
    client_for(world.owner.user).post(start_page(CallFactory()), values)
    made = Application.objects.latest("pk")
    assert (made.training, made.summary, made.sites.count()) == (world.application.training, "", 0)
    assert made.copied_from is None


def test_an_earlier_dossier_is_taken_up_in_another_call(world, client_for):
    earlier, call = world.application, CallFactory()
    AttachmentFactory(application=earlier)
    client = client_for(world.people["editor"])

    page = client.get(start_page(call, earlier)).content.decode()
    client.post(
        start_page(call), {"structure": world.structure.pk, "training": earlier.training.pk, "source": earlier.pk}
    )

    made = Application.objects.latest("pk")
    assert f'<option value="{earlier.pk}" selected' in page
    assert (made.copied_from, made.summary, made.signatory_name) == (earlier, earlier.summary, "")
    assert (made.commits_to_notify, made.attachments.count()) == (False, 0)
    assert list(made.sites.all()) == list(earlier.sites.all())
    assert earlier.reference in JournalEntry.objects.about(made).get().note


def test_a_dossier_is_copied_for_a_second_training(frozen_clock, client_for):
    world = World(complete=True)
    joined = AttachmentFactory(application=world.application)
    client = client_for(world.owner.user)
    link = start_page(world.application.call, world.application)
    assert f'href="{link}"' in client.get(world.url("application_page")).content.decode()

    client.post(link, {"structure": world.structure.pk, "title": "Cybersécurité", "source": world.application.pk})

    made = Application.objects.latest("pk")
    assert (made.training.title, made.summary) == ("Cybersécurité", world.application.summary)
    assert [copy.file for copy in made.attachments.all()] == [joined.file]


def test_a_dossier_of_another_structure_is_not_taken_up(world, client_for):
    foreign = ApplicationFactory(complete=True)
    call = CallFactory()
    with pytest.raises(Refused, match="même structure"):
        starting.start_application(call, world.application.training, by=world.owner.user, source=foreign)
    values = {"structure": world.structure.pk, "title": "Web", "source": foreign.pk}
    page = client_for(world.owner.user).post(start_page(call), values)
    assert page.status_code == 200
    assert Application.objects.filter(call=call).count() == 0


def test_a_person_of_two_structures_does_not_mix_them(world, client_for):
    other = ApplicationFactory(complete=True)
    other.training.structure.memberships.update(user=world.owner.user)
    values = {"structure": world.structure.pk, "title": "Web", "source": other.pk}
    page = client_for(world.owner.user).post(start_page(CallFactory()), values).content.decode()
    assert "autre structure" in page


def test_a_second_live_dossier_leads_to_the_first(frozen_clock, client_for):
    world = World()
    with pytest.raises(starting.AlreadyLive) as told:
        starting.start_application(world.application.call, world.application.training, by=world.owner.user)
    assert told.value.application == world.application


def test_what_changed_since_is_told_on_the_page(world, client_for):
    call = CallFactory()
    RequiredDocumentFactory(call=call, label="Lettre de la mission locale")
    made = starting.start_application(call, world.application.training, by=world.owner.user, source=world.application)
    url = reverse("application_page", args=[made.reference])
    page = client_for(world.owner.user).get(url).content.decode()
    assert "Ce qui a changé depuis" in page
    assert "Nouvelle pièce demandée : Lettre de la mission locale (obligatoire)." in page


def test_each_change_of_a_call_is_a_sentence(frozen_clock):
    earlier, later = CallFactory(bare=True), CallFactory(bare=True)
    RequiredDocumentFactory(call=earlier, label="Statuts")
    RequiredDocumentFactory(call=earlier, label="Bilan")
    RequiredDocumentFactory(call=later, label="STATUTS", is_mandatory=False)
    RequiredDocumentFactory(call=later, label="Relevé bancaire", is_mandatory=False)
    GrantRuleFactory(call=earlier)
    GrantRuleFactory(call=later, per_label_euros=50_000, max_share_percent=None)
    for call, label, weight in ((earlier, "Publics", 60), (earlier, "Débouchés", 40), (later, "Publics", 100)):
        CriterionFactory(call=call, label=label, weight_percent=weight)
    CriterionFactory(call=later, label="Sobriété", weight_percent=10)

    told = [sentence.replace("\u202f", " ").replace("\xa0", " ") for sentence in changes_between(earlier, later)]

    assert sorted(told) == [
        "La pièce « Bilan » n'est plus demandée.",
        "La pièce « STATUTS » est maintenant facultative.",
        "Le critère « Débouchés » ne figure plus dans la grille.",
        "Le critère « Publics » pèse 100 %, au lieu de 60 %.",
        "Nouveau critère : Sobriété (10 %).",
        "Nouvelle pièce demandée : Relevé bancaire (facultative).",
        "Part du budget : sans plafond, au lieu de 50 % au plus.",
        "Subvention par label : 50 000 € au plus, au lieu de 70 000 € au plus.",
    ]
    assert changes_between(later, later) == []
    assert (Criterion.objects.count(), GrantRule.objects.count()) == (4, 2)


def test_the_list_passes_from_one_structure_to_the_other(world, client_for):
    other = ApplicationFactory(complete=True, training=TrainingFactory(title="Ailleurs"))
    other.training.structure.memberships.update(user=world.owner.user)
    client, url = client_for(world.owner.user), reverse("application_list")

    shown = client.get(url, {"structure": other.training.structure.reference}).context["page_obj"].object_list
    assert list(shown) == [other]
    assert client.get(url).context["page_obj"].paginator.count == 2
    assert "Toutes mes structures" in client.get(url).content.decode()
    foreign = {"structure": ApplicationFactory().training.structure.reference}
    assert client.get(url, foreign).context["page_obj"].paginator.count == 2
