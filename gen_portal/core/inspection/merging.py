"""The subprocess that puts PDF files end to end with bookmarks: sets its own limits, reads a plan on standard input.

The plan is JSON: `out` (where to write), `title`, `parts` (each with its `path`, the `title` of its bookmark, its `level`).
"""

import json
import resource
import sys

from pypdf import PdfReader, PdfWriter

from .verdicts import MIB

CPU_SECONDS = 120
MEMORY_BYTES = 1536 * MIB
MAX_BYTES = 400 * MIB


def main():
    plan = json.loads(sys.stdin.buffer.read())
    _limit()
    merge(plan)


def merge(plan):
    """Write the parts in their order; each is read from the disk, and forgotten once it is copied."""
    writer, above = PdfWriter(), []
    for part in plan["parts"]:
        first = len(writer.pages)
        with open(part["path"], "rb") as content:
            writer.append(PdfReader(content), import_outline=False)
        del above[part["level"] :]
        above.append(writer.add_outline_item(part["title"], first, parent=above[-1] if above else None))
    writer.metadata = {"/Title": plan["title"]}
    writer.write(plan["out"])


def _limit():
    for name, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, MAX_BYTES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (most, most))
