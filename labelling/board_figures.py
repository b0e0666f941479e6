"""The figures of a board, put together in a constant number of queries, with the drawing and the table of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from labelling import board_charts as charts
from labelling import board_tables as tables
from labelling.board import BoardFilter
from labelling.models.board_figures import coverages, mark_spreads, review_means
from labelling.severities import (
    Coverage,
    Leaning,
    MarkSpread,
    absent,
    leanings_of_ministries,
    leanings_of_people,
    whole_country,
)


@dataclass(frozen=True)
class BoardFigures:
    """Of the dossiers that one person may compare, in the whole call or one cut-off."""

    spreads: Sequence[MarkSpread]
    ministries: Sequence[Leaning]
    people: Sequence[Leaning]
    regions: Sequence[Coverage]

    @property
    def country(self):
        return whole_country(self.regions)

    @property
    def review_count(self):
        return sum(leaning.severity.review_count for leaning in self.people)

    @property
    def absent(self):
        return absent(self.regions)

    @property
    def has_several_groups(self):
        return tables.has_several_groups(self.people)

    @property
    def mark_charts(self):
        return charts.mark_charts(self.spreads)

    @property
    def ministries_chart(self):
        return charts.dot_chart(
            "ministeres", "Écart des notes de chaque ministère avec celles des autres", self.ministries
        )

    @property
    def people_chart(self):
        return charts.dot_chart(
            "instructeurs", "Écart des notes de chaque instructeur avec celles des autres", self.people
        )

    @property
    def regions_chart(self):
        return charts.coverage_chart("regions", "Dossiers évalués sur dossiers au tableau, par région", self.regions)

    @property
    def marks_table(self):
        return tables.marks_table(self.spreads)

    @property
    def ministries_table(self):
        return tables.ministries_table(self.ministries)

    @property
    def people_table(self):
        return tables.people_table(self.people)

    @property
    def regions_table(self):
        return tables.regions_table(self.regions)

    def table(self, key):
        """The table of this key, None where there is none."""
        found = (self.marks_table, self.ministries_table, self.people_table, self.regions_table)
        return next((table for table in found if table.key == key), None)


def figures_of(call, dossiers, *, cut_off=""):
    """The figures of some dossiers of a call; with `cut_off` (a number), of that one only. Five queries."""
    dossiers = dossiers.filter(BoardFilter(cut_off=cut_off).scope())
    reviews, people, ministries = review_means(dossiers)
    return BoardFigures(
        spreads=mark_spreads(call, dossiers),
        ministries=leanings_of_ministries(reviews, ministries),
        people=leanings_of_people(reviews, people, ministries),
        regions=coverages(dossiers),
    )
