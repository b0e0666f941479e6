"""Fabriques, campaigns and reports of the follow-up, on labels made by `labelling`'s factories."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from applications.tests.factories import CallFactory, StructureFactory
from fabriques.models import Fabrique, FollowUpCampaign, FollowUpReport, ProgressPoint, ProgressRequest
from fabriques.schedule import due_on_for
from gen_portal.core import clock
from gen_portal.core.tests.factories import RegionFactory, UserFactory
from labelling.tests.factories_decisions import LabelFactory

#: Figures that add up.
SOUND = {
    "received_count": 60,
    "admitted_count": 24,
    "sessions_held_count": 2,
    "started_count": 20,
    "in_progress_count": 12,
    "finished_count": 5,
    "dropped_count": 3,
    "women_count": 8,
    "under_26_count": 11,
    "neet_count": 12,
    "young_neet_count": 10,
    "bac_or_below_count": 15,
    "priority_area_count": 6,
    "rural_area_count": 2,
    "job_seeker_count": 11,
    "disabled_count": 1,
    "certified_count": 4,
    "exits_3_permanent_count": 1,
    "exits_3_fixed_term_count": 1,
    "exits_3_apprenticeship_count": 1,
    "exits_3_business_count": 0,
    "exits_3_training_count": 1,
    "exits_3_other_count": 0,
    "exits_3_unknown_count": 0,
    "exits_6_permanent_count": 1,
    "exits_6_fixed_term_count": 0,
    "exits_6_apprenticeship_count": 1,
    "exits_6_business_count": 0,
    "exits_6_training_count": 0,
    "exits_6_other_count": 0,
    "exits_6_unknown_count": 1,
}


#: Dates of a label that owes a report on every quarter of 2026.
IN_FORCE = {"starts_on": date(2025, 2, 1), "ends_on": date(2028, 2, 1)}


class FabriqueFactory(DjangoModelFactory):
    """A fabrique open to the public, with one label published now; the label's columns are given as `label__title`…"""

    class Meta:
        model = Fabrique
        skip_postgeneration_save = True

    structure = factory.SubFactory(StructureFactory)
    slug = factory.Sequence(lambda n: f"fabrique-{n}")
    opened_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def label(self, create, extracted, **columns):
        self.label = LabelFactory(decision__application__training__structure=self.structure, **columns)


class FollowUpCampaignFactory(DjangoModelFactory):
    """The fourth quarter of 2025, opened on its morrow; give `starts_on` for another."""

    class Meta:
        model = FollowUpCampaign
        django_get_or_create = ("starts_on",)

    starts_on = date(2025, 10, 1)
    ends_on = factory.LazyAttribute(lambda campaign: clock.add_months(campaign.starts_on, 3))
    due_on = factory.LazyAttribute(lambda campaign: due_on_for(campaign.ends_on))
    opened_at = factory.LazyAttribute(lambda campaign: clock.start_of(campaign.ends_on))


class FollowUpReportFactory(DjangoModelFactory):
    """An awaited report; `filed=True` gives it sound figures."""

    class Meta:
        model = FollowUpReport

    campaign = factory.SubFactory(FollowUpCampaignFactory)
    label = factory.SubFactory(LabelFactory, **IN_FORCE)

    class Params:
        filed = factory.Trait(
            **SOUND,
            filed_at=factory.LazyFunction(clock.now),
        )


class ProgressRequestFactory(DjangoModelFactory):
    """Asked for by the call of the tests from July to the end of December 2025; give `last_on` for another end."""

    class Meta:
        model = ProgressRequest
        django_get_or_create = ("call",)

    call = factory.SubFactory(CallFactory)
    first_on = date(2025, 7, 1)
    last_on = date(2025, 12, 31)


class ProgressPointFactory(DjangoModelFactory):
    """Brittany's awaited point of the fourth quarter of 2025; `filed=True` gives it figures."""

    class Meta:
        model = ProgressPoint

    request = factory.SubFactory(ProgressRequestFactory)
    region = factory.SubFactory(RegionFactory)
    starts_on = date(2025, 10, 1)
    ends_on = factory.LazyAttribute(lambda point: clock.add_months(point.starts_on, 3))
    due_on = factory.LazyAttribute(lambda point: due_on_for(point.ends_on))
    opened_at = factory.LazyAttribute(lambda point: clock.start_of(point.ends_on))

    class Params:
        filed = factory.Trait(
            label_count=12,
            fabrique_count=7,
            people_count=180,
            event_count=3,
            difficulties="Peu de candidates.",
            actions="Deux réunions avec les missions locales.",
            filed_at=factory.LazyFunction(clock.now),
            filed_by=factory.SubFactory(UserFactory),
        )
