"""Where the demonstration happens: real towns, of every region and overseas, for structures that do not exist."""

from gen_portal.core.models import Commune

#: How many structures of a hundred each region has, close to what the press said of the labels of 2017.
WEIGHTS = {
    "11": 26, "32": 11, "93": 9, "84": 10, "76": 8, "75": 8, "44": 7, "52": 5, "53": 5, "28": 4, "27": 3, "24": 3,
    "94": 1,
}  # fmt: skip
#: Towns overseas, by INSEE code: every department and collectivity where structures are placed.
OVERSEAS = ("97105", "97209", "97302", "97411", "97611", "98735", "98818", "97502")


class Atlas:
    """Draws towns: often the overseas ones first, so that they are never forgotten, then regions by weight."""

    def __init__(self, rng):
        self.rng = rng
        towns = Commune.objects.filter(latitude__isnull=False, population__gte=15_000).select_related("department")
        self.by_region = {}
        for town in towns.order_by("code"):
            if town.postcode_list:
                self.by_region.setdefault(town.department.region_id, []).append(town)
        self.overseas = list(Commune.objects.filter(code__in=OVERSEAS).select_related("department").order_by("code"))

    def town(self, index):
        """The town of the `index`-th structure of a batch: one in nine is overseas, one in thirteen of each region."""
        if index % 9 == 4 and self.overseas:
            return self.overseas[(index // 9) % len(self.overseas)]
        regions = [region for region in WEIGHTS if region in self.by_region]
        if index < len(regions):
            return self.rng.choice(self.by_region[regions[index]])
        region = self.rng.choices(regions, [WEIGHTS[region] for region in regions])[0]
        return self.rng.choice(self.by_region[region])
