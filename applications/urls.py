"""Urls of this floor, in French."""

from django.urls import path, register_converter

from applications.converters import SectionConverter
from applications.views import (
    call_editor,
    calls,
    deadlines,
    desk,
    disputes,
    documents,
    dossiers,
    filing,
    members,
    officers,
    pieces,
    receipts,
    sections,
    signature,
    sites,
    structures,
    versions,
)

register_converter(SectionConverter, "section")

_DOSSIER = "candidatures/<slug:reference>/"
_STRUCTURE = "structures/<slug:reference>/"
_DESK = "gestion/candidatures/<slug:reference>/recevabilite/"

_structures = [
    path("structures/nouvelle/", structures.structure_create, name="structure_create"),
    path("structures/<slug:reference>/", structures.structure_page, name="structure_page"),
    path("structures/<slug:reference>/modifier/", structures.structure_edit, name="structure_edit"),
    path("communes/", structures.commune_suggest, name="commune_suggest"),
]

_members = [
    path(f"{_STRUCTURE}membres/", members.member_list, name="member_list"),
    path(f"{_STRUCTURE}membres/<int:pk>/role/", members.member_edit, name="member_edit"),
    path(f"{_STRUCTURE}membres/<int:pk>/retirer/", members.member_remove, name="member_remove"),
    path(f"{_STRUCTURE}quitter/", members.structure_leave, name="structure_leave"),
    path(f"{_STRUCTURE}invitations/<slug:number>/renvoyer/", members.invitation_resend, name="invitation_resend"),
    path(f"{_STRUCTURE}invitations/<slug:number>/annuler/", members.invitation_cancel, name="invitation_cancel"),
    path("invitations/recues/<slug:number>/", members.invitation_received, name="invitation_received"),
    path("invitations/<slug:token>/", members.invitation_page, name="invitation_page"),
]

_dossiers = [
    path("appels/<slug:slug>/candidater/", dossiers.application_start, name="application_start"),
    path("candidatures/", dossiers.application_list, name="application_list"),
    path(_DOSSIER, dossiers.application_page, name="application_page"),
    path(f"{_DOSSIER}<section:section>/", sections.application_section, name="application_section"),
    path(f"{_DOSSIER}versions/<slug:name>/", versions.answer_versions, name="answer_versions"),
    path(f"{_DOSSIER}apercu/", dossiers.application_preview, name="application_preview"),
    path(f"{_DOSSIER}apercu/pdf/", documents.application_pdf, name="application_pdf"),
    path(f"{_DOSSIER}manque/", dossiers.application_missing, name="application_missing"),
    path(f"{_DOSSIER}sites/nouveau/", sites.site_create, name="site_create"),
    path(f"{_DOSSIER}sites/<int:pk>/", sites.site_edit, name="site_edit"),
    path(f"{_DOSSIER}pieces/", pieces.application_files, name="application_files"),
    path(f"{_DOSSIER}pieces/<int:pk>/", pieces.attachment_file, name="attachment_file"),
    path(f"{_DOSSIER}pieces/<int:pk>/retirer/", pieces.attachment_remove, name="attachment_remove"),
    path(f"{_DOSSIER}deposer/", filing.application_submit, name="application_submit"),
    path(f"{_DOSSIER}reprendre/", filing.application_reopen, name="application_reopen"),
    path(f"{_DOSSIER}historique/", filing.application_history, name="application_history"),
    path(f"{_DOSSIER}recepisse/<slug:number>/", receipts.application_receipt, name="application_receipt"),
    path(f"{_DOSSIER}recepisse/<slug:number>/pdf/", receipts.receipt_pdf, name="receipt_pdf"),
    path(f"{_DOSSIER}recepisse/<slug:number>/export/", receipts.receipt_export, name="receipt_export"),
    path("verifier/depot/", receipts.receipt_check, name="receipt_check"),
    path(f"{_DOSSIER}retirer/", dossiers.application_withdraw, name="application_withdraw"),
]

_signature = [
    path(f"{_DOSSIER}signature/", signature.application_signature, name="application_signature"),
    path(f"{_DOSSIER}signature/mandat/", signature.signature_mandate, name="signature_mandate"),
    path(f"{_DOSSIER}signature/lien/", signature.signature_request, name="signature_request"),
    path(
        f"{_DOSSIER}signature/lien/<int:pk>/annuler/",
        signature.signature_request_cancel,
        name="signature_request_cancel",
    ),
    path("signer/<slug:token>/", signature.signature_page, name="signature_page"),
    path("signer/<slug:token>/pieces/<int:pk>/", signature.signature_file, name="signature_file"),
]

_desk = [
    path("gestion/appels/<slug:slug>/charges-de-mission/", officers.officers_edit, name="officers_edit"),
    path(f"{_DESK}charge-de-mission/", officers.officer_edit, name="officer_edit"),
    path("gestion/appels/<slug:slug>/recevabilite/", desk.admissibility_list, name="admissibility_list"),
    path(_DESK, desk.admissibility_page, name="admissibility_page"),
    path(f"{_DESK}recevable/", desk.admissibility_accept, name="admissibility_accept"),
    path(f"{_DESK}irrecevable/", desk.admissibility_reject, name="admissibility_reject"),
    path(f"{_DESK}complement/", desk.admissibility_return, name="admissibility_return"),
    path(f"{_DESK}sans-complement/", desk.admissibility_stop_waiting, name="admissibility_stop_waiting"),
]

_deadlines = [
    path("gestion/structures/<slug:reference>/depots/", disputes.dispute_page, name="dispute_page"),
    path("gestion/structures/<slug:reference>/depots/pdf/", disputes.dispute_pdf, name="dispute_pdf"),
    path("gestion/structures/<slug:reference>/depots/csv/", disputes.dispute_csv, name="dispute_csv"),
    path("gestion/appels/<slug:slug>/delais/", deadlines.call_deadlines, name="call_deadlines"),
    path("gestion/appels/<slug:slug>/delais/rapport/", deadlines.deadline_report, name="deadline_report"),
    path("gestion/appels/<slug:slug>/delais/structure/", deadlines.extension_create, name="extension_create"),
    path("gestion/appels/<slug:slug>/delais/incident/", deadlines.incident_create, name="incident_create"),
    path("gestion/reports/<slug:reference>/signer/", deadlines.incident_sign, name="incident_sign"),
    path("gestion/reports/<slug:reference>/abandonner/", deadlines.incident_drop, name="incident_drop"),
]

urlpatterns = [
    *_deadlines,
    *_structures,
    *_members,
    *_dossiers,
    *_signature,
    *_desk,
    path("appels/", calls.call_list, name="call_list"),
    path("appels/<slug:slug>/", calls.call_page, name="call_page"),
    path("appels/<slug:slug>/cahier-des-charges/", calls.call_specification, name="call_specification"),
    path("appels/<slug:slug>/dossier-vierge/", calls.call_blank, name="call_blank"),
    path("appels/<slug:slug>/dossier-vierge/pdf/", documents.call_blank_pdf, name="call_blank_pdf"),
    path("gestion/appels/", call_editor.call_staff_list, name="call_staff_list"),
    path("gestion/appels/nouveau/", call_editor.call_create, name="call_create"),
    path("gestion/appels/<slug:slug>/", call_editor.call_edit, name="call_edit"),
    path("gestion/appels/<slug:slug>/calendrier/", call_editor.call_timetable_edit, name="call_timetable_edit"),
    path("gestion/appels/<slug:slug>/grille/", call_editor.call_grid_edit, name="call_grid_edit"),
    path("gestion/appels/<slug:slug>/subvention/", call_editor.call_rule_edit, name="call_rule_edit"),
    path("gestion/appels/<slug:slug>/pieces/", call_editor.call_documents_edit, name="call_documents_edit"),
    path("gestion/appels/<slug:slug>/publier/", call_editor.call_publish, name="call_publish"),
]
