#!/usr/bin/env python3
"""Vérifie hors ligne un dépôt de la Grande école du numérique. Python 3.8 ou plus récent suffit, sans rien installer.

    python3 verifier_depot.py depot.json
    python3 verifier_depot.py depot.json --pieces dossier_des_pieces
    python3 verifier_depot.py depot.json --empreinte EMPREINTE_DU_RECEPISSE_IMPRIME

`depot.json` est l'export téléchargé depuis le récépissé. Le script recalcule l'empreinte SHA-256 des réponses et de la
liste des pièces, puis celle du récépissé (numéro, instant, mentions), et les compare à celles de l'export. Avec --pieces,
chaque pièce déposée est cherchée dans un dossier par sa propre empreinte, quel que soit le nom du fichier. Quelqu'un qui
change l'export peut aussi en recalculer les empreintes : --empreinte le compare à celle du récépissé imprimé ou reçu par
courriel, qui est la preuve.

Octets comptés : le JSON en UTF-8, clés triées, sans espaces. Code de retour : 0 si tout concorde, 1 sinon, 2 si illisible.
"""

import argparse
import hashlib
import json
import os
import sys


def empreinte(contenu):
    octets = json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return hashlib.sha256(octets).hexdigest()


def empreinte_du_fichier(chemin):
    condense = hashlib.sha256()
    with open(chemin, "rb") as fichier:
        for bloc in iter(lambda: fichier.read(1 << 20), b""):
            condense.update(bloc)
    return condense.hexdigest()


def empreintes_du_dossier(dossier):
    return {empreinte_du_fichier(os.path.join(lieu, nom)) for lieu, _, noms in os.walk(dossier) for nom in noms}


def constats(export, dossier=None, attendue=None):
    """Des couples (vrai si cela concorde, phrase)."""
    contenu, sceau = export["archive"], export["seal"]
    yield empreinte(contenu) == export["archive_sha256"], "Réponses et liste des pièces"
    calcule = empreinte({"archive_sha256": export["archive_sha256"], "receipt": export["receipt"]})
    yield calcule == sceau, "Numéro, instant et mentions du récépissé"
    if attendue is not None:
        donnee = attendue.lower()
        yield donnee in (export["archive_sha256"], sceau), "Empreinte du récépissé imprimé ou reçu par courriel"
    if dossier is not None:
        presentes = empreintes_du_dossier(dossier)
        for piece in contenu["files"]:
            yield piece["sha256"] in presentes, "Pièce « {} »".format(piece["name"])


def main():
    lecteur = argparse.ArgumentParser(description="Vérifie hors ligne un dépôt de la Grande école du numérique.")
    lecteur.add_argument("export", help="l'export du dépôt (JSON)")
    lecteur.add_argument("--pieces", help="le dossier où sont les pièces déposées")
    lecteur.add_argument("--empreinte", help="l'empreinte imprimée sur le récépissé")
    demande = lecteur.parse_args()
    try:
        with open(demande.export, encoding="utf-8") as fichier:
            export = json.load(fichier)
        resultats = list(constats(export, demande.pieces, demande.empreinte))
        recepisse = export["receipt"]
        print("Dépôt {}, {}".format(recepisse["number"], recepisse["filed_at_text"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as erreur:
        print(f"L'export ne peut pas être lu : {erreur}")
        return 2
    for concorde, phrase in resultats:
        print("{} : {}".format("concorde" if concorde else "NE CONCORDE PAS", phrase))
    print("Empreinte du récépissé à comparer avec celle de votre courriel : {}".format(export["seal"]))
    return 0 if all(concorde for concorde, _ in resultats) else 1


if __name__ == "__main__":
    sys.exit(main())
