"""OpenDocument spreadsheet written as a stream: one sheet whose titles stay in sight, typed cells, no formula at all."""

import re
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from gen_portal.core.inspection.kinds import Kind as FileKind
from gen_portal.core.sheets.cells import Kind, text_cell
from gen_portal.core.sheets.streams import entry, write_part

_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("number", "datastyle"),
        ("config", "config"), ("manifest", "manifest"), ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CONTENT_HEAD = f"""{_HEAD}<office:document-content {_NAMES} office:version="1.3"><office:automatic-styles>\
<style:style style:name="title" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>\
<number:number-style style:name="thousandths"><number:number number:decimal-places="3" number:min-decimal-places="3" \
number:min-integer-digits="1"/></number:number-style>\
<style:style style:name="decimal" style:family="table-cell" style:data-style-name="thousandths"/>\
</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Tableau">"""
_CONTENT_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"
_STYLES = f'{_HEAD}<office:document-styles {_NAMES} office:version="1.3"><office:styles/></office:document-styles>'
#: The first line does not scroll.
_FROZEN = (
    ("VerticalSplitMode", "short", 2), ("VerticalSplitPosition", "int", 1), ("ActiveSplitRange", "short", 2),
    ("PositionTop", "int", 0), ("PositionBottom", "int", 1),
)  # fmt: skip
_MANIFEST_ENTRIES = (("/", FileKind.ODS.content_type), *((f"{name}.xml", "text/xml") for name in
                     ("content", "styles", "settings")))  # fmt: skip
_SPACES = re.compile(r"^ +| +$| {2,}")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKED = re.compile("[&<>\n\t]|^ | $|  ")


def write_ods(out, columns, rows):
    """Write the table in a binary file, which stays open."""
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(
            ZipInfo("mimetype"), FileKind.ODS.content_type, ZIP_STORED
        )  # first and plain: it names the file
        _add(archive, "META-INF/manifest.xml", _manifest())
        _add(archive, "settings.xml", _settings())
        _add(archive, "styles.xml", _STYLES)
        write_part(archive, "content.xml", _content(columns, rows))


def _add(archive, name, text):
    archive.writestr(entry(name), text)


def _content(columns, rows):
    yield _CONTENT_HEAD
    yield f'<table:table-column table:number-columns-repeated="{len(columns)}"/><table:table-header-rows>'
    yield _row(_string(column.title, ' table:style-name="title"') for column in columns)
    yield "</table:table-header-rows>"
    shown = [_SHOWN[column.kind] for column in columns]
    for row in rows:
        yield _row([show(cell) for show, cell in zip(shown, row, strict=True)])
    yield _CONTENT_TAIL


def _row(cells):
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _string(text, style=""):
    shown = text_cell(text)
    if not shown:
        return "<table:table-cell/>"
    if _MARKED.search(shown):
        shown = "</text:p><text:p>".join(map(_paragraph, shown.split("\n")))
    return f'<table:table-cell{style} office:value-type="string"><text:p>{shown}</text:p></table:table-cell>'


def _paragraph(line):
    """Spaces at an end or beside another one, and tabs, are elements: as characters they would be lost."""
    spaced = _SPACES.sub(lambda run: f'<text:s text:c="{len(run[0])}"/>', line.translate(_ESCAPES))
    return spaced.replace("\t", "<text:tab/>")


def _whole(number, style=""):
    if number is None:
        return "<table:table-cell/>"
    return (
        f'<table:table-cell{style} office:value-type="float" office:value="{number}"><text:p>{number}</text:p>'
        "</table:table-cell>"
    )


def _decimal(number):
    return _whole(number, ' table:style-name="decimal"')


_SHOWN = {Kind.TEXT: _string, Kind.WHOLE: _whole, Kind.DECIMAL: _decimal}


def _manifest():
    entries = (f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media_type}"/>'
               for path, media_type in _MANIFEST_ENTRIES)  # fmt: skip
    return f'{_HEAD}<manifest:manifest {_NAMES} manifest:version="1.3">{"".join(entries)}</manifest:manifest>'


def _settings():
    items = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in _FROZEN
    )
    sheet = f'<config:config-item-map-entry config:name="Tableau">{items}</config:config-item-map-entry>'
    return (
        f'{_HEAD}<office:document-settings {_NAMES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        f'<config:config-item-map-entry><config:config-item-map-named config:name="Tables">{sheet}'
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )
