"""The tags and filters every template has at hand (a builtin library): French dates and amounts, urls, widgets, badges."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django import template
from django.forms import widgets
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from applications import closing
from applications.models import ApplicationState
from gen_portal.core import phrases, references, territory
from gen_portal.core.text import page_html, safe_html
from gen_portal.dsfr_widgets import dress, text_limit

register = template.Library()

#: How a state looks. A value that is not here is neutral; the words always tell the state, never the colour alone.
BADGES = {
    "draft": "",
    "submitted": "info",
    "returned": "warning",
    "admissible": "success",
    "inadmissible": "error",
    "under_review": "new",
    "decided": "info",
    "withdrawn": "",
    "labelled": "success",
    "labelled_with_conditions": "success",
    "deferred": "warning",
    "refused": "error",
    "proposed": "warning",
    "signed": "success",
    "dropped": "",
    "shown": "",
    "accepted": "success",
    "replayed": "info",
    "incomplete": "warning",
    "conflict": "warning",
    "failed": "error",
    "open": "success",
    "upcoming": "info",
    "closed": "",
    "published": "success",
    "in_force": "success",
    "suspended": "warning",
    "given_up": "",
    "revoked": "error",
    "expired": "",
    "renewed": "info",
    "filed": "success",
    "expected": "info",
    "overdue": "error",
    "dead": "error",
    "doubtful": "warning",
    "sent": "success",
    "waiting": "info",
    "cancelled": "",
    "attendus": "info",
    "en-retard": "warning",
    "en-defaut": "error",
    "a-relire": "new",
    "redemandes": "warning",
    "acceptes": "success",
    "signales": "error",
    "held": "warning",
    "asked": "new",
    "bounced": "error",
}


# --- Words ---------------------------------------------------------------------------------------------------------
@register.filter
def exact(value):
    """An instant to the second, in legal time with its offset, as a receipt says it."""
    return closing.exact(value)


@register.filter
def paris(value):
    """An instant in legal time: « 24 février 2017 à 18 h 00 »; nothing for no value."""
    return phrases.instant(value) if value else ""


@register.filter
def deadline(value):
    """An exclusive end in legal time: « vendredi 25 novembre 2016 à minuit (24 h 00), heure de Paris »."""
    return territory.describe_deadline(value) if value else ""


@register.filter
def in_zone(value, zone_name):
    """The same instant in another zone: `{{ closes_at|in_zone:"Indian/Reunion" }}`."""
    return phrases.instant(value, ZoneInfo(zone_name)) if value else ""


@register.filter
def day(value):
    """A date, or the Paris date of an instant: « 24 février 2017 »."""
    return phrases.day(value) if value else ""


@register.filter
def eve(value):
    """The last day of a period whose end is exclusive: `{{ label.ends_on|eve|day }} inclus`."""
    return value - timedelta(days=1) if value else None


@register.filter
def iso(value):
    """The value of a `<time datetime>`."""
    return value.isoformat() if value else ""


@register.filter
def euros(value):
    """« 70 000 € »; nothing for no value, « 0 € » for zero."""
    return "" if value is None or value == "" else phrases.euros(value)


@register.filter
def number(value):
    """« 1 234,5 »."""
    return "" if value is None or value == "" else phrases.number(value)


@register.filter
def distance(kilometres):
    """« 12 km » ; below one kilometre, « moins de 1 km »: positions are no finer."""
    return f"moins de 1{phrases.NBSP}km" if kilometres < 1 else f"{round(kilometres)}{phrases.NBSP}km"


@register.filter
def file_size(value):
    return "" if value is None else phrases.file_size(value)


@register.filter
def file_extension(name):
    """« PDF » of « budget.pdf »."""
    return name.rpartition(".")[2].upper() if "." in name else "Fichier"


@register.filter
def grouped(value):
    """A reference in groups of four, to be read aloud."""
    return references.grouped(value) if value else ""


@register.filter
def markdown(value):
    """Markdown typed by a person, as safe HTML."""
    return mark_safe(safe_html(value)) if value else ""


@register.filter
def page_markdown(value):
    """The Markdown of a page that a fabrique writes, as safe HTML under an h2."""
    return mark_safe(page_html(value)) if value else ""


@register.filter
def badge_kind(state):
    """The DSFR kind of a state's badge: `{% include "components/badge.html" with kind=x.state|badge_kind … %}`."""
    return BADGES.get(str(state), "")


@register.filter
def state_label(state):
    """« recevable »: the state of a dossier read as a plain value."""
    return ApplicationState(state).label


@register.filter
def item(mapping, key):
    """The value under a key that only a variable knows; nothing where there is none."""
    return mapping.get(key, "")


# --- Urls ----------------------------------------------------------------------------------------------------------
def _request(context):
    """The request, also inside `{% include … only %}`, which hides the variable but keeps the object."""
    return getattr(context, "request", None) or context["request"]


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The present query string with some parameters replaced, or removed when None: `{% query tri='nom' page=None %}`."""
    return _asked(context, changes) or _request(context).path


@register.simple_tag(takes_context=True)
def carried(context, **changes):
    """The same, to stand behind another address: nothing when nothing is asked."""
    return _asked(context, changes)


def _asked(context, changes):
    params = _request(context).GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else ""


@register.simple_tag(takes_context=True)
def current_path(context):
    """The path without its query string: where « Effacer les filtres » leads."""
    return _request(context).path


@register.simple_tag(takes_context=True)
def param(context, name):
    """One parameter of the present query string, or nothing."""
    return _request(context).GET.get(name, "")


@register.simple_tag(takes_context=True)
def csrf_field(context):
    """The CSRF field of a form inside a component included with `only`, where `csrf_token` is not passed on."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(_request(context)))


@register.filter
def elided_pages(page):
    """Page numbers worth showing around the current one, None for a gap."""
    gap = page.paginator.ELLIPSIS
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [None if item == gap else item for item in shown]


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context, label, name, numeric=False):
    """A `<th>` whose link sorts by `name` (`?tri=nom`), then the other way round (`?tri=-nom`), from page one."""
    present = _request(context).GET.get("tri", "")
    ascending, descending = present == name, present == f"-{name}"
    return {
        "label": label,
        "url": query(context, tri=f"-{name}" if ascending else name, page=None),
        "direction": "ascending" if ascending else "descending" if descending else "",
        "numeric": numeric,
    }


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*steps):
    """`{% breadcrumb "Appels" calls_url "Appel de 2017" %}`: label and url of each parent page, then this page's label."""
    *parents, here = steps
    return {"trail": list(zip(parents[::2], parents[1::2], strict=True)), "here": here}


# --- Forms ---------------------------------------------------------------------------------------------------------
@register.simple_tag
def dsfr_widget(field):
    """A bound field's widget with the classes and attributes of the DSFR."""
    return field.as_widget(attrs=dress(field))


@register.filter
def field_kind(field):
    """What shape the pack gives a field: hidden, choices, parts, checkbox, select, file, password or input."""
    widget = field.field.widget
    kinds = (
        ("hidden", widgets.HiddenInput),
        ("choices", (widgets.RadioSelect, widgets.CheckboxSelectMultiple)),
        ("parts", (widgets.MultiWidget, widgets.SelectDateWidget)),
        ("checkbox", widgets.CheckboxInput),
        ("select", widgets.Select),
        ("file", widgets.FileInput),
        ("password", widgets.PasswordInput),
    )
    if field.is_hidden:
        return "hidden"
    return next((kind for kind, classes in kinds if isinstance(widget, classes)), "input")


@register.filter
def target_id(field):
    """The id a link to this field must name: the first choice or part where no element carries the field's own id."""
    return field.id_for_label or (f"{field.auto_id}_0" if len(field.subwidgets) else f"div_{field.auto_id}")


@register.filter
def limit(field):
    """The number of characters a text area may hold, written in French; nothing where there is no limit."""
    return text_limit(field)


@register.filter
def group_class(kind):
    """The class of the block around a label and its control."""
    return {"select": "fr-select-group", "file": "fr-upload-group"}.get(kind, "fr-input-group")


@register.filter
def button_class(button):
    """The DSFR's classes of a crispy button, without Bootstrap's."""
    kept = [name for name in button.field_classes.split() if name not in {"btn", "btn-primary", "btn-inverse"}]
    secondary = ["fr-btn--secondary"] if button.input_type != "submit" and not kept else []
    return " ".join(["fr-btn", *kept, *secondary])


@register.filter
def summary_id(form):
    """The id of the error summary of a form or a formset: several may stand on one page."""
    return f"erreurs-{form.prefix}" if form.prefix else "erreurs"


@register.filter
def error_count(form):
    """« une erreur », « 3 erreurs »."""
    count = sum(len(errors) for errors in form.errors.values())
    return "une erreur" if count == 1 else f"{count} erreurs"


@register.filter
def keeps_typed(form):
    """Whether to tell the reader that nothing typed is lost: a long form, without a password (never sent back)."""
    used = [field.widget for one in getattr(form, "forms", [form]) for field in one.fields.values()]
    return len(used) > 3 and not any(isinstance(widget, widgets.PasswordInput) for widget in used)
