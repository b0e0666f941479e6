"""The page that a fabrique writes: draft, publication, hold and release, and what nobody may see of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.models import MemberRole
from applications.tests.factories import MembershipFactory
from fabriques.actions import own_pages as actions
from fabriques.models import FabriqueContact, FabriquePage, PageState, PageVersion
from fabriques.tests.factories import FabriqueFactory
from fabriques.tests.factories_pages import (
    WRITTEN,
    FabriqueContactFactory,
    FabriquePageFactory,
    PagePhotoFactory,
    put_out,
)
from fabriques.transitions.own_pages import ask_for_look, hold_page, publish_page, release_page, withdraw_page
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, OutgoingEmail, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.text import page_html
from gen_portal.core.workflow import Refused
from gen_portal.tests.people import signed_in
from gen_portal.tests.walk import seen_by
from labelling.models import LabelSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def fabrique():
    return FabriqueFactory()


@pytest.fixture
def owner(fabrique):
    return MembershipFactory(structure=fabrique.structure, role=MemberRole.OWNER).user


@pytest.fixture
def officer():
    return CapacityFactory(role=Role.OFFICER).user


def posted(seen="0", sessions=(), **words):
    """What the form of the page sends."""
    data = {"seen": seen, "description": "Un atelier.", "hours": "", "website": "", **words}
    for index, line in enumerate(sessions):
        data |= {f"rentrees-{index}-{name}": value for name, value in line.items()}
    return {**data, "rentrees-TOTAL_FORMS": len(sessions), "rentrees-INITIAL_FORMS": 0}


@pytest.mark.once
def test_words_of_strangers_are_harmless():
    html = page_html(
        "# Titre\n\n## Suite\n\n- un\n\n[site](https://a.fr) [mal](http://a.fr) [pire](javascript:alert) ![x](https://a.fr/x.png)"
        "\n\n<script>alert(1)</script> <b>gras</b>"
    )
    assert html == (
        "<h3>Titre</h3>\n<h4>Suite</h4>\n<ul>\n<li>un</li>\n</ul>\n"
        '<p><a href="https://a.fr" rel="nofollow ugc noopener">site</a> '
        '<a rel="nofollow ugc noopener">mal</a> [pire](javascript:alert) </p>\n'
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;gras&lt;/b&gt;</p>\n"
    )


def test_a_page_is_written_checked_and_published(fabrique, owner, client):
    """The whole way of an owner: a draft that the public does not see, what changes, then the page."""
    client, today = signed_in(owner), clock.today()
    LabelSession.objects.create(label=fabrique.label, starts_on=today - timedelta(days=1), place="Hier")
    LabelSession.objects.create(label=fabrique.label, starts_on=today + timedelta(days=9), place="Halle du dossier")
    coming = {
        "label": fabrique.label.reference,
        "starts_on": today + timedelta(days=30),
        "place": "Quai",
        "link": "https://a.fr/i",
    }
    edit, public = (
        reverse("page_edit", args=[fabrique.structure.reference]),
        reverse("fabrique_page", args=[fabrique.slug]),
    )
    answer = client.post(edit, posted(sessions=[coming], description="**Bienvenue**", hours="Lundi : 9 h", suite="1"))
    check = reverse("page_check", args=[fabrique.structure.reference])
    assert answer.headers["Location"] == check
    before = client.get(public).content.decode()
    assert "Bienvenue" not in before
    assert "Halle du dossier" in before
    assert "Hier" not in before
    assert "<strong>Bienvenue</strong>" in client.get(check).content.decode()
    page = FabriquePage.objects.get()
    assert client.post(check, {"seen": page.mark}).headers["Location"] == public
    body = client.get(public).content.decode()
    for words in ("<strong>Bienvenue</strong>", "Lundi : 9 h", "Quai", "https://a.fr/i", "Halle du dossier"):
        assert words in body
    assert PageVersion.objects.get().content["sessions"][0]["starts_on"] == str(today + timedelta(days=30))


def test_what_is_wrong_in_a_draft_is_kept_and_named(fabrique, owner):
    client, edit = signed_in(owner), reverse("page_edit", args=[fabrique.structure.reference])
    body = client.post(edit, posted(description="x" * 4001, website="http://a.fr", suite="1")).content.decode()
    assert "Donnez une adresse qui commence par https://." in body
    assert FabriquePage.objects.get().typed["website"] == "http://a.fr"
    assert client.get(reverse("page_check", args=[fabrique.structure.reference])).headers["Location"] == edit


def test_the_second_writer_sees_both_texts(fabrique, owner):
    editor = MembershipFactory(structure=fabrique.structure, role=MemberRole.EDITOR).user
    edit = reverse("page_edit", args=[fabrique.structure.reference])
    signed_in(owner).post(edit, posted(description="Le texte de la première"))
    answer = signed_in(editor).post(edit, posted(description="Le texte du second"))
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Le texte de la première" in body
    assert "Le texte du second" in body
    assert FabriquePage.objects.get().typed["description"] == "Le texte de la première"


def test_only_an_owner_publishes(fabrique):
    page = FabriquePageFactory(fabrique=fabrique)
    editor = MembershipFactory(structure=fabrique.structure, role=MemberRole.EDITOR).user
    reader = MembershipFactory(structure=fabrique.structure, role=MemberRole.READER).user
    check = reverse("page_check", args=[fabrique.structure.reference])
    assert signed_in(editor).post(check, {"seen": page.mark}).status_code == 403
    assert signed_in(reader).get(check).status_code == 403
    page.refresh_from_db()
    assert page.state == PageState.DRAFT


def test_transitions_of_a_page(fabrique, owner, officer):
    """Every arrow with its trace and its mails, and the refusals."""
    page = FabriquePageFactory(fabrique=fabrique)
    with pytest.raises(Refused):
        publish_page(page, WRITTEN, by=owner, seen="9.9")
    page = publish_page(page, WRITTEN, by=owner, seen=page.mark)
    with pytest.raises(Refused, match="Rien n'a changé"):
        publish_page(page, WRITTEN, by=owner, seen=page.mark)
    with pytest.raises(Refused, match="motif"):
        hold_page(page, by=officer, reason=" ", seen=str(page.current_id))
    page = hold_page(page, by=officer, reason="Le prix *annoncé* est inexact.", seen=str(page.current_id))
    for act in (withdraw_page, lambda page, by: publish_page(page, {**WRITTEN, "hours": "x"}, by=by, seen=page.mark)):
        with pytest.raises(Refused):
            act(page, by=owner)
    with pytest.raises(Refused, match="Rien n'a changé"):
        ask_for_look(page, WRITTEN, by=owner, seen=page.mark)
    read = str(page.current_id)
    page = ask_for_look(page, {**WRITTEN, "description": "Corrigé."}, by=owner, seen=page.mark)
    with pytest.raises(Refused, match="a changé"):
        release_page(page, by=officer, seen=read)
    page = release_page(page, by=officer, seen=str(page.current_id))
    assert (page.state, page.current.content["description"], page.held_reason) == ("published", "Corrigé.", "")
    page = withdraw_page(page, by=owner)
    assert (page.state, page.current) == ("draft", None)
    acts = JournalEntry.objects.about(page).values_list("action", flat=True)
    assert [act.partition(".")[2] for act in acts] == ["published", "held", "look_asked", "released", "withdrawn"]
    mails = OutgoingEmail.objects.filter(to_address=owner.email).order_by("pk")
    assert [mail.kind for mail in mails] == ["page_held", "page_released"]
    assert "Le prix \\*annoncé\\* est inexact." in mails[0].text_body


def test_an_officer_holds_and_releases_on_the_page(fabrique, owner, officer):
    page = FabriquePageFactory(fabrique=fabrique, out=PageState.PUBLISHED)
    client, look = signed_in(officer), reverse("page_look", args=[fabrique.slug])
    assert fabrique.structure.name in client.get(reverse("page_list")).content.decode()
    client.post(look, {"retenir": "1", "reason": "Un prix inexact.", "seen": page.current_id})
    assert (
        "Un prix inexact."
        in signed_in(owner).get(reverse("page_edit", args=[fabrique.structure.reference])).content.decode()
    )
    client.post(look, {"remettre": "1", "seen": page.current_id})
    page.refresh_from_db()
    assert page.state == PageState.PUBLISHED
    MembershipFactory(structure=fabrique.structure, user=officer)
    assert client.post(look, {"retenir": "1", "reason": "x", "seen": page.current_id}).status_code == 403


SECRET = "Zanzibar"
_TO_HIDE = {"description": f"{SECRET} présentation", "hours": f"{SECRET} lundi", "website": "https://zanzibar.example"}


def _a_draft(fabrique, page):
    FabriquePage.objects.filter(pk=page.pk).update(typed={**WRITTEN, **_TO_HIDE})
    PagePhotoFactory(page=page, alt=SECRET)


def _a_held_page(fabrique, page):
    page.typed = {**WRITTEN, **_TO_HIDE}
    PagePhotoFactory(page=page, alt=SECRET)
    FabriqueContactFactory(fabrique=fabrique, function=SECRET, is_public=True, is_shared=True)
    put_out(page, state=PageState.HELD)


def _a_corrected_page(fabrique, page):
    _a_held_page(fabrique, page)
    FabriquePage.objects.filter(pk=page.pk).update(state=PageState.ASKED)


def _a_withdrawn_page(fabrique, page):
    FabriqueContactFactory(fabrique=fabrique, function=SECRET, is_public=True)
    page.typed = {**WRITTEN, **_TO_HIDE}
    put_out(page)
    withdraw_page(page, by=None)


def _a_contact_nobody_agreed_to(fabrique, page):
    FabriqueContactFactory(fabrique=fabrique, function=SECRET, name=SECRET)


def _a_contact_for_the_others(fabrique, page):
    FabriqueContactFactory(fabrique=fabrique, function=SECRET, is_shared=True)


#: What changes not one byte of any public answer; the others take away what stood there.
_UNSEEN = (_a_draft, _a_contact_nobody_agreed_to, _a_contact_for_the_others)


@pytest.mark.once
@pytest.mark.parametrize(
    "hide",
    [
        _a_draft,
        _a_held_page,
        _a_corrected_page,
        _a_withdrawn_page,
        _a_contact_nobody_agreed_to,
        _a_contact_for_the_others,
    ],
)
def test_public_addresses_tell_nothing_hidden(hide, client):
    """Every public address that names a fabrique, its label or the registry, walked through by a visitor."""
    page = FabriquePageFactory(out=PageState.PUBLISHED)
    fabrique = page.fabrique
    photo = PagePhotoFactory(page=page, alt="Visible")
    fabrique_page = reverse("fabrique_page", args=[fabrique.slug])
    names = (
        *("home", "page_sitemap", "registry", "registry_points", "registry_csv", "registry_over", "embed_registry"),
        *("api_fabriques", "api_labels", "api_places", "release_list", "network_list", "page_list"),
    )
    addresses = [fabrique_page, reverse("label_page", args=[fabrique.label.reference]), *map(reverse, names)]
    seen_by(client, addresses)  # the first look makes the document of the map
    before = seen_by(client, addresses)
    hide(fabrique, page)
    if hide in _UNSEEN:
        assert seen_by(client, addresses) == before
    for address in addresses:
        answer = client.get(address)
        told = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert SECRET.casefold() not in told.decode(errors="replace").casefold(), address
    for hidden in page.photos.exclude(pk=photo.pk):
        for size in ("petite", "grande"):
            assert client.get(reverse("page_photo", args=[hidden.sha256, size])).status_code == 404
    assert client.get(reverse("registry") + f"?texte={SECRET}").context["page_obj"].paginator.count == 0


def test_a_contact_is_gone_at_once(fabrique, owner, client):
    """Ticked, it is on the page; taken out, it is nowhere any more, not in the journal either."""
    FabriquePageFactory(fabrique=fabrique, out=PageState.PUBLISHED)
    public, contacts = (
        reverse("fabrique_page", args=[fabrique.slug]),
        reverse("page_contacts", args=[fabrique.structure.reference]),
    )
    row = {
        "contacts-0-function": "Inscriptions",
        "contacts-0-name": "Maëlle Kerjean",
        "contacts-0-email": "m@fabrique.example",
    }
    form = {"contacts-TOTAL_FORMS": 1, "contacts-INITIAL_FORMS": 0, **row}
    writer = signed_in(owner)

    def seen():
        return writer.get(contacts).context["seen"]

    writer.post(contacts, {**form, "seen": seen()})
    assert "Maëlle" not in client.get(public).content.decode()
    writer.post(contacts, {**form, "contacts-0-is_public": "on", "seen": seen()})
    assert "Maëlle Kerjean" in client.get(public).content.decode()
    conflict = writer.post(contacts, {**form, "contacts-0-name": "Autre", "seen": "ancien"})
    assert (conflict.status_code, "Maëlle Kerjean" in conflict.content.decode()) == (409, True)
    writer.post(contacts, {"contacts-TOTAL_FORMS": 0, "contacts-INITIAL_FORMS": 0, "seen": seen()})
    assert "Maëlle" not in client.get(public).content.decode()
    assert not FabriqueContact.objects.exists()
    assert "Maëlle" not in " ".join(JournalEntry.objects.values_list("note", flat=True))


def test_the_database_refuses_what_must_never_be(fabrique):
    page = FabriquePageFactory(fabrique=fabrique, out=PageState.PUBLISHED)
    for values in ({"state": "draft"}, {"current": None}, {"state": "held"}, {"held_reason": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FabriquePage.objects.filter(pk=page.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        FabriqueContactFactory(fabrique=fabrique, email="")
    with pytest.raises(IntegrityError), transaction.atomic():
        PagePhotoFactory(page=page, alt="")


@pytest.mark.postgresql
def test_a_published_version_never_changes():
    page = FabriquePageFactory(out=PageState.PUBLISHED)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        PageVersion.objects.update(content={})
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        page.versions.all()._raw_delete("default")


def test_draft_saved_twice_is_saved_once(fabrique, owner):
    first = actions.save_draft(fabrique, WRITTEN, by=owner, seen="0")
    assert actions.save_draft(fabrique, WRITTEN, by=owner, seen="0").draft_version == first.draft_version == 1
