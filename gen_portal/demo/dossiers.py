"""Dossiers of the demonstration: answers in the words of small associations, documents joined, filings archived."""

from datetime import timedelta

from applications import archive
from applications.models import (
    Application,
    ApplicationState,
    Attachment,
    RequiredDocument,
    Signature,
    SignatureKind,
    Submission,
)
from applications.models.journal import JournalAction
from gen_portal.core.references import grouped, new_reference
from gen_portal.demo import pdf
from gen_portal.demo.answers import answers_of, leave_gaps


class DossierMaker:
    """Makes dossiers in bulk, in any state a call may show."""

    def __init__(self, rng, history):
        self.rng, self.history = rng, history
        self.file = None

    def make(self, call, carriers, **wanted):
        """One dossier per training of the carriers, with what `make_for` takes."""
        pairs = [(carrier, index) for carrier in carriers for index in range(len(carrier.trainings))]
        return self.make_for(call, pairs, **wanted)

    def make_for(self, call, pairs, *, state, cut_off=None, filed_between=None, is_ready=False):
        """One for each chosen (carrier, index of the training), filed at instants drawn from the interval if there is one.

        A draft has its last sections still to write, unless it `is_ready` to be filed.
        """
        rows = [self._application(call, carrier, index, state, cut_off, filed_between) for carrier, index in pairs]
        if state == ApplicationState.DRAFT and not is_ready:
            for row in rows:
                leave_gaps(row)
        applications = Application.objects.bulk_create(rows, batch_size=200)
        self._add_sites(applications, [carrier for carrier, _ in pairs])
        self._add_documents(call, applications)
        self._record(applications)
        if filed_between:
            self.file_all(applications)
        return applications

    def _application(self, call, carrier, index, state, cut_off, filed_between):
        filed_at = self._instant(filed_between) if filed_between else None
        started_at = (filed_at or call.opens_at + timedelta(days=40, hours=14)) - timedelta(
            days=self.rng.randint(2, 20)
        )
        application = Application(
            call=call,
            training=carrier.trainings[index],
            state=state,
            cut_off=cut_off,
            submitted_at=filed_at,
            started_by=carrier.owner,
            started_at=started_at,
            changed_at=filed_at or started_at,
            **answers_of(self.rng, call, carrier, index, started_at),
        )
        if state in (ApplicationState.WITHDRAWN, ApplicationState.INADMISSIBLE):
            application.ended_at = application.changed_at + timedelta(days=3)
        if state == ApplicationState.INADMISSIBLE:
            application.inadmissible_reason = (
                "La formation reste payante pour les apprenants : l'appel demande la gratuité."
            )
        if state == ApplicationState.RETURNED:
            application.completion_request = "Joindre le budget prévisionnel signé et préciser le nombre de places."
            application.completion_due_on = (application.changed_at + timedelta(days=25)).date()
        return application

    def _instant(self, between):
        first, last = between
        return first + timedelta(seconds=self.rng.randint(0, int((last - first).total_seconds()) - 1))

    def _add_sites(self, applications, carriers):
        """The first site, and for structures with several the others too for their first training."""
        through = Application.sites.through
        links = []
        for application, carrier in zip(applications, carriers, strict=True):
            is_first = application.training_id == carrier.trainings[0].pk
            sites = carrier.sites if is_first else carrier.sites[:1]
            links.extend(through(application_id=application.pk, site_id=site.pk) for site in sites)
        through.objects.bulk_create(links, batch_size=500)

    def _add_documents(self, call, applications):
        documents = list(RequiredDocument.objects.filter(call=call, is_mandatory=True))
        Attachment.objects.bulk_create(
            [
                Attachment(
                    application=application, document=document, file=self._file(), joined_at=application.changed_at
                )
                for application in applications
                for document in documents
            ],
            batch_size=500,
        )

    def _file(self):
        """One small PDF serves for every document of the demonstration."""
        if self.file is None:
            line = "Ce document fictif tient lieu de pièce jointe."
            at = self.history.begins_at
            self.file = pdf.stored("piece-de-demonstration.pdf", "Pièce de démonstration", line, at=at)
        return self.file

    def _record(self, applications):
        for application in applications:
            self.history.add(application, JournalAction.STARTED, by=application.started_by, at=application.started_at)

    def _sign(self, applications, contents):
        """The representative's signature at the instant of each filing."""
        rows = [
            Signature(
                application=application,
                kind=SignatureKind.REPRESENTATIVE,
                name=application.signatory_name,
                role=application.signatory_role,
                content_sha256=archive.digest(content),
                signed_at=application.submitted_at,
                signed_by=application.started_by,
            )
            for application, content in zip(applications, contents, strict=True)
        ]
        for row in rows:
            note = f"{row}, {row.get_kind_display()}"
            self.history.add(row.application, JournalAction.SIGNED, by=row.signed_by, at=row.signed_at, note=note)
        return Signature.objects.bulk_create(rows, batch_size=200)

    def file_all(self, applications):
        """The filing of each dossier, archived exactly as `submit` archives it."""
        filings = []
        archivable = archive.for_archiving(applications)
        contents = [archive.build(application) for application in archivable]
        signatures = self._sign(archivable, contents)
        for application, unsigned, signature in zip(archivable, contents, signatures, strict=True):
            content = archive.signed(unsigned, signature)
            filings.append(
                Submission(
                    application=application,
                    number=f"GEN-{application.submitted_at.year}-{grouped(new_reference(12))}",
                    idempotency_key=new_reference(16),
                    cut_off=application.cut_off,
                    filed_at=application.submitted_at,
                    filed_by=application.started_by,
                    archive=content,
                    sha256=archive.digest(content),
                )
            )
        Submission.objects.bulk_create(filings, batch_size=200)
        for filing in filings:
            note = f"Dépôt {filing.number}"
            self.history.add(
                filing.application, JournalAction.SUBMITTED, by=filing.filed_by, at=filing.filed_at, note=note
            )
