"""The arithmetic of a follow-up report: pure, used by the form, the transition and the invariants alike.

Counts are cumulative since the label began, at the last day of the quarter. The rules are those of domain.md §3.2:
started = in progress + finished + dropped; every part at most the whole.
"""

from collections.abc import Mapping

FLOWS = ("in_progress_count", "finished_count", "dropped_count")
PARTS = {
    "women_count": "femmes",
    "under_26_count": "personnes de moins de 26 ans",
    "priority_area_count": "habitants de quartiers prioritaires",
}
FIGURES = ("started_count", *FLOWS, *PARTS)


def faults(figures: Mapping[str, int]) -> dict[str, str]:
    """What is wrong, as a sentence with the numbers for each field concerned; nothing when the report adds up."""
    found = {}
    started = figures["started_count"]
    flows = [figures[name] for name in FLOWS]
    if sum(flows) != started:
        terms = " + ".join(str(count) for count in flows)
        found["started_count"] = (
            f"En formation, terminées et abandons font {terms} = {sum(flows)}, mais vous indiquez {started} personnes "
            "entrées. Corrigez l'un de ces quatre nombres."
        )
    for name, words in PARTS.items():
        if figures[name] > started:
            found[name] = f"{figures[name]} {words}, c'est plus que les {started} personnes entrées en formation."
    return found
