"""Urls of this floor, in French."""

from django.urls import path

from fabriques import opendata
from fabriques.views import (
    campaigns,
    contacts,
    figures,
    follow_up_review,
    progress,
    publication,
    registry,
    reminders,
    report_documents,
    report_uploads,
    reports,
)

urlpatterns = [
    path("suivi/", reports.report_list, name="report_list"),
    path("suivi/fichier/", report_uploads.upload_create, name="upload_create"),
    path("suivi/fichier/modele.<str:extension>", report_uploads.upload_template, name="upload_template"),
    path("suivi/fichier/<str:reference>/", report_uploads.upload_page, name="upload_page"),
    path("suivi/<str:reference>/", reports.report_page, name="report_page"),
    path("suivi/<str:reference>/verifier/", reports.report_check, name="report_check"),
    path("suivi/<str:reference>/versions/", reports.report_versions, name="report_versions"),
    path("suivi/<str:reference>/documents/", report_documents.document_list, name="report_documents"),
    path("suivi/<str:reference>/documents/<int:pk>/", report_documents.document_file, name="report_document_file"),
    path(
        "suivi/<str:reference>/documents/<int:pk>/retirer/",
        report_documents.document_remove,
        name="report_document_remove",
    ),
    path("gestion/suivi/", campaigns.campaign_list, name="campaign_list"),
    path("gestion/suivi/<int:year>-t<int:quarter>/", campaigns.campaign_page, name="campaign_page"),
    path(
        "gestion/suivi/<int:year>-t<int:quarter>/export.<str:kind>",
        campaigns.campaign_export,
        name="campaign_export",
    ),
    path("gestion/suivi/en-defaut/", campaigns.silent_list, name="silent_list"),
    path("gestion/suivi/en-defaut/export.<str:kind>", campaigns.silent_export, name="silent_export"),
    path("gestion/suivi/relecture/", follow_up_review.review_queue, name="review_queue"),
    path("gestion/suivi/relecture/<str:reference>/", follow_up_review.report_review, name="report_review"),
    path("gestion/suivi/relecture/<str:reference>/accepter/", follow_up_review.report_accept, name="report_accept"),
    path(
        "gestion/suivi/relecture/<str:reference>/redemander/", follow_up_review.report_ask_back, name="report_ask_back"
    ),
    path("gestion/suivi/relecture/<str:reference>/signaler/", follow_up_review.report_flag, name="report_flag"),
    path("gestion/suivi/chiffres/", figures.figures_page, name="figures_page"),
    path("gestion/suivi/chiffres/export.<str:kind>", figures.figures_export, name="figures_export"),
    path("gestion/avancement/", progress.progress_list, name="progress_list"),
    path("gestion/avancement/export.<str:kind>", progress.progress_export, name="progress_export"),
    path("gestion/avancement/<str:reference>/", progress.progress_page, name="progress_page"),
    path("gestion/appels/<slug:slug>/avancement/", progress.progress_request, name="progress_request"),
    path("suivi/<str:reference>/courriels/", contacts.report_mails, name="report_mails"),
    path("suivi/<str:reference>/courriels/<int:pk>/", contacts.report_mail, name="report_mail"),
    path("structures/<str:reference>/courriels-du-suivi/", contacts.contact_list, name="contact_list"),
    path("courriels-du-suivi/refuser/<str:token>/", contacts.reminder_refuse, name="reminder_refuse"),
    path("gestion/suivi/previsions/", reminders.reminder_forecast, name="reminder_forecast"),
    path("gestion/suivi/regles/", reminders.reminder_rules, name="reminder_rules"),
    path("gestion/suivi/arrets/", reminders.fuse_list, name="fuse_list"),
    path("gestion/suivi/arrets/<int:pk>/", reminders.fuse_page, name="fuse_page"),
    path("gestion/suivi/retenues/", reminders.hold_list, name="hold_list"),
    path("gestion/suivi/retenues/<int:pk>/lever/", reminders.hold_release, name="hold_release"),
    path(
        "gestion/suivi/<int:year>-t<int:quarter>/relances/",
        reminders.reminder_steps_page,
        name="reminder_steps_page",
    ),
    path(
        "gestion/suivi/<int:year>-t<int:quarter>/relances/<str:step>/",
        reminders.reminder_text,
        name="reminder_text",
    ),
    path(
        "gestion/suivi/<int:year>-t<int:quarter>/relances/<str:step>/apercu/",
        reminders.reminder_preview,
        name="reminder_preview",
    ),
    path(
        "gestion/appels/<slug:slug>/publication/<int:number>/",
        publication.publication_page,
        name="publication_page",
    ),
    path("fabriques/", registry.registry, name="registry"),
    path("fabriques/communes.json", registry.commune_names, name="commune_names"),
    path("fabriques/labels-termines/", registry.registry_over, name="registry_over"),
    path("fabriques/points.json", opendata.registry_points, name="registry_points"),
    path("fabriques/<slug:slug>/", registry.fabrique_page, name="fabrique_page"),
    path("labels/<str:reference>/", registry.label_page, name="label_page"),
]
