"""A table of patterns of reviews and what each leads to, under each rule."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelling import scoring
from labelling.disagreement import FAVOURABLE, UNFAVOURABLE, DisagreementRule, Opinion, Step, Verdict
from labelling.models import Recommendation

pytestmark = pytest.mark.once

RESERVED = "reserved"
#: One letter for each recommendation of the table.
WORDS = {"F": FAVOURABLE, "R": RESERVED, "D": UNFAVOURABLE}
BY_DEFAULT = DisagreementRule()
THIRD = DisagreementRule(asks_for=Step.THIRD_READER)
SPREAD_ALONE = DisagreementRule(has_opposed_opinions=False)
NARROW = DisagreementRule(spread=Decimal("0.5"), has_opposed_opinions=False, asks_for=Step.THIRD_READER)
FAR = "Les moyennes s'écartent de {} ; le seuil de l'appel est {}."
HEARD = "Un troisième lecteur a déjà rendu son avis : le comité en discute."


def pattern(text):
    """Opinions from « 4F 2D 3.5R* »: mean, recommendation, a star for the third reader."""
    return [
        Opinion(Fraction(each.rstrip("*")[:-1]), WORDS[each.rstrip("*")[-1]], each.endswith("*"))
        for each in text.split()
    ]


TABLE = [
    (BY_DEFAULT, "", Step.NONE, []),
    (BY_DEFAULT, "0D", Step.NONE, []),
    (BY_DEFAULT, "3F 3F 3F 3F", Step.NONE, []),
    (BY_DEFAULT, "4F 2.001R 3F", Step.NONE, []),
    (BY_DEFAULT, "4F 2R", Step.AGENDA, [FAR.format("2", "2")]),
    (BY_DEFAULT, "3R 4.75F 2.5R 4F", Step.AGENDA, [FAR.format("2,25", "2")]),
    (BY_DEFAULT, "4F 2.0006R", Step.NONE, []),  # 1.9994, shown as 1.999
    (BY_DEFAULT, "4F 2.0005R", Step.AGENDA, [FAR.format("2", "2")]),  # 1.9995, shown as 2.000
    (BY_DEFAULT, "3F 3D", Step.AGENDA, ["Les avis s'opposent : 1 favorable, 1 défavorable."]),
    (BY_DEFAULT, "3F 3R 3F", Step.NONE, []),
    (BY_DEFAULT, "2R 2D 2D", Step.NONE, []),
    (BY_DEFAULT, "5F 4F 1D 2R", Step.AGENDA,
     [FAR.format("4", "2"), "Les avis s'opposent : 2 favorables, 1 défavorable."]),
    (THIRD, "5F 1D 1D", Step.THIRD_READER,
     [FAR.format("4", "2"), "Les avis s'opposent : 1 favorable, 2 défavorables."]),
    (THIRD, "3F 3R", Step.NONE, []),
    (THIRD, "3F 3R 3F*", Step.NONE, []),
    (THIRD, "5F 1R 3F*", Step.AGENDA, [FAR.format("4", "2"), HEARD]),
    (THIRD, "3F 3R 1D*", Step.AGENDA, [FAR.format("2", "2"), "Les avis s'opposent : 1 favorable, 1 défavorable.", HEARD]),
    (BY_DEFAULT, "5F 1R 3F*", Step.AGENDA, [FAR.format("4", "2")]),
    (SPREAD_ALONE, "3F 3D", Step.NONE, []),
    (SPREAD_ALONE, "4F 1D", Step.AGENDA, [FAR.format("3", "2")]),
    (NARROW, "3F 3.499R", Step.NONE, []),
    (NARROW, "3F 3.5R", Step.THIRD_READER, [FAR.format("0,5", "0,5")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "opinions", "step", "reasons"), TABLE)
def test_a_pattern_of_reviews_leads_to_a_step(rule, opinions, step, reasons):
    assert rule.verdict(pattern(opinions)) == Verdict(step, tuple(reasons))


@pytest.mark.parametrize("spread", ["0", "-1", "5.001"])
def test_a_spread_that_no_reviews_or_all_would_have_is_refused(spread):
    with pytest.raises(ValueError, match="A spread is above 0 and at most 5"):
        DisagreementRule(spread=Decimal(spread))


def test_a_rule_that_asks_for_nothing_is_refused():
    with pytest.raises(ValueError, match="A rule asks for something"):
        DisagreementRule(asks_for=Step.NONE)


def test_opinions_are_named_as_reviews_name_them():
    assert {FAVOURABLE, RESERVED, UNFAVOURABLE} == set(Recommendation.values)


opinions = st.lists(
    st.builds(Opinion, st.fractions(0, 5, max_denominator=500), st.sampled_from(list(WORDS.values()))), max_size=6
)


@given(opinions)
def test_spread_alone_discusses_what_the_board_flags(given_opinions):
    spread = scoring.rounded(scoring.spread_of([each.mean for each in given_opinions])) if given_opinions else None
    assert (SPREAD_ALONE.verdict(given_opinions).step is Step.AGENDA) == scoring.is_flagged(spread)


@given(opinions, st.sampled_from([BY_DEFAULT, THIRD, NARROW]), st.randoms(use_true_random=False))
def test_the_order_of_the_reviews_changes_nothing(given_opinions, rule, rng):
    assert rule.verdict(rng.sample(given_opinions, len(given_opinions))) == rule.verdict(given_opinions)


@given(opinions, opinions, st.sampled_from([BY_DEFAULT, THIRD, NARROW]))
def test_one_more_review_settles_no_disagreement(given_opinions, others, rule):
    before, after = rule.verdict(given_opinions).step, rule.verdict([*given_opinions, *others]).step
    assert after is not Step.NONE or before is Step.NONE
