"""Urls of this floor, in French."""

urlpatterns = []
