"""What a form widget needs to look and speak as the DSFR asks: classes, native date pickers, described-by, counters."""

from django.forms import widgets

from gen_portal.core.phrases import number

#: The class of the element itself; a checkbox, a radio button and a hidden field have none.
_CLASSES = (
    ((widgets.CheckboxInput, widgets.RadioSelect, widgets.CheckboxSelectMultiple, widgets.HiddenInput), ""),
    ((widgets.Select, widgets.SelectDateWidget), "fr-select"),
    ((widgets.FileInput,), "fr-upload"),
    ((widgets.PasswordInput,), "fr-password__input fr-input"),
    ((widgets.Widget,), "fr-input"),
)
#: Browsers only prefill their own date pickers from ISO values, whatever the language of the page.
_PICKERS = {
    widgets.DateInput: ("date", "%Y-%m-%d"),
    widgets.TimeInput: ("time", "%H:%M"),
    widgets.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
}


def dress(field):
    """Attributes to render a bound field with. Its widget (a copy owned by this form) gets a native date picker."""
    widget = field.field.widget
    for part in getattr(widget, "widgets", [widget]):
        _use_native_picker(part)
    if isinstance(widget, widgets.SplitDateTimeWidget):
        _name_the_two_halves(widget)
    attrs = {"class": _classes(widget)} if _classes(widget) else {}
    if "placeholder" in widget.attrs:
        attrs["placeholder"] = False  # it vanishes when one types, and is too pale: what must be said is in the help
    if isinstance(widget, widgets.NumberInput):
        attrs["inputmode"] = "decimal" if widget.attrs.get("step") == "any" else "numeric"
    if isinstance(widget, widgets.Textarea):
        attrs |= _counted(widget)
    if described_by := _described_by(field):
        attrs["aria-describedby"] = described_by
    return attrs


def _classes(widget):
    """The DSFR's class before those the form asked for."""
    own = next(name for kinds, name in _CLASSES if isinstance(widget, kinds))
    return " ".join(filter(None, [own, widget.attrs.get("class", "")]))


def _use_native_picker(widget):
    """Exact classes only: a form with a widget of its own has its reasons."""
    if type(widget) in _PICKERS:
        widget.input_type, widget.format = _PICKERS[type(widget)]


def _name_the_two_halves(widget):
    """A date and its time share one legend; each half still says which it is."""
    for part, name in zip(widget.widgets, ("Date", "Heure"), strict=True):
        part.attrs.setdefault("aria-label", name)


def _counted(widget):
    """A limit is counted aloud and checked on the server: `maxlength` would silently cut what is pasted."""
    limit = widget.attrs.get("maxlength")
    if not limit:
        return {}
    return {"maxlength": False, "data-gen-counter": str(limit)}


def _described_by(field):
    """Help, limit and error messages, in reading order, after what the form itself points at."""
    if not field.auto_id or field.use_fieldset:
        return ""
    ids = [field.field.widget.attrs.get("aria-describedby", "")]
    ids.append(f"{field.auto_id}_helptext" if field.help_text else "")
    ids.append(f"{field.auto_id}_limit" if text_limit(field) else "")
    ids.append(f"{field.auto_id}_error" if field.errors else "")
    return " ".join(filter(None, ids))


def text_limit(field):
    """« 2 000 » for a counted text area, nothing otherwise."""
    widget = field.field.widget
    limit = widget.attrs.get("maxlength") if isinstance(widget, widgets.Textarea) else None
    return number(int(limit)) if limit else ""
