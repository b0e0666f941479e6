"""Two owners leave at the same instant: one stays. One invitation clicked four times: one place. Real threads."""

import pytest

from applications import invariants
from applications.actions import members
from applications.models import Membership
from applications.tests.factories import InvitationFactory, MembershipFactory
from applications.tests.test_submit_race import all_at_once
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import UserFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("attempt", range(5))
def test_two_owners_who_leave_at_once_leave_one_owner(attempt):
    first = MembershipFactory()
    second = MembershipFactory(structure=first.structure)

    outcomes = all_at_once(
        lambda membership: members.leave_structure(membership.structure, by=membership.user), [first, second]
    )

    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    assert first.structure.memberships.owners().count() == 1
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("attempt", range(5))
def test_two_owners_who_remove_each_other_leave_one_owner(attempt):
    first = MembershipFactory()
    second = MembershipFactory(structure=first.structure)

    all_at_once(lambda pair: members.remove_member(pair[0], by=pair[1].user), [(first, second), (second, first)])

    assert first.structure.memberships.owners().count() == 1


def test_an_invitation_clicked_four_times_gives_one_place():
    invited = UserFactory()
    invitation = InvitationFactory(email=invited.email)

    outcomes = all_at_once(lambda _: members.accept_invitation(invitation, by=invited).pk, range(4))

    assert Membership.objects.filter(user=invited).count() == 1
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert JournalEntry.objects.filter(action="structure.member_joined").count() == 1


def test_a_sender_at_the_limit_sends_one_more_not_four():
    owner = MembershipFactory()
    for number in range(19):
        members.invite_member(owner.structure, email=f"a{number}@exemple.fr", role="reader", by=owner.user)

    outcomes = all_at_once(
        lambda n: members.invite_member(owner.structure, email=f"b{n}@exemple.fr", role="reader", by=owner.user).pk,
        range(4),
    )

    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
