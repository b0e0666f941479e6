"""What becomes of the page that a fabrique writes.

page: draft → published (publish_page); published → published, another version (publish_page), → draft (withdraw_page),
    → held (hold_page); held → asked (ask_for_look); asked → held for another reason (hold_page); held, asked → published
    (release_page)
"""

from django.db import transaction
from django.db.models import Max

from fabriques import messages
from fabriques.models import HELD_STATES, JournalAction, PageState, PageVersion
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record

_CHANGED = "La page a changé depuis que vous l'avez relue : relisez-la, puis recommencez."


@transaction.atomic
def publish_page(page, content, *, by, seen):
    """Show everybody this content and the photographs of the page. `seen`: the mark of the draft that was read.

    Refused when the draft is no longer that one, and when the public sees the same already.
    """
    page = lock(page, PageState.DRAFT, PageState.PUBLISHED)
    version = _new_version(page, content, by=by, seen=seen)
    if version is None:
        raise Refused("Rien n'a changé : c'est ce que le public voit déjà.")
    page.state, page.current = PageState.PUBLISHED, version
    page.save(update_fields=["state", "current"])
    record(page, JournalAction.PAGE_PUBLISHED, by=by, at=version.published_at, note=str(version))
    return page


@transaction.atomic
def ask_for_look(page, content, *, by, seen):
    """The page is corrected: an officer looks again. Nobody else sees it until then."""
    page = lock(page, PageState.HELD)
    version = _new_version(page, content, by=by, seen=seen)
    if version is None:
        raise Refused("Rien n'a changé depuis que la page est retenue : corrigez-la d'abord.")
    page.state, page.current = PageState.ASKED, version
    page.save(update_fields=["state", "current"])
    record(page, JournalAction.PAGE_LOOK_ASKED, by=by, at=version.published_at, note=str(version))
    return page


def _new_version(page, content, *, by, seen):
    """The content and photographs of a locked page as its next version; None when they are those of the present one."""
    if seen != page.mark:
        raise Refused(_CHANGED)
    content = {**content, "photos": [photo.told for photo in page.photos.current()]}
    if page.current and page.current.content == content:
        return None
    last = page.versions.aggregate(last=Max("number"))["last"] or 0
    return PageVersion.objects.create(
        page=page, number=last + 1, content=content, published_at=clock.now(), published_by=by
    )


@transaction.atomic
def withdraw_page(page, *, by):
    """The fabrique takes its page down; its draft stays. Refused while staff hold it back."""
    page = lock(page, PageState.PUBLISHED)
    page.state, page.current = PageState.DRAFT, None
    page.save(update_fields=["state", "current"])
    record(page, JournalAction.PAGE_WITHDRAWN, by=by)
    return page


@transaction.atomic
def hold_page(page, *, by, reason, seen):
    """From now on the public sees the facts of the registry alone; the structure is told why. `seen`: the version read.

    Refused without a reason, and when the structure changed the page meanwhile.
    """
    page = lock(page, PageState.PUBLISHED, PageState.ASKED)
    if not reason.strip():
        raise Refused("Écrivez le motif : la structure le lira pour corriger sa page.")
    if seen != str(page.current_id):
        raise Refused(_CHANGED)
    page.state, page.held_at, page.held_by, page.held_reason = PageState.HELD, clock.now(), by, reason.strip()
    page.save(update_fields=["state", "held_at", "held_by", "held_reason"])
    record(page, JournalAction.PAGE_HELD, by=by, at=page.held_at, note=page.held_reason)
    messages.tell_held(page, page.held_at)
    return page


@transaction.atomic
def release_page(page, *, by, seen):
    """The page is shown again, as the officer read it. Refused when it has another version meanwhile."""
    page = lock(page, *HELD_STATES)
    if seen != str(page.current_id):
        raise Refused(_CHANGED)
    now = clock.now()
    page.state, page.held_at, page.held_by, page.held_reason = PageState.PUBLISHED, None, None, ""
    page.save(update_fields=["state", "held_at", "held_by", "held_reason"])
    record(page, JournalAction.PAGE_RELEASED, by=by, at=now)
    messages.tell_released(page, now)
    return page
