"""What the services of the regions say of the dossiers of the call in progress: most in time, some late, some silent."""

from datetime import timedelta

from django.db.models import Max

from applications.models import Application, ApplicationState
from gen_portal.core import clock
from gen_portal.core.models import Capacity, Role
from labelling.models import JournalAction, Recommendation, RegionalOpinion, RegionalOpinionRule, TacitRule

DAYS_COUNT = 30
WORDS = {
    Recommendation.FAVOURABLE: "Le besoin est réel sur ce territoire, et les partenaires de l'emploi sont prêts.",
    Recommendation.RESERVED: "Une formation proche ouvre à trente kilomètres : le calendrier des deux est à accorder.",
    Recommendation.UNFAVOURABLE: "Aucun recruteur local n'a été rencontré, et le lieu n'est pas desservi.",
}


class RegionsSpeak:
    """Loads the rule of the call in progress and the opinions of its regions, given by fictitious services."""

    def __init__(self, scenario, call):
        self.rng, self.history, self.call, self.today = scenario.rng, scenario.history, call, scenario.today
        self.officer = scenario.officer

    def load(self):
        at = self.call.opens_at - timedelta(days=2)
        rule = RegionalOpinionRule.objects.create(
            call=self.call, days_count=DAYS_COUNT, tacit=TacitRule.NONE, set_at=at
        )
        self.history.add(self.call, JournalAction.REGIONAL_RULE_SET, by=self.officer, at=at, note=str(rule))
        held = Capacity.objects.filter(role=Role.REGIONAL_SERVICE).select_related("user")
        services = {capacity.region_id: capacity.user for capacity in held.order_by("-pk")}
        judged = [ApplicationState.UNDER_REVIEW, ApplicationState.DECIDED, ApplicationState.SUBMITTED]
        dossiers = Application.objects.of_call(self.call).filter(state__in=judged)
        for index, dossier in enumerate(dossiers.annotate(filed_at=Max("submissions__filed_at")).order_by("pk")):
            if index % 4:
                self._give(dossier, services)

    def _give(self, dossier, services):
        region = dossier.training.structure.commune.department.region
        at = dossier.filed_at + timedelta(days=self.rng.randint(2, DAYS_COUNT + 5))
        if at >= clock.start_of(self.today) or region.pk not in services:
            return
        verdict = self.rng.choices(list(WORDS), [6, 3, 1])[0]
        by = services[region.pk]
        opinion = RegionalOpinion.objects.create(
            application=dossier, region=region, verdict=verdict, text=WORDS[verdict], given_at=at, given_by=by
        )
        note = f"{region} : {opinion.get_verdict_display()}"
        self.history.add(dossier, JournalAction.REGIONAL_OPINION_GIVEN, by=by, at=at, note=note)
