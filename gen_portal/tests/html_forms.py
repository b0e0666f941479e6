"""The forms of a page, read as a browser would send them, its blanks filled with something plausible."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: What a person might type, by the type of the field.
_TYPED = {
    "email": "quelquun@exemple.fr",
    "url": "https://exemple.fr",
    "number": "1",
    "date": "2026-04-01",
    "time": "10:00",
    "datetime-local": "2026-04-01T10:00",
    "tel": "02 99 00 00 00",
}
#: What is typed where nothing else is known: a text, a name, a password.
WORDS = "Quelques mots"


@dataclass
class PageForm:
    """One form: where it leads ("" for the page itself), how, the values by name, and its named buttons."""

    action: str
    method: str
    values: dict = field(default_factory=dict)
    blanks: set = field(default_factory=set)
    buttons: list = field(default_factory=list)

    def sent(self):
        """What each named button sends: with blanks filled, then with those left that may be."""
        left = {name: [""] if name in self.blanks else value for name, value in self.values.items()}
        pressed = [{name: [value]} for name, value in self.buttons] or [{}]
        return [[{**values, **button} for values in (self.values, left)] for button in pressed]

    def keep(self, name, value, *, is_chosen=True):
        """Of a group of choices, those that are chosen, else the first one."""
        present = self.values.setdefault(name, [])
        if is_chosen or not present:
            present.append(value)


class _Reader(HTMLParser):
    def __init__(self, typed):
        super().__init__()
        self.typed = typed
        self.forms, self.form, self.name, self.may_be_blank = [], None, None, False
        self.text, self.options = "", []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.form = PageForm(given.get("action") or "", (given.get("method") or "get").lower())
            self.forms.append(self.form)
        elif self.form is not None and tag in ("input", "textarea", "select", "button", "option"):
            getattr(self, f"_{tag}")(given)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif self.form is not None and self.name and tag == "textarea":
            self.form.keep(self.name, self.text.strip() or WORDS)
            if self.may_be_blank and not self.text.strip():
                self.form.blanks.add(self.name)
            self.name = None
        elif self.form is not None and self.name and tag == "select":
            chosen = [value for value, is_chosen in self.options if is_chosen and value]
            self.form.values[self.name] = chosen or [value for value, _ in self.options if value][:1]
            if self.may_be_blank and not chosen:
                self.form.blanks.add(self.name)
            self.name = None

    def handle_data(self, data):
        self.text += data

    def _input(self, given):
        name, kind = given.get("name"), given.get("type", "text")
        if not name or kind == "file" or "disabled" in given:
            return
        if kind == "submit":
            self.form.buttons.append((name, given.get("value", "")))
        elif kind in ("checkbox", "radio"):
            self.form.keep(name, given.get("value", "on"), is_chosen="checked" in given and kind == "checkbox")
        else:
            value = given.get("value") or ("" if kind == "hidden" else self._typed(name, kind))
            self.form.keep(name, value)
            if "required" not in given and not given.get("value"):
                self.form.blanks.add(name)

    def _typed(self, name, kind):
        return self.typed.get(name) or _TYPED.get(kind, WORDS)

    def _textarea(self, given):
        self.name, self.text, self.may_be_blank = given.get("name"), "", "required" not in given

    def _select(self, given):
        self.name, self.options, self.may_be_blank = given.get("name"), [], "required" not in given

    def _option(self, given):
        self.options.append((given.get("value", ""), "selected" in given))

    def _button(self, given):
        if given.get("name") and given.get("type", "submit") == "submit":
            self.form.buttons.append((given["name"], given.get("value", "")))


def forms_of(page, typed=()):
    """Every form of an HTML page that is sent by POST, in order; `typed`: what one writes in some fields, by name."""
    reader = _Reader(dict(typed))
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]
