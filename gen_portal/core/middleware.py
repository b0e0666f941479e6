"""What every request and response goes through, beside Django's own: headers, maintenance, second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gen_portal.core import access, sessions

#: Pages a person with a capacity may open before giving a second factor: those that serve to give one, the exit and
#: the health of the portal.
OPEN_WITHOUT_SECOND_FACTOR = {
    "health",
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
}


class ResponseHeadersMiddleware:
    """CORP on every response; nothing that a signed-in person sees is kept by a cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers["Cache-Control"] = "no-store, private"
        return response


class RejectNullBytesMiddleware:
    """A null byte in a path or a query string is refused before it reaches the database."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("Adresse invalide.", content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class MaintenanceMiddleware:
    """While the file `maintenance` lies under FILES_ROOT, every page answers 503; the health page keeps answering."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (settings.FILES_ROOT / "maintenance").exists() and request.path != "/sante/":
            response = render(request, "503.html", status=503)
            response.headers["Retry-After"] = "600"
            return response
        return self.get_response(request)


class SessionLimitsMiddleware:
    """Ends a session that was idle, or that lasts, too long for the person's role; asking how long is left is no activity."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and sessions.seconds_left(request) <= 0:
            logout(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_question = request.resolver_match.view_name == "session_state" and request.method == "GET"
        if request.user.is_authenticated and not is_question:
            sessions.mark_activity(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends visitors to sign in. What they sent to a page marked `keeps_typed` waits for them; a script is told 401."""

    def handle_no_permission(self, request, view_func):
        is_kept = request.method == "POST" and getattr(view_func, "keeps_typed", False) and sessions.keep_typed(request)
        if request.headers.get("Accept") == "application/json":
            said = "Votre session a pris fin : rien n'est enregistré depuis. Votre texte est gardé sur cet ordinateur."
            url = reverse("account_login", query={"next": request.path})
            return JsonResponse({"said": said, "sign_in_url": url}, status=401)
        if is_kept:
            messages.info(
                request,
                "Votre session a pris fin. Ce que vous avez écrit est gardé : connectez-vous pour le retrouver.",
            )
        elif request.method == "POST":
            messages.warning(
                request, "Votre session a pris fin et rien n'a été enregistré. Connectez-vous, puis recommencez."
            )
        return super().handle_no_permission(request, view_func)


class SecondFactorMiddleware:
    """Whoever holds a capacity enrols a second factor at first sign-in, gives it at each sign-in, and keeps it.

    Public pages count too: what they show depends on one's rights, and those rest on both factors.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if name in OPEN_WITHOUT_SECOND_FACTOR or not access.capacities(request.user):
            return None
        access.require(name != "mfa_deactivate_totp")
        if access.second_factors(request):
            return None
        step = "mfa_reauthenticate" if is_mfa_enabled(request.user) else "mfa_activate_totp"
        return redirect(reverse(step, query={"next": request.get_full_path()}))
