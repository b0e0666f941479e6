"""What somebody receives to whom a signature is delegated."""

from gen_portal.core import outbox


def tell_delegate(delegation):
    """In whose name they sign, from when until when."""
    context = {"delegation": delegation, "url": outbox.url_of("desk")}
    subject_line, markdown = outbox.render("signature_delegated", context)
    outbox.post(
        key=f"signature_delegated:{delegation.pk}", kind="signature_delegated", to=delegation.delegate.email,
        subject_line=subject_line, markdown=markdown, about=delegation,
    )  # fmt: skip
