"""What votes amount to, and what is said of a quorum."""

import pytest

from labelling.voting import majority, quorum_words

pytestmark = pytest.mark.once

YES, NO, LATER, NONE = "labelled", "refused", "deferred", "abstention"


@pytest.mark.parametrize(
    ("choices", "chair", "expected"),
    [
        ([], None, None),
        ([NONE, NONE], None, None),
        ([YES], None, YES),
        ([YES, YES, NO], NO, YES),
        ([YES, NONE, NONE, NONE], None, YES),
        ([YES, NO], None, None),
        ([YES, NO], NO, NO),
        ([YES, NO], NONE, None),
        ([YES, YES, NO, NO], YES, YES),
        ([YES, YES, NO, LATER], YES, YES),
        ([YES, YES, NO, LATER], NO, None),
        ([YES, YES, NO, NO, LATER], YES, None),
    ],
)
def test_more_than_half_of_the_expressed_votes_or_half_with_the_chair(choices, chair, expected):
    assert majority(choices, chair) == expected


@pytest.mark.parametrize(
    ("quorum", "count", "words"),
    [
        (4, 5, "quorum atteint : 5 membres pour 4"),
        (1, 1, "quorum atteint : 1 membre pour 1"),
        (4, 3, "il manque 1 membre : 3 présents pour un quorum de 4"),
        (4, 1, "il manque 3 membres : 1 présent pour un quorum de 4"),
    ],
)
def test_a_quorum_says_how_many_it_lacks(quorum, count, words):
    assert quorum_words(quorum, count) == words
