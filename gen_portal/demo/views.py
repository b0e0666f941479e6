"""Pages that exist only in the demonstration."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from gen_portal.demo import mailbox


@login_not_required
def demo_mailbox(request):
    """Who: somebody trying the demonstration. Question: what was I sent? Leaves with: the mail."""
    to = request.GET.get("a", "")
    page = Paginator(mailbox.received(to), 50).get_page(request.GET.get("page"))
    return render(request, "demo/mailbox.html", {"page_obj": page, "to": to})


@login_not_required
def demo_mail(request, name):
    """One mail, as its reader sees it."""
    mail = mailbox.received_mail(name)
    if mail is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": mail})
