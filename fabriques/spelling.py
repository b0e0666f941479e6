"""Words that somebody meant: the known ones nearest to a mistyped one, in folded text. The same on any database.

One mistake is forgiven from four letters on, two from eight on: a letter too many, too few, another one, or two that
changed places. Shorter words have too many neighbours, and figures are never misspelt words.
"""

from dataclasses import dataclass

from gen_portal.core.text import fold


def mistakes_forgiven(word):
    """How many mistakes a word of this length may hold."""
    if len(word) < 4 or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) < 8 else 2


def mistakes(typed, word, limit):
    """How many mistakes lead from one word to the other, or None beyond the limit."""
    if abs(len(typed) - len(word)) > limit or len(set(typed) ^ set(word)) > 2 * limit:
        return None
    two_before, before = [], list(range(len(word) + 1))
    for i, letter in enumerate(typed, start=1):
        row = [i]
        for j, other in enumerate(word, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, typed[i - 2]) == (word[j - 2], other):
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return None
        two_before, before = before, row
    return before[-1] if before[-1] <= limit else None


def nearest(typed, words):
    """The words within the mistakes forgiven, the fewest mistakes first, equals in the order given."""
    limit = mistakes_forgiven(typed)
    counted = ((mistakes(typed, word, limit), word) for word in words) if limit else ()
    found = [(count, word) for count, word in counted if count is not None]
    return [word for _, word in sorted(found, key=lambda pair: pair[0])]


@dataclass(frozen=True)
class Meant:
    """What somebody may have meant by a text, and how many rows have it."""

    text: str
    count: int


def meant(text, rows):
    """The same text with each unknown word replaced by the nearest one of the rows (tuples of texts); None when there is no
    such word, when nothing would change, or when no row has all of them. Words come back as the rows write them."""
    folded = [[fold(piece) for piece in row] for row in rows]
    spellings = {fold(word): word for row in rows for piece in row for word in _words(piece)}
    typed = fold(text).split()
    known = [word if _is_in(word, folded) else next(iter(nearest(word, spellings)), None) for word in typed]
    if None in known or known == typed:
        return None
    count = sum(all(any(word in piece for piece in row) for word in known) for row in folded)
    shown = " ".join(spellings.get(word, word) for word in known)
    return Meant(shown, count) if count else None


def _is_in(word, rows):
    return any(word in piece for row in rows for piece in row)


def _words(text):
    """The words as written, without what stands between them."""
    return "".join(c if c.isalnum() else " " for c in text).split()
