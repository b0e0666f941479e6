"""The story the demonstration tells: two past calls, one decided last year, one in progress (issue A, "The demo")."""

import random
from datetime import date, datetime, timedelta

from applications.models import ApplicationState, MemberRole, Membership
from gen_portal.core import clock
from gen_portal.core.models import Commune, LegalBody, Role
from gen_portal.demo import calls, people, words
from gen_portal.demo.afterlife import Follower, open_fabriques
from gen_portal.demo.committee import CommitteeSits
from gen_portal.demo.dossiers import DossierMaker
from gen_portal.demo.history import History
from gen_portal.demo.in_progress import CallInProgress
from gen_portal.demo.judgement import Judge, grants_within
from gen_portal.demo.lines import LinesDrawn
from gen_portal.demo.own_pages import OwnPages
from gen_portal.demo.places import Atlas
from gen_portal.demo.planner import let_the_planner_know
from gen_portal.demo.regional import RegionsSpeak
from gen_portal.demo.reminding import Reminding
from gen_portal.demo.reviewing import Reviewing
from gen_portal.demo.structures import StructureMaker
from gen_portal.demo.talking import ReviewersTalk
from gen_portal.demo.team import Team
from labelling.models import Outcome
from labelling.transitions.delegations import delegate_signature

#: How many labels each cut-off of the second call gave here: 248 in all, 54 at first (domain.md §1.0 and §1.2).
SECOND_CALL_WAVES = (54, 97, 97)


class Scenario:
    """Loads everything for a given day; the same day gives the same rows, but for random references and salts."""

    def __init__(self, today, say):
        self.today, self.say = today, say
        self.rng = random.Random(f"gen {today.isoformat()}")
        self.history = History(begins_at=datetime(2015, 9, 1, 8, tzinfo=clock.PARIS))
        self.atlas = Atlas(self.rng)
        self.structures = StructureMaker(self.rng, self.atlas, self.history)
        self.dossiers = DossierMaker(self.rng, self.history)
        self.follower = Follower(self.rng, self.history)
        self.slugs = {}

    def load(self):
        self._people()
        self._first_call()
        self._second_call()
        self._follow_ups(date(2016, 1, 1), date(2016, 10, 1), late_share=0.22)
        self._last_year_call()
        self._recent_follow_ups()
        self._reviews()
        self.history.write()
        in_progress = CallInProgress(self)
        in_progress.load()
        RegionsSpeak(self, in_progress.call).load()
        ReviewersTalk(self, in_progress.call).load()
        CommitteeSits(self, in_progress.call).load()
        self.history.write()
        LinesDrawn(self, in_progress.second).load()
        Team(self, in_progress.call).load()
        self._delegate()
        Reminding(self).load()
        OwnPages(self).load()

    def _delegate(self):
        """The officer signs small grants while the director is away."""
        delegate_signature(
            self.officer,
            by=self.director,
            role=Role.DIRECTOR,
            from_on=clock.today(),
            until_on=clock.today() + timedelta(days=20),
            max_grant_euros=40_000,
        )

    def _reviews(self):
        """What officers did with the reports, and what regions said of the way to the targets."""
        let_the_planner_know()  # figures of every region and quarter are read below
        reviewing = Reviewing(self.rng, self.history, self.officer, self.users["region@service.example"])
        reviewing.review(today=self.today)
        reviewing.progress(today=self.today)
        people.agree(self.reviewers, self.today)
        self.say("Relectures des relevés et points d'avancement des régions.")

    def _people(self):
        self.users = people.create_accounts()
        self.reviewers = people.create_reviewers(self.rng, self.users, per_ministry=4)
        self.officer, self.director = self.users["charge@gen.example"], self.users["directeur@gen.example"]
        second = self.users["signataire@gen.example"]
        self.judge = Judge(self.rng, self.history, self.reviewers, self.officer, self.director, second)
        LegalBody.objects.create(
            name="Groupement d'intérêt public de démonstration",
            address="1 place de l'Exemple\n75000 Paris",
            phone="01 00 00 00 00",
            email="contact@gen.example",
            signatory_name="Étienne Garnier",
            signatory_title="directeur",
            silence_meaning=words.SILENCE,
            remedies=words.REMEDIES,
            from_on=people.SINCE,
        )
        self.say("Comptes, habilitations et instructeurs.")

    def _first_call(self):
        """171 labels of 84 structures on 130 sites, announced on 3 February 2016; then a few lost."""
        call = calls.first_call(self.history, self.officer)
        carriers = self.structures.make(84, site_count=130, training_count=171, at=call.opens_at + timedelta(days=3))
        refused = self.structures.make(24, site_count=24, training_count=29, at=call.opens_at + timedelta(days=4))
        labels = self._judge(call, 1, carriers, refused, published_on=date(2016, 2, 3), share=0.43)
        self.judge.lose(labels[3:150:29], days=[40, 75, 110, 150, 190, 230])
        self.say(f"Premier appel : {len(labels)} labels.")

    def _second_call(self):
        """Three cut-offs, 70,000 € per label, at most 180,000 € per structure."""
        call = calls.second_call(self.history, self.officer)
        published = (date(2016, 11, 15), date(2017, 1, 31), date(2017, 5, 15))
        for number, (count, published_on) in enumerate(zip(SECOND_CALL_WAVES, published, strict=True), start=1):
            at = call.cut_offs.get(number=number).closes_at - timedelta(days=25)
            carriers = self.structures.make(count // 2, site_count=count * 2 // 3, training_count=count, at=at)
            refused = self.structures.make(12, site_count=12, training_count=12, at=at)
            self._judge(call, number, carriers, refused, published_on=published_on, share=0.3)
        self.say(f"Deuxième appel : {sum(SECOND_CALL_WAVES)} labels en trois relevés.")

    def _last_year_call(self):
        """Some 230 labels still in force, in every region and overseas, decided a year before the day."""
        quarter, _ = clock.quarter_of(self.today)
        published_on = clock.add_months(quarter, -12) + timedelta(days=9)
        call = calls.last_year_call(self.history, self.officer, published_on=published_on)
        at = call.opens_at + timedelta(days=10)
        carriers = self.structures.make(138, site_count=190, training_count=231, at=at)
        self._own(carriers)
        carriers += self._around_mende(at)
        refused = self.structures.make(30, site_count=30, training_count=38, at=at)
        labels = self._judge(call, 1, carriers, refused, published_on=published_on, share=0.8)
        self.judge.lose(labels[20:200:45], days=[60, 130, 200, 290])
        self.say(f"Appel de l'an passé : {len(labels)} labels.")

    def _around_mende(self, at):
        """Two structures of a small town far from the large ones, with a session still to begin this quarter: somebody looks
        for a training there."""
        _, end = clock.quarter_of(self.today)
        carriers = [
            *self.structures.make(1, site_count=1, training_count=2, at=at, town_of=Commune.objects.get(code="48095")),
            *self.structures.make(1, site_count=1, training_count=1, at=at, town_of=Commune.objects.get(code="48061")),
        ]
        for carrier in carriers:
            carrier.also_starts_on = min(self.today + timedelta(days=10), end - clock.ONE_DAY)
        return carriers

    def _own(self, carriers):
        """The published accounts belong to structures of this call: one in mainland France, one in Polynesia."""
        polynesia = Commune.objects.get(code="98735").department.region_id
        overseas = next(c for c in carriers if c.structure.commune.department.region_id == polynesia)
        mainland = next(c for c in carriers if len(c.trainings) > 1 and c.structure.commune.time_zone == "Europe/Paris")
        for carrier, email, role in (
            (mainland, "responsable@structure.example", MemberRole.OWNER),
            (mainland, "redacteur@structure.example", MemberRole.EDITOR),
            (overseas, "outremer@structure.example", MemberRole.OWNER),
        ):
            at = carrier.structure.created_at
            Membership.objects.create(structure=carrier.structure, user=self.users[email], role=role, since_at=at)
        self.mainland, self.overseas = mainland, overseas

    def _judge(self, call, number, carriers, refused, *, published_on, share):
        """File, review, decide and publish one cut-off; returns its labels."""
        cut_off = call.cut_offs.get(number=number)
        earliest = max(call.opens_at + timedelta(days=5), cut_off.closes_at - timedelta(days=20))
        filed = (earliest, cut_off.closes_at)
        kept = self.dossiers.make(call, carriers, state=ApplicationState.DECIDED, cut_off=cut_off, filed_between=filed)
        others = self.dossiers.make(call, refused, state=ApplicationState.DECIDED, cut_off=cut_off, filed_between=filed)
        quality = {application.pk: self.rng.uniform(2.9, 4.6) for application in kept}
        quality |= {application.pk: self.rng.uniform(0.9, 2.8) for application in others}
        assigned_at = cut_off.closes_at + timedelta(days=2, hours=10)
        assignments = self.judge.assign(
            [*kept, *others], at=assigned_at, due_on=(assigned_at + timedelta(days=20)).date()
        )
        self.judge.review(assignments, at=assigned_at + timedelta(days=9), quality=quality)
        published_at = clock.start_of(published_on) + timedelta(hours=11)
        outcomes = [Outcome.CONDITIONAL if self.rng.random() < 0.06 else Outcome.LABELLED for _ in kept]
        grants = grants_within(self.rng, kept, share=share, left=self._left(call))
        decisions = self.judge.decide(
            [*kept, *others], [*outcomes, *[Outcome.REFUSED] * len(others)], at=published_at, grants=grants
        )
        labels = self.judge.publish(decisions, at=published_at)
        open_fabriques(self.history, labels, at=published_at, slugs=self.slugs)
        return labels

    def _left(self, call):
        envelope = getattr(call, "envelope", None)
        return envelope.left_euros if envelope else call.budget_euros

    def _follow_ups(self, first, last, *, late_share):
        """Quarterly campaigns from one quarter to another, all answered by now but for some."""
        day = first
        while day <= last:
            self.follower.play(day, late_share=late_share, until=clock.start_of(date(2017, 2, 28)))
            day = clock.add_months(day, 3)
        self.say("Suivis trimestriels jusqu'à la fin de février 2017.")

    def _recent_follow_ups(self):
        """The four quarters before the day; the latest has late reports, and its reminders."""
        quarter, _ = clock.quarter_of(self.today)
        until = clock.start_of(self.today)
        for back, late_share in ((12, 0.03), (9, 0.05), (6, 0.08)):
            self.follower.play(clock.add_months(quarter, -back), late_share=late_share, until=until)
        silent = (self.mainland.structure, self.overseas.structure)
        campaign, reports = self.follower.play(
            clock.add_months(quarter, -3), late_share=0.27, until=until, silent=silent
        )
        self.follower.remind(campaign, reports, today=self.today)
        self.say("Quatre trimestres de suivi, dont le dernier avec ses retards.")
