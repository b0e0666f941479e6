"""A refusal in words, and the numbers behind the refusals (safety.md F1, F2)."""

MIB = 1024 * 1024
CPU_SECONDS = 5
MEMORY_BYTES = 512 * MIB
MAX_PIXELS = 50_000_000  # 200 MiB once decoded with four channels
MAX_RATIO = 100
MAX_ENTRIES = 1_000
MAX_UNPACKED_BYTES = 50 * MIB

ZIP_END = b"PK\x05\x06"  # a ZIP reader looks for it in the last 65 557 bytes: one file must not be two
ZIP_TAIL = 65_557
#: What makes a browser take a file for a page, wherever it stands.
PAGE_MARKS = (b"<!doctype html", b"<html", b"<script", b"<?php")

TOO_HEAVY = (
    "Ce fichier est trop long ou trop lourd à lire pour être vérifié. "
    "Simplifiez-le, ou imprimez-le en PDF, puis joignez le résultat."
)


class Wrong(Exception):
    """The file must not be kept; the message is a French sentence that says what to do."""


def refuse_a_second_nature(content, words, *, head=None):
    """One file must not also be an archive or a page; `words` names it, `head` bytes are looked at for a page."""
    if ZIP_END in content[-ZIP_TAIL:]:
        raise Wrong(
            f"Ce fichier est {words} et contient aussi une archive ZIP. Réexportez-le, puis joignez le nouveau."
        )
    lowered = content[:head].lower()
    if any(mark in lowered for mark in PAGE_MARKS):
        raise Wrong(f"Ce fichier est {words} et contient aussi une page web. Réexportez-le, puis joignez le nouveau.")
