"""The figures of a run as the Markdown that docs/bench.md keeps."""

import os
import platform
import statistics
from datetime import date

from gen_portal.bench import timing
from gen_portal.bench.goals import figure

_HEAD = (
    "Page", "p50 ms", "p95 ms", "processeur ms", "référence p50 ms", "référence processeur ms", "durée / référence",
    "processeur / référence", "requêtes", "requêtes de la référence", "instances", "octets",
    "p50 à 500 ms", "croissance 500 → 5 000",
)  # fmt: skip


def title(description, rounds):
    return (
        f"Mesuré le {date.today():%d/%m/%Y} : {os.cpu_count()} cœurs partagés, {description}, "
        f"Python {platform.python_version()}, gunicorn à 2 processus simples, {rounds} tours, cibles à tour de rôle."
    )


def table(head, rows):
    """A Markdown table; the first column is text, the others are figures."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def page_table(lines, floor_queries):
    return table(_HEAD, [_row(line, floor_queries[line.key]) for line in lines])


def _row(line, floor_queries):
    return [
        line.label,
        *(_ms(value) for value in (line.sample.p50_ms, line.sample.p95_ms, line.sample.cpu_ms)),
        *(_ms(value) for value in (line.floor.p50_ms, line.floor.cpu_ms)),
        *(figure(round(value, 2)) for value in (line.ratio, line.cpu_ratio)),
        *(line.queries, floor_queries, line.instances, line.sample.byte_count),
        *(_ms(line.small.p50_ms), figure(round(line.growth, 2))),
    ]


def _ms(value):
    return f"{value:.1f}".replace(".", ",")


def registry_table(counts, asked, floors, samples):
    """The faces of the registry at one size, then the floors; the load of the machine says how far to trust them."""
    head = (
        f"{counts['places']} lieux de {counts['labels']} labels, charge {_ms(os.getloadavg()[0])}",
        "p50 ms", "p95 ms", "processeur ms", "requêtes", "octets",
    )  # fmt: skip
    named = [(each["label"], each["queries"]) for each in asked] + [
        (f"référence {each['label']}", "–") for each in floors
    ]
    return table(head, [
        [label, *(_ms(value) for value in (sample.p50_ms, sample.p95_ms, sample.cpu_ms)), queries, sample.byte_count]
        for (label, queries), sample in zip(named, samples, strict=True)
    ])  # fmt: skip


def browsing_table(counts, found):
    """What a browser takes for the map, in milliseconds."""
    head = (f"Carte de {counts['places']} lieux dans Chromium", "ms")
    named = (
        ("premières grappes, depuis l'ouverture de la page", "first"), ("plus longue attente jusqu'au repos", "blocked"),
        ("plus longue attente en déplaçant et en grossissant", "panned"),
    )  # fmt: skip
    return table(head, [[label, _ms(found[name])] for label, name in named])


def filing_table(rush):
    """Filings a second by number of clients, beside their floor, and how long each waited."""
    rows = []
    for clients, sides in rush["rates"].items():
        page, floor = (statistics.fmean(sides[side]) for side in ("pages", "floors"))
        waits = [_ms(1000 * timing.percentile(rush["waits"][clients], percent)) for percent in (50, 95, 99)]
        rows.append([f"{clients} clients", _ms(page), _ms(floor), figure(round(page / floor, 2)), *waits])
    return table(("Dépôts par seconde", "portail", "référence", "rapport", "p50 ms", "p95 ms", "p99 ms"), rows)


def publication_table(rounds):
    """The acts of a committee on many dossiers, medians over the rounds, beside the bare writes of the same round."""
    named = (
        ("préparées", "prepare"), ("signées", "sign"), ("contresignées", "countersign"),
        ("publiées, avec journaux, labels, fabriques, lettres et courriels", "publish"),
        ("référence : mise à jour, journal, courriels rendus et gardés", "floor"),
    )  # fmt: skip
    rows = []
    for words, name in named:
        seconds = [each["seconds"][name] for each in rounds]
        ratio = statistics.median(each["seconds"][name] / each["seconds"]["floor"] for each in rounds)
        queries = {"publish": rounds[-1]["queries"], "floor": rounds[-1]["floor_queries"]}.get(name, "")
        spread = f"{figure(round(min(seconds), 2))} – {figure(round(max(seconds), 2))}"
        rows.append([words, figure(round(statistics.median(seconds), 2)), spread, figure(round(ratio, 2)), queries])
    last = rounds[-1]
    head = (
        f"{last['count']} décisions ({last['labels']} labels, {last['mails']} courriels), {len(rounds)} tours, charge "
        f"{_ms(os.getloadavg()[0])}", "p50 s", "min – max s", "durée / référence", "requêtes",
    )  # fmt: skip
    return table(head, rows)


def write_table(points, mails):
    """What is not a page: rates and durations, each beside its floor."""
    rows = [["Points de la carte par seconde, 8 clients", _ms(points["pages"]), _ms(points["floors"])]]
    if mails:
        rows.append(["Courriels par seconde, 1 000 courriels", _ms(mails["outbox"]), _ms(mails["loop"])])
    return table(("Écritures et débits", "portail", "référence"), rows)


def mail_table(rates):
    """Mails a second by each way, and their ratio."""
    ratio = figure(round(rates["outbox"] / rates["loop"], 2))
    head = ("Courriels par seconde, 1 000 courriels", "boucle nue", "rapport")
    return table(head, [[_ms(rates["outbox"]), _ms(rates["loop"]), ratio]])


def last_minute_table(verdict):
    """The last minute of a call: what must be zero, and how long people waited."""
    percents = [_ms(1000 * timing.percentile(verdict.seconds, percent)) for percent in (50, 95, 99)]
    bases = ", ".join(f"{basis} {count}" for basis, count in sorted(verdict.bases.items()))
    rows = [
        ["envois, nouvelles tentatives comprises", verdict.sent],
        ["dossiers déposés, par droit", bases],
        ["perdus", verdict.lost],
        ["en double", verdict.doubled],
        ["acceptés hors délai", verdict.accepted_late],
        ["refusés alors que l'envoi était parti à temps", verdict.refused_in_time],
        ["réponses 5xx", verdict.server_errors],
        ["envois sans réponse", verdict.without_answer],
        ["personnes à qui deux réponses disent deux choses", verdict.without_receipt],
        ["attente p50, p95, p99 (ms)", " ; ".join(percents)],
    ]
    return table(("Dernière minute d'un appel", "mesuré"), rows)


def assignment_table(found):
    """Each call to assign: how long, how much memory, and how far two plain ways are from its cost."""
    head = (
        "Appel (dossiers × ministères × instructeurs)", "proposition s", "réparation s", "phrases s", "mémoire de plus Mo",
        "programme simple s", "écart de coût du programme simple", "glouton s", "écart de coût du glouton",
        "places vides", "paires perdues", "paires changées",
    )  # fmt: skip
    return table(head, [_assignment_row(each) for each in found])


def entrusting_table(kept):
    """The large call entrusted in the database."""
    head = (
        "Grand appel en base", "places", "lu et résolu s", "écrit s", "requêtes de l'écriture", "page s",
        "octets de la page",
    )  # fmt: skip
    seconds = {name: figure(round(kept[name], 2)) for name in ("read", "write", "page")}
    row = [f"{kept['dossiers']} dossiers", kept["places"], seconds["read"], seconds["write"], kept["queries"],
           seconds["page"], kept["bytes"]]  # fmt: skip
    return table(head, [row])


def _assignment_row(found):
    seconds = {way: figure(round(value, 2)) for way, value in found["seconds"].items()}
    return [
        " × ".join(map(str, found["counts"])), *(seconds[way] for way in ("propose", "repair", "explain")),
        found["memory_mb"] - found["before_mb"],
        seconds["plain"], found["plain_cost"] - found["cost"], seconds["greedy"], found["greedy_cost"] - found["cost"],
        found["empty"], found["lost"], found["moved"],
    ]  # fmt: skip


def figures_table(found):
    """Each call to calibrate: how long, how much memory, how near to the truth each ranking is, how many cross the line."""
    head = (
        "Appel (dossiers × évaluations × instructeurs)", "écart-type des sévérités", "calibration s", "fragilité s",
        "mémoire de plus Mo", "corrélation avec la vérité : moyenne brute", "moyenne ajustée",
        "dossiers dont l'intervalle croise la ligne", "même réponse à chaque tour",
    )  # fmt: skip
    return table(head, [_figures_row(each) for each in found])


def _figures_row(found):
    return [
        " × ".join(map(str, found["sizes"])), figure(found["bias"]),
        *(figure(round(found["seconds"][way], 2)) for way in ("calibrate", "fragility")), found["memory_mb"],
        *(f"{found[side]:.3f}".replace(".", ",") for side in ("raw", "adjusted")),
        f"{found['crossing']} (ligne au rang {found['line']})", "oui" if found["same"] else "non",
    ]  # fmt: skip


def export_table(found, growths):
    """The board exported in each format beside PostgreSQL's COPY, and what one dossier of the archive takes."""
    copy_seconds = found["seconds"]["copy"]
    rows = [["COPY (une instruction, les mêmes lignes)", _ms(1000 * copy_seconds), 1, ""]]
    for name, growth in growths.items():
        seconds = found["seconds"][name]
        rows.append(
            [name.upper(), _ms(1000 * seconds), figure(round(seconds / copy_seconds, 2)), figure(round(growth, 1))]
        )
    rows.append(["un dossier de l'archive ZIP", _ms(1000 * found["pack"]), "", ""])
    head = (f"Export du tableau, {found['rows']} lignes", "ms", "durée / COPY", "mémoire de plus Mo")
    counted = f"Requêtes d'un export : {found['reading']} qui lisent, {found['all']} avec celles de la tâche."
    return f"{table(head, rows)}\n\n{counted}"


def goal_table(checks):
    rows = [[check.goal, check.asked, check.measured, check.words] for check in sorted(checks, key=lambda c: c.goal)]
    return table(("But", "demandé", "mesuré", "résultat"), rows)
