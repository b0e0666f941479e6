"""The call in progress: a first cut-off published, a second being judged, a third to come; one file of every difficulty."""

from datetime import timedelta

from applications.models import ApplicationState, DossierOfficer, Extension
from applications.models.journal import JournalAction as ApplicationAction
from gen_portal.core import clock
from gen_portal.core.models import Capacity, HiddenSubject, Region, Role
from gen_portal.demo import calls
from gen_portal.demo.afterlife import open_fabriques
from gen_portal.demo.judgement import grants_within
from gen_portal.demo.people import SINCE, create_people
from labelling.models import Assignment, Decision, JournalAction, Outcome, Recusal
from labelling.models.decision import LABELLING_OUTCOMES

#: What is being decided on the first dossiers of the second cut-off, and the merit reviewers found in each.
OUTCOMES = (
    Outcome.LABELLED,
    Outcome.REFUSED,
    Outcome.LABELLED,
    Outcome.CONDITIONAL,
    Outcome.DEFERRED,
    Outcome.LABELLED,
    Outcome.REFUSED,
    Outcome.LABELLED,
)
MERITS = {Outcome.LABELLED: 4.1, Outcome.CONDITIONAL: 3.5, Outcome.DEFERRED: 2.9, Outcome.REFUSED: 1.6}


class CallInProgress:
    """Loads dossiers in every state, reviewers at work, one recusal, decisions at every stage."""

    def __init__(self, scenario):
        self.story, self.rng, self.history = scenario, scenario.rng, scenario.history
        self.judge, self.dossiers = scenario.judge, scenario.dossiers
        self.call = calls.open_call(self.history, scenario.officer, today=scenario.today)
        self.first, self.second, self.third = self.call.cut_offs.order_by("number")
        self.now = clock.start_of(scenario.today) + timedelta(hours=7)

    def load(self):
        self._published()
        self._being_judged()
        self._filed_lately()
        self._drafts()
        self._name_officers()
        self.story.say("Appel en cours : dossiers dans chaque état.")

    def _name_officers(self):
        """The officer of the demonstration follows half of the regions; a colleague, who cannot sign in, the others."""
        [colleague] = create_people(self.rng, 1, domain="gen.example")
        Capacity.objects.create(user=colleague, role=Role.OFFICER, from_on=SINCE)
        pair = (self.story.officer, colleague)
        DossierOfficer.objects.bulk_create(
            DossierOfficer(call=self.call, region=region, officer=pair[index % 2], substitute=pair[1 - index % 2])
            for index, region in enumerate(Region.objects.order_by("pk"))
        )

    def _carriers(self, count, *, trainings=None, at=None):
        at = at or self.call.opens_at + timedelta(days=4)
        return self.story.structures.make(count, site_count=count, training_count=trainings or count, at=at)

    def _interval(self, cut_off, days):
        return cut_off.closes_at - timedelta(days=days), cut_off.closes_at

    def _published(self):
        """First cut-off: six labelled (one under conditions), three refused, three carried over to the second."""
        between = self._interval(self.first, 12)
        decided = self.dossiers.make(
            self.call, self._carriers(9), state=ApplicationState.DECIDED, cut_off=self.first, filed_between=between
        )
        carried = self.dossiers.make(
            self.call, self._carriers(3), state=ApplicationState.UNDER_REVIEW, cut_off=self.first, filed_between=between
        )
        everything = [*decided, *carried]
        quality = {a.pk: 4.0 if i < 6 else 1.8 for i, a in enumerate(decided)} | {a.pk: 2.9 for a in carried}
        at = self.first.closes_at + timedelta(days=2, hours=10)
        assignments = self.judge.assign(everything, at=at, due_on=(at + timedelta(days=15)).date())
        self.judge.review(assignments, at=at + timedelta(days=8), quality=quality)
        outcomes = [Outcome.LABELLED] * 5 + [Outcome.CONDITIONAL] + [Outcome.REFUSED] * 3 + [Outcome.DEFERRED] * 3
        published_at = self.now - timedelta(days=16)
        grants = grants_within(self.rng, decided[:6], left=self.call.budget_euros)
        decisions = self.judge.decide(everything, outcomes, at=published_at, grants=grants)
        labels = self.judge.publish(decisions, at=published_at)
        open_fabriques(self.history, labels, at=published_at, slugs=self.story.slugs)

    def _being_judged(self):
        """Second cut-off: complete, partial and missing reviews, a wide disagreement, a recusal, decisions on their way."""
        carriers = self._carriers(24, trainings=30)
        reviewed = self.dossiers.make(
            self.call,
            carriers,
            state=ApplicationState.UNDER_REVIEW,
            cut_off=self.second,
            filed_between=self._interval(self.second, 15),
        )
        at = self.second.closes_at + timedelta(days=1, hours=10)
        assignments = self.judge.assign(reviewed, at=at, due_on=self.story.today + timedelta(days=6))
        complete = {application.pk for application in reviewed[:14]}
        quality = {application.pk: self.rng.uniform(1.5, 4.5) for application in reviewed}
        quality |= {a.pk: MERITS[outcome] for a, outcome in zip(reviewed, OUTCOMES, strict=False)}
        done = [
            assignment
            for index, assignment in enumerate(assignments)
            if assignment.application_id in complete or index % 3 == 0
        ]
        split = {reviewed[2].pk: 1.9, reviewed[9].pk: 1.7}
        self.judge.review(done, at=at + timedelta(days=5), quality=quality, spread_of=split)
        self._hand_back(next(a for a in reversed(assignments) if a not in done and a.reviewer != self._emploi()))
        self._recuse(next(a for a in assignments if a not in done and a.reviewer == self._emploi()))
        self._decide(reviewed[:8])

    def _emploi(self):
        return self.story.users["instructeur@ministere.example"]

    def _hand_back(self, assignment):
        at, reason = self.now - timedelta(days=3), "Je suis absente tout le mois : une collègue connaît bien ce métier."
        Assignment.objects.filter(pk=assignment.pk).update(ended_at=at, declined_because=reason)
        note = f"{assignment.ministry} : {reason}"
        self.history.add(assignment.application, JournalAction.DECLINED, by=assignment.reviewer, at=at, note=note)

    def _recuse(self, assignment):
        at = self.now - timedelta(days=2)
        reason = "J'ai travaillé pour cette structure jusqu'à l'an dernier."
        Recusal.objects.create(
            application=assignment.application, user=assignment.reviewer, reason=reason, recused_at=at
        )
        HiddenSubject.objects.hide(assignment.reviewer, assignment.application, at=at)
        Assignment.objects.filter(pk=assignment.pk).update(ended_at=at)
        self.history.add(
            assignment.application, JournalAction.RECUSED, by=assignment.reviewer, at=at, note=str(assignment.ministry)
        )

    def _decide(self, applications):
        """Two prepared, three signed, three ready to be published."""
        labelled = [a for a, outcome in zip(applications, OUTCOMES, strict=True) if outcome in LABELLING_OUTCOMES]
        grants = grants_within(self.rng, labelled[1:], left=self.call.envelope.left_euros)
        decisions = self.judge.decide(
            applications, OUTCOMES, at=self.now, grants=grants, steps=[1] * 2 + [2] * 3 + [3] * 3
        )
        return Decision.objects.filter(pk__in=[decision.pk for decision in decisions])

    def _filed_lately(self):
        """Filed for the third cut-off: to be checked, admissible, inadmissible, sent back, withdrawn."""
        at = self.now - timedelta(days=1)
        between = (self.second.closes_at + timedelta(hours=9), at - timedelta(days=5))
        counts = {
            ApplicationState.SUBMITTED: 11,
            ApplicationState.ADMISSIBLE: 6,
            ApplicationState.INADMISSIBLE: 2,
            ApplicationState.RETURNED: 2,
            ApplicationState.WITHDRAWN: 1,
        }
        for state, count in counts.items():
            filed = self.dossiers.make(
                self.call, self._carriers(count), state=state, cut_off=self.third, filed_between=between
            )
            self._say_why(filed, state)

    def _say_why(self, applications, state):
        officer, at = self.story.officer, self.now - timedelta(days=1)
        for application in applications:
            if state == ApplicationState.ADMISSIBLE:
                self.history.add(application, ApplicationAction.DECLARED_ADMISSIBLE, by=officer, at=at)
            if state == ApplicationState.INADMISSIBLE:
                self.history.add(application, ApplicationAction.DECLARED_INADMISSIBLE, by=officer, at=at)
            if state == ApplicationState.RETURNED:
                self.history.add(application, ApplicationAction.RETURNED, by=officer, at=at)
            if state == ApplicationState.WITHDRAWN:
                self.history.add(application, ApplicationAction.WITHDRAWN, by=application.started_by, at=at)

    def _drafts(self):
        """Drafts of the published accounts, and others half filled."""
        self.dossiers.make(self.call, self._carriers(9), state=ApplicationState.DRAFT)
        self.dossiers.make_for(self.call, [(self.story.mainland, 0)], state=ApplicationState.DRAFT, is_ready=True)
        self.dossiers.make_for(self.call, [(self.story.mainland, 1)], state=ApplicationState.DRAFT)
        self.dossiers.make_for(self.call, [(self.story.overseas, 0)], state=ApplicationState.DRAFT)
        self._extend(self.story.overseas.structure)

    def _extend(self, structure):
        """A structure overseas was given three days more in the last cut-off."""
        officer, at = self.story.officer, self.now - timedelta(days=2)
        extension = Extension.objects.create(
            cut_off=self.third,
            structure=structure,
            from_at=self.third.closes_at,
            until_at=clock.end_of(self.third.last_day + timedelta(days=3)),
            reason="Liaison internet coupée plusieurs jours après un cyclone.",
            granted_by=officer,
            granted_at=at,
        )
        note = f"{extension} : {extension.reason}"
        self.history.add(self.call, ApplicationAction.EXTENSION_GRANTED, by=officer, at=at, note=note)
