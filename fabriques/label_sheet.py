"""What the public reads of a labelled training: the words archived with its labelled filing, never a later draft.

People named in the dossier are left out: the structure answers by its own telephone, website and address.
"""

from dataclasses import dataclass

from applications import archive

#: What a learner asks, in the order in which they ask it: a heading, and the answers under it.
_HEADINGS = (
    ("Métiers visés", ("target_jobs",)),
    ("Entrer en formation", ("entry_conditions",)),
    ("Accueil des personnes en situation de handicap", ("accessibility",)),
    ("Statut et rémunération pendant la formation", ("learner_status",)),
    ("Aides aux apprenants", ("learner_aids",)),
    ("Qui paie la formation", ("teaching_payers",)),
    ("Démarche pédagogique", ("pedagogy",)),
    ("Accompagnement", ("learner_support",)),
)


@dataclass(frozen=True)
class Sheet:
    """The page of one label. `texts`: (heading, text); `coming`: the announced sessions still to begin; `reach`: how to
    reach the structure, by name."""

    cost: str
    pace: str
    weeks: str
    certification: str
    mode: str
    texts: list
    coming: list
    reach: dict


def sheet_of(label, today):
    """What the filing behind a label says (its submission and sessions are loaded)."""
    content = label.submission.archive
    words, structure = archive.words(content), content["structure"]
    reach = {name: structure.get(name, "") for name in ("street", "postcode", "commune", "phone", "website")}
    return Sheet(
        cost="Gratuite pour les apprenants" if label.is_free else words.get("cost_note") or "Payante",
        pace=words.get("pace", ""),
        weeks=words.get("week_count", ""),
        certification=words.get("certification", ""),
        mode=_mode(label.on_site_percent),
        texts=[(heading, text) for heading, names in _HEADINGS if (text := _joined(words, names))],
        coming=[session for session in label.sessions.all() if session.starts_on >= today],
        reach=reach,
    )


def _joined(words, names):
    return "\n\n".join(filter(None, (words.get(name, "") for name in names)))


def _mode(on_site_percent):
    """« Sur place », « À distance », or the share of each; nothing when it was not asked."""
    if on_site_percent is None:
        return ""
    whole = {0: "À distance", 100: "Sur place"}
    return whole.get(on_site_percent) or f"{on_site_percent} % sur place, le reste à distance"
