"""The commands of those who run the portal."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from gen_portal.core import clock
from gen_portal.core.models import Capacity, ClockShift, JournalEntry, Role
from gen_portal.core.tests.factories import MinistryFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_grant_capacity_makes_the_first_administrator(frozen_clock, capsys):
    user = UserFactory(email="premier@exemple.fr")
    call_command("grant_capacity", "Premier@Exemple.fr", "technical_admin")
    capacity = Capacity.objects.get()
    assert (capacity.user, capacity.role, capacity.from_on) == (user, Role.TECHNICAL_ADMIN, frozen_clock.today)
    assert [(entry.action, entry.by) for entry in JournalEntry.objects.about(user)] == [("capacity.granted", None)]


def test_grant_capacity_takes_a_ministry_a_region_and_days(capsys):
    user, ministry, region = UserFactory(), MinistryFactory(code="emploi"), RegionFactory()
    call_command("grant_capacity", user.email, "reviewer", "--ministry", "emploi", "--from", "2026-01-01")
    call_command("grant_capacity", user.email, "regional_service", "--region", region.code, "--until", "2099-12-31")
    held = Capacity.objects.order_by("pk").values_list("ministry", "region", "until_on")
    assert list(held) == [(ministry.pk, None, None), (None, region.code, date(2099, 12, 31))]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["inconnu@exemple.fr", "officer"], "Aucun compte « inconnu@exemple.fr »."),
        (["a@exemple.fr", "reviewer", "--ministry", "x"], "Aucun ministère « x »."),
        (["a@exemple.fr", "regional_service", "--region", "x"], "Aucune région « x »."),
        (["a@exemple.fr", "reviewer"], "a_reviewer_comes_from_a_ministry"),
        (["a@exemple.fr", "officer", "--from", "2099-01-01"], "a déjà cette habilitation"),
    ],
)
def test_grant_capacity_refuses(arguments, sentence, capsys):
    UserFactory(email="a@exemple.fr")
    call_command("grant_capacity", "a@exemple.fr", "officer")
    with pytest.raises(CommandError, match=sentence):
        call_command("grant_capacity", *arguments)
    assert Capacity.objects.count() == 1


def test_move_clock_freezes_shifts_and_resets(capsys):
    call_command("move_clock", "--freeze", "2026-03-10T18:00")
    assert clock.now() == clock.start_of(date(2026, 3, 10)) + 18 * (clock.ONE_DAY / 24)
    call_command("move_clock", "--days", "1.5")
    assert ClockShift.objects.get().shift == 1.5 * clock.ONE_DAY
    call_command("move_clock", "--reset")
    assert ClockShift.objects.get().shift == 0 * clock.ONE_DAY
    assert "10 mars 2026 à 18 h 00" in capsys.readouterr().out.replace("\u00a0", " ")


def test_move_clock_refuses(settings):
    with pytest.raises(CommandError, match="n'est pas un instant"):
        call_command("move_clock", "--freeze", "demain")
    settings.CLOCK_IS_MOVABLE = False
    with pytest.raises(CommandError, match="ne se déplace pas"):
        call_command("move_clock", "--reset")
