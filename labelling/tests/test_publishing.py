"""Publishing the decisions of a cut-off: what exists afterwards, what waits, what is refused."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application, ApplicationState, MemberRole, Submission
from applications.tests.factories import (
    ApplicationFactory,
    CallFactory,
    MembershipFactory,
    SiteFactory,
    StructureFactory,
)
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused
from labelling import invariants
from labelling.models import Decision, Grant, Label, LabelEvent, LabelSite
from labelling.tests.factories_decisions import DecisionFactory, director, reviewed
from labelling.transitions.publishing import publish_decisions, seal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(frozen_clock):
    return CallFactory()


@pytest.fixture
def cut_off(call):
    return call.cut_offs.get(number=1)


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory(role=Role.OFFICER).user


def decide(call, **kwargs):
    application = ApplicationFactory(under_review=True, call=call, **kwargs.pop("dossier", {}))
    return DecisionFactory(application=application, countersigned=True, **kwargs)


def acts(subject):
    return [(entry.action, entry.by, entry.at) for entry in JournalEntry.objects.about(subject)]


def test_a_label_carries_what_was_filed(call, cut_off, officer, frozen_clock):
    decision = decide(call, grant_euros=40_000)
    filed = Submission.objects.get()
    Application.objects.update(summary="Un brouillon postérieur.")
    site = SiteFactory._meta.model.objects.get()
    SiteFactory._meta.model.objects.update(name="Un nom postérieur")

    publication = publish_decisions(cut_off, by=officer)

    label = Label.objects.get()
    assert publication.labels == [label]
    assert (label.training, label.decision, label.submission) == (decision.application.training, decision, filed)
    assert (label.starts_on, label.ends_on) == (date(2026, 3, 10), date(2029, 3, 10))
    assert label.summary == "Six mois pour apprendre le développement web par projets, avec des entreprises du bassin."
    assert (label.job_family, label.entry_level, label.is_free, label.total_hours) == ("dev", "none", True, 700)
    assert label.first_start_on == frozen_clock.today + timedelta(days=200)
    assert list(LabelSite.objects.values_list("site", "name", "commune")) == [(site.pk, site.name, site.commune_id)]
    event = LabelEvent.objects.get()
    assert (event.kind, event.effective_on, event.known_at, event.by) == (
        "awarded", date(2026, 3, 10), frozen_clock.at, officer
    )  # fmt: skip
    assert list(Grant.objects.values_list("label", "amount_euros")) == [(label.pk, 40_000)]
    assert acts(label) == [("label.published", officer, frozen_clock.at)]


def test_each_outcome_settles_its_dossier(call, cut_off, officer, frozen_clock):
    decisions = {
        kind: decide(call, **({kind: True} if kind else {})) for kind in ("", "conditional", "deferred", "refused")
    }

    publication = publish_decisions(cut_off, by=officer)

    assert publication.counts == {"labelled": 1, "conditional": 1, "deferred": 1, "refused": 1}
    dossiers = {kind: Application.objects.get(pk=decision.application_id) for kind, decision in decisions.items()}
    decided, following = ApplicationState.DECIDED, call.cut_offs.get(number=2)
    assert {kind: (d.state, d.cut_off, d.ended_at) for kind, d in dossiers.items()} == {
        "": (decided, cut_off, None),
        "conditional": (decided, cut_off, None),
        "deferred": (ApplicationState.UNDER_REVIEW, following, None),
        "refused": (decided, cut_off, frozen_clock.at),
    }
    assert {acts(decision)[-1] for decision in decisions.values()} == {("decision.published", officer, frozen_clock.at)}
    assert {d.published_at for d in Decision.objects.all()} == {frozen_clock.at}
    assert list(invariants.broken()) == []


def test_what_is_not_ready_stays(call, cut_off, officer):
    decide(call)
    prepared = DecisionFactory(application=ApplicationFactory(under_review=True, call=call))
    signed = DecisionFactory(application=ApplicationFactory(under_review=True, call=call), signed=True)
    alone = reviewed(ApplicationFactory(under_review=True, call=call), count=1)
    ungrounded = DecisionFactory(application=alone, countersigned=True)
    withdrawn = reviewed(ApplicationFactory(withdrawn=True, call=call))
    left = DecisionFactory(application=withdrawn, countersigned=True)

    publication = publish_decisions(cut_off, by=officer)

    assert len(publication.decisions) == 1
    waiting = Decision.objects.filter(published_at=None).order_by("pk")
    assert list(waiting) == [prepared, signed, ungrounded, left]


def test_a_second_run_publishes_what_was_late(call, cut_off, officer):
    decide(call)
    publish_decisions(cut_off, by=officer)
    late = decide(call)

    assert [d.pk for d in publish_decisions(cut_off, by=officer).decisions] == [late.pk]
    assert Label.objects.count() == 2


def test_a_deferred_dossier_is_decided_again(call, cut_off, officer):
    decision = decide(call, deferred=True)
    publish_decisions(cut_off, by=officer)
    application = Application.objects.get()
    second = DecisionFactory(application=application, countersigned=True)

    publish_decisions(call.cut_offs.get(number=2), by=officer)

    assert [d.outcome for d in application.decisions.order_by("pk")] == ["deferred", "labelled"]
    assert Label.objects.get().decision == second
    assert decision.cut_off == cut_off
    assert list(invariants.broken()) == []


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        (Role.SECOND_SIGNATORY, "Seuls un chargé de mission ou le directeur publient les décisions."),
        (Role.REVIEWER, "Seuls un chargé de mission ou le directeur publient les décisions."),
    ],
)
def test_publish_refused_to_others(call, cut_off, role, sentence, mails):
    decision = decide(call)
    with pytest.raises(Refused) as refusal:
        publish_decisions(cut_off, by=CapacityFactory(role=role).user)
    assert str(refusal.value) == sentence
    decision.refresh_from_db()
    assert (decision.published_at, mails(), Label.objects.count()) == (None, [], 0)


def test_publish_refused_when_nothing_is_ready(cut_off):
    with pytest.raises(Refused, match="Aucune décision de ce relevé n'est prête"):
        publish_decisions(cut_off, by=director())


def test_publish_refused_when_the_preview_is_stale(call, cut_off, officer):
    seen = seal_of([decide(call)])
    decide(call)
    with pytest.raises(Refused, match="ont changé depuis l'aperçu"):
        publish_decisions(cut_off, by=officer, seen=seen)
    assert not Decision.objects.published().exists()


def test_publish_refused_without_a_cut_off_to_defer_to(call, officer):
    last = call.cut_offs.get(number=2)
    decide(call, dossier={"cut_off": last}, deferred=True)
    decide(call, dossier={"cut_off": last})
    with pytest.raises(Refused, match="il n'y a pas de relevé suivant"):
        publish_decisions(last, by=officer)
    assert not Decision.objects.published().exists()


# --- Letters -------------------------------------------------------------------------------------------------------


def test_each_owner_gets_one_letter(call, cut_off, officer, mails):
    structure = StructureFactory()
    owners = [MembershipFactory(structure=structure).user for _ in range(2)]
    MembershipFactory(structure=structure, role=MemberRole.READER)
    gone = MembershipFactory(structure=structure).user
    gone.is_active = False
    gone.save()
    decision = decide(call, dossier={"training__structure": structure, "started_by": owners[0]})

    publication = publish_decisions(cut_off, by=officer)

    letters = mails(kind="decision_labelled")
    assert [letter.to_address for letter in letters] == [owner.email for owner in owners]
    assert publication.letter_count == len(letters) == len(mails())
    assert {letter.key for letter in letters} == {f"decision:{decision.pk}:{owner.pk}" for owner in owners}
    assert {letter.is_legal for letter in letters} == {True}


def test_a_structure_without_owner_is_written_to_all_the_same(call, cut_off, officer, mails):
    reader = MembershipFactory(role=MemberRole.READER)
    decide(call, dossier={"training__structure": reader.structure, "started_by": reader.user})
    publish_decisions(cut_off, by=officer)
    assert [letter.to_address for letter in mails()] == [reader.user.email]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("labelled", ["est **labellisée Grande école du numérique** à compter du 10 mars 2026, pour 36 mois",
                      "subvention d'amorçage de **40 000 €**"]),
        ("conditional", ["au plus tard le 8 juin 2026**", "> Signer une convention avec la mission locale.",
                         "Aucune subvention d'amorçage n'est attribuée."]),
        ("deferred", ["**reportée au relevé n° 2** de l'appel", "> Le budget reste à préciser."]),
        ("refused", ["**n'est pas retenue**", "> Le public visé n'est pas celui de l'appel."]),
    ],
)  # fmt: skip
def test_a_letter_says_the_outcome_its_reasons_and_the_remedies(call, cut_off, officer, mails, kind, said):
    decision = decide(call, **({"grant_euros": 40_000} if kind == "labelled" else {kind: True}))

    publish_decisions(cut_off, by=officer)

    (letter,) = mails(kind=f"decision_{kind}")
    text = letter.text_body.replace("\u00a0", " ").replace("\u202f", " ")
    signed = f"signée le 8 mars 2026 par {decision.first_signatory}, contresignée le 9 mars 2026 par"
    expected = [*said, signed, "dans les deux mois qui suivent sa notification", "recours hiérarchique",
                "tribunal administratif",
                f"http://testserver/candidatures/{decision.application.reference}/resultat/"]  # fmt: skip
    assert [part for part in expected if part not in text] == []
    assert letter.subject_line.endswith(f" : {decision.application.training.title}")


# --- Cost ----------------------------------------------------------------------------------------------------------

#: PostgreSQL inserts into seven tables at once, and reads the instant with the rights.
PUBLISHING_QUERIES = {"postgresql": 17, "sqlite": 23}


@pytest.mark.parametrize("count", [1, 3])
def test_publishing_costs_the_same_for_one_or_three(call, cut_off, officer, count):
    for _ in range(count):
        decide(call, grant_euros=10_000)
        decide(call, deferred=True)
        decide(call, refused=True)

    with CaptureQueriesContext(connection) as asked:
        publish_decisions(cut_off, by=officer)

    kept = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(kept) == PUBLISHING_QUERIES[connection.vendor], kept
    assert Label.objects.count() == count
