"""A small sound world with everybody in it: what the access matrix, and other tests of the whole, look at."""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

from applications.models import MemberRole
from applications.tests.factories import (
    ApplicationFactory,
    AttachmentFactory,
    CallFactory,
    IncidentFactory,
    InvitationFactory,
    MembershipFactory,
    StructureFactory,
    SubmissionFactory,
    TrainingFactory,
)
from applications.tests.factories_signature import SignatureRequestFactory
from fabriques import emails, messages
from fabriques.actions.releases import release_registry
from fabriques.actions.report_uploads import keep_upload
from fabriques.forms.report_uploads import HEADERS, template_rows
from fabriques.map_documents import current_document
from fabriques.models import ErrorReport, FuseTrip, ListMail, ReminderHold, ReportDocument, SearchAlert
from fabriques.tests.factories import FabriqueFactory, FollowUpReportFactory, ProgressPointFactory
from fabriques.tests.factories_pages import FabriquePageFactory, PagePhotoFactory, put_out
from gen_portal.core import clock, files, jobs, outbox, spreadsheets
from gen_portal.core.models import Role, SecondFactorReset, User
from gen_portal.core.tests import corpus
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from labelling.actions.letters import write_letters
from labelling.actions.scenarios import open_scenario, save_copy
from labelling.models import RegionalOpinionRule, SignatureDelegation, TacitRule
from labelling.tests.factories import (
    AssignmentFactory,
    RecusalFactory,
    ReviewerAbsenceFactory,
    ReviewFactory,
    four_ministries,
    reviewer_of,
)
from labelling.tests.factories_decisions import DecisionFactory, LabelFactory
from labelling.tests.factories_meetings import AgendaItemFactory, MeetingFactory
from labelling.transitions.meetings import close_meeting
from labelling.transitions.minutes import seal_minutes
from labelling.transitions.proposals import make_proposal

#: The columns of the access matrix, in order.
ACTORS = (
    *("anonymous", "owner", "editor", "reader", "other_owner", "reviewer", "other_reviewer", "recused"),
    *("officer", "director", "second", "regional", "admin", "no_factor"),
)
INVITATION_TOKEN, SIGNATURE_TOKEN = "JETONDINVITATION", "JETONDESIGNATURE"
#: What stands in the addresses of the page that a fabrique writes, and of its pictures.
OWN_PAGES = {
    **dict.fromkeys(
        ("page_edit", "page_check", "page_withdraw", "page_versions", "page_photos", "page_contacts", "network_edit"),
        lambda things: {"reference": things.structure.reference},
    ),
    "page_look": lambda things: {"slug": things.fabrique.slug},
    "page_photo": lambda things: {"sha256": things.page_photo.sha256, "size": "petite"},
    "page_photo@draft": lambda things: {"sha256": things.drafted_photo.sha256, "size": "grande"},
}
_ROLES = {
    "officer": Role.OFFICER,
    "no_factor": Role.OFFICER,
    "director": Role.DIRECTOR,
    "second": Role.SECOND_SIGNATORY,
    "regional": Role.REGIONAL_SERVICE,
    "admin": Role.TECHNICAL_ADMIN,
}


@dataclass
class World:
    """People by the name of their column, and one object of each kind and state."""

    people: dict = field(default_factory=dict)
    things: SimpleNamespace = field(default_factory=SimpleNamespace)


def build_world():
    """Structure A carries dossiers in every state; B looks on; four ministries, of which three have somebody here."""
    world = World()
    world.people |= {name: CapacityFactory(role=role, user__last_name=name).user for name, role in _ROLES.items()}
    _gather_structures(world)
    _open_calls(world)
    _file_dossiers(world)
    _review(world)
    _ask_regions(world)
    _decide(world)
    _meet(world)
    _fabrique(world)
    _label(world)
    _keep_records(world)
    _let_in(world)
    return world


def _gather_structures(world):
    things = world.things
    things.structure, things.other_structure = StructureFactory(), StructureFactory()
    for role in MemberRole.values:
        member = MembershipFactory(structure=things.structure, role=role, user__last_name=role)
        world.people[role] = member.user
    world.people["other_owner"] = MembershipFactory(structure=things.other_structure).user
    things.member = MembershipFactory(structure=things.structure, role=MemberRole.READER)
    things.invitation = InvitationFactory(structure=things.structure, token=INVITATION_TOKEN)
    things.invitation_to_other = InvitationFactory(
        structure=things.structure, email=world.people["other_owner"].email, invited_by=world.people["owner"]
    )


def _open_calls(world):
    things = world.things
    specification = files.store(b"%PDF-1.4", name="cahier.pdf", content_type="application/pdf", by=None)
    things.call, things.call_draft = CallFactory(specification=specification), CallFactory(unpublished=True)
    things.ministries = four_ministries()


def _dossier(world, **trait):
    return ApplicationFactory(
        call=world.things.call,
        training=TrainingFactory(structure=world.things.structure),
        started_by=world.people["owner"],
        **trait,
    )


def _file_dossiers(world):
    things = world.things
    things.draft = _dossier(world, complete=True)
    things.site = things.draft.sites.get()
    things.attachment = AttachmentFactory(application=things.draft)
    things.asked = SignatureRequestFactory(application=things.draft, token=SIGNATURE_TOKEN)
    things.submitted, things.admissible = _dossier(world, submitted=True), _dossier(world, admissible=True)
    things.withdrawn = _dossier(world, withdrawn=True)
    things.filed_attachment = AttachmentFactory(application=things.submitted)
    things.submission = SubmissionFactory(application=things.submitted)


def _review(world):
    """The reviewer has a draft; the recused one had the same dossier; the other one has another dossier."""
    things, people = world.things, world.people
    things.under_review = _dossier(world, under_review=True)
    sheet = files.store(corpus.a_pdf(), name="statuts.pdf", content_type="application/pdf", by=None)
    things.reviewed_attachment = AttachmentFactory(application=things.under_review, file=sheet)
    SubmissionFactory(application=things.under_review)
    for name, ministry in zip(("reviewer", "other_reviewer", "recused"), things.ministries, strict=False):
        people[name] = reviewer_of(ministry, last_name=name)
    things.reviewing = people["reviewer"].capacities.get()
    things.absence = ReviewerAbsenceFactory(user=people["reviewer"], from_on=clock.today() + 200 * clock.ONE_DAY)
    first, second, third = things.ministries[:3]
    by = people["officer"]
    place = AssignmentFactory(
        application=things.under_review, ministry=first, reviewer=people["reviewer"], assigned_by=by
    )
    ReviewFactory(assignment=place)
    things.declaration = people["reviewer"].interest_declarations.get()
    things.left_place = AssignmentFactory(
        application=things.under_review, ministry=third, reviewer=people["recused"], assigned_by=by, ended=True
    )
    ReviewFactory(assignment=things.left_place)
    RecusalFactory(application=things.under_review, user=people["recused"])
    things.proposal = make_proposal(
        things.call, due_on=clock.today() + clock.ONE_DAY, max_load=40, aim="fewest_changes", by=by
    )
    elsewhere = _dossier(world, under_review=True)
    AssignmentFactory(application=elsewhere, ministry=second, reviewer=people["other_reviewer"], assigned_by=by)


def _ask_regions(world):
    """Every call's dossiers wait for the opinion of the region, whose service the world has; one is given."""
    things = world.things
    RegionalOpinionRule.objects.create(call=things.call, days_count=30, tacit=TacitRule.NONE, set_at=clock.now())


def _decide(world):
    """A decision at each step, signed by the director of this world."""
    things, director = world.things, world.people["director"]
    things.prepared = DecisionFactory(application=_dossier(world, under_review=True), grant_euros=10_000)
    things.signed = DecisionFactory(
        application=_dossier(world, under_review=True), signed=True, first_signatory=director, grant_euros=10_000
    )
    things.ready = DecisionFactory(application=_dossier(world, under_review=True), countersigned=True)
    things.delegation = SignatureDelegation.objects.create(
        delegator=director, delegate=CapacityFactory(role=Role.OFFICER).user, role=Role.DIRECTOR, from_on=clock.today(),
        until_on=clock.today() + 7 * clock.ONE_DAY, given_at=clock.now(),
    )  # fmt: skip
    things.cut_off, things.last_cut_off = things.call.cut_offs.order_by("number")
    things.scenario_copy = save_copy(open_scenario(things.cut_off, by=director), "Une copie", by=director)
    things.incident = IncidentFactory(cut_off=things.last_cut_off, proposed_by=director)


def _meet(world):
    """The committee sits on the first cut-off; another meeting is over, its minutes sealed."""
    things, people = world.things, world.people
    over = MeetingFactory(cut_off=things.cut_off, chair=people["director"], opened=True)
    things.minutes = seal_minutes(close_meeting(over, by=people["officer"]), by=people["officer"])
    things.meeting = MeetingFactory(cut_off=things.cut_off, chair=people["director"], opened=True)
    AgendaItemFactory(meeting=things.meeting, application=things.under_review, live=True)


def _fabrique(world):
    things = world.things
    things.fabrique = FabriqueFactory(structure=things.structure)
    things.label = things.fabrique.label
    things.page = FabriquePageFactory(fabrique=things.fabrique)
    things.page_photo = PagePhotoFactory(page=things.page)
    put_out(things.page)
    things.drafted_photo = PagePhotoFactory(page=things.page)


def _label(world):
    things = world.things
    (things.letter,) = write_letters(
        [things.label.decision], [things.label], None, at=things.label.decision.published_at
    )
    things.release = release_registry(by=None)
    things.map_version = current_document(clock.today(), clock.now()).version
    things.report = FollowUpReportFactory(label=things.label)
    things.campaign = things.report.campaign
    owner, content = world.people["owner"], spreadsheets.as_csv(HEADERS, template_rows(world.people["owner"]))
    stored = files.store(b"%PDF-1.4", name="bilan.pdf", content_type="application/pdf", by=owner)
    things.report_document = ReportDocument.objects.create(
        report=things.report, file=stored, joined_at=clock.now(), joined_by=owner
    )
    things.upload = keep_upload(content, name="releves.csv", content_type=spreadsheets.CSV_TYPE, by=owner)
    things.filed_report = FollowUpReportFactory(
        campaign=things.campaign,
        label=LabelFactory(decision__application__training__structure=things.structure),
        filed=True,
    )
    things.point = ProgressPointFactory(request__call=things.call)
    now = clock.now()
    things.hold = ReminderHold.objects.create(
        campaign=things.campaign, note="Vérification", held_at=now, held_by=world.people["officer"]
    )
    things.fuse_trip = FuseTrip.objects.create(tripped_at=now, foreseen_count=10, planned_count=12, mails=[])
    things.report_email = outbox.post(
        key="relance", kind="essai", to="b@exemple.fr", subject_line="Suivi", markdown="Texte", about=things.report
    )
    things.error_report = ErrorReport.objects.create(label=things.label, text="L'adresse a changé.", received_at=now)
    things.list_mail = ListMail.objects.create(
        key="monde", layer="releves", subject_line="Suivi", text="Texte", sent_at=now, sent_by=world.people["officer"]
    )
    things.alert_token = messages.stop_token(SearchAlert.objects.create(email="a@b.fr", query="", asked_at=now))
    things.refusal_token = emails.refusal_token(things.structure, world.people["editor"])


def _keep_records(world):
    things, officer = world.things, world.people["officer"]
    things.factor_reset = SecondFactorReset.objects.create(
        user=world.people["reviewer"], asked_by=world.people["director"], asked_at=clock.now(), checked_how="Vu."
    )
    things.email = outbox.post(
        key="monde", kind="essai", to="a@exemple.fr", subject_line="Objet", markdown="Texte", about=things.submitted
    )
    jobs.register("essai", lambda job, progress: None, label="Essai")
    things.job = jobs.ask("essai", by=officer, parameters={})
    things.capacity = CapacityFactory(user=UserFactory(), from_on=clock.today() - timedelta(days=1))
    things.done_job = jobs.ask("essai", by=officer, parameters={})
    things.done_job.result = files.store(b"a;b", name="a.csv", content_type="text/csv", by=officer)
    things.done_job.save(update_fields=["result"])


def _let_in(world):
    """Everybody has a password (that nothing matches): without one allauth has nothing to ask again."""
    User.objects.filter(pk__in=[user.pk for user in world.people.values()]).update(password="argon2$fictif")
    for user in world.people.values():
        user.refresh_from_db()
