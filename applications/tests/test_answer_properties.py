"""Any interleaving of two editors: the last accepted value stands, every accepted value is a version, no stale write wins."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.actions import answers
from applications.models import AnswerVersion, Application
from applications.models.versions import fingerprint, stored_value
from applications.tests.factories import ApplicationFactory, MembershipFactory, TrainingFactory

pytestmark = pytest.mark.django_db
NAMES = ("programme", "pedagogy")
EDITORS = (0, 1)
#: One step: an editor opens the section, or saves what they typed in one or both answers, or chooses "mine".
STEPS = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(EDITORS)),
    st.tuples(
        st.just("save"),
        st.sampled_from(EDITORS),
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "a", "b", "c"]), min_size=1),
    ),
    st.tuples(st.just("insist"), st.sampled_from(EDITORS)),
)


class Desk:
    """What one editor has before their eyes and in hand, beside what the dossier must hold."""

    def __init__(self, application, user):
        self.application, self.user = application, user
        self.conflicts, self.typed = {}, {}
        self.open()

    def open(self):
        fresh = Application.objects.get(pk=self.application.pk)
        self.eyes = {name: stored_value(fresh, name) for name in NAMES}
        self.conflicts = {}

    def save(self, values):
        self.typed = values
        seen = {name: fingerprint(value) for name, value in self.eyes.items()}
        return self._send(values, seen)

    def insist(self):
        """Choose one's own text for each conflict shown."""
        values = {name: self.typed[name] for name in self.conflicts}
        return self._send(values, {name: conflict.version for name, conflict in self.conflicts.items()})

    def _send(self, values, seen):
        saved = answers.save_answers(self.application, values, seen=seen, by=self.user)
        self.conflicts = {conflict.name: conflict for conflict in saved.conflicts}
        self.eyes |= {name: values[name] for name in saved.names}
        return saved


@given(st.lists(STEPS, max_size=25))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_two_editors_never_lose_a_value(steps):
    application = ApplicationFactory(training=TrainingFactory())
    structure = application.training.structure
    desks = [Desk(application, MembershipFactory(structure=structure, role="editor").user) for _ in EDITORS]
    accepted = {name: [""] for name in NAMES}
    for kind, who, *given_values in steps:
        desk = desks[who]
        if kind == "open":
            desk.open()
            continue
        base = dict(desk.eyes) if kind == "save" else {name: c.value for name, c in desk.conflicts.items()}
        saved = desk.save(*given_values) if kind == "save" else desk.insist()
        for name in saved.names:
            assert base[name] == accepted[name][-1]  # written on what was there, never over another's words
            accepted[name].append(desk.typed[name])
        assert {c.name: c.value for c in saved.conflicts} == {c.name: accepted[c.name][-1] for c in saved.conflicts}
    _check(application, accepted)


def _check(application, accepted):
    fresh = Application.objects.get(pk=application.pk)
    for name, values in accepted.items():
        assert stored_value(fresh, name) == values[-1]
        versions = AnswerVersion.objects.of_answer(application, name).reverse()
        assert [version.value for version in versions] == values[1:]
        assert [version.number for version in versions] == list(range(1, len(values)))
