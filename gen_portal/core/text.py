"""Text helpers every floor needs: folding for search, Markdown made safe for pages and mails."""

import re
import unicodedata
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\((\S+?)\)")  # [title](address); a marked \[ is text
_MARKS = re.compile(r"(?<!\\)\*\*|^#{1,4} ", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#!|~&=.+-])")
_BLANK_LINES = re.compile(r"\n{2,}")
#: A paragraph that is one whatever stands around it: each line begins as a sentence does, and nothing defines a link.
_PLAIN = re.compile(r"(?:(?:[^\W\d_]|«|\d+(?![\d.)])|(?:\*{1,2}|\[)(?=[^\W\d_]))(?:(?!\]:)[^\n\r])*(?:\n|$))+")
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "h2", "h3", "h4", "br", "blockquote"}
_PAGE_TAGS = _TAGS - {"h2"} | {"h5", "h6"}


def fold(text):
    """Lower case without accents nor doubled spaces or hyphens: what searches compare (é = E, Saint-Lô = saint lo)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


def safe_html(markdown_text, *, links_to=""):
    """HTML of a small Markdown: paragraphs, lists, emphasis, headings, links to http, https and mailto; nothing else.

    With `links_to`, a link elsewhere than under that address loses its target: names that people chose end up in mails,
    and a mail of the portal must never lead away from it.

    A thousand letters share most of their paragraphs: those without a link are rendered once.
    """
    paragraphs = _BLANK_LINES.split(markdown_text.strip("\n"))
    if not all(map(_PLAIN.fullmatch, paragraphs)):
        return _rendered(markdown_text, links_to)
    return "".join(_paragraph(text) if _is_shared(text) else _rendered(text, links_to) for text in paragraphs)


def _is_shared(paragraph):
    """No link: it leads nowhere, and holds no secret address."""
    return "[" not in paragraph and "<" not in paragraph


@lru_cache(maxsize=512)
def _paragraph(text):
    return _rendered(text, "")


def _rendered(markdown_text, links_to):
    def kept(element, attribute, value):
        return value if value == links_to or value.startswith((f"{links_to}/", "mailto:")) else None

    return nh3.clean(
        _markdown.render(markdown_text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        attribute_filter=kept if links_to else None,
    )


def page_html(markdown_text):
    """The same for what strangers publish under our name: its headings begin at h3, its links lead to https alone and lend
    them no credit. A picture leaves nothing, HTML is shown as it was typed."""
    tokens = _markdown.parse(markdown_text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        html, tags=_PAGE_TAGS, attributes={"a": {"href"}}, url_schemes={"https"}, link_rel="nofollow ugc noopener"
    )


def blocks(markdown_text, *, links_to):
    """The same small Markdown as JSON values, for a paper: paragraphs and headings (`runs`), lists (`items`), quotations.

    A run is a text with how it stands; only a link under the address `links_to`, or to a mail address, keeps its target.
    """
    tree = SyntaxTreeNode(_markdown.parse(markdown_text))
    return [_block(node, links_to) for node in tree.children]


def _block(node, links_to):
    if node.type in ("bullet_list", "ordered_list"):
        return {
            "kind": node.type,
            "items": [[_block(child, links_to) for child in item.children] for item in node.children],
        }
    if node.type == "blockquote":
        return {"kind": "quote", "blocks": [_block(child, links_to) for child in node.children]}
    if node.type in ("paragraph", "heading"):
        return {"kind": node.type, "runs": list(_runs(node.children[0], links_to, {}))}
    return {"kind": "paragraph", "runs": [{"text": node.content}]}


def _runs(node, links_to, style):
    """The leaves of a line, each with the style of what holds it."""
    if node.type in ("softbreak", "hardbreak"):
        yield {"text": "\n"}
    elif not node.children:
        yield {"text": node.content} | style
    else:
        style = style | _style_of(node, links_to)
        for child in node.children:
            yield from _runs(child, links_to, style)


def _style_of(node, links_to):
    if node.type in ("strong", "em"):
        return {node.type: True}
    href = node.attrs.get("href", "") if node.type == "link" else ""
    return {"href": href} if href.startswith((f"{links_to}/", "mailto:")) else {}


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
