"""Urls of the foundation that people see: journal, outbox, capacities, background jobs."""

from django.urls import path

from gen_portal.core.views import capacities, jobs, journal, mails, second_factors, sessions

urlpatterns = [
    path("session/", sessions.session_state, name="session_state"),
    path("gestion/habilitations/", capacities.capacity_list, name="capacity_list"),
    path("gestion/habilitations/nouvelle/", capacities.capacity_create, name="capacity_create"),
    path("gestion/habilitations/<int:pk>/terminer/", capacities.capacity_end, name="capacity_end"),
    path("gestion/seconds-facteurs/", second_factors.factor_reset_list, name="factor_reset_list"),
    path("gestion/seconds-facteurs/demander/", second_factors.factor_reset_ask, name="factor_reset_ask"),
    path("gestion/seconds-facteurs/<int:pk>/", second_factors.factor_reset_answer, name="factor_reset_answer"),
    path("gestion/journal/", journal.journal_list, name="journal_list"),
    path("gestion/journal/<str:kind>/<int:pk>/", journal.journal_subject, name="journal_subject"),
    path("gestion/courriels/", mails.outbox_list, name="outbox_list"),
    path("gestion/courriels/<int:pk>/", mails.outbox_page, name="outbox_page"),
    path("gestion/courriels/<int:pk>/renvoyer/", mails.outbox_resend, name="outbox_resend"),
    path("gestion/courriels/<int:pk>/annuler/", mails.outbox_cancel, name="outbox_cancel"),
    path("gestion/courriels/<int:pk>/retenir/", mails.outbox_hold, name="outbox_hold"),
    path("gestion/courriels/<int:pk>/liberer/", mails.outbox_release, name="outbox_release"),
    path("gestion/courriels/<int:pk>/adresse-bonne/", mails.outbox_lift, name="outbox_lift"),
    path("taches/<str:reference>/", jobs.job_page, name="job_page"),
    path("taches/<str:reference>/resultat/", jobs.job_result, name="job_result"),
    path("taches/<str:reference>/annuler/", jobs.job_cancel, name="job_cancel"),
    path("taches/<str:reference>/relancer/", jobs.job_restart, name="job_restart"),
]
