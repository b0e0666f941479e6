"""The brief of a dossier for who decides: what was filed, thought and proposed, on one page; those of a cut-off in one."""

from functools import cached_property

from gen_portal.core import access, files, merging, pdf, phrases
from gen_portal.core.phrases import euros
from labelling.board import Board, BoardFilter, dossiers_for
from labelling.decision_sheet import sheet_of
from labelling.models.docket import docket, dossiers_to_decide

TEMPLATE = "brief.typ"
#: A page holds so many characters of each text; the whole is on the page of the decision.
SHOWN = {"reasons": 600, "criterion": 260, "regional": 260, "arbitration": 300}
NONE = "–"


class Ranking:
    """Ranks, adjusted means and intervals of the dossiers of a cut-off that a person may compare, read once for all."""

    def __init__(self, cut_off, user):
        self.board = Board(
            dossiers_for(user, cut_off.call), BoardFilter(cut_off=str(cut_off.number)), access.today(user), cut_off.call
        )

    @cached_property
    def ranks(self):
        return self.board.ranked()[0]

    def sentences(self, sheet):
        """What the figures of one dossier say."""
        figures, pk, compared = sheet.figures, sheet.application.pk, self.board.compared
        if figures is None or figures.mean is None:
            return ["Aucune moyenne : rien n'est encore évalué."]
        said = [f"Moyenne {_number(figures.mean)} sur 5, écart {_number(figures.spread)}."]
        if pk in compared.means:
            said.append(f"Moyenne si toutes les personnes étaient aussi sévères : {_number(compared.means[pk])}.")
        interval = compared.intervals.get(pk)
        if figures.mean in self.ranks:
            count = len(compared.means) or len(self.ranks)
            moves = ""
            if interval and interval.best != interval.worst:
                moves = f", de {interval.best} à {interval.worst} selon une personne ou un poids"
            said.append(f"Rang {self.ranks[figures.mean]} sur {count} dans son relevé{moves}.")
        return said


def _number(value):
    return f"{value:.2f}".replace(".", ",")


def words_of(sheet, ranking, at):
    """The values of the template."""
    application = sheet.application
    return {
        "title": application.training.title,
        "structure": f"{application.training.structure.name}, dossier {application.reference}",
        "facts": _facts(sheet),
        "marks": _marks(sheet),
        "figures": ranking.sentences(sheet),
        "regional": [_standing(standing) for standing in sheet.regional],
        "disagreement": [_disagreement(each) for each in sheet.disagreements] or ["Aucun."],
        "proposal": _proposal(sheet),
        "reasons": _reasons(sheet.decision),
        "made": f"Fait le {phrases.instant(at)}, heure de Paris. Document de travail, réservé à qui décide.",
    }


def _facts(sheet):
    application = sheet.application
    place = application.training.structure.commune
    facts = [
        ["Siège", f"{place.name} ({place.department.region.name})"],
        ["Appel", f"{application.call.title}, {str(application.cut_off).lower()}"],
    ]
    if sheet.filing:
        sites = [f"{site['name']}, {site['commune']} ({site['region']})" for site in sheet.filing.archive["sites"]]
        facts.append(["Lieux", " ; ".join(sites[:4]) + (f" et {len(sites) - 4} autres" if len(sites) > 4 else "")])
    budget = f" sur un budget de {euros(application.total_budget_euros)}" if application.total_budget_euros else ""
    facts.append(["Demandé", f"{euros(application.requested_grant_euros or 0)}{budget}"])
    return facts


def _marks(sheet):
    """A line per criterion, a column per review; then the means and the opinions."""
    if not sheet.reviews:
        return {"head": [], "rows": []}
    by_review = [{line.score.criterion_id: line.mark for line in review.lines} for review in sheet.reviews]
    rows = [
        [line.criterion.label, *(_mark(marks.get(line.criterion.pk)) for marks in by_review), _mean(line)]
        for line in sheet.grid
    ]
    rows.append(["Moyenne pondérée", *(_number(review.mean) for review in sheet.reviews), _mean(sheet.figures)])
    rows.append(["Avis", *(review.recommendation_words for review in sheet.reviews), ""])
    return {"head": [*(_seat(review.assignment) for review in sheet.reviews), "Moyenne"], "rows": rows}


def _seat(place):
    return f"{place.ministry.short_name} (3e lecteur)" if place.is_third_reader else place.ministry.short_name


def _mark(value):
    return NONE if value is None else str(value)


def _mean(row):
    if row is None or row.mean is None:
        return NONE
    return f"{_number(row.mean)}{' (sous le seuil)' if getattr(row, 'is_weak', False) else ''}"


def _standing(standing):
    text = f" – {_cut(standing.opinion.text, 'regional')}" if standing.opinion and standing.opinion.text else ""
    return f"{standing.region} : {standing.words}{text}"


def _disagreement(each):
    if each.closed_at is None:
        return f"Ouvert : {' '.join(each.reason_list)}"
    if each.closed_by:
        return f"Arbitré par {each.closed_by} : {_cut(each.arbitration, 'arbitration')}"
    return "Disparu, les évaluations ayant changé."


def _proposal(sheet):
    decision, limits = sheet.decision, ["Ce qui peut être accordé", f"{sheet.limits.sentence}."]
    if decision is None:
        return [["Issue", "rien n'est encore préparé."], limits]
    grant = f"{euros(decision.grant_euros)}" if decision.grant_euros else "aucune"
    pairs = [["Issue", decision.get_outcome_display()], ["Subvention proposée", grant], limits]
    if decision.conditions:
        day = phrases.day(decision.conditions_due_on)
        owner = f" (suivies par {decision.conditions_owner})" if decision.conditions_owner else ""
        pairs.append([f"Conditions, avant le {day}{owner}", _cut(decision.conditions, "criterion")])
    return pairs


def _reasons(decision):
    if decision is None:
        return []
    general, *others = decision.reason_list
    return [
        ["Motifs", _cut(general.text, "reasons")],
        *([each.heading, _cut(each.text, "criterion")] for each in others),
    ]


def _cut(text, kind):
    """As much of a text as the page holds."""
    most = SHOWN[kind]
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} […]"


def brief_of(application, user, *, at, ranking=None):
    """The PDF of one dossier that the person may decide on (`dossiers_to_decide`)."""
    ranking = ranking or Ranking(application.cut_off, user)
    return pdf.render(TEMPLATE, words_of(sheet_of(application, user), ranking, at), at=at)


# --- A whole cut-off ------------------------------------------------------------------------------------------------


def references_of(cut_off, user):
    """The dossiers of a cut-off that a person decides on, the best mean first."""
    return list(docket(cut_off).visible_to(user).sorted_by("rang").values_list("reference", flat=True))


def merged_briefs(job, progress):
    """The StoredFile of the briefs that the asker may read now, one after the other; None when none is left."""
    user = access.as_of(job.requested_by, progress.taken_at)
    wanted = job.parameters["references"]
    with merging.workshop() as folder:
        parts, merged, ranking = [], [], None
        for number, reference in enumerate(wanted):
            progress.tell(number, len(wanted) + 1)
            application = dossiers_to_decide(user).for_page().filter(reference=reference).first()
            if application is None:
                continue
            ranking = ranking or Ranking(application.cut_off, user)
            path = folder / f"{number}.pdf"
            path.write_bytes(brief_of(application, user, at=job.requested_at, ranking=ranking))
            parts.append(merging.Part(path, f"{application.training.title} ({reference})"))
            merged.append(reference)
        if not parts:
            return None
        out = folder / "whole.pdf"
        merging.merge(parts, out, title=job.parameters["title"], tick=progress.renew)
        progress.note(merged=merged)
        name = f"{job.parameters['name']}.pdf"
        return files.store_made(out, name=name, content_type=pdf.MEDIA_TYPE, by=job.requested_by)


def may_read(job, user):
    """Whether every dossier of the file is still one that its asker decides on."""
    merged = job.parameters.get("merged", [])
    readable = dossiers_to_decide(user).filter(reference__in=merged).values_list("reference", flat=True)
    return bool(merged) and set(readable) == set(merged)
