"""The PDF documents of a dossier: the draft as it stands, what was filed, and the blank dossier of a call."""

from applications import archive
from applications.models import SECTIONS
from applications.models.sections import missing_answers
from applications.questions import SITE_QUESTIONS, STRUCTURE_QUESTIONS, questions_of
from gen_portal.core import pdf, phrases


def draft_pdf(application, now):
    """The bytes of a draft that `for_writing` returned, with what it still lacks; the same instant gives the same bytes."""
    content = archive.build(archive.for_archiving([application])[0])
    printed = f"{phrases.instant(now)}, heure de Paris"
    footer = f"Brouillon imprimé le {printed}. Ce document n'est pas un récépissé de dépôt."
    return _dossier(content, footer, [missing.label for missing in missing_answers(application)], now)


def filed_pdf(submission):
    """The bytes of a dossier as it was filed, always the same."""
    filed = f"{phrases.instant(submission.filed_at)}, heure de Paris"
    return _dossier(submission.archive, f"Dépôt {submission.number}, le {filed}.", [], submission.filed_at)


def _dossier(content, footer, missing, at):
    values = {
        "title": content["training"]["title"],
        "structure_name": content["structure"]["name"],
        "call": content["call"]["title"],
        "footer": footer,
        "missing": missing,
        "archive": content,
    }
    return pdf.render("dossier.typ", values, at=at)


def blank_pdf(call, now):
    """The bytes of the blank dossier of a call with its timetable and documents."""
    values = {
        "call": call.title,
        "deadlines": [
            f"Relevé n° {cut_off.number} : au plus tard le {cut_off.deadline}." for cut_off in call.timetable
        ],
        "contact": f"{call.contact_name}, {call.contact_email}",
        "sections": [_part("La structure porteuse", "", STRUCTURE_QUESTIONS), *map(_section, SECTIONS)],
        "documents": [_document(document) for document in call.required_documents.all()],
    }
    return pdf.render("blank.typ", values, at=now)


def _section(section):
    if not section.fields:
        return _part(section.title, "Une fiche par lieu ; copiez-la autant de fois qu'il le faut.", SITE_QUESTIONS)
    return _part(section.title, section.intro, questions_of(section))


def _part(title, intro, questions):
    asked = [
        {"label": each.label, "room": each.room, "choices": list(each.choices), "hint": each.hint} for each in questions
    ]
    return {"title": title, "intro": intro, "questions": asked}


def _document(document):
    optional = "" if document.is_mandatory else " (facultatif)"
    return f"{document.label}{optional}" + (f" – {document.help_text}" if document.help_text else "")
