"""Which addresses are open to visitors, and where each url that takes a parameter leads in the world of the doors."""

from gen_portal.tests.world import INVITATION_TOKEN, OWN_PAGES, SIGNATURE_TOKEN

#: The pages that nobody needs to sign in for. Adding a name here opens a door to the world: say why in the commit.
PUBLIC = {
    *("home", "health", "page_sitemap", "page_accessibility", "page_legal", "page_privacy", "page_cookies"),
    *("page_security", "call_list", "call_page", "call_specification", "call_blank"),
    "reminder_refuse",  # the signed link of a mail is the only right it needs (RFC 8058)
    "call_blank_pdf",
    *("signature_page", "signature_file"),  # the link of a mail: a signatory has no account
    "invitation_page",  # the link of a mail: who has no account yet reads who invites, and accepts nothing
    *("public_figures", "public_figures_csv"),
    *("registry", "registry_over", "registry_points", "fabrique_page", "label_page", "receipt_check"),
    *("registry", "registry_over", "registry_points", "fabrique_page", "page_photo", "label_page", "receipt_check"),
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
    "staff_map_export": lambda things: {"kind": "csv"},
    "list_mail_page": reference("list_mail"),
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
    **OWN_PAGES,
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
