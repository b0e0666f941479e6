"""Which goals the figures reach, in words; pure arithmetic, nothing fails here. Each number is that of the goal's row.

Limits against the floor are those of the goal, or its time divided by the floor measured beside it when it was set.
"""

from dataclasses import dataclass
from statistics import fmean

from gen_portal.bench.timing import percentile


@dataclass(frozen=True)
class Line:
    """One page measured at both sizes and beside its floor."""

    key: str
    label: str
    rows: int
    queries: int
    queries_small: int
    instances: int
    sample: object
    small: object
    floor: object

    @property
    def ratio(self):
        return self.sample.p50_ms / self.floor.p50_ms

    @property
    def cpu_ratio(self):
        return self.sample.cpu_ms / self.floor.cpu_ms

    @property
    def growth(self):
        return self.sample.p50_ms / self.small.p50_ms


@dataclass(frozen=True)
class Check:
    """One condition of a goal: what is asked, what was measured, whether it holds."""

    goal: int
    asked: str
    measured: str
    is_reached: bool

    @property
    def words(self):
        return "atteint" if self.is_reached else "non atteint"


def at_most(goal, what, value, limit, unit=""):
    return Check(goal, f"{what} ≤ {figure(limit)}{unit}", f"{figure(value)}{unit}", value <= limit)


def at_least(goal, what, value, limit, unit=""):
    return Check(goal, f"{what} ≥ {figure(limit)}{unit}", f"{figure(value)}{unit}", value >= limit)


def figure(value):
    """A number as French writes it: at most two decimals, none when it is whole."""
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return text.replace(".", ",")


#: Goal, page, times the floor, queries.
PAGE_LIMITS = (
    (1, "board_250", 2.7, 8),
    (2, "board_all", 8.3, 8),
    (3, "list_50", 4.0, 8),
    (3, "board_50", 4.0, 8),
    (4, "dossier", 2.8, 10),
    (5, "review", 3.5, 10),
    (5, "review_save", 3.7, 10),
)
HTML_LIMIT_KB = 60  # of goal 3
GROWTH_LIMIT, INSTANCES_PER_ROW = 1.15, 3  # of goal 6
MOST_ROWS_OF_A_PAGE = 250  # the view of all the rows grows with them


def of_pages(lines):
    """Goals 1, 3, 4, 5: times the floor on wall and on processor time, queries, bytes of the lists."""
    by_key = {line.key: line for line in lines}
    for goal, key, times, queries in PAGE_LIMITS:
        line = by_key[key]
        yield at_most(goal, f"{line.label} : durée / référence", line.ratio, times)
        yield at_most(goal, f"{line.label} : processeur / référence", line.cpu_ratio, times)
        yield at_most(goal, f"{line.label} : requêtes", line.queries, queries)
        if goal == 3:
            yield at_most(goal, f"{line.label} : page", line.sample.byte_count / 1000, HTML_LIMIT_KB, " ko")


def of_growth(lines):
    """Goal 6: the same queries at both sizes, the same time, and no more instances than three a row shown."""
    uneven = [f"{line.label} ({line.queries_small} → {line.queries})" for line in lines if not _is_even(line)]
    yield Check(6, "même nombre de requêtes à 500 et à 5 000", ", ".join(uneven) or "oui, partout", not uneven)
    paged = [line for line in lines if line.rows <= MOST_ROWS_OF_A_PAGE]
    slower = [f"{line.label} ({figure(line.growth)})" for line in paged if line.growth > GROWTH_LIMIT]
    yield Check(6, f"durée à 5 000 / à 500 ≤ {figure(GROWTH_LIMIT)}", ", ".join(slower) or "oui, partout", not slower)
    heavy = [f"{line.label} ({line.instances})" for line in lines if line.instances > INSTANCES_PER_ROW * line.rows > 0]
    yield Check(6, "instances ≤ 3 par ligne montrée", ", ".join(heavy) or "oui, partout", not heavy)


def _is_even(line):
    return line.queries == line.queries_small


def of_map(line, rates, revalidation_status):
    """Goal 12, with the points there are: bytes, requests a second beside bytes out of memory, 304."""
    yield at_most(12, "carte : octets / référence", line.sample.byte_count / line.floor.byte_count, 1.1)
    yield at_least(12, "carte : requêtes par seconde / octets en mémoire", rates["pages"] / rates["floors"], 0.8)
    yield Check(12, "carte : 304 quand rien n'a changé", str(revalidation_status), revalidation_status == 304)


#: Of goal 8: queries of a publication, whatever it takes.
PUBLICATION_QUERIES = 20


def of_publication(rounds):
    """Goal 8: a thousand decisions with their journals, labels, letters and mails, in one transaction."""
    last = rounds[-1]
    yield at_most(8, f"publication de {last['count']} décisions : requêtes", last["queries"], PUBLICATION_QUERIES)
    whole = last["letters"] == last["count"] <= last["mails"]
    yield Check(8, "une lettre et un courriel au moins par décision", f"{last['letters']} et {last['mails']}", whole)


def of_writes(rush, mails):
    """Goals 9 and 11, as far as they exist today."""
    if mails:
        yield at_least(9, "courriels par seconde / boucle nue", mails["outbox"] / mails["loop"], 0.5)
    for clients, sides in rush["rates"].items():
        ratio = fmean(sides["pages"]) / fmean(sides["floors"])
        yield at_least(11, f"dépôts par seconde / référence, {clients} clients", ratio, 0.4)
    p50, p95 = (percentile(rush["waits"][32], percent) for percent in (50, 95))
    yield at_most(11, "dépôts, 32 clients : p95 / p50", p95 / p50, 4.0)
    yield Check(11, "aucun dépôt perdu ni doublé", f"{rush['filed']} sur {rush['sent']}", rush["filed"] == rush["sent"])


#: Of goal 10, for solving and writing, then for the page; the floor of solving alone, a min-cost flow of OR-tools.
ASSIGNMENT_SECONDS, PAGE_SECONDS, PAGE_BYTES, ASSIGNMENT_FLOOR_SECONDS = 1.6, 0.24, 500_000, 0.15


def of_entrusting(kept):
    """Goal 10, in a database: read, solved and written for one more ministry than the goal asks; the page."""
    seconds = kept["read"] + kept["write"]
    what = f"affectation : {kept['places']} places lues, résolues et écrites"
    yield at_most(10, what, round(seconds, 2), ASSIGNMENT_SECONDS, " s")
    yield at_most(10, "affectation : page de la proposition", round(kept["page"], 2), PAGE_SECONDS, " s")
    yield at_most(10, "affectation : octets de la page", kept["bytes"], PAGE_BYTES)


def of_assignment(found):
    """Goal 10, of the solving alone: the least cost there is, and the same each time."""
    gap, seconds = found["plain_cost"] - found["cost"], found["seconds"]["propose"]
    floor = f"affectation : résolue (référence {figure(ASSIGNMENT_FLOOR_SECONDS)} s ; écriture non comprise)"
    yield Check(10, "affectation : coût égal à celui du programme linéaire", f"écart de {gap}", gap == 0)
    yield at_most(10, floor, round(seconds, 2), ASSIGNMENT_SECONDS, " s")
    yield Check(10, "affectation : même proposition à chaque tour", "oui" if found["same"] else "non", found["same"])


#: Of goal 7: times PostgreSQL's COPY of the same rows, megabytes a process grows by, queries that read.
COPY_LIMITS = {"csv": 1.5, "xlsx": 10.0}
GROWTH_MB, EXPORT_QUERIES = 20, 5


def of_exports(found, growths, small_reading):
    """Goal 7, at 5,000 rows and not at 100,000: whole jobs, down to the file kept and flushed."""
    for name, limit in COPY_LIMITS.items():
        ratio = round(found["seconds"][name] / found["seconds"]["copy"], 2)
        yield at_most(7, f"export {name.upper()} de {found['rows']} lignes / COPY", ratio, limit)
    yield at_most(7, "export : requêtes qui lisent", found["reading"], EXPORT_QUERIES)
    is_even = found["reading"] == small_reading
    yield Check(7, "export : autant à 500 et à 5 000 lignes", "oui" if is_even else f"{small_reading}", is_even)
    for name, growth in growths.items():
        yield at_most(7, f"export {name.upper()} : mémoire de plus", round(growth, 1), GROWTH_MB, " Mo")


#: Bytes of the map by number of places: of the issue for 2,000, of goal 12 for 10,000.
MAP_BYTES = {2_000: 150_000, 10_000: 137_000}
API_TIMES, API_QUERIES, LAST_PAGE_TIMES = 4.0, 3, 1.1  # of goal 13


def of_registry(places, asked, floors, samples):
    """Goals 12 and 13 at one size of the registry: bytes of the map, the API beside its floor, its last page."""
    found = {each.get("key", each["label"]): sample for each, sample in zip([*asked, *floors], samples, strict=True)}
    queries = {each["key"]: each["queries"] for each in asked}
    if places in MAP_BYTES:
        yield at_most(12, f"carte de {places} lieux : octets", found["columns"].byte_count, MAP_BYTES[places])
    yield at_most(13, "API : durée / référence", found["api"].p50_ms / found["places"].p50_ms, API_TIMES)
    yield at_most(13, "API : requêtes", queries["api"], API_QUERIES)
    last = found["api_last"].p50_ms / found["api"].p50_ms
    yield at_most(13, "API : dernière page / première", last, LAST_PAGE_TIMES)
