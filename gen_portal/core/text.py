"""Text helpers every floor needs: folding for search, Markdown made safe for pages and mails."""

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\((\S+?)\)")  # [title](address); a marked \[ is text
_MARKS = re.compile(r"(?<!\\)\*\*|^#{1,4} ", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#!|~])")
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "h2", "h3", "h4", "br", "blockquote"}


def fold(text):
    """Lower case without accents nor doubled spaces or hyphens: what searches compare (é = E, Saint-Lô = saint lo)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


def safe_html(markdown_text, *, links_to=""):
    """HTML of a small Markdown: paragraphs, lists, emphasis, headings, links to http, https and mailto; nothing else.

    With `links_to`, a link elsewhere than under that address loses its target: names that people chose end up in mails,
    and a mail of the portal must never lead away from it.
    """

    def kept(element, attribute, value):
        return value if value == links_to or value.startswith((f"{links_to}/", "mailto:")) else None

    return nh3.clean(
        _markdown.render(markdown_text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        attribute_filter=kept if links_to else None,
    )


def plain_text(markdown_text):
    """The same small Markdown for a reader without formatting: « titre : adresse » for a link, no marks left."""
    text = _MARKS.sub("", _LINK.sub(r"\1 : \2", markdown_text))
    return _ESCAPED.sub(r"\1", text)


def csv_cell(value):
    """A cell no spreadsheet takes for a formula: text that begins like one, full-width signs included, is quoted
    (safety.md X2). Numbers and nothing are left alone."""
    if not isinstance(value, str):
        return "" if value is None else value
    is_formula = value.startswith(_FORMULA_STARTS) or value.lstrip().startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value
