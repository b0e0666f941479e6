"""The arithmetic of the seed grant: which limit binds, and how it is said. Pure: no database, euros are whole numbers."""

from dataclasses import dataclass

from gen_portal.core.phrases import euros


@dataclass(frozen=True)
class Limit:
    """One reason not to grant more, in euros, with the words that explain it."""

    amount_euros: int
    why: str


@dataclass(frozen=True)
class Limits:
    """Everything that bounds the grant of one dossier: at least the envelope of its call."""

    limits: tuple

    @property
    def binding(self):
        """The lowest one."""
        return min(self.limits, key=lambda limit: limit.amount_euros)

    @property
    def ceiling_euros(self):
        return self.binding.amount_euros

    @property
    def sentence(self):
        """« au plus 54 000 € : plafond par structure (…) »."""
        return f"au plus {euros(self.ceiling_euros)} : {self.binding.why}"

    def allow(self, amount_euros):
        return amount_euros <= self.ceiling_euros

    def objection(self, amount_euros):
        """Why such a grant is refused, in one sentence; empty when it is allowed."""
        return "" if self.allow(amount_euros) else f"{euros(amount_euros)}, c'est trop : {self.sentence}."


def limits_of(rule, *, total_budget_euros, granted_to_structure_euros, left_euros):
    """What the rule of a call (None: no rule) and its envelope allow for one more dossier of a structure.

    `total_budget_euros` is what the share is a share of (`GrantRule.counted_euros`). The amounts of the rule are those of
    `GrantRule.ceiling_euros`; they are told one by one here.
    """
    return Limits((*_rule_limits(rule, total_budget_euros, granted_to_structure_euros), _envelope_limit(left_euros)))


def _rule_limits(rule, total_budget_euros, granted_to_structure_euros):
    if rule is None:
        return
    if rule.per_label_euros is not None:
        yield Limit(rule.per_label_euros, "plafond par label")
    if rule.per_structure_euros is not None:
        granted = f", dont {euros(granted_to_structure_euros)} déjà accordés" if granted_to_structure_euros else ""
        yield Limit(
            max(0, rule.per_structure_euros - granted_to_structure_euros),
            f"plafond par structure ({euros(rule.per_structure_euros)}{granted})",
        )
    if rule.max_share_percent is not None:
        base = "des dépenses éligibles" if rule.eligible_heads else "du budget de la formation"
        yield Limit(
            total_budget_euros * rule.max_share_percent // 100,
            f"{rule.max_share_percent} % {base} ({euros(total_budget_euros)})",
        )


def _envelope_limit(left_euros):
    return Limit(left_euros, "ce qui reste de l'enveloppe de l'appel")
