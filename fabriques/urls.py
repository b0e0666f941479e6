"""Urls of this floor, in French."""

from django.urls import path

from fabriques import opendata
from fabriques.views import follow_up, publication, registry, report_documents, report_uploads, reports

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
    path("gestion/suivi/", follow_up.campaign_list, name="campaign_list"),
    path("gestion/suivi/<int:year>-t<int:quarter>/", follow_up.campaign_page, name="campaign_page"),
    path(
        "gestion/appels/<slug:slug>/publication/<int:number>/",
        publication.publication_page,
        name="publication_page",
    ),
    path("fabriques/", registry.registry, name="registry"),
    path("fabriques/points.json", opendata.registry_points, name="registry_points"),
    path("fabriques/<slug:slug>/", registry.fabrique_page, name="fabrique_page"),
    path("labels/<str:reference>/", registry.label_page, name="label_page"),
]
