"""The roof's own pages: home, desk, health, fixed pages and the pages of refusals."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render


@login_not_required
def home(request):
    """Who: anybody. Question: what is this and what can I do here? Leaves with: the open call, or the map."""
    return render(request, "home.html")


def desk(request):
    """Who: anybody signed in. Question: what waits for me, and why? Leaves with: the next thing to do."""
    return render(request, "desk.html")


@login_not_required
def health(request):
    """Answers 200 when the database answers; nothing else is said."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
