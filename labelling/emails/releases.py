"""What whoever scheduled a publication receives when the clock could not run it."""

from gen_portal.core import outbox


def tell_prevented(release):
    """To be read at once: somebody is about to announce what did not appear."""
    cut_off = release.cut_off
    context = {
        "release": release, "cut_off": cut_off, "call": cut_off.call,
        "url": outbox.url_of("publication_page", cut_off.call.slug, cut_off.number),
    }  # fmt: skip
    subject_line, markdown = outbox.render("release_prevented", context)
    outbox.post(
        key=f"release_prevented:{release.pk}", kind="release_prevented", to=release.scheduled_by.email,
        subject_line=subject_line, markdown=markdown, about=release,
    )  # fmt: skip
