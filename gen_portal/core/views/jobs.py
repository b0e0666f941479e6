"""A background job, for the person who asked for it: how far it is, its result, a way to stop it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from gen_portal.core import files, jobs
from gen_portal.core.models import BackgroundJob
from gen_portal.core.tasks import enqueue, run_job


def job_page(request, reference):
    """Who: whoever asked for it. Question: is it ready? Leaves with: the file."""
    job = get_object_or_404(BackgroundJob.objects.visible_to(request.user), reference=reference)
    context = {"job": job, "is_readable": jobs.is_readable(job, request.user)}
    return render(request, "core/job_page.html", context)


def job_result(request, reference):
    """The file that the job made, as long as whoever asked for it may read it."""
    job = get_object_or_404(BackgroundJob.objects.visible_to(request.user), reference=reference)
    if not jobs.is_readable(job, request.user):
        raise Http404
    return files.response(job.result)


@require_POST
def job_cancel(request, reference):
    job = get_object_or_404(BackgroundJob.objects.visible_to(request.user), reference=reference)
    jobs.request_cancel(job)
    return redirect("job_page", reference)


@require_POST
def job_restart(request, reference):
    """Asks again for what failed or was cancelled, as a new job; anything else leads back to its page."""
    job = get_object_or_404(BackgroundJob.objects.visible_to(request.user), reference=reference)
    again = jobs.ask_again(job, by=request.user)
    if again is None:
        return redirect("job_page", reference)
    enqueue(run_job, again.pk)
    return redirect("job_page", again.reference)
