"""Files made for the tests, honest and hostile, by their names: bytes only, nothing is kept in the repository."""

import io
import struct
import zipfile
import zlib

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def written(writer):
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


# --- PDF ----------------------------------------------------------------------------------------------------------------


def pages(count=1):
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(200, 200)
    return writer


def a_pdf(count=1):
    return written(pages(count))


def with_action(**names):
    """A PDF that does something when it is opened."""
    writer = pages()
    action = DictionaryObject({NameObject(f"/{key}"): value for key, value in names.items()})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    return written(writer)


def with_script():
    return with_action(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert('bonjour')"))


def with_hidden_script():
    """The name of the action is written with an escape, so that a search of the bytes does not find it."""
    return with_script().replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS ", b"/#4aS ")


def with_attachment(name="paie.exe"):
    writer = pages()
    writer.add_attachment(name, b"MZ")
    return written(writer)


def in_its_root(name, value):
    writer = pages()
    writer.root_object[NameObject(name)] = writer._add_object(value)
    return written(writer)


def on_its_page(**names):
    """An annotation of the page carries these names."""
    writer = pages()
    note = DictionaryObject({NameObject(f"/{key}"): value for key, value in names.items()})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    return written(writer)


def with_password(user="secret", owner=None):
    writer = pages()
    writer.encrypt(user, owner)
    return written(writer)


def with_stream(content, filters=None):
    """A page whose content is this; `filters`: already packed so."""
    writer = pages()
    stream = DecodedStreamObject() if filters is None else EncodedStreamObject()
    if filters is None:
        stream.set_data(content)
    else:
        stream._data = content
        stream[NameObject("/Filter")] = ArrayObject([NameObject(name) for name in filters])
        stream[NameObject("/Length")] = NumberObject(len(content))
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return written(writer)


def with_too_many_objects():
    writer = pages()
    for number in range(100_001):
        writer._add_object(NumberObject(number))
    return written(writer)


def with_metadata():
    writer = pages()
    writer.add_metadata({"/Author": "Camille Dupont", "/Title": "Cahier des charges"})
    return written(writer)


# --- Images -------------------------------------------------------------------------------------------------------------


def an_image(kind="PNG", size=(60, 40), mode="RGB", **options):
    image = Image.new(mode, size)
    if mode == "RGB":
        ImageDraw.Draw(image).line((0, 0, *size), fill="white", width=3)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def a_photo():
    """A JPEG that says who took it, where, and which way is up."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Camille Dupont"
    exif.get_ifd(0x8825)[1] = "N"
    return an_image("JPEG", (80, 40), exif=exif)


def an_animation():
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_flood(width, height):
    """A few kilobytes that claim to be a huge picture."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def with_text_bomb():
    """A compressed comment of 200 MiB in a small picture."""
    head, tail = an_image()[:33], an_image()[33:]
    packed = zlib.compress(bytes(200 * 1024 * 1024), 9)
    return head + chunk(b"zTXt", b"Comment\0\0" + packed) + tail


def a_jpeg_flood():
    """A JPEG whose frame header claims 65 500 × 65 500 pixels."""
    content = bytearray(an_image("JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(content)


# --- Spreadsheets -------------------------------------------------------------------------------------------------------


def packed(entries, *, method=zipfile.ZIP_DEFLATED):
    """A ZIP of (name, bytes); `mimetype` is stored as it is, as the ODS format asks."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, body in entries:
            how = zipfile.ZIP_STORED if name == "mimetype" else method
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 10, 10, 0, 0)), body, how)
    return buffer.getvalue()


def a_workbook(rows=3, **cells):
    book = Workbook()
    sheet = book.active
    for number in range(rows):
        sheet.append([f"Poste {number}", 1000 + number, 12.5])
    for place, value in cells.items():
        sheet[place] = value
    return book


def an_xlsx(rows=3, **cells):
    buffer = io.BytesIO()
    a_workbook(rows, **cells).save(buffer)
    return buffer.getvalue()


def a_dressed_xlsx():
    """Bold titles, a formula, a link to click, a chart and a second sheet: an ordinary budget."""
    book = a_workbook(12, D1="=SUM(B1:B12)")
    sheet = book.active
    sheet["A1"].font = Font(bold=True)
    sheet["E1"].hyperlink = "https://www.example.org/bareme"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=12))
    sheet.add_chart(chart, "G2")
    book.create_sheet("Ressources")["A1"] = "Région"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def xlsx_with(added=(), **replaced):
    """An honest workbook with entries added, or changed by (old, new) bytes: `xlsx_with(content_types=(b"a", b"b"))`."""
    entries = unpacked(an_xlsx())
    places = {
        "content_types": "[Content_Types].xml",
        "sheet": "xl/worksheets/sheet1.xml",
        "rels": "xl/_rels/workbook.xml.rels",
        "workbook": "xl/workbook.xml",
    }
    for name, (old, new) in replaced.items():
        assert old in entries[places[name]]
        entries[places[name]] = entries[places[name]].replace(old, new)
    return packed([*entries.items(), *added])


_SPACES = " ".join(
    f'xmlns:{short}="{long}"'
    for short, long in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "script": "urn:oasis:names:tc:opendocument:xmlns:script:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    }.items()
)


def ods_content(body="", cell="Poste"):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES}><office:body><office:spreadsheet>{body}'
        f'<table:table table:name="Budget"><table:table-row><table:table-cell><text:p>{cell}</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    ).encode()


def an_ods(body="", cell="Poste", added=(), mimetype=ODS_TYPE):
    return packed([("mimetype", mimetype), ("content.xml", ods_content(body, cell)), *added])


def with_wrong_size(content):
    """The same archive, in which the directory says that the first entry unpacks to a few bytes."""
    changed = bytearray(content)
    at = content.index(b"PK\x01\x02")
    changed[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(changed)


def encrypted(content):
    """The same archive, every entry marked as encrypted."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            changed[at + offset] |= 1
            at = content.find(mark, at + 1)
    return bytes(changed)
