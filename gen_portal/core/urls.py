"""Urls of the foundation that people see: journal, outbox, capacities, background jobs."""

app_name = "core"
urlpatterns = []
