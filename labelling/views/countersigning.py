"""The committee member of a ministry reads and countersigns the reviews of its people."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render

from gen_portal.core import access
from gen_portal.core.posted import accepts
from labelling.forms.countersigning import CountersignForm
from labelling.models.countersigning import for_countersigning, in_turn, ministries_led, reviews_led
from labelling.transitions.countersigning import countersign_reviews

PAGE_SIZE = 25


def countersign_list(request):
    """Who: committee member of a ministry. Question: do I stand for these reviews? Leaves with: those countersigned."""
    access.require(ministries_led(request.user))
    reviews = in_turn(for_countersigning(reviews_led(request.user)))
    page = Paginator(reviews, PAGE_SIZE).get_page(request.GET.get("page"))
    form = CountersignForm(request.POST if request.method == "POST" else None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and accepts(form, countersign_reviews, form.seen(), by=request.user):
        messages.success(request, form.told())
        return redirect("countersign_list")
    return render(request, "labelling/countersign_list.html", {"page_obj": page, "form": form})
