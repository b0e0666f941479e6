"""What the name of a file may not be; the name is data, never the path of anything."""

import unicodedata

from .kinds import of_name
from .verdicts import Wrong

MAX_LENGTH = 200
#: Endings of programs, scripts, pages and archives: one of them before the last ending is a disguise.
_DISGUISES = frozenset(
    (
        *("app", "bat", "bin", "cmd", "com", "cpl", "dll", "dmg", "exe", "iso", "jar", "lnk", "msi", "pif", "scr"),
        *("asp", "aspx", "hta", "htm", "html", "js", "jse", "mht", "mhtml", "php", "phtml", "pl", "ps1", "py", "reg"),
        *("sh", "svg", "swf", "vb", "vbe", "vbs", "wsf", "xhtml", "xml"),
        *("docm", "pptm", "xlsb", "xlsm", "xltm", "7z", "gz", "rar", "zip"),
    )
)


def check_name(name):
    """The kind that the name announces. Refuses invisible or reversing characters, paths, disguises, other endings."""
    if len(name) > MAX_LENGTH:
        raise Wrong("Le nom de ce fichier est trop long : raccourcissez-le (200 caractères au plus), puis joignez-le.")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp") for character in name):
        raise Wrong("Le nom de ce fichier contient des caractères invisibles. Renommez-le simplement, puis joignez-le.")
    if "/" in name or "\\" in name:
        raise Wrong("Le nom de ce fichier contient une barre oblique. Renommez-le simplement, puis joignez-le.")
    stem, *endings = name.lower().rstrip(". ").split(".")
    if not endings:
        raise Wrong("Le nom de ce fichier n'a pas de terminaison (comme « .pdf »). Ajoutez-la, puis joignez-le.")
    if not stem.strip():
        raise Wrong("Ce fichier n'a pas de nom avant sa terminaison. Donnez-lui-en un, puis joignez-le.")
    hidden = next((ending for ending in endings[:-1] if ending.strip() in _DISGUISES), None)
    if hidden:
        raise Wrong(f"Le nom de ce fichier porte deux terminaisons, dont « .{hidden} ». Renommez-le, puis joignez-le.")
    return of_name(name)
