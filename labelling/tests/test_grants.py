"""What may be granted under the rules of the calls of 2015, 2016 and 2018, and how the limit is said."""

import pytest

from applications.models import GrantRule
from labelling.grants import limits_of

#: 2015: a flat sum per label, nothing else is confirmed. 2016: per label and per structure. 2018: a share of the budget.
RULES = {
    2015: GrantRule(per_label_euros=70_000),
    2016: GrantRule(per_label_euros=70_000, per_structure_euros=180_000),
    2018: GrantRule(max_share_percent=80, eligible_heads=["staff", "equipment"]),
}
CASES = [
    # year, budget of the training, already granted, left in the envelope, ceiling, words
    (2015, 60_000, 0, 5_000_000, 70_000, "plafond par label"),
    (2015, 60_000, 700_000, 5_000_000, 70_000, "plafond par label"),
    (2015, 60_000, 0, 69_999, 69_999, "ce qui reste de l'enveloppe de l'appel"),
    (2016, 60_000, 0, 10_000_000, 70_000, "plafond par label"),
    (2016, 60_000, 110_000, 10_000_000, 70_000, "plafond par label"),
    (2016, 60_000, 126_000, 10_000_000, 54_000, "plafond par structure (180 000 €, dont 126 000 € déjà accordés)"),
    (2016, 60_000, 180_000, 10_000_000, 0, "plafond par structure (180 000 €, dont 180 000 € déjà accordés)"),
    (2016, 60_000, 200_000, 10_000_000, 0, "plafond par structure (180 000 €, dont 200 000 € déjà accordés)"),
    (2018, 100_000, 500_000, 33_000_000, 80_000, "80 % des dépenses éligibles (100 000 €)"),
    (2018, 99_999, 0, 33_000_000, 79_999, "80 % des dépenses éligibles (99 999 €)"),
    (2018, 0, 0, 33_000_000, 0, "80 % des dépenses éligibles (0 €)"),
    (2018, 100_000, 0, 0, 0, "ce qui reste de l'enveloppe de l'appel"),
]


@pytest.mark.parametrize(("year", "budget", "granted", "left", "ceiling", "words"), CASES)
def test_the_lowest_limit_binds(year, budget, granted, left, ceiling, words):
    limits = limits_of(RULES[year], total_budget_euros=budget, granted_to_structure_euros=granted, left_euros=left)

    assert limits.ceiling_euros == ceiling
    assert limits.binding.why.replace("\u202f", " ").replace("\u00a0", " ") == words
    assert (limits.allow(ceiling), limits.allow(ceiling + 1)) == (True, False)


@pytest.mark.parametrize(("year", "budget", "granted", "left", "ceiling", "words"), CASES)
def test_the_limits_are_those_of_the_rule(year, budget, granted, left, ceiling, words):
    asked = {"total_budget_euros": budget, "granted_to_structure_euros": granted}

    limits = limits_of(RULES[year], **asked, left_euros=left)

    assert limits.ceiling_euros == min(RULES[year].ceiling_euros(**asked), left)


def test_without_a_rule_the_envelope_alone_limits():
    limits = limits_of(None, total_budget_euros=0, granted_to_structure_euros=0, left_euros=1_000)
    assert limits.sentence == "au plus 1\u202f000\u00a0€ : ce qui reste de l'enveloppe de l'appel"
