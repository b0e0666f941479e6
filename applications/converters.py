"""Words of the addresses of this floor."""

from applications.models.sections import SECTIONS


class SectionConverter:
    """One of the sections of a dossier, by its word; any other word is another page, or none."""

    regex = "|".join(section.code for section in SECTIONS)

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
