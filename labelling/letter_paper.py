"""The paper of a letter: a tagged PDF made from its frozen row, the same bytes whenever it is asked for; or of a draft."""

from django.conf import settings

from gen_portal.core import pdf
from gen_portal.core.text import blocks

TO_COME = "attribué à la publication"


def document(letter):
    """The PDF of a letter that left."""
    return _render(letter, letter.number, letter.written_at, sha256=letter.sha256)


def draft_document(draft, *, at):
    """The PDF of a letter as it would leave at an instant, marked « PROJET »."""
    return _render(draft, TO_COME, at, is_draft=True)


def _render(letter, number, at, *, sha256="", is_draft=False):
    names = ("authority", "addressee", "day", "reference")
    values = {name: letter.mentions[name] for name in names} | {
        "number": number,
        "subject_line": letter.subject_line,
        "blocks": blocks(letter.text, links_to=settings.PORTAL_URL),
        "sha256": sha256,
        "is_draft": is_draft,
    }
    return pdf.render("letter.typ", values, at=at)
