"""The url table of the whole portal, in French. Every name has a row in the access matrix."""

from django.conf import settings
from django.urls import include, path

from gen_portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("bureau/", views.desk, name="desk"),
    path("sante/", views.health, name="health"),
    path("plan-du-site/", views.page_sitemap, name="page_sitemap"),
    path("accessibilite/", views.page_accessibility, name="page_accessibility"),
    path("mentions-legales/", views.page_legal, name="page_legal"),
    path("donnees-personnelles/", views.page_privacy, name="page_privacy"),
    path("cookies/", views.page_cookies, name="page_cookies"),
    path("securite/", views.page_security, name="page_security"),
    path("compte/", include("gen_portal.account_urls")),
    path("", include("gen_portal.core.urls")),
    path("", include("applications.urls")),
    path("", include("labelling.urls")),
    path("", include("fabriques.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demonstration/", include("gen_portal.demo.urls")))

handler400 = "django.views.defaults.bad_request"
