"""Two texts for one answer, as a page shows them beside the field: whose, when, and the words that differ."""

from dataclasses import dataclass

from applications.differences import compare
from applications.models.sections import label_of
from applications.models.versions import is_long_text
from applications.wording import words_of


@dataclass(frozen=True)
class Panel:
    """What a writer needs to choose: the other's text, their own, and the version of the other's that they answer."""

    name: str
    label: str
    theirs: str
    mine: str
    author: str
    at: object
    version: str
    pieces: list
    is_text: bool

    @property
    def anchor(self):
        return f"deux-textes-{self.name}"


def panel_of(application, conflict, typed):
    """The panel of a conflict of this dossier; `typed` is the JSON value that was not stored."""
    theirs = words_of(application, conflict.name, conflict.value)
    mine = words_of(application, conflict.name, typed)
    author = conflict.by.get_full_name() if conflict.by else "une autre personne"
    return Panel(
        name=conflict.name,
        label=label_of(conflict.name),
        theirs=theirs,
        mine=mine,
        author=author,
        at=conflict.at,
        version=conflict.version,
        pieces=_pieces(theirs, mine),
        is_text=isinstance(conflict.value, str) and is_long_text(conflict.name),
    )


def _pieces(theirs, mine):
    """The words that differ; short answers are read whole, so nothing is marked in them."""
    is_short = len(theirs) < 40 and len(mine) < 40
    return [] if is_short or not theirs or not mine else compare(theirs, mine)
