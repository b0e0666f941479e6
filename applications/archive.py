"""What a filing keeps: the dossier as it was read, in the words of that day, with the fingerprint of every file.

The archive describes itself, so a label that changes later does not change what was filed. Its fingerprint is the SHA-256
of its canonical bytes (UTF-8, keys sorted, no spaces), which anybody can compute again from the archive alone.
"""

import hashlib
import json
from datetime import UTC, date

from django.db.models import Prefetch

from applications.models import Application, Attachment, Site
from applications.models.sections import SECTIONS, label_of
from applications.models.tables import TABLES
from applications.wording import in_words, table_in_words
from gen_portal.core import phrases

#: 2: twelve sections, tables among the answers, sites with their position. Readers of 1 are readers of 2.
FORMAT = 2
_TEXTS = ("reference", "name", "acronym", "siret", "rna", "overseas_number", "street", "postcode", "website", "phone",
          "representative_name", "representative_role")  # fmt: skip


_PLACE = "commune__department__region"


def for_archiving(applications):
    """The same dossiers with everything `build` reads, in a constant number of queries."""
    return list(_whole().filter(pk__in=[application.pk for application in applications]).order_by("pk"))


def for_filing(application):
    """The same dossier with all that is read to file it: its archive, what it lacks, its terms."""
    around = _whole().select_related("call__grant_rule").prefetch_related("call__cut_offs", "call__required_documents")
    return around.get(pk=application.pk)


def _whole():
    return Application.objects.select_related(
        "call", "cut_off", "started_by", f"training__structure__{_PLACE}"
    ).prefetch_related(
        Prefetch("sites", Site.objects.select_related(_PLACE).order_by("pk")),
        Prefetch("attachments", Attachment.objects.current().for_page(), to_attr="current_attachments"),
    )


def build(application):
    """The archive of a dossier that `for_archiving` returned, as JSON values only."""
    return {
        "format": FORMAT,
        "reference": application.reference,
        "call": {"slug": application.call.slug, "title": application.call.title},
        "training": {"reference": application.training.reference, "title": application.training.title},
        "structure": _structure(application.training.structure),
        "sections": [_section(application, section) for section in SECTIONS if section.fields],
        "sites": [_site(site) for site in application.sites.all()],
        "files": [_file(attachment) for attachment in application.current_attachments],
    }


def signed(content, signature):
    """The content with who engaged the structure on it; the signature's own SHA-256 is that of the content without it."""
    mandate = ""
    if signature.mandate_given_by:
        mandate = f"donné par {signature.mandate_given_by}, le {phrases.day(signature.mandate_on)}"
    row = {
        "name": signature.name,
        "role": signature.role,
        "manner": signature.get_kind_display(),
        "signed_at": signature.signed_at.astimezone(UTC).isoformat(),
        "content_sha256": signature.content_sha256,
        "mandate": mandate,
    }
    return {**content, "signature": row}


def unsigned(content):
    """What was signed: the archive without its signature."""
    return {key: value for key, value in content.items() if key != "signature"}


def canonical(content):
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(content):
    """SHA-256 (hex) of the canonical bytes of an archive."""
    return hashlib.sha256(canonical(content)).hexdigest()


def answers(content):
    """The filed answers by column, as JSON values: `answers(submission.archive)["summary"]`."""
    rows = (row for section in content["sections"] for row in section["answers"])
    return {row["field"]: row.get("value", row["text"]) for row in rows}


def words(content):
    """The filed answers by column, in the words of a reader; empty where nothing was answered."""
    return {row["field"]: row["text"] for section in content["sections"] for row in section["answers"]}


def first_start(content):
    """The ISO day on which the first session starts: of the dated sessions, else the day announced (format 1), or None."""
    return min((line["starts_on"] for line in sessions(content)), default=None)


def sessions(content):
    """The lines of the sessions with a first day; when none is dated, one with the day announced, if there is one."""
    kept = answers(content)
    dated = [line for line in kept.get("planned_sessions") or [] if line.get("starts_on")]
    announced = kept.get("first_start_on")
    return dated or ([{"starts_on": announced}] if announced else [])


def file_row(content, attachment_pk):
    """The line of the manifest about an attachment, None when this filing did not carry it."""
    return next((row for row in content["files"] if row["attachment"] == attachment_pk), None)


def _structure(structure):
    return {
        **{name: getattr(structure, name) for name in _TEXTS},
        "legal_form": structure.legal_form,
        "legal_form_text": structure.get_legal_form_display(),
        **_place(structure.commune),
    }


def _site(site):
    return {
        "id": site.pk,
        "name": site.name,
        "street": site.street,
        "postcode": site.postcode,
        "is_in_priority_area": site.is_in_priority_area,
        "is_in_rural_area": site.is_in_rural_area,
        "position": [str(degrees) for degrees in site.position or ()],
        "precision": site.precision,
        "seat_count": site.seat_count,
        "equipment": site.equipment,
        "opens_on": site.opens_on.isoformat() if site.opens_on else "",
        "opens_on_text": phrases.day(site.opens_on) if site.opens_on else "",
        **_place(site.commune),
    }


def _place(commune):
    region = commune.department.region
    return {
        "commune": commune.name,
        "commune_code": commune.code,
        "department_code": commune.department_id,
        "region": region.name,
        "region_code": region.code,
    }


def _file(attachment):
    return {
        "attachment": attachment.pk,
        "document": attachment.document.label if attachment.document else "Autre pièce",
        "name": attachment.file.name,
        "size_bytes": attachment.file.size_bytes,
        "sha256": attachment.file.sha256,
    }


def _section(application, section):
    return {
        "code": section.code,
        "title": section.title,
        "answers": [_answer(application, name) for name in section.shown],
    }


def _answer(application, name):
    """The question, its answer in words, and its value where the words are not the value itself."""
    value = getattr(application, name)
    row = {"field": name, "label": label_of(name), "text": in_words(name, value)}
    if row["text"] != value:
        row["value"] = value.isoformat() if isinstance(value, date) else value
    if name in TABLES and value:
        row["table"] = table_in_words(name, value)
    return row
