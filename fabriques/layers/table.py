"""Every layer of the staff map, by its name in the url, and whether a person may look at it."""

from fabriques import policies
from fabriques.layers.coverage import coverage
from fabriques.layers.endings import ending_labels
from fabriques.layers.gaps import FAR_KM, RADIUS_KM, communes_apart
from fabriques.layers.grants import grants
from fabriques.layers.reports import late_reports
from fabriques.layers.shapes import Layer
from gen_portal.core.placeholders import Wording

_GREETING = "Bonjour {{ prenom }},\n\n"
_SIGNED = "\n\nL'équipe de la Grande école du numérique"

LAYERS = {
    layer.code: layer
    for layer in (
        Layer(
            "releves",
            "Relevés en retard",
            "formation en retard",
            "formations en retard",
            late_reports,
            ordinary="en retard",
            pressing="en défaut",
            wording=Wording(
                "Suivi trimestriel : relevés attendus pour {{ structure }}",
                _GREETING
                + "Il nous manque, pour {{ structure }} :\n\n{{ liste }}\n\nDix minutes suffisent : les nombres du trimestre "
                "précédent sont repris, il n'y a qu'à les mettre à jour. Si un relevé vient d'être transmis, ne tenez pas "
                "compte de ce message." + _SIGNED,
            ),
        ),
        Layer(
            "fins",
            "Labels près de leur fin",
            "label près de sa fin",
            "labels près de leur fin",
            ending_labels,
            ordinary="nouveau dossier déposé",
            pressing="pas de nouveau dossier",
            filters=("mois",),
            wording=Wording(
                "Label de la Grande école du numérique : il prend bientôt fin",
                _GREETING
                + "Le label de ces formations de {{ structure }} prend bientôt fin :\n\n{{ liste }}\n\nPour qu'une formation "
                "reste labellisée, déposez un nouveau dossier lors d'un appel à projets ouvert." + _SIGNED,
            ),
        ),
        Layer(
            "subventions",
            "Subventions",
            "subvention",
            "subventions",
            grants,
            ordinary="subvention d'amorçage",
            filters=("par",),
            is_about_money=True,
            wording=Wording(
                "Subvention d'amorçage de {{ structure }}",
                _GREETING
                + "Ce message concerne la subvention d'amorçage de {{ structure }} :\n\n{{ liste }}"
                + _SIGNED,
            ),
        ),
        Layer(
            "couverture",
            "Couverture",
            "territoire",
            "territoires",
            coverage,
            ordinary="à la moyenne, au-dessus, ou population inconnue",
            pressing="sous la moyenne",
            where="placées au milieu de leur territoire",
            cluster_pixels=18,
            filters=("par",),
        ),
        Layer(
            "vides",
            f"Communes sans formation à {RADIUS_KM} km",
            "commune",
            "communes",
            communes_apart,
            ordinary=f"entre {RADIUS_KM} et {FAR_KM} km",
            pressing=f"à plus de {FAR_KM} km",
            where="placées au centre de la commune",
            filters=("habitants",),
        ),
    )
}


def layers_for(user):
    """Those a person may look at, in order."""
    return [layer for layer in LAYERS.values() if not layer.is_about_money or policies.can_view_grants(user)]
