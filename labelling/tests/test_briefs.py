"""The brief of a dossier: on one tagged page, what was filed, thought and proposed; for who decides on it and nobody else."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications.tests.factories import ApplicationFactory, SubmissionFactory
from gen_portal.core import jobs
from gen_portal.core.models import BackgroundJob
from gen_portal.core.tests.factories import UserFactory
from labelling.models import DecisionReason
from labelling.tasks import BRIEFS_PDF
from labelling.tests.factories import DisagreementFactory, RecusalFactory
from labelling.tests.factories_decisions import DecisionFactory, director, reviewed

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def decision(frozen_clock):
    application = reviewed(ApplicationFactory(under_review=True), marks=[2, 3, 4, 3, 3])
    SubmissionFactory(application=application)
    DisagreementFactory(application=application)
    decision = DecisionFactory(application=application, refused=True)
    criterion = application.call.criteria.order_by("position").first()
    DecisionReason.objects.create(decision=decision, criterion=criterion, text="Besoin non démontré.")
    return decision


def text_of(content):
    reader = PdfReader(BytesIO(content))
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return reader, words.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_brief_says_on_one_tagged_page_what_there_is_to_decide(client_for, decision):
    application = decision.application
    response = client_for(director()).get(reverse("decision_brief", args=[application.reference]))
    reader, text = text_of(b"".join(response.streaming_content))

    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    expected = (
        application.training.title, application.reference, "Moyenne 3,05 sur 5, écart 0,00", "Rang 1 sur 1",
        "2,00 (sous le seuil)", "Ouvert : Les moyennes s'écartent", "au plus 60 000 €", "refusée", decision.reasons,
        "Besoin non démontré.",
    )  # fmt: skip
    assert [words for words in expected if words not in text.replace("’", "'")] == []


def test_the_briefs_of_a_cut_off_follow_each_other_and_leave_with_the_right_to_read_them(client_for, decision):
    by, other = director(), DecisionFactory(application__call=decision.application.call)
    page = reverse("decision_briefs", args=[decision.application.call.slug])

    client_for(by).post(page)
    job = BackgroundJob.objects.get()
    jobs.run(job.pk)

    job.refresh_from_db()
    with job.result.content.open("rb") as stored:
        reader, text = text_of(stored.read())
    assert (len(reader.pages), len(reader.outline)) == (2, 2)
    assert other.application.training.title in text
    assert jobs.is_readable(job, by)
    RecusalFactory(application=other.application, user=by)
    assert not jobs.is_readable(BackgroundJob.objects.get(), type(by).objects.get(pk=by.pk))


def test_nothing_is_made_for_who_runs_no_call(decision):
    references = [decision.application.reference]
    job = jobs.ask(BRIEFS_PDF, by=UserFactory(), parameters={"references": references, "title": "T", "name": "n"})
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result is None
