"""The people of a structure: invited, joining, changing roles, leaving; and what each may no longer do the next second."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from applications import links
from applications.actions import members
from applications.actions.quotas import RECEIVED_PER_DAY, SENT_PER_DAY
from applications.models import Invitation, MemberRole, Membership
from applications.tests.factories import InvitationFactory, MembershipFactory
from applications.tests.world import World
from gen_portal.core import delivery
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(frozen_clock):
    return World()


def acts_on(structure):
    return [(entry.action, entry.note) for entry in JournalEntry.objects.about(structure)]


def link_in(mail):
    return re.search(r"/invitations/[^/\s)]+/", mail.text_body).group(0)


# --- Inviting -------------------------------------------------------------------------------------------------------


def test_an_owner_invites_and_the_link_is_in_the_mail_alone(world, client_for, mails):
    url = reverse("member_list", args=[world.structure.reference])

    answer = client_for(world.owner.user).post(url, {"email": "Nouvelle@Exemple.fr", "role": "editor"})

    invitation, mail = Invitation.objects.get(), mails(kind="member_invited")[0]
    token = link_in(mail).split("/")[2]
    assert answer.url == url
    assert (invitation.email, invitation.role, mail.to_address) == ("nouvelle@exemple.fr", "editor", invitation.email)
    assert (invitation.token_hash, mail.is_secret) == (links.hashed(token), True)
    assert token not in str([row.__dict__ for row in Invitation.objects.all()])
    assert acts_on(world.structure) == [("structure.member_invited", "nouvelle@exemple.fr, rédacteur")]


def test_inviting_the_same_address_again_replaces_the_link(world, mails):
    for role in ("editor", "reader"):
        members.invite_member(world.structure, email="a@exemple.fr", role=role, by=world.owner.user)

    first, second = [link_in(mail).split("/")[2] for mail in mails(kind="member_invited")]
    assert Invitation.objects.get().role == "reader"
    assert [Invitation.objects.with_token(token).exists() for token in (first, second)] == [False, True]


def test_a_member_is_not_invited(world):
    with pytest.raises(Refused, match="déjà membre"):
        members.invite_member(
            world.structure, email=world.people["reader"].email.upper(), role="owner", by=world.owner.user
        )


@pytest.mark.parametrize("name", ["editor", "reader", "stranger", "officer"])
def test_only_owners_invite_even_past_the_page(world, name):
    with pytest.raises(Refused, match="personne responsable"):
        members.invite_member(world.structure, email="a@exemple.fr", role="owner", by=world.people[name])
    assert Invitation.objects.count() == 0


def test_mail_quota_of_a_sender(world, frozen_clock):
    for number in range(SENT_PER_DAY):
        members.invite_member(world.structure, email=f"a{number}@exemple.fr", role="reader", by=world.owner.user)
    with pytest.raises(Refused, match="20 messages"):
        members.invite_member(world.structure, email="trop@exemple.fr", role="reader", by=world.owner.user)
    with pytest.raises(Refused, match="20 messages"):
        members.resend_invitation(Invitation.objects.order_by("pk").first(), by=world.owner.user)
    frozen_clock.advance(days=1)
    members.invite_member(world.structure, email="trop@exemple.fr", role="reader", by=world.owner.user)


def test_mail_quota_of_an_address(world):
    for _ in range(RECEIVED_PER_DAY):
        owner = MembershipFactory()
        members.invite_member(owner.structure, email="cible@exemple.fr", role="reader", by=owner.user)
    with pytest.raises(Refused, match="déjà reçu 5 messages"):
        members.invite_member(world.structure, email="cible@exemple.fr", role="reader", by=world.owner.user)


def test_an_invitation_is_resent_then_cancelled(world, client_for, mails):
    invitation = InvitationFactory(structure=world.structure, token="PREMIER")
    client, args = client_for(world.owner.user), [world.structure.reference, invitation.reference]

    client.post(reverse("invitation_resend", args=args))
    fresh = link_in(mails(kind="member_invited")[0])
    client.post(reverse("invitation_cancel", args=args))

    assert client.get(reverse("invitation_page", args=["PREMIER"])).status_code == 404
    assert "Cette invitation a été annulée" in client.get(fresh).content.decode()
    assert [act for act, _ in acts_on(world.structure)] == [
        "structure.invitation_resent",
        "structure.invitation_cancelled",
    ]
    with pytest.raises(Refused, match="acceptée ou annulée"):
        members.resend_invitation(invitation, by=world.owner.user)


# --- Answering ------------------------------------------------------------------------------------------------------


def test_get_never_consumes_and_post_does_once(world, client_for, mails):
    invited = UserFactory()
    invitation = InvitationFactory(structure=world.structure, email=invited.email, role="editor", token="JETON")
    client, url = client_for(invited), reverse("invitation_page", args=["JETON"])

    pages = [client.get(url).content.decode() for _ in range(3)]
    assert ["Rejoindre la structure" in page for page in pages] == [True] * 3
    assert client.head(url).status_code == 200
    assert Membership.objects.filter(user=invited).count() == 0

    assert client.post(url).url == reverse("structure_page", args=[world.structure.reference])
    assert client.get(world.url("application_page")).status_code == 200
    assert Membership.objects.get(user=invited).role == "editor"
    assert "a déjà servi" in client.get(url).content.decode()
    members.remove_member(Membership.objects.get(user=invited), by=world.owner.user)
    client.post(url)
    assert Membership.objects.filter(user=invited).count() == 0
    assert [mail.to_address for mail in mails(kind="member_joined")] == [invitation.invited_by.email]


def test_another_account_is_told_why_and_does_not_enter(world, client_for):
    InvitationFactory(structure=world.structure, email="camille.durand@exemple.fr", token="JETON")
    client, url = client_for(world.people["stranger"]), reverse("invitation_page", args=["JETON"])

    page = client.get(url).content.decode()
    client.post(url)

    assert "adressée à quelqu'un d'autre" in page.replace("&#x27;", "'")
    assert "ca…@exemple.fr" in page
    assert "camille.durand" not in page
    assert world.structure.memberships.filter(user=world.people["stranger"]).count() == 0
    with pytest.raises(Refused, match="une autre personne"):
        members.accept_invitation(Invitation.objects.get(), by=world.people["stranger"])


def test_an_address_that_is_not_proven_opens_nothing(world):
    invited = UserFactory()
    invitation = InvitationFactory(structure=world.structure, email=invited.email)
    EmailAddress.objects.filter(user=invited).update(verified=False)
    with pytest.raises(Refused, match="une autre personne"):
        members.accept_invitation(invitation, by=invited)


def test_an_invitation_lasts_seven_days(world, frozen_clock, client_for):
    invited = UserFactory()
    InvitationFactory(structure=world.structure, email=invited.email, token="JETON", sent_at=frozen_clock.at)

    frozen_clock.advance(days=7, microseconds=-1)
    assert Invitation.objects.open(frozen_clock.at).count() == 1
    frozen_clock.advance(microseconds=1)

    page = client_for(invited).get(reverse("invitation_page", args=["JETON"])).content.decode()
    assert "plus valable depuis le" in page
    with pytest.raises(Refused, match="plus valable"):
        members.accept_invitation(Invitation.objects.get(), by=invited)


def test_who_has_no_account_signs_up_and_comes_back(world, client, mails, settings):
    members.invite_member(world.structure, email="nouvelle@exemple.fr", role="editor", by=world.owner.user)
    url = link_in(mails(kind="member_invited")[0])
    signup = re.search(r'href="([^"]*inscription[^"]*)"', client.get(url).content.decode()).group(1)
    password = "cheval-pile-agrafe-correcte"
    person = {"first_name": "Léa", "last_name": "Roux", "email": "nouvelle@exemple.fr"}

    client.post(signup, person | {"password1": password, "password2": password, "next": url})
    confirm = re.search(r"/compte/adresse-a-confirmer/[^\s)]+", mails(to_address=person["email"])[-1].text_body)
    answer = client.post(confirm.group(0))

    assert answer.url == url
    assert "Rejoindre la structure" in client.get(url).content.decode()
    assert "Rejoindre" in client.get(reverse("desk")).content.decode()  # whoever confirmed elsewhere finds it there
    client.post(reverse("invitation_received", args=[Invitation.objects.get().reference]))
    assert world.structure.memberships.get(user__email=person["email"]).role == "editor"


def test_a_member_who_accepts_keeps_the_wider_role(world):
    editor, reader = world.people["editor"], world.people["reader"]
    for person, role in ((editor, "reader"), (reader, "owner")):
        members.accept_invitation(
            InvitationFactory(structure=world.structure, email=person.email, role=role), by=person
        )
    roles = dict(world.structure.memberships.values_list("user", "role"))
    assert (roles[editor.pk], roles[reader.pk]) == ("editor", "owner")


# --- Roles, leaving, removal ----------------------------------------------------------------------------------------


def test_revocation_is_immediate(world, client_for):
    editor = world.people["editor"]
    client, url = client_for(editor), world.url("application_page")
    membership = world.structure.memberships.get(user=editor)
    assert client.get(url).status_code == 200

    client_for(world.owner.user).post(reverse("member_remove", args=[world.structure.reference, membership.pk]))

    assert [client.get(world.url(page)).status_code for page in ("application_page", "application_files")] == [404, 404]
    assert client.get(reverse("structure_page", args=[world.structure.reference])).status_code == 404


def test_what_a_removed_member_sent_and_received_ends_with_them(world):
    leaving = MembershipFactory(structure=world.structure).user
    sent = InvitationFactory(structure=world.structure, invited_by=leaving)
    received = InvitationFactory(structure=world.structure, email=leaving.email)
    other = InvitationFactory(structure=world.structure, invited_by=world.owner.user)

    members.remove_member(world.structure.memberships.get(user=leaving), by=world.owner.user)

    assert list(Invitation.objects.pending()) == [other]
    with pytest.raises(Refused, match="plus valable"):
        members.accept_invitation(received, by=leaving)
    assert Invitation.objects.get(pk=sent.pk).cancelled_at is not None


def test_a_role_changes_from_the_next_request_on(world, client_for, mails):
    reader = world.people["reader"]
    membership = world.structure.memberships.get(user=reader)
    client = client_for(reader)
    assert client.get(world.url("site_create")).status_code == 403

    url = reverse("member_edit", args=[world.structure.reference, membership.pk])
    client_for(world.owner.user).post(url, {"role": "editor"})

    assert client.get(world.url("site_create")).status_code == 200
    assert [mail.to_address for mail in mails(kind="member_role")] == [reader.email]
    assert acts_on(world.structure)[-1] == (
        "structure.member_role_changed",
        f"{reader} : lecteur, maintenant rédacteur",
    )


def test_the_last_owner_stays(world, client_for):
    owner, structure = world.owner, world.structure
    for act in (
        lambda: members.leave_structure(structure, by=owner.user),
        lambda: members.remove_member(owner, by=owner.user),
        lambda: members.change_role(owner, role="reader", by=owner.user),
    ):
        with pytest.raises(members.LastOwner, match="au moins une personne responsable"):
            act()
    page = client_for(owner.user).post(reverse("structure_leave", args=[structure.reference]), follow=True)
    assert "au moins une personne responsable" in page.content.decode()
    assert structure.memberships.owners().count() == 1


def test_a_member_leaves(world, client_for):
    reader = world.people["reader"]
    client, url = client_for(reader), reverse("structure_leave", args=[world.structure.reference])
    assert client.post(url).url == reverse("application_list")
    assert client.get(url).status_code == 404
    with pytest.raises(Refused, match="plus membre"):
        members.leave_structure(world.structure, by=reader)
    assert acts_on(world.structure)[-1] == ("structure.member_left", f"{reader}, lecteur")


def test_acts_on_somebody_who_left_meanwhile_are_refused(world):
    membership = world.structure.memberships.get(user=world.people["reader"])
    members.leave_structure(world.structure, by=membership.user)
    with pytest.raises(Refused, match="plus membre"):
        members.change_role(membership, role=MemberRole.EDITOR, by=world.owner.user)


def test_the_same_role_again_says_nothing(world, mails):
    membership = world.structure.memberships.get(user=world.people["reader"])
    members.change_role(membership, role=MemberRole.READER, by=world.owner.user)
    assert (acts_on(world.structure), mails(kind="member_role")) == ([], [])


def test_the_page_of_members_takes_as_many_queries_for_one_as_for_three(world, client_for, django_assert_num_queries):
    client, url = client_for(world.owner.user), reverse("member_list", args=[world.structure.reference])
    InvitationFactory(structure=world.structure)
    with django_assert_num_queries(7):
        client.get(url)
    for _ in range(2):
        MembershipFactory(structure=world.structure)
        InvitationFactory(structure=world.structure)
    with django_assert_num_queries(7):
        page = client.get(url).content.decode()
    assert page.count("Renvoyer<") == 3


def test_the_secret_of_an_invitation_leaves_the_database_with_the_mail(world, relay, mails):
    members.invite_member(world.structure, email="a@exemple.fr", role="reader", by=world.owner.user)
    delivery.deliver()
    assert [(mail.sent_at is not None, mail.text_body) for mail in mails(kind="member_invited")] == [(True, "")]
