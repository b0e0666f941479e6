"""Reviews, decisions, labels and grants of the demonstration, in bulk, with figures computed by the portal's own rules."""

from datetime import timedelta

from applications import archive
from applications.models import Application, Submission
from applications.models.journal import JournalAction as ApplicationAction
from gen_portal.core import clock
from gen_portal.demo import words
from labelling import scoring
from labelling.actions.awards import sessions_of
from labelling.actions.decisions import next_cut_off
from labelling.actions.letters import write_letters
from labelling.decision_reasons import weak_criteria
from labelling.models import (
    Assignment,
    Decision,
    DecisionReason,
    Envelope,
    Grant,
    InterestDeclaration,
    JournalAction,
    Label,
    LabelEvent,
    LabelEventKind,
    LabelSession,
    LabelSite,
    Outcome,
    Recommendation,
    Review,
    ReviewFigures,
    Score,
)
from labelling.models.decision import LABELLING_OUTCOMES
from labelling.models.interests import STATEMENTS
from labelling.transitions.interests import HOLDS_MONTHS


class Judge:
    """Assigns, marks, decides and publishes; ministries differ in severity, as in life."""

    SEVERITY = (0.0, -0.4, 0.3, -0.1)

    def __init__(self, rng, history, reviewers, officer, director, second):
        self.rng, self.history, self.reviewers = rng, history, reviewers
        self.officer, self.director, self.second = officer, director, second

    # --- Reviews ---------------------------------------------------------------------------------------------------
    def assign(self, applications, *, at, due_on):
        """One reviewer per ministry, loads equal."""
        rows = []
        for index, application in enumerate(applications):
            for ministry, people in self.reviewers.items():
                rows.append(
                    Assignment(
                        application=application,
                        reviewer=people[index % len(people)],
                        ministry=ministry,
                        due_on=due_on,
                        assigned_at=at,
                        assigned_by=self.officer,
                    )
                )
            self.history.add(application, ApplicationAction.DECLARED_ADMISSIBLE, by=self.officer, at=at)
            self.history.add(application, ApplicationAction.REVIEW_STARTED, by=self.officer, at=at)
            for row in rows[-len(self.reviewers) :]:
                self.history.add(application, JournalAction.ASSIGNED, by=self.officer, at=at, note=str(row.ministry))
        self._declare(rows, at)
        return Assignment.objects.bulk_create(rows, batch_size=500)

    def _declare(self, assignments, at):
        """Each reviewer has declared their interests for the call, a day before."""
        at, today = at - timedelta(days=1), clock.day_of(at)
        pairs = {(row.reviewer_id, row.application.call): row.reviewer for row in assignments}
        known = set(InterestDeclaration.objects.values_list("user", "call"))
        rows = [
            self._declaration(user, call, at, today) for (pk, call), user in pairs.items() if (pk, call.pk) not in known
        ]
        for row in InterestDeclaration.objects.bulk_create(rows, batch_size=500):
            self.history.add(row, JournalAction.INTERESTS_DECLARED, by=row.user, at=at, note=str(row.call))

    def _declaration(self, user, call, at, today):
        links = [self.rng.choice(words.LINKS)] if self.rng.random() < 0.4 else []
        content = {"call": call.title, "links": links, "statements": list(STATEMENTS.values())}
        return InterestDeclaration(
            user=user, call=call, content=content, sha256=archive.digest(content), signed_at=at,
            valid_until_on=clock.add_months(today, HOLDS_MONTHS),
        )  # fmt: skip

    def review(self, assignments, *, at, quality, spread_of=None):
        """A submitted review for each assignment; `quality` maps an application's pk to its merit from 0 to 5."""
        reviews = Review.objects.bulk_create(
            [
                Review(
                    assignment=assignment,
                    recommendation=self._recommendation(quality[assignment.application_id]),
                    comment=self.rng.choice(words.COMMENTS),
                    changed_at=at,
                    submitted_at=at + timedelta(minutes=index),
                )
                for index, assignment in enumerate(assignments)
            ],
            batch_size=500,
        )
        criteria = list(assignments[0].application.call.criteria.all())
        scores = [score for review in reviews for score in self._scores(review, criteria, quality, spread_of or {})]
        Score.objects.bulk_create(scores, batch_size=2000)
        for review in reviews:
            note = str(review.assignment.ministry)
            by, instant = review.assignment.reviewer, review.submitted_at
            self.history.add(
                review.assignment.application, JournalAction.REVIEW_SUBMITTED, by=by, at=instant, note=note
            )
        self._keep_figures(reviews, scores, criteria)

    def _recommendation(self, merit):
        if merit > 3.2:
            return Recommendation.FAVOURABLE
        return Recommendation.RESERVED if merit > 2.3 else Recommendation.UNFAVOURABLE

    def _scores(self, review, criteria, quality, spread_of):
        position = list(self.reviewers).index(review.assignment.ministry)
        merit = quality[review.assignment.application_id] + self.SEVERITY[position % 4]
        merit += spread_of.get(review.assignment.application_id, 0) * (1 if position % 2 else -1)
        for criterion in criteria:
            value = min(5, max(0, round(merit + self.rng.uniform(-0.8, 0.8))))
            yield Score(review=review, criterion=criterion, value=value, comment=self.rng.choice(words.COMMENTS))

    def _keep_figures(self, reviews, scores, criteria):
        weights = {criterion.pk: criterion.weight_percent for criterion in criteria}
        marks = {}
        for score in scores:
            marks.setdefault(score.review_id, []).append((weights[score.criterion_id], score.value))
        by_application = {}
        for review in reviews:
            by_application.setdefault(review.assignment.application_id, []).append(marks[review.pk])
        rows = []
        for application_id, given in by_application.items():
            found = scoring.figures(given)
            rows.append(
                ReviewFigures(
                    application_id=application_id,
                    review_count=found.review_count,
                    mean=found.mean,
                    first_mean=found.mean,
                    spread=found.spread,
                )
            )
        ReviewFigures.objects.bulk_create(rows, batch_size=500)

    # --- Decisions -------------------------------------------------------------------------------------------------
    def decide(self, applications, outcomes, *, at, grants=None, steps=None):
        """Decisions in the order given; `steps`: 1 prepared, 2 signed, 3 countersigned too (all of them by default).

        `grants` maps a dossier's pk to euros; those of signed decisions are committed.
        """
        steps = steps or [3] * len(applications)
        rows = [
            self._decision(application, outcome, at, (grants or {}).get(application.pk, 0), step)
            for application, outcome, step in zip(applications, outcomes, steps, strict=True)
        ]
        decisions = Decision.objects.bulk_create(rows, batch_size=200)
        self._give_reasons([decision for decision in decisions if decision.outcome == Outcome.REFUSED])
        for decision in decisions:
            self._record_signatures(decision)
        self._commit([decision for decision in decisions if decision.first_signed_at], applications[0].call)
        return decisions

    def _decision(self, application, outcome, at, grant_euros, step):
        decision = Decision(
            application=application,
            cut_off=application.cut_off,
            outcome=outcome,
            reasons=words.REASONS[outcome],
            grant_euros=grant_euros,
            prepared_at=at - timedelta(days=3),
        )
        if outcome == Outcome.CONDITIONAL:
            decision.conditions = words.CONDITIONS
            decision.conditions_due_on = (at + timedelta(days=90)).date()
        if step >= 2:
            decision.first_signatory, decision.first_signed_at = self.director, at - timedelta(days=2)
        if step >= 3:
            decision.second_signatory, decision.second_signed_at = self.second, at - timedelta(days=1)
        return decision

    def _give_reasons(self, refusals):
        """For each criterion that a refusal answers for."""
        weak = weak_criteria([decision.application for decision in refusals])
        DecisionReason.objects.bulk_create(
            [
                DecisionReason(decision=each, criterion=criterion, text=words.CRITERION_REASONS[criterion.code])
                for each in refusals
                for criterion in weak[each.application_id]
            ],
            batch_size=500,
        )

    def _record_signatures(self, decision):
        self.history.add(decision, JournalAction.DECISION_PROPOSED, by=self.director, at=decision.prepared_at)
        if decision.first_signed_at:
            self.history.add(decision, JournalAction.DECISION_SIGNED, by=self.director, at=decision.first_signed_at)
        if decision.second_signed_at:
            at = decision.second_signed_at
            self.history.add(decision, JournalAction.DECISION_COUNTERSIGNED, by=self.second, at=at)

    def _commit(self, decisions, call):
        envelope, _ = Envelope.objects.get_or_create(call=call, defaults={"total_euros": call.budget_euros})
        envelope.committed_euros += sum(decision.grant_euros for decision in decisions)
        envelope.save(update_fields=["committed_euros"])
        call.envelope = envelope

    def publish(self, decisions, *, at):
        """Labels with their sites, events and grants; dossiers closed or carried over; letters kept; returns the labels."""
        for decision in decisions:
            decision.published_at = at
        Decision.objects.bulk_update(decisions, ["published_at"], batch_size=200)
        self._close(decisions, at)
        labels = self._label([decision for decision in decisions if decision.outcome in LABELLING_OUTCOMES], at)
        write_letters(decisions, labels, next_cut_off(decisions[0].cut_off), at=at)
        return labels

    def _close(self, decisions, at):
        """What publication did to the dossiers: they were created with the state it left them in."""
        moved, ended = [], []
        for decision in decisions:
            application = decision.application
            self.history.add(decision, JournalAction.DECISION_PUBLISHED, by=self.officer, at=at)
            if decision.outcome == Outcome.DEFERRED:
                application.cut_off = application.call.cut_offs.get(number=decision.cut_off.number + 1)
                self.history.add(application, ApplicationAction.MOVED_TO_CUT_OFF, by=self.officer, at=at)
                moved.append(application)
            else:
                self.history.add(application, ApplicationAction.CLOSED, by=self.officer, at=at)
            if decision.outcome == Outcome.REFUSED:
                application.ended_at = at
                ended.append(application)
        Application.objects.bulk_update(moved, ["cut_off"], batch_size=200)
        Application.objects.bulk_update(ended, ["ended_at"], batch_size=200)

    def _label(self, decisions, at):
        starts_on = clock.day_of(at)
        submissions = {
            row.application_id: row for row in Submission.objects.filter(application__decisions__in=decisions)
        }
        labels = Label.objects.bulk_create(
            [self._label_row(decision, submissions[decision.application_id], starts_on) for decision in decisions],
            batch_size=200,
        )
        LabelEvent.objects.bulk_create(
            LabelEvent(label=label, kind=LabelEventKind.AWARDED, effective_on=starts_on, known_at=at, by=self.officer)
            for label in labels
        )
        self._cover_sites(labels)
        LabelSession.objects.bulk_create([row for label in labels for row in sessions_of(label)], batch_size=500)
        self._grant(labels)
        for label in labels:
            self.history.add(label, JournalAction.LABEL_PUBLISHED, by=self.officer, at=at)
        return labels

    def _label_row(self, decision, submission, starts_on):
        application = decision.application
        return Label(
            training=application.training,
            decision=decision,
            submission=submission,
            starts_on=starts_on,
            ends_on=clock.add_months(starts_on, application.call.label_months),
            title=application.training.title,
            summary=application.summary,
            job_family=application.job_family,
            entry_level=application.entry_level,
            is_free=application.is_free,
            total_hours=application.total_hours,
            first_start_on=application.first_start_on,
            on_site_percent=application.on_site_percent,
        )

    def _cover_sites(self, labels):
        by_application = {label.decision.application_id: label for label in labels}
        links = Application.sites.through.objects.filter(application_id__in=by_application).select_related("site")
        LabelSite.objects.bulk_create(
            [
                LabelSite(
                    label=by_application[link.application_id],
                    site=link.site,
                    name=link.site.name,
                    street=link.site.street,
                    postcode=link.site.postcode,
                    commune_id=link.site.commune_id,
                    is_in_priority_area=link.site.is_in_priority_area,
                )
                for link in links.order_by("pk")
            ],
            batch_size=500,
        )

    def _grant(self, labels):
        granted = [label for label in labels if label.decision.grant_euros]
        if not granted:
            return
        envelope = Envelope.objects.get(call=granted[0].decision.application.call)
        Grant.objects.bulk_create(
            Grant(label=label, envelope=envelope, amount_euros=label.decision.grant_euros) for label in granted
        )

    def lose(self, labels, *, days):
        """Labels given up by their holders, so many days after their beginning, each with its reason."""
        rows = []
        for label, day_count in zip(labels, days, strict=True):
            effective_on = label.starts_on + timedelta(days=day_count)
            known_at = clock.start_of(effective_on) - timedelta(days=9, hours=-10)
            reason = self.rng.choice(words.LOSSES)
            rows.append(
                LabelEvent(
                    label=label,
                    kind=LabelEventKind.GIVEN_UP,
                    effective_on=effective_on,
                    known_at=known_at,
                    note=reason,
                    by=self.officer,
                )
            )
            self.history.add(label, JournalAction.LABEL_GIVEN_UP, by=self.officer, at=known_at, note=reason)
        LabelEvent.objects.bulk_create(rows)


def grants_within(rng, applications, *, left, share=1.0):
    """Seed grants for part of the dossiers in order, within the rule and what is left, in euros by the dossier's pk."""
    rule, by_structure, grants = applications[0].call.grant_rule, {}, {}
    for application in applications:
        if rng.random() > share:
            continue
        given = by_structure.get(application.training.structure_id, 0)
        ceiling = rule.ceiling_euros(
            total_budget_euros=application.total_budget_euros, granted_to_structure_euros=given
        )
        amount = min(application.requested_grant_euros, ceiling, left)
        if amount >= 1_000:
            grants[application.pk] = amount
            by_structure[application.training.structure_id] = given + amount
            left -= amount
    return grants
