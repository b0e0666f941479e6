"""How long one's session still lasts, asked by the page; staying is the activity of the POST itself."""

from django.http import JsonResponse

from gen_portal.core import sessions


def session_state(request):
    """Who: somebody signed in, by the page's script. Question: how long am I still signed in? Leaves with: more time."""
    left = sessions.seconds_left(request)
    return JsonResponse({"seconds": left, "can_last_longer": sessions.can_last_longer(request)})
