"""The demonstration tells true: counts of the first call, invariants, an account of every role; never in production."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from applications.models import (
    AnswerVersion,
    Application,
    ApplicationState,
    Extension,
    Invitation,
    MemberRole,
    Membership,
    SignatureRequest,
    Structure,
)
from fabriques.models import Fabrique, FollowUpCampaign, FollowUpContact, FuseTrip, ReminderHold, ReportVersion
from gen_portal.core import clock
from gen_portal.core.models import Capacity, OutgoingEmail, Region, Role, User
from gen_portal.demo.accounts import ACCOUNTS, PASSWORD
from gen_portal.management.commands.check_invariants import broken
from labelling.models import Label, LabelEvent, LabelEventKind, LabelSite

TODAY = date(2026, 11, 23)
pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def demo():
    call_command("load_demo", today=TODAY, verbosity=0, stdout=_Quiet())


class _Quiet:
    def write(self, text):
        """Nobody listens."""


def test_the_demonstration_is_sound_and_exact(demo):
    """One load for all: it takes most of the time of these tests."""
    assert list(broken()) == []
    _first_call_is_exact()
    _second_call_has_its_waves()
    _last_year_covers_every_region()
    _every_state_is_shown()
    _every_role_has_its_account()
    _the_life_of_a_structure_is_shown()
    _the_reminders_are_shown()


def _first_call_is_exact():
    announced_on = date(2016, 2, 3)
    labels = Label.objects.in_force(announced_on)
    sites = LabelSite.objects.filter(label__in=labels).values("site").distinct().count()
    fabriques = Fabrique.objects.with_label_in_force(announced_on).count()
    assert (labels.count(), fabriques, sites) == (171, 84, 130)
    later = date(2016, 12, 31)
    pages = [Client().get("/fabriques/", {"appel": "premier-appel-2015", "au": day}) for day in (announced_on, later)]
    counts = [(page.context["training_count"], page.context["over_count"]) for page in pages]
    assert counts == [(171, 0), (165, 6)]
    lost = LabelEvent.objects.filter(kind=LabelEventKind.GIVEN_UP, label__in=labels)
    assert lost.count() == 6
    assert lost.filter(note="").count() == 0


def _second_call_has_its_waves():
    waves = [
        Label.objects.filter(
            decision__cut_off__call__slug="deuxieme-appel-2016", decision__cut_off__number=number
        ).count()
        for number in (1, 2, 3)
    ]
    assert waves == [54, 97, 97]
    assert FollowUpCampaign.objects.filter(starts_on__year=2016).count() == 4


def _last_year_covers_every_region():
    labels = Label.objects.in_force(TODAY).filter(decision__cut_off__call__slug="appel-2025")
    regions = labels.values("training__structure__commune__department__region").distinct().count()
    assert labels.count() == 230
    assert regions >= Region.objects.filter(is_collectivity=False).count()
    assert (
        FollowUpCampaign.objects.filter(starts_on__gte=clock.add_months(TODAY.replace(month=10, day=1), -12)).count()
        == 4
    )


def _the_life_of_a_structure_is_shown():
    structure = Membership.objects.get(user__email="responsable@structure.example").structure
    roles = Membership.objects.filter(structure=structure).values_list("role", flat=True)
    assert set(roles) == set(MemberRole.values)
    assert Invitation.objects.pending().filter(structure=structure).count() == 1
    assert SignatureRequest.objects.pending().filter(application__training__structure=structure).count() == 1
    versions = AnswerVersion.objects.filter(application__training__structure=structure, name="summary")
    assert versions.values("by").distinct().count() == 3  # carried over by nobody, then two people
    assert Structure.objects.filter(siret="").exclude(rna="").count() == 1
    assert Extension.objects.count() == 1


def _the_reminders_are_shown():
    assert (ReminderHold.objects.live().count(), OutgoingEmail.objects.stopping().count()) == (1, 1)
    assert FuseTrip.objects.open().count() == 0  # the reminders of the demonstration leave
    assert [trip.outcome for trip in FuseTrip.objects.all()] == ["set_aside"]
    assert ReportVersion.objects.filter(number=2).count() == 1
    assert FollowUpContact.objects.filter(is_receiving=True).count() == 2


def _every_state_is_shown():
    shown = Application.objects.filter(call__slug="appel-2026-en-cours").values_list("state", flat=True)
    assert set(shown) == set(ApplicationState.values)


def _every_role_has_its_account():
    people = User.objects.filter(email__in=[account.email for account in ACCOUNTS])
    assert people.count() == len(ACCOUNTS)
    assert all(user.check_password(PASSWORD) for user in people.order_by("pk")[:1])
    held = Capacity.objects.in_force(TODAY).filter(user__in=people)
    wanted = set(Role.values) - {Role.PAYMENT_OFFICER}  # their pages come with later issues
    assert set(held.values_list("role", flat=True)) == wanted
    enrolled = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user")
    assert held.exclude(user__in=enrolled).count() == 0


def test_it_refuses_a_base_that_is_used(django_user_model):
    django_user_model.objects.create_user("quelqu.un@exemple.fr")

    with pytest.raises(CommandError, match="base vide"):
        call_command("load_demo", today=TODAY)


def test_it_refuses_production(settings):
    settings.HTTPS = True

    with pytest.raises(CommandError, match="refusées"):
        call_command("load_demo", today=TODAY)
