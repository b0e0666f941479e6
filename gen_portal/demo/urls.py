"""Urls that exist only when DEMO is on."""

from django.urls import path

from gen_portal.demo import views

urlpatterns = [
    path("courriels/", views.demo_mailbox, name="demo_mailbox"),
    path("courriels/<slug:name>/", views.demo_mail, name="demo_mail"),
]
