"""A label given up: from which day, why, and what is refused."""

from datetime import date, timedelta

import pytest

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused
from labelling.models import Label
from labelling.tests.factories_decisions import LabelFactory, director
from labelling.transitions.labels import give_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(frozen_clock):
    return LabelFactory()  # from 10 March 2026 to 9 March 2029 included


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory(role=Role.OFFICER).user


def test_give_up_ends_the_label_from_that_day(label, officer, frozen_clock):
    give_up(label, by=officer, effective_on=date(2026, 4, 1), note=" L'équipe s'est dissoute. ")

    event = label.events.get(kind="given_up")
    assert (event.effective_on, event.known_at, event.note, event.by) == (
        date(2026, 4, 1), frozen_clock.at, "L'équipe s'est dissoute.", officer
    )  # fmt: skip
    assert [Label.objects.in_force(day).exists() for day in (date(2026, 3, 31), date(2026, 4, 1))] == [True, False]
    entry = JournalEntry.objects.about(label).last()
    assert (entry.action, entry.by, entry.note) == (
        "label.given_up", officer, "1er\u00a0avril 2026 : L'équipe s'est dissoute."
    )  # fmt: skip


def test_give_up_tells_the_owners(label, officer, mails):
    owner = MembershipFactory(structure=label.training.structure).user
    MembershipFactory(structure=label.training.structure, role=MemberRole.READER)
    owners = label.training.structure.memberships.owners().values_list("user__email", flat=True).order_by("user__email")

    give_up(label, by=officer, effective_on=date(2026, 4, 1), note="L'équipe s'est dissoute.\nLe local est rendu.")

    (mail,) = mails(kind="label_given_up", to_address=owner.email)
    assert sorted(row.to_address for row in mails(kind="label_given_up")) == list(owners)
    assert "à partir du 1er\u00a0avril 2026" in mail.text_body
    assert "> L'équipe s'est dissoute.\n> Le local est rendu." in mail.text_body


@pytest.mark.parametrize(
    ("day", "note", "sentence"),
    [
        (date(2026, 4, 1), " ", "Dites pourquoi la structure abandonne ce label."),
        (date(2026, 3, 9), "x", "Ce jour est hors du label, qui court du 10 mars 2026 au 9 mars 2029 inclus."),
        (date(2029, 3, 10), "x", "Ce jour est hors du label, qui court du 10 mars 2026 au 9 mars 2029 inclus."),
    ],
)
def test_give_up_refused(label, officer, day, note, sentence):
    with pytest.raises(Refused) as refusal:
        give_up(label, by=officer, effective_on=day, note=note)
    assert str(refusal.value).replace("\u00a0", " ") == sentence
    assert label.events.count() == 1


def test_a_label_is_lost_once(label, officer, frozen_clock):
    give_up(label, by=officer, effective_on=frozen_clock.today, note="Motif.")
    with pytest.raises(Refused, match="déjà perdu : abandonné par son titulaire le 10"):
        give_up(label, by=officer, effective_on=frozen_clock.today + timedelta(days=1), note="Motif.")
    assert label.events.count() == 2


def test_give_up_is_for_an_officer(label, frozen_clock):
    with pytest.raises(Refused, match="Seul un chargé de mission"):
        give_up(label, by=director(), effective_on=frozen_clock.today, note="Motif.")
