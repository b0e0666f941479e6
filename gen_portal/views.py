"""The roof's own pages: home, desk, health, fixed pages and the pages of refusals."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render

from applications.models import Call
from fabriques.models.registry import headline
from gen_portal import desk as desk_page
from gen_portal.core import clock
from gen_portal.core.models import LegalBody
from gen_portal.core.snapshot import one_instant


@login_not_required
@one_instant()
def home(request):
    """Who: anybody. Question: what is this and what can I do here? Leaves with: the open call, or the map."""
    now = clock.now()
    today = clock.day_of(now)
    open_calls = [(call, call.open_cut_off(now)) for call in Call.objects.open(now).for_page()]
    return render(request, "home.html", {"open_calls": open_calls, "headline": headline(today), "today": today})


def desk(request):
    """Who: anybody signed in. Question: what waits for me, and why? Leaves with: the next thing to do."""
    now = clock.now()
    sections = desk_page.sections_for(request.user, now, clock.day_of(now))
    waiting_count = sum(len(section.lines) for section in sections)
    return render(request, "desk.html", {"sections": sections, "waiting_count": waiting_count})


@login_not_required
def health(request):
    """Answers 200 when the database answers; nothing else is said."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
def page_sitemap(request):
    """Who: somebody lost. Question: where is everything? Leaves with: the page."""
    return render(request, "pages/sitemap.html")


@login_not_required
def page_accessibility(request):
    """The accessibility statement, on the RGAA's model; it never claims more than was audited."""
    return render(request, "pages/accessibility.html")


@login_not_required
def page_legal(request):
    """Who publishes this site: the legal body of the day."""
    return render(request, "pages/legal.html", {"legal_body": LegalBody.objects.in_force(clock.today()).first()})


@login_not_required
def page_privacy(request):
    """What personal data is kept, why and for how long."""
    return render(request, "pages/privacy.html")


@login_not_required
def page_cookies(request):
    """The strictly necessary cookies, so no banner."""
    return render(request, "pages/cookies.html")


@login_not_required
def page_security(request):
    """How to report a weakness."""
    return render(request, "pages/security.html")


@login_not_required
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
