"""What changed between two texts, word by word, so that a reader sees it at a glance."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\s+|\S+\s*")
_CONTEXT = 12  # words kept on each side of a change
_GAP = " […] "


@dataclass(frozen=True)
class Piece:
    """A run of words; `kind` is same, removed (in the earlier text only) or added (in the later one only)."""

    kind: str
    text: str


def compare(earlier, later):
    """The pieces that lead from one text to the other: without the added ones they spell the earlier text, without the
    removed ones the later text."""
    before, after = _WORD.findall(earlier), _WORD.findall(later)
    pieces = []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[i:j])))
            continue
        pieces.append(Piece("removed", "".join(before[i:j])))
        pieces.append(Piece("added", "".join(after[k:m])))
    return [piece for piece in pieces if piece.text]


def shortened(pieces):
    """The same pieces, with only the words near a change left of what is the same."""
    last = len(pieces) - 1
    return [
        Piece(piece.kind, _cut(piece.text, is_first=index == 0, is_last=index == last))
        if piece.kind == "same"
        else piece
        for index, piece in enumerate(pieces)
    ]


def _cut(text, *, is_first, is_last):
    words = _WORD.findall(text)
    head, tail = (0 if is_first else _CONTEXT), (0 if is_last else _CONTEXT)
    if len(words) <= head + tail + 3:
        return text
    return "".join(words[:head]) + _GAP + "".join(words[len(words) - tail :])
