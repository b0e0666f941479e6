"""Two texts compared word by word: the pieces spell both, and what did not change is shortened around the changes."""

from hypothesis import given
from hypothesis import strategies as st

from applications.differences import Piece, compare, shortened

TEXTS = st.text(alphabet="ab c\n,", max_size=60)


@given(TEXTS, TEXTS)
def test_pieces_spell_both_texts(earlier, later):
    pieces = compare(earlier, later)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == earlier
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == later


def test_a_changed_word_is_one_piece():
    assert compare("Du PHP et du SQL.", "Du Python et du SQL.") == [
        Piece("same", "Du "),
        Piece("removed", "PHP "),
        Piece("added", "Python "),
        Piece("same", "et du SQL."),
    ]


def test_equal_texts_have_no_change():
    assert compare("Un.", "Un.") == [Piece("same", "Un.")]
    assert compare("", "") == []


def test_what_did_not_change_is_shortened_around_the_changes():
    long = " ".join(f"mot{number}" for number in range(40)) + " "
    first, removed, added, last = shortened(compare(f"{long}vieux {long}", f"{long}neuf {long}"))
    assert first.text == " […] " + " ".join(f"mot{number}" for number in range(28, 40)) + " "
    assert (removed.text, added.text) == ("vieux ", "neuf ")
    assert last.text == " ".join(f"mot{number}" for number in range(12)) + "  […] "
