"""The url table of the whole portal, in French. Every name has a row in the access matrix."""

from django.urls import include, path

from gen_portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("bureau/", views.desk, name="desk"),
    path("sante/", views.health, name="health"),
    path("compte/", include("gen_portal.account_urls")),
    path("", include("gen_portal.core.urls")),
    path("", include("applications.urls")),
    path("", include("labelling.urls")),
    path("", include("fabriques.urls")),
]

handler400 = "django.views.defaults.bad_request"
