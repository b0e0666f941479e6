"""What one sending of a section says: the answers typed, the versions that were seen, the choices between two texts."""

from dataclasses import dataclass, field

from applications.forms.sections import section_form
from applications.models.versions import fingerprint, json_value, stored_value

MINE, THEIRS, BOTH = (
    "mine",
    "theirs",
    "both",
)  # what stands in the field, the other's text, both put in the field to edit


@dataclass
class TypedAnswers:
    """`values` may be stored; `seen` gives the version of each answer sent; `left` names those left to the other writer,
    `joined` those whose two texts are wanted in the field."""

    form: object
    values: dict
    seen: dict
    left: list = field(default_factory=list)
    joined: list = field(default_factory=list)

    def text_of(self, name):
        """The JSON value typed for an answer that is right."""
        return json_value(self.values[name])

    def versions_after(self, application):
        """The versions now before the writer's eyes: of what is stored as typed, the present one; else the one seen."""
        versions = dict(self.seen)
        for name in self.seen:
            present = fingerprint(stored_value(application, name))
            if name in self.left or (name in self.values and fingerprint(self.text_of(name)) == present):
                versions[name] = present
        return versions

    def overtaken(self, application, conflicts):
        """Present value and version of the answers that this writer did not touch and somebody else changed meanwhile."""
        disputed = {conflict.name for conflict in conflicts}
        found = {}
        for name in self.seen:
            present = stored_value(application, name)
            is_shown = name in self.values and self.text_of(name) == present
            if name in self.left or (name in self.values and name not in disputed and not is_shown):
                found[name] = {"value": present, "version": fingerprint(present)}
        return found


def seen_versions(section, application):
    """The versions of a section's answers as a page about to be shown carries them."""
    return {name: fingerprint(stored_value(application, name)) for name in section.answers}


def typed_answers(section, application, data):
    """Read a POST of a section: only answers that come with the version that was seen (`seen-<name>`) were sent.

    `keep-<name>` is the choice between two texts: what stands in the field (it then answers the version named by
    `against-<name>`), the other writer's, or both in the field to edit, which stores nothing yet.
    """
    form = section_form(section, application, data)
    form.is_valid()
    seen = {name: data[f"seen-{name}"] for name in section.answers if f"seen-{name}" in data}
    values = {name: value for name, value in form.accepted.items() if name in seen}
    choices = {name: data.get(f"keep-{name}", "") for name in seen}
    for name, choice in choices.items():
        if choice == MINE:
            seen[name] = data.get(f"against-{name}", "")
        elif choice == THEIRS:
            values.pop(name, None)
    left, joined = ([name for name in seen if choices[name] == wanted] for wanted in (THEIRS, BOTH))
    return TypedAnswers(form, values, seen, left, joined)


def form_after_choices(section, application, typed, data):
    """The form as sent, where answers left to the other writer are theirs, and joined ones hold both texts."""
    data = data.copy()
    for name in typed.left:
        for key in [key for key in data if key == name or key.startswith(f"{name}-")]:
            del data[key]
        _write(data, name, stored_value(application, name))
    for name in typed.joined:
        data[name] = f"{stored_value(application, name)}\n\n{data.get(name, '')}"
    return section_form(section, application, data)


def _write(data, name, value):
    if not isinstance(value, list):
        data[name] = "" if value is None else str(value)
        return
    if all(isinstance(row, dict) for row in value):
        for index, row in enumerate(value):
            data.update(
                {f"{name}-{index}-{cell}": str(text) for cell, text in row.items() if text not in (None, False)}
            )
        return
    data.setlist(name, [str(item) for item in value])
