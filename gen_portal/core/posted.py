"""What the pages share about a form that somebody posts: an act done with it, a sheet that came in it."""

from django.core.exceptions import ValidationError

from gen_portal.core import spreadsheets
from gen_portal.core.workflow import Refused


def accepts(form, act, *args, field=None, **values):
    """Whether an act was done; its refusal is shown in the form (at a field), with all that was typed."""
    try:
        act(*args, **values)
    except Refused as refusal:
        form.add_error(field, str(refusal))
        return False
    return True


def read_upload(upload, headers, *, max_bytes=spreadsheets.MAX_BYTES, max_lines=spreadsheets.MAX_LINES):
    """The bytes of a file (with a size and `read()`) and its Sheet; ValidationError says what to do with one that is not.

    A file too large is refused unread.
    """
    try:
        spreadsheets.check_size(upload.size, max_bytes)
        content = upload.read()
        return content, spreadsheets.read(content, headers, max_bytes=max_bytes, max_lines=max_lines)
    except spreadsheets.Unreadable as fault:
        raise ValidationError(str(fault)) from fault
