"""Words meant by mistyped ones: how many mistakes are forgiven, what is suggested, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriques.spelling import Meant, meant, mistakes, mistakes_forgiven, nearest

pytestmark = pytest.mark.once

ROWS = [
    ("Développeuse, développeur web", "Atelier des Écrans", "Mende"),
    ("Médiation numérique", "Çà et là", "Saint-Lô"),
    ("Réseaux", "Les Champs libres", "Menton"),
]


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("mnede", "mende"),
        ("mendde", "mende"),
        ("ende", "mende"),
        ("mande", "mende"),
        ("manda", None),
        ("developer", "developpeur"),
        ("man", None),
        ("48001", None),
    ],
)
def test_one_mistake_is_forgiven_then_two_in_long_words(typed, expected):
    assert next(iter(nearest(typed, ["developpeur", "mende", "menton", "48000"])), None) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("developpeur mnede", Meant("développeur Mende", 1)),
        ("Mediatoin", Meant("Médiation", 1)),
        ("dévelopeur ecrans", Meant("développeur Écrans", 1)),
        ("mende", None),
        ("mnede reseaux", None),
        ("xylophone", None),
    ],
)
def test_a_text_is_corrected_word_by_word_and_only_where_it_finds_something(text, expected):
    assert meant(text, ROWS) == expected


@given(st.text("abcde", min_size=4, max_size=12), st.data())
def test_any_single_mistake_is_found(word, data):
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("abcdez"))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for typed in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        swapped,
    ):
        count = mistakes(typed, word, 1)
        assert count == (typed != word)
        if mistakes_forgiven(typed):
            assert nearest(typed, [word]) == [word]
