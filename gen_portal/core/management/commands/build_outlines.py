"""Draw the base map of the public pages from the reference geography: one file under static/, committed."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from gen_portal.core import phrases
from gen_portal.core.geography import reader
from gen_portal.core.geography.outlines import simplified

TARGET = settings.BASE_DIR / "static" / "geo" / "departements.json"


def drawn():
    """The text of the file; the overseas departments are at their true position, pages place them."""
    collection = simplified(reader.outlines("departements.geojson"))
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"


class Command(BaseCommand):
    help = "Redessine les contours des départements du fond de carte (static/geo/departements.json)."

    def handle(self, *args, **options):
        text = drawn()
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
        self.stdout.write(f"Contours redessinés : {phrases.file_size(len(text.encode()))}.")
