"""Wording and recipients of what the public registry sends: alerts to those who asked for them, mistakes to officers, the
fate of its page to a fabrique."""

from django.core import signing

from applications.models.officers import following_of
from fabriques.wording import escaped
from gen_portal.core import clock, outbox
from gen_portal.core.models import Role, User
from gen_portal.core.placeholders import quoted

ALERT_KIND = "search_alert"
#: A mail names so many places; the others are counted.
NAMED_COUNT = 15
_STOP_SALT = "fabriques.search_alert.stop"


def tell_error(report, now):
    """One mail to the officer of the dossier, or to every officer where nobody is named."""
    _, markdown = outbox.render(
        "error_told", {"label": escaped(report.label.title), "structure": escaped(report.label.training.structure.name),
                       "text": escaped(report.text), "link": outbox.url_of("error_list")}
    )  # fmt: skip
    for officer in _officers_of(report.label, clock.day_of(now)):
        outbox.post(
            key=f"error-told:{report.pk}:{officer.pk}",
            kind="error_told",
            to=officer.email,
            subject_line=f"Erreur signalée : {report.label.title}",
            markdown=markdown,
            about=report,
            at=now,
        )


def _officers_of(label, today):
    """Who acts for the dossier; every officer where nobody does."""
    acting = following_of(label.decision.application, today).acting
    return [acting] if acting else User.objects.in_capacity(Role.OFFICER, today=today).order_by("pk")


def tell_held(page, now):
    """The structure's owners and editors learn that its page is held back, and why."""
    _tell_writers(page, "page_held", now, reason=quoted(page.held_reason))


def tell_released(page, now):
    """They learn that it is shown again."""
    _tell_writers(page, "page_released", now, public_link=outbox.url_of("fabrique_page", page.fabrique.slug))


def _tell_writers(page, kind, now, **context):
    structure = page.fabrique.structure
    context |= {"structure": escaped(structure.name), "link": outbox.url_of("page_edit", structure.reference)}
    subject_line, markdown = outbox.render(kind, context)
    for membership in structure.memberships.writers().filter(user__is_active=True).for_page():
        outbox.post(
            key=f"{kind}:{page.pk}:{now.isoformat()}:{membership.user_id}",
            kind=kind,
            to=membership.user.email,
            subject_line=subject_line,
            markdown=markdown,
            about=page,
            at=now,
        )


def ask_to_confirm(alert, *, token, described, now):
    """The link that starts an alert, once; the same answer was given on the page whoever asked."""
    _post(alert, "alert_confirm", f"alert-confirm:{alert.pk}:{clock.day_of(now)}", described, now, is_secret=True,
          link=outbox.url_of("alert_confirm", token))  # fmt: skip


def remind_of_alert(alert, *, described, now):
    """Asked again for what is already in service: say so to the address alone, with the way to stop it."""
    _post(alert, "alert_known", f"alert-known:{alert.pk}:{clock.day_of(now)}", described, now)


def digest(alert, places, *, described, now, today):
    """The new places that answer an alert: one mail a day at most, by its key."""
    lines = [
        {
            "title": escaped(place.label.title),
            "structure": escaped(place.label.training.structure.name),
            "town": escaped(place.commune),
            "link": outbox.url_of("label_page", place.label.reference),
        }
        for place in places[:NAMED_COUNT]
    ]
    more_count = len(places) - len(lines)
    list_link = f"{outbox.url_of('registry')}?{alert.query}" if alert.query else outbox.url_of("registry")
    _post(alert, ALERT_KIND, f"{ALERT_KIND}:{alert.pk}:{today}", described, now, lines=lines, count=len(places),
          more_count=more_count, list_link=list_link)  # fmt: skip


def _post(alert, template, key, described, now, *, is_secret=False, **context):
    link = stop_link(alert)
    context |= {"described": [escaped(words) for words in described], "alert": alert, "stop_link": link}
    subject_line, markdown = outbox.render(template, context)
    outbox.post(
        key=key,
        kind=template,
        to=alert.email,
        subject_line=subject_line,
        markdown=markdown,
        about=alert,
        is_secret=is_secret,
        headers={"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        at=now,
    )


def stop_link(alert):
    return outbox.url_of("alert_stop", stop_token(alert))


def stop_token(alert):
    return signing.dumps(alert.pk, salt=_STOP_SALT)


def read_stop(token):
    """The key of an alert; `BadSignature` if the link is not ours."""
    return signing.loads(token, salt=_STOP_SALT)
