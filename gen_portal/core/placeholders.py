"""Texts that staff write, with `{{ nom }}` for what differs from one to the next.

Our own tiny substitution from an allow-list, never Django's templates: a text can neither read nor do anything else
(safety.md X5). What is put in is escaped for Markdown, so the name of a structure never becomes a link.
"""

import re
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#!|~&])")
_LINE_START = re.compile(r"^(\d{0,9})([-+=.])")  # a list, a rule, an underlined heading


@dataclass(frozen=True)
class Wording:
    """Subject line and Markdown of a text, with or without their placeholders."""

    subject_line: str
    text: str


def names(text):
    """The placeholders of a text, in order."""
    return _PLACEHOLDER.findall(text)


def written(name):
    return f"{{{{ {name} }}}}"


def faults(text, allowed):
    """French sentences on the placeholders that do not exist and the braces that hold none; `allowed`: names."""
    choice = ", ".join(written(name) for name in allowed)
    for name in dict.fromkeys(names(text)):
        if name not in allowed:
            yield f"« {written(name)} » n'existe pas. Vous pouvez utiliser : {choice}."
    if _LEFT_OVER.search(_PLACEHOLDER.sub("", text)):
        yield (
            "Il reste des accolades qui n'encadrent rien (« {{ », « }} », « {% » ou « {# »). "
            f"Vous pouvez utiliser : {choice}."
        )


def inside_a_line(text, block_names):
    """Names, among those that stand for whole paragraphs, that share their line with something else."""
    rows = [row for row in text.splitlines() if names(row) and _PLACEHOLDER.sub("", row, count=1).strip()]
    return [name for name in dict.fromkeys(name for row in rows for name in names(row)) if name in block_names]


def fill(text, values):
    """Replace each placeholder once; what is put in is never read again. An unknown name is a KeyError."""
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], text)


def escaped(text):
    """Text of somebody as it stands in Markdown, on one line: nothing in it is a mark."""
    return _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(str(text).split())))


def quoted(text):
    """Text of somebody over several lines, as a quotation: its line breaks are kept, nothing in it is a mark."""
    return "\n".join(f"> {escaped(line)}".rstrip() for line in str(text).strip().splitlines())
