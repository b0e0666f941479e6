"""Every door of the portal: who may open it, and what the others are told. The table is access_matrix.txt.

Each cell is asked for over the whole stack, signed in as the actor of its column, and undone afterwards.
"""

import os
import re
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from gen_portal.tests.addresses import ADDRESSES, PUBLIC
from gen_portal.tests.people import signed_in
from gen_portal.tests.world import ACTORS, build_world

MATRIX = Path(__file__).with_name("access_matrix.txt")
#: The pages that nobody needs to sign in for. Adding a name here opens a door to the world: say why in the commit.
PUBLIC = {
    *("home", "health", "page_sitemap", "page_accessibility", "page_legal", "page_privacy", "page_cookies"),
    *("page_security", "call_list", "call_page", "call_specification", "call_blank"),
    "reminder_refuse",  # the signed link of a mail is the only right it needs (RFC 8058)
    "call_blank_pdf",
    *("signature_page", "signature_file"),  # the link of a mail: a signatory has no account
    "invitation_page",  # the link of a mail: who has no account yet reads who invites, and accepts nothing
    *("registry", "registry_over", "registry_points", "fabrique_page", "label_page", "receipt_check"),
    *("registry_points_version", "registry_columns_version", "registry_place", "registry_csv", "registry_schema"),
    *("registry_columns", "registry_embedding", "embed_registry", "release_list", "release_page", "release_file"),
    *("api_page", "api_schema", "api_places", "api_labels", "api_label", "api_fabriques", "api_figures"),
    *("alert_ask", "alert_confirm", "alert_stop", "label_error"),  # a learner has no account
    "commune_names",  # the names of communes, for the search of the registry
    *("account_login", "account_logout", "account_signup", "account_inactive", "account_email_verification_sent"),
    *("account_confirm_email", "account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate"),
}


def reference(name):
    return lambda things: {"reference": getattr(things, name).reference}


def slug(name):
    return lambda things: {"slug": getattr(things, name).slug}


def key(name):
    return lambda things: {"pk": getattr(things, name).pk}


def invited(things):
    return {"reference": things.structure.reference, "number": things.invitation.reference}


def quarter_of(things):
    return {"year": things.campaign.year, "quarter": things.campaign.quarter}


def cut_off_of(things):
    return {"slug": things.call.slug, "number": things.cut_off.number}


#: What stands in the address of each page that names an object; "name@variant" is another object for the same page.
ADDRESSES = {
    "structure_page": reference("structure"),
    "structure_edit": reference("structure"),
    "member_list": reference("structure"),
    "member_edit": lambda things: {"reference": things.structure.reference, "pk": things.member.pk},
    "member_remove": lambda things: {"reference": things.structure.reference, "pk": things.member.pk},
    "structure_leave": reference("structure"),
    "invitation_resend": invited,
    "invitation_cancel": invited,
    "invitation_received": lambda things: {"number": things.invitation_to_other.reference},
    "invitation_page": lambda things: {"token": INVITATION_TOKEN},
    "invitation_page@unknown": lambda things: {"token": "INCONNU"},
    "application_signature": reference("draft"),
    "signature_mandate": reference("draft"),
    "signature_request": reference("draft"),
    "signature_request_cancel": lambda things: {"reference": things.draft.reference, "pk": things.asked.pk},
    "signature_page": lambda things: {"token": SIGNATURE_TOKEN},
    "signature_page@unknown": lambda things: {"token": "INCONNU"},
    "signature_file": lambda things: {"token": SIGNATURE_TOKEN, "pk": things.attachment.pk},
    "signature_file@foreign": lambda things: {"token": SIGNATURE_TOKEN, "pk": things.filed_attachment.pk},
    "application_start": slug("call"),
    "application_page": reference("under_review"),
    "application_page@draft": reference("draft"),
    "application_section": lambda things: {"reference": things.draft.reference, "section": "formation"},
    "answer_versions": lambda things: {"reference": things.draft.reference, "name": "programme"},
    "application_preview": reference("draft"),
    "application_missing": reference("draft"),
    "application_pdf": reference("draft"),
    "site_create": reference("draft"),
    "site_edit": lambda things: {"reference": things.draft.reference, "pk": things.site.pk},
    "application_files": reference("draft"),
    "attachment_file": lambda things: {"reference": things.submitted.reference, "pk": things.filed_attachment.pk},
    "attachment_file@draft": lambda things: {"reference": things.draft.reference, "pk": things.attachment.pk},
    "attachment_remove": lambda things: {"reference": things.draft.reference, "pk": things.attachment.pk},
    "application_submit": reference("draft"),
    "application_receipt": lambda things: {
        "reference": things.submitted.reference,
        "number": things.submission.number,
    },
    "receipt_pdf": lambda things: {"reference": things.submitted.reference, "number": things.submission.number},
    "receipt_export": lambda things: {"reference": things.submitted.reference, "number": things.submission.number},
    "application_withdraw": reference("submitted"),
    "application_reopen": reference("withdrawn"),
    "application_history": reference("under_review"),
    "admissibility_list": slug("call"),
    "admissibility_page": reference("submitted"),
    "admissibility_page@draft": reference("draft"),
    "admissibility_accept": reference("submitted"),
    "admissibility_reject": reference("submitted"),
    "admissibility_return": reference("submitted"),
    "admissibility_stop_waiting": reference("submitted"),
    "officers_edit": slug("call"),
    "officer_edit": reference("submitted"),
    "call_deadlines": slug("call"),
    "deadline_report": slug("call"),
    "extension_create": slug("call"),
    "incident_create": slug("call"),
    "incident_sign": reference("incident"),
    "incident_drop": reference("incident"),
    "dispute_page": reference("structure"),
    "dispute_pdf": reference("structure"),
    "dispute_csv": reference("structure"),
    "call_page": slug("call"),
    "call_page@draft": slug("call_draft"),
    "call_specification": slug("call"),
    "call_blank": slug("call"),
    "call_blank_pdf": slug("call"),
    "call_edit": slug("call_draft"),
    "call_timetable_edit": slug("call_draft"),
    "call_grid_edit": slug("call_draft"),
    "call_rule_edit": slug("call_draft"),
    "call_documents_edit": slug("call_draft"),
    "call_publish": slug("call_draft"),
    "assignment_edit": reference("admissible"),
    "assignment_written": lambda things: {"reference": things.under_review.reference, "pk": things.left_place.pk},
    "completion_ask": reference("under_review"),
    "proposal_ask": slug("call"),
    "assignment_import": slug("call"),
    "assignment_export": lambda things: {"slug": things.call.slug, "extension": "csv"},
    "proposal_page": lambda things: {"pk": things.proposal.pk},
    "review_progress": slug("call"),
    "call_board": slug("call"),
    "board_export": slug("call"),
    "board_figures": slug("call"),
    "board_figures_export": lambda things: {"slug": things.call.slug, "name": "notes"},
    "factor_reset_answer": lambda things: {"pk": things.factor_reset.pk},
    "person_page": lambda things: {"pk": things.reviewing.pk},
    "person_leave": lambda things: {"pk": things.reviewing.pk},
    "absence_add": lambda things: {"pk": things.reviewing.user_id},
    "absence_drop": lambda things: {"pk": things.absence.pk},
    "regional_list_of": lambda things: {"region": "53"},
    "regional_page": lambda things: {"region": "53", "reference": things.under_review.reference},
    "regional_recuse": lambda things: {"region": "53", "reference": things.under_review.reference},
    "regional_attachment": lambda things: {
        "region": "53", "reference": things.under_review.reference, "pk": things.reviewed_attachment.pk
    },
    "regional_rule": slug("call"),
    "declaration_sign": slug("call"),
    "declaration_page": lambda things: {"pk": things.declaration.pk},
    "declaration_list": slug("call"),
    "review_page": reference("under_review"),
    "review_submit": reference("under_review"),
    "review_recuse": reference("under_review"),
    "disagreement_list": slug("call"),
    "disagreement_page": reference("under_review"),
    "third_reader_ask": reference("under_review"),
    "review_note": reference("under_review"),
    "second_opinion": reference("under_review"),
    "discussion_page": reference("under_review"),
    "review_attachment": lambda things: {
        "reference": things.under_review.reference,
        "pk": things.reviewed_attachment.pk,
    },
    "review_reading": lambda things: {
        "reference": things.under_review.reference,
        "pk": things.reviewed_attachment.pk,
    },
    "review_reading_image": lambda things: {
        "reference": things.under_review.reference, "pk": things.reviewed_attachment.pk, "number": 1
    },
    "review_merge": reference("under_review"),
    "pile_merge": slug("call"),
    "meeting_list": slug("call"),
    "meeting_plan": slug("call"),
    **{name: key("meeting") for name in ("meeting_page", "meeting_live", "meeting_arrive", "meeting_leave")},
    **{
        name: lambda things: {"pk": things.meeting.pk, "person": things.meeting.chair_id}
        for name in ("roll_arrive", "roll_leave")
    },
    **{name: key("meeting") for name in ("agenda_add", "agenda_carry")},
    "meeting_act": lambda things: {"pk": things.meeting.pk, "act": "ouvrir"},
    "minutes_pdf": lambda things: {"pk": things.minutes.meeting_id},
    **{
        name: lambda things: {"pk": things.meeting.pk, "reference": things.under_review.reference}
        for name in ("item_vote", "item_settle", "item_send_back", "item_leave")
    },
    "item_act": lambda things: {
        "pk": things.meeting.pk, "reference": things.under_review.reference, "act": "examiner"
    },
    "decision_list": slug("call"),
    **dict.fromkeys(("lines_page", "lines_move", "lines_draw", "scenario_list", "lines_suggest"), cut_off_of),
    "lines_place": lambda things: {**cut_off_of(things), "reference": things.under_review.reference},
    **dict.fromkeys(("scenario_restore", "scenario_rename", "scenario_remove"),
                    lambda things: {**cut_off_of(things), "pk": things.scenario_copy.pk}),
    "decision_edit": lambda things: {"reference": things.prepared.application.reference},
    "decision_sign": key("prepared"),
    "decision_countersign": key("signed"),
    "decision_reopen": key("signed"),
    "decision_prepare_many": slug("call"),
    "decision_sign_many": slug("call"),
    "decision_countersign_many": slug("call"),
    "decision_brief": lambda things: {"reference": things.prepared.application.reference},
    "decision_briefs": slug("call"),
    "delegation_take_back": key("delegation"),
    "label_give_up": reference("label"),
    "publication_page": lambda things: {"slug": things.call.slug, "number": things.cut_off.number},
    "publication_schedule": lambda things: {"slug": things.call.slug, "number": things.cut_off.number},
    "publication_cancel": lambda things: {"slug": things.call.slug, "number": things.cut_off.number},
    "publication_progress": lambda things: {"slug": things.call.slug, "number": things.cut_off.number},
    "letter_rehearsal": lambda things: {"slug": things.call.slug, "number": things.cut_off.number},
    "rehearsed_letter": lambda things: {"reference": things.ready.application.reference},
    "rehearsed_letter@secret": lambda things: {"reference": things.signed.application.reference},
    "rehearsed_letter_pdf": lambda things: {"reference": things.ready.application.reference},
    "letter_template_edit": lambda things: {"letter": "refus"},
    "letter_template_preview": lambda things: {"letter": "refus"},
    "letter_pdf": lambda things: {
        "reference": things.label.decision.application.reference, "number": things.letter.number
    },
    "application_result": lambda things: {"reference": things.label.decision.application.reference},
    "application_result@secret": lambda things: {"reference": things.signed.application.reference},
    "report_page": reference("report"),
    "report_check": reference("report"),
    "report_versions": reference("report"),
    "report_documents": reference("report"),
    "report_document_file": lambda things: {"reference": things.report.reference, "pk": things.report_document.pk},
    "report_document_remove": lambda things: {"reference": things.report.reference, "pk": things.report_document.pk},
    "upload_template": lambda things: {"extension": "csv"},
    "upload_page": reference("upload"),
    "fuse_page": key("fuse_trip"),
    "hold_release": key("hold"),
    "reminder_steps_page": quarter_of,
    "reminder_text": lambda things: {**quarter_of(things), "step": "j-15"},
    "reminder_preview": lambda things: {**quarter_of(things), "step": "j-15"},
    "contact_list": reference("structure"),
    "report_mails": reference("report"),
    "report_mail": lambda things: {"reference": things.report.reference, "pk": things.report_email.pk},
    "reminder_refuse": lambda things: {"token": things.refusal_token},
    "alert_confirm": lambda things: {"token": "inconnu"},
    "alert_stop": lambda things: {"token": things.alert_token},
    "label_error": reference("label"),
    "error_close": key("error_report"),
    "outbox_hold": key("email"),
    "outbox_release": key("email"),
    "outbox_lift": key("email"),
    "campaign_page": lambda things: {"year": things.campaign.year, "quarter": things.campaign.quarter},
    "campaign_export": lambda things: {
        "year": things.campaign.year,
        "quarter": things.campaign.quarter,
        "kind": "csv",
    },
    "silent_export": lambda things: {"kind": "csv"},
    "report_review": reference("filed_report"),
    "report_review@awaited": reference("report"),
    "report_accept": reference("filed_report"),
    "report_ask_back": reference("filed_report"),
    "report_flag": reference("filed_report"),
    "figures_export": lambda things: {"kind": "xlsx"},
    "progress_export": lambda things: {"kind": "csv"},
    "progress_page": reference("point"),
    "progress_request": slug("call"),
    "fabrique_page": slug("fabrique"),
    "label_page": reference("label"),
    "registry_points_version": lambda things: {"version": things.map_version},
    "registry_columns_version": lambda things: {"version": things.map_version},
    "registry_place": lambda things: {"pk": things.label.label_sites.get().pk},
    "release_page": lambda things: {"number": things.release.number},
    "release_file": lambda things: {"number": things.release.number, "name": "registre-labels.csv"},
    "api_label": reference("label"),
    "capacity_end": key("capacity"),
    "journal_subject": lambda things: {"kind": "applications.application", "pk": things.submitted.pk},
    "outbox_page": key("email"),
    "outbox_resend": key("email"),
    "outbox_cancel": key("email"),
    "job_page": reference("job"),
    "job_result": reference("done_job"),
    "job_cancel": reference("job"),
    "job_restart": reference("job"),
    "account_confirm_email": lambda things: {"key": "inconnue"},
    "account_reset_password_from_key": lambda things: {"uidb36": "1", "key": "inconnue"},
}
LINES = [line.split() for line in MATRIX.read_text().splitlines() if line.strip() and not line.startswith("#")]
#: One row per verb: "GET+POST" stands for two.
ROWS = [[label, verb, *cells] for label, verbs, *cells in LINES for verb in verbs.split("+")]


def url_names():
    """Every name of the resolver; the demonstration's are not there under these settings."""
    pending, names = [get_resolver()], []
    while pending:
        for entry in pending.pop().url_patterns:
            if hasattr(entry, "url_patterns"):
                pending.append(entry)
            else:
                names.append((entry.name, entry.callback))
    return names


def verdict_of(response):
    """One word for what a visitor is told."""
    if response.status_code != 302:
        return "ok" if response.status_code == 200 else str(response.status_code)
    path = response.headers["Location"].partition("?")[0]
    if path == reverse("account_login"):
        return "signin"
    return "factor" if path in (reverse("mfa_activate_totp"), reverse("mfa_reauthenticate")) else "ok"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once for this module, gone after it; each request is undone by itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cookies(world, django_db_blocker):
    """The session of each actor, signed in once, for an hour: a slow machine changes no verdict."""
    with django_db_blocker.unblock():
        clients = {
            name: signed_in(user, second_factor_age=None if name == "no_factor" else 0, lasting_seconds=3600)
            for name, user in world.people.items()
        }
        return {name: client.cookies for name, client in clients.items()}


@pytest.fixture
def ask(cookies):
    """`ask(actor, verb, address)`: the verdict on a request of this actor, undone afterwards."""

    def verdict(actor, verb, address):
        client = Client()
        if actor in cookies:
            client.cookies.load(cookies[actor].output(header="", sep=";"))
        with transaction.atomic():
            response = getattr(client, verb.lower())(address)
            response.close()
            transaction.set_rollback(True)
        return verdict_of(response)

    return verdict


def address_of(world, label):
    name = label.partition("@")[0]
    return reverse(name, kwargs=ADDRESSES.get(label, ADDRESSES.get(name, lambda things: {}))(world.things))


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_row_of_the_matrix(world, ask, row):
    label, verb, *verdicts = row
    address, expected = address_of(world, label), dict(zip(ACTORS, verdicts, strict=True))
    if connection.vendor == "postgresql" and os.environ.get("GEN_FULL") != "1":  # the refusals say the same there
        expected = {actor: verdict for actor, verdict in expected.items() if verdict == "ok"}
    assert {actor: ask(actor, verb, address) for actor in expected} == expected


def test_every_url_has_its_rows():
    wanted = {(name, verb) for name, _ in url_names() for verb in ("GET", "POST")}
    given = [(row[0], row[1]) for row in ROWS]
    assert len(given) == len(set(given)), "a row stands twice"
    assert wanted - {(label.partition("@")[0], verb) for label, verb in given} == set()


def test_no_row_is_left_of_a_url_that_is_gone():
    assert {row[0].partition("@")[0] for row in ROWS} - {name for name, _ in url_names()} == set()


def test_rows_are_whole():
    assert {len(row) for row in ROWS} == {2 + len(ACTORS)}
    assert {verdict for row in ROWS for verdict in row[2:]} <= {"ok", "signin", "factor", "403", "404", "405", "409", "422"}


def test_only_public_pages_are_open_to_visitors():
    """What the table says of visitors is what PUBLIC says, and what the views themselves are marked with."""
    opened = {row[0].partition("@")[0] for row in ROWS if row[2] != "signin"}
    unlocked = {name for name, view in url_names() if not getattr(view, "login_required", True)}
    assert opened == PUBLIC - {"mfa_authenticate"}  # open to whoever has just given a password, and to nobody else
    assert unlocked == PUBLIC


def test_every_url_has_a_french_address_and_one_name():
    names = [name for name, _ in url_names()]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name)] == []
