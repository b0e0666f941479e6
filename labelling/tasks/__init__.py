"""Long work of this floor: the board of a call as a sheet, its dossiers as an archive, those of a reviewer as one PDF."""

from labelling.tasks.board import BOARD_EXPORT
from labelling.tasks.briefs import BRIEFS_PDF
from labelling.tasks.dossiers import DOSSIERS_EXPORT
from labelling.tasks.merged import DOSSIER_PDF, PILE_PDF

#: What may be asked of a board, by the name its form gives: the kind of job that makes it.
EXPORTS = {"csv": BOARD_EXPORT, "xlsx": BOARD_EXPORT, "ods": BOARD_EXPORT, "zip": DOSSIERS_EXPORT}

__all__ = ["BOARD_EXPORT", "BRIEFS_PDF", "DOSSIERS_EXPORT", "DOSSIER_PDF", "EXPORTS", "PILE_PDF"]
