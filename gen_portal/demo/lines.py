"""The lines of the cut-off being judged: drawn, kept once under a name, then changed by a written exception."""

from labelling.actions import scenarios
from labelling.lines import lines_of
from labelling.models import Scenario

LABELS, GRANTS = 12, 8
EXCEPTION = "Seule formation du bassin d'emploi ; la mission locale et deux employeurs s'engagent à ses côtés."


class LinesDrawn:
    """By the officer of the demonstration, as on the page."""

    def __init__(self, story, cut_off):
        self.by, self.cut_off = story.officer, cut_off

    def load(self):
        scenario = scenarios.open_scenario(self.cut_off, by=self.by)
        order = lines_of(scenario).order
        scenarios.draw_label_line(scenario, order[LABELS - 1].key, by=self.by)
        scenarios.draw_money_line(scenario, order[GRANTS - 1].key, by=self.by)
        scenarios.save_copy(Scenario.objects.working(self.cut_off), "Dans l'ordre du tableau", by=self.by)
        promoted, passed = order[LABELS], order[LABELS - 2]
        scenarios.move_before(scenario, promoted.key, passed.key, by=self.by, exception=EXCEPTION)
