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
    buttons: list = field(default_factory=list)

    def sent(self):
        """What is sent, once for each button that says something of its own."""
        return [{**self.values, name: [value]} for name, value in self.buttons] or [dict(self.values)]

    def keep(self, name, value, *, is_chosen=True):
        """Of a group of choices, those that are chosen, else the first one."""
        present = self.values.setdefault(name, [])
        if is_chosen or not present:
            present.append(value)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.form, self.name, self.text, self.options = [], None, None, "", []

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
            self.name = None
        elif self.form is not None and self.name and tag == "select":
            chosen = [value for value, is_chosen in self.options if is_chosen and value]
            filled = chosen or [value for value, _ in self.options if value][:1]
            self.form.values[self.name] = filled
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
            value = given.get("value") or ("" if kind == "hidden" else _TYPED.get(kind, WORDS))
            self.form.keep(name, value)

    def _textarea(self, given):
        self.name, self.text = given.get("name"), ""

    def _select(self, given):
        self.name, self.options = given.get("name"), []

    def _option(self, given):
        self.options.append((given.get("value", ""), "selected" in given))

    def _button(self, given):
        if given.get("name") and given.get("type", "submit") == "submit":
            self.form.buttons.append((given["name"], given.get("value", "")))


def forms_of(page):
    """Every form of an HTML page that is sent by POST, in order."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]
