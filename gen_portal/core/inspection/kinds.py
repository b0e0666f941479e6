"""The kinds of files that the portal takes, with what tells each of them."""

from enum import StrEnum


class Kind(StrEnum):
    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    XLSX = "xlsx"
    ODS = "ods"

    @property
    def extensions(self):
        """The first one is the usual one."""
        return (".jpg", ".jpeg") if self is Kind.JPEG else (f".{self.value}",)

    @property
    def content_type(self):
        return _CONTENT_TYPES[self]

    @property
    def words(self):
        """What to call such a file in a sentence."""
        return _WORDS[self]


_CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
}
_WORDS = {
    Kind.PDF: "un PDF",
    Kind.PNG: "une image PNG",
    Kind.JPEG: "une image JPEG",
    Kind.XLSX: "un classeur XLSX",
    Kind.ODS: "un classeur ODS",
}
IMAGES = frozenset({Kind.PNG, Kind.JPEG})
SHEETS = frozenset({Kind.XLSX, Kind.ODS})
ALL = frozenset(Kind)


def of_name(name):
    """The kind that the end of a name announces; None for another one."""
    lowered = name.lower()
    return next((kind for kind in Kind if lowered.endswith(kind.extensions)), None)


def of_content_type(content_type):
    """The kind that was stored under this type; None for what the portal made itself."""
    return next((kind for kind in Kind if kind.content_type == content_type), None)


def kinds_text(kinds):
    """« PDF, image (PNG, JPEG) ou tableur (XLSX, ODS) »: those of these groups that are whole in `kinds`."""
    groups = (({Kind.PDF}, "PDF"), (IMAGES, "image (PNG, JPEG)"), (SHEETS, "tableur (XLSX, ODS)"))
    *first, last = [words for group, words in groups if group <= kinds]
    return f"{', '.join(first)} ou {last}" if first else last


def endings(kinds):
    """« .pdf,.png »: what a browser's file picker offers."""
    return ",".join(ending for kind in Kind if kind in kinds for ending in kind.extensions)
