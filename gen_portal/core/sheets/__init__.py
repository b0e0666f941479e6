"""Tables handed to people as one sheet, CSV, XLSX or ODS, written row by row: the same cells whatever the format.

A table is a line of titles, the kind of each column, and rows: texts, whole numbers, decimals, or None for an empty cell.
"""

from dataclasses import dataclass

from gen_portal.core.inspection.kinds import Kind as FileKind
from gen_portal.core.sheets.as_csv import write_csv
from gen_portal.core.sheets.as_ods import write_ods
from gen_portal.core.sheets.as_xlsx import write_xlsx
from gen_portal.core.sheets.cells import Column, Kind

__all__ = ["FORMATS", "Column", "Kind", "write_csv", "write_ods", "write_xlsx"]


@dataclass(frozen=True)
class Format:
    """How a table becomes a file: `write(out, columns, rows)`."""

    ending: str
    content_type: str
    write: object


FORMATS = {
    "csv": Format("csv", "text/csv; charset=utf-8", write_csv),
    "xlsx": Format("xlsx", FileKind.XLSX.content_type, write_xlsx),
    "ods": Format("ods", FileKind.ODS.content_type, write_ods),
}
