"""Releases of the registry: sound files and checksums, what changed since the last, and a drop that a person confirms."""

import csv
import hashlib
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from applications.models import Structure
from fabriques.actions.releases import draft, release_registry
from fabriques.models import RegistryRelease, ReleaseFile
from fabriques.models.registry import places_in_force
from fabriques.open_table import COLUMNS, NAMES, faults, rows_of, table_schema
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused
from labelling.models import LabelEvent, LabelEventKind, LabelSite

pytestmark = pytest.mark.django_db
CREATE = reverse("release_create")


@pytest.fixture(autouse=True)
def _stop_the_clock(frozen_clock):
    """10 March 2026, at ten."""


def lose(fabrique):
    LabelEvent.objects.create(
        label=fabrique.label, kind=LabelEventKind.REVOKED, effective_on=clock.today(), known_at=clock.now()
    )


def officer():
    return CapacityFactory(role=Role.OFFICER).user


def table_of(client, release):
    body = client.get(reverse("release_file", args=[release.number, "registre-labels.csv"])).content
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


def test_a_release_holds_three_files_that_never_change(client):
    fabrique = FabriqueFactory(structure__name="=Atelier", label__title="Développement ; web")
    release = release_registry(by=None)
    addresses = [reverse("release_file", args=[release.number, file.name]) for file in release.files.order_by("pk")]
    before = [client.get(address).content for address in addresses]
    lose(fabrique)

    after = [client.get(address) for address in addresses]
    assert [response.content for response in after] == before
    assert [hashlib.sha256(body).hexdigest() for body in before] == [f.sha256 for f in release.files.order_by("pk")]
    assert {response.headers["Cache-Control"] for response in after} == {"public, max-age=31536000, immutable"}
    (row,) = table_of(client, release)
    assert (row["intitule_formation"], row["structure"]) == ("Développement ; web", "'=Atelier")
    assert json.loads(before[2])["fields"] == table_schema()["fields"]
    assert [column["name"] for column in table_schema()["fields"]] == list(row) == list(NAMES)
    assert JournalEntry.objects.filter(action="registry.released").count() == 1


def test_a_release_tells_what_was_added_removed_and_changed(client):
    kept, lost = FabriqueFactory(structure__name="Qui change"), FabriqueFactory(structure__name="Qui part")
    for _ in range(3):
        FabriqueFactory()
    release_registry(by=None)
    lose(lost)
    FabriqueFactory(structure__name="Qui arrive")
    Structure.objects.filter(pk=kept.structure_id).update(name="Qui a changé")

    release = release_registry(by=officer(), confirms_drop=True)

    told = [[label["structure"] for label in labels] for labels in (release.added, release.removed, release.changed)]
    assert told == [["Qui arrive"], ["Qui part"], ["Qui a changé"]]
    page = client.get(reverse("release_page", args=[2])).content.decode()
    assert [name in page for (name,) in told] == [True] * 3
    listed = client.get(reverse("release_list")).content.decode()
    assert ("1 ajouté, 1 retiré, 1 modifié" in listed, release.files.first().sha256 in listed) == (True, True)


def test_nothing_new_and_a_drop_without_a_person_are_refused():
    lost, *_ = [FabriqueFactory() for _ in range(3)]
    release_registry(by=None)
    with pytest.raises(Refused, match="Rien n'a changé depuis la publication 1"):
        release_registry(by=None)
    lose(lost)
    for refused in ({"by": None, "confirms_drop": True}, {"by": officer(), "confirms_drop": False}):
        with pytest.raises(Refused, match="1 label de la dernière publication n'y est plus, sur 3"):
            release_registry(**refused)
    assert RegistryRelease.objects.count() == 1


def test_one_label_in_twenty_may_go_without_a_word():
    fabrique = FabriqueFactory()
    release_registry(by=None)
    differences = draft(clock.today()).differences
    twenty = type(differences)([], [fabrique.label], [], 20)
    assert (twenty.is_a_drop, type(twenty)([], [fabrique.label], [], 19).is_a_drop) == (False, True)


def test_a_row_that_breaks_the_schema_is_not_released():
    FabriqueFactory()
    LabelSite.objects.update(postcode="3500")
    with pytest.raises(Refused, match="Ligne 2, code_postal : « 3500 » n'est pas admis"):
        release_registry(by=None)


def test_each_rule_of_the_schema_bites():
    FabriqueFactory()
    (row,) = rows_of(places_in_force(clock.today()))
    assert list(faults([row])) == []
    wrong = {"id_label": "court", "famille": "Inconnue", "latitude": 91.0, "duree_heures": -1, "commune": ""}
    for name, cell in wrong.items():
        broken = tuple(cell if column.name == name else each for column, each in zip(COLUMNS, row, strict=True))
        assert [fault.split(" : ")[0] for fault in faults([broken])] == [f"Ligne 2, {name}"]
    assert len(list(faults([row, row]))) == 1


def test_an_officer_releases_what_was_previewed(client_for):
    lost, _ = FabriqueFactory(), FabriqueFactory()
    release_registry(by=None)
    lose(lost)
    client = client_for(officer())
    page = client.get(CREATE)
    assert "Beaucoup de labels n&#x27;y sont plus" in page.content.decode().replace("'", "&#x27;")
    seal = page.context["draft"].seal

    client.post(CREATE, {"seen": "autre", "confirms_drop": "on"})
    client.post(CREATE, {"seen": seal})
    assert RegistryRelease.objects.count() == 1
    done = client.post(CREATE, {"seen": seal, "confirms_drop": "on"})
    assert (done.status_code, done.url) == (302, reverse("release_page", args=[2]))
    assert "il n&#x27;y a rien à publier" in client.get(CREATE).content.decode().replace("'", "&#x27;")


def test_the_command_releases_and_names_who_confirms(capsys):
    lost, _ = FabriqueFactory(), FabriqueFactory()
    call_command("release_registry")
    assert "Publication 1 du 10/03/2026 : 2 labels, 2 lieux." in capsys.readouterr().out
    lose(lost)
    with pytest.raises(CommandError, match="une personne doit le confirmer"):
        call_command("release_registry")
    with pytest.raises(CommandError, match="n'est pas celle d'un chargé de mission"):
        call_command("release_registry", confirmed_by="personne@exemple.fr")
    call_command("release_registry", confirmed_by=officer().email)
    assert RegistryRelease.objects.count() == 2


@pytest.mark.postgresql
def test_the_database_keeps_releases_as_they_were():
    FabriqueFactory()
    release_registry(by=None)
    for change in (lambda: RegistryRelease.objects.update(label_count=9), lambda: ReleaseFile.objects.update(name="x")):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_releases_costs_the_same_for_one_and_three(client, django_assert_num_queries, count):
    for _ in range(count):
        FabriqueFactory()
        release_registry(by=None)
    with django_assert_num_queries(3):
        client.get(reverse("release_list"))
