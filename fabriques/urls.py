"""Urls of this floor, in French."""

from django.urls import path

from fabriques import opendata
from fabriques.views import follow_up, publication, registry

urlpatterns = [
    path("suivi/", follow_up.report_list, name="report_list"),
    path("suivi/<str:reference>/", follow_up.report_page, name="report_page"),
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
