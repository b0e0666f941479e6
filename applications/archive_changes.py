"""What a later filing changed of an earlier one, answer by answer: for whoever had read the first."""

from dataclasses import dataclass

from applications.differences import compare, shortened


@dataclass(frozen=True)
class Change:
    """An answer, a site or a document that is not what it was; `pieces` of its text, nothing where a table changed."""

    part: str
    label: str
    pieces: list
    note: str = ""


def changes(earlier, later):
    """From one archive to the next, in the order of the later dossier (then what is gone)."""
    return [*_answers(earlier, later), *_rows(earlier, later, "sites", "Sites", _site_words, "id"),
            *_rows(earlier, later, "files", "Pièces jointes", _file_words, "document")]  # fmt: skip


def _answers(earlier, later):
    before = {row["field"]: row for section in earlier["sections"] for row in section["answers"]}
    for section in later["sections"]:
        for row in section["answers"]:
            known = before.get(row["field"], {})
            if known.get("table") != row.get("table"):
                yield Change(section["title"], row["label"], [], "Ce tableau a changé.")
            elif (known.get("text") or "") != (row["text"] or ""):
                yield Change(section["title"], row["label"], shortened(compare(known.get("text") or "", row["text"] or "")))


def _rows(earlier, later, name, part, words, key):
    before = {row[key]: words(row) for row in earlier[name]}
    after = {row[key]: words(row) for row in later[name]}
    for each in [*after, *(gone for gone in before if gone not in after)]:
        if before.get(each) != after.get(each):
            title = after.get(each) or before[each]
            pieces = compare(before.get(each, ""), after.get(each, ""))
            yield Change(part, title if each not in before or each not in after else part, pieces)


def _site_words(site):
    return f"{site['name']}, {site['street']}, {site['postcode']} {site['commune']}"


def _file_words(file):
    return f"{file['document']} : {file['name']}"
