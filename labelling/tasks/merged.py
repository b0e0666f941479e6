"""The dossiers of a reviewer as one PDF: one of them, or a pile."""

from datetime import timedelta

from gen_portal.core import jobs
from labelling import merged

DOSSIER_PDF, PILE_PDF = "dossier_pdf", "pile_pdf"
KEPT_FOR = timedelta(days=7)

for _kind, _label in ((DOSSIER_PDF, "Dossier et pièces en un PDF"), (PILE_PDF, "Dossiers à évaluer en un PDF")):
    jobs.register(_kind, merged.merged_dossiers, label=_label, may_read=merged.may_read, kept_for=KEPT_FOR)
