"""`make bench`: prepares the databases, measures pages and writes beside their floors, prints Markdown; exit code 0."""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from gen_portal.bench import browsing, crowd, goals, report, timing
from gen_portal.bench.database import FOLDER, ROOT, environment, source
from gen_portal.bench.serving import celery, gunicorn
from gen_portal.tests import servers

SMALL, LARGE = 500, 5_000
#: People of the last minute; among them, those who send after the closing, with and without having begun before.
CROWD, LATE_BEGUN, LATE_UNBEGUN = 1_100, 50, 50
FILING_CLIENTS = (8, 32)
#: Dossiers, ministries and reviewers of the calls to assign; the last is that of goal 10.
ASSIGNMENTS = ((500, 4, 60), (5_000, 4, 60), (5_000, 3, 60))
#: Dossiers, reviews of each, reviewers and deviation of severities of the calls to calibrate.
CALIBRATIONS = ((500, 4, 60, 0.3), (5_000, 4, 60, 0), (5_000, 4, 60, 0.3), (5_000, 4, 60, 0.6))
REGISTRY_PLACES = (300, 2_000, 10_000)
PAGE_ROUNDS = 11  # of the pages measured alone
CLIENTS, MAILS, DECISIONS, DECISION_ROUNDS, MAP_REQUESTS, MAIL_ROUNDS = 8, 1_000, 1_000, 3, 200, 3
FLOOR = {"DJANGO_SETTINGS_MODULE": "gen_portal.bench.floor_settings"}


def inside(env, *arguments):
    """What a part of the benchmark answers from inside Django."""
    return _answer(env, "inside", *arguments)


def _answer(env, module, *arguments):
    command = [sys.executable, "-W", "ignore", "-m", f"gen_portal.bench.{module}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True, text=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1])


def say(text):
    """How far the run is; the figures alone go to the standard output."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Bench:
    """Environments of both sizes, the servers on them and what is asked of each."""

    env: dict
    floor_env: dict
    portal: object
    small: object
    floor: object
    pages: list
    small_pages: list
    floors: list

    def lines(self, rounds):
        """Every page at both sizes and its floor, asked in turn."""
        sides = ((self.portal, self.pages), (self.small, self.small_pages), (self.floor, self.floors))
        probes = [timing.probe(server, target) for triple in zip(*(side[1] for side in sides), strict=True)
                  for (server, _), target in zip(sides, triple, strict=True)]  # fmt: skip
        samples = timing.measure(probes, rounds)
        return [
            goals.Line(
                page["key"], page["label"], page["rows"], page["queries"], small["queries"], page["instances"],
                *samples[3 * number : 3 * number + 3],
            )
            for number, (page, small) in enumerate(zip(self.pages, self.small_pages, strict=True))
        ]  # fmt: skip

    def map_rates(self):
        """Requests a second for the points on each side, in alternating rushes, and the status of a revalidation."""
        probes = {
            "pages": timing.probe(self.portal, _by_key(self.pages)["points"]),
            "floors": timing.probe(self.floor, _by_key(self.floors)["points"]),
        }
        rates = {side: [] for side in probes}
        for side in ("pages", "floors") * 3:
            rates[side].append(timing.rush([probes[side]] * MAP_REQUESTS, CLIENTS)[0])
        etag = probes["pages"].ask().headers["ETag"]
        again = {**_by_key(self.pages)["points"], "headers": {"If-None-Match": etag, "Accept-Encoding": "gzip"}}
        status = timing.ask(self.portal.port, timing.message(again)).status
        return {side: statistics.median(found) for side, found in rates.items()}, status

    def rush(self):
        """Filings a second by number of clients, in alternating blocks; how many were kept exactly once."""
        asked = inside(self.env, "rush", "requests")
        sides = {"pages": self.portal, "floors": self.floor}
        probes = {side: [timing.probe(server, each) for each in asked[side]] for side, server in sides.items()}
        rates = {clients: {side: [] for side in sides} for clients in FILING_CLIENTS}
        waits = {clients: [] for clients in FILING_CLIENTS}
        for block in range(4):
            clients = FILING_CLIENTS[block % 2]
            for side, found in probes.items():
                rate, seconds = timing.rush(found[block::4], clients)
                rates[clients][side].append(rate)
                waits[clients] += seconds if side == "pages" else []
        filed = inside(self.env, "rush", "filed", *asked["references"])
        return {"rates": rates, "waits": waits, "sent": len(probes["pages"]), "filed": filed}


def _by_key(targets):
    return {target["key"]: target for target in targets}


@contextmanager
def sink():
    """The url of an SMTP server that throws away what it accepts."""
    port = servers.free_port()
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def measure_mails(env):
    """Mails a second by each way, in turn; nothing without Redis, since a folder is no broker to measure."""
    if "REDIS_URL" not in env:
        return None
    rates = {"loop": [], "outbox": []}
    with sink() as email_url:  # a relay said to answer by Message-ID, as production's should; nothing is in doubt here
        mailing = {**env, "EMAIL_URL": email_url, "EMAIL_LOOKUP_URL": "http://127.0.0.1:9/"}
        with celery(mailing, "celery"):
            for number in range(MAIL_ROUNDS):
                for way in ("outbox", "loop"):
                    rates[way].append(MAILS / inside(mailing, "mails", way, MAILS, number))
    return {way: statistics.median(found) for way, found in rates.items()}


@contextmanager
def prepared(where, broker, *, fresh):
    """Both databases copied, the portal on each and the floor on the large one."""
    names = {count: where.prepare(count, fresh=fresh) for count in (SMALL, LARGE)}
    with ExitStack() as stack:
        env = {
            count: environment(stack.enter_context(where.copy(name)), name, **broker) for count, name in names.items()
        }
        floor_env = {**env[LARGE], **FLOOR}
        say("Requêtes et instances de chaque page.")
        asked = [inside(env[LARGE], "targets", "pages"), inside(env[SMALL], "targets", "pages")]
        asked.append(inside(floor_env, "targets", "floors"))
        started = [
            stack.enter_context(gunicorn(each, name))
            for each, name in ((env[LARGE], "portal"), (env[SMALL], "small"), (floor_env, "floor"))
        ]
        yield Bench(env[LARGE], floor_env, *started, *asked)


@contextmanager
def broker():
    """Redis where it is installed."""
    try:
        servers.program("redis-server")
    except FileNotFoundError:
        say("Redis n'est pas installé ici : les courriels ne sont pas mesurés.")
        yield {}
        return
    with servers.redis() as url:
        yield {"REDIS_URL": url}


def measure_last_minute(where, broker):
    """The last minute of a call on a copy of its own: the Verdict on what a crowd sent to two workers."""
    name = where.prepare(SMALL, fresh=False)
    with where.copy(name) as url:
        env = environment(url, name, **broker)
        say("Dernière minute : sessions de chacun.")
        people = inside(env, "last_minute", "prepare", CROWD, LATE_UNBEGUN)
        presses = crowd.plan(people, late_begun=LATE_BEGUN, late_unbegun=LATE_UNBEGUN)
        with gunicorn(env, "last_minute") as portal:
            closes_at = inside(env, "last_minute", "close_in", crowd.LAST_SECONDS + 8)
            say("Dernière minute : la foule.")
            crowd.send(portal.port, presses, closes_at)
        return crowd.judge(presses, inside(env, "last_minute", "kept"))


def run(bench, rounds, description):
    """Measure everything; returns the Markdown."""
    say("Pages, à tour de rôle.")
    lines = bench.lines(rounds)
    say("Carte.")
    rates, revalidation = bench.map_rates()
    say("Dépôts.")
    rush = bench.rush()
    say("Courriels.")
    mails = measure_mails(bench.env)
    checks = [
        *goals.of_pages(lines),
        *goals.of_growth(lines),
        *goals.of_map(next(line for line in lines if line.key == "points"), rates, revalidation),
        *goals.of_writes(rush, mails),
    ]
    floor_queries = {target["key"]: target["queries"] for target in bench.floors}
    memory = f"Mémoire du plus gros processus du portail à la fin : {bench.portal.memory_mb()} Mo."
    parts = [
        report.title(description, rounds), report.page_table(lines, floor_queries),
        report.write_table(rates, mails), report.filing_table(rush), report.goal_table(checks), memory,
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="python -m gen_portal.bench", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="refaire les bases de mesure")
    parser.add_argument("--only", choices=sorted(ALONE), help="mesurer cela seulement")
    parser.add_argument("--rounds", type=int, default=timing.ROUNDS, help="tours de mesure, au moins 11")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    rounds = max(11, asked.rounds)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every server is stopped
    with source(os.environ.get("DATABASE_URL", "")) as where, broker() as redis:
        if asked.only:
            print(ALONE[asked.only](where, redis))
            return
        with prepared(where, redis, fresh=asked.fresh) as bench:
            text = run(bench, rounds, where.description)
        for part in (publication, last_minute, assignment, figures, exports):
            text += "\n" + part(where, redis)
    (FOLDER / "figures.md").write_text(text)
    print(text)


def last_minute(where, redis):
    return report.last_minute_table(measure_last_minute(where, redis)) + "\n"


def pages(where, redis):
    with prepared(where, redis, fresh=False) as bench:
        say("Pages, à tour de rôle.")
        lines = bench.lines(PAGE_ROUNDS)
        floor_queries = {target["key"]: target["queries"] for target in bench.floors}
        checks = [*goals.of_pages(lines), *goals.of_growth(lines)]
    return f"{report.page_table(lines, floor_queries)}\n\n{report.goal_table(checks)}\n"


def filings(where, redis):
    with prepared(where, redis, fresh=False) as bench:
        return report.filing_table(bench.rush()) + "\n"


def mails(where, redis):
    name = where.prepare(SMALL, fresh=False)
    with where.copy(name) as url:
        return report.mail_table(measure_mails(environment(url, name, **redis))) + "\n"


def publication(where, redis):
    """Each round in a copy of its own, committed."""
    name, rounds = where.prepare(LARGE, fresh=False), []
    for number in range(DECISION_ROUNDS):
        say(f"Publication, tour {number + 1} sur {DECISION_ROUNDS}.")
        with where.copy(name) as url:
            rounds.append(inside(environment(url, name, **redis), "publication", DECISIONS))
    return f"{report.publication_table(rounds)}\n\n{report.goal_table(goals.of_publication(rounds))}\n"


def assignment(where, redis):
    say("Affectation.")
    found = [_answer(os.environ, "assignment", *counts) for counts in ASSIGNMENTS]
    name = where.prepare(LARGE, fresh=False)
    with where.copy(name) as url:
        kept = inside(environment(url, name, **redis), "entrusting", ASSIGNMENTS[-1][-1])
    checks = [*goals.of_assignment(found[-1]), *goals.of_entrusting(kept)]
    tables = [report.assignment_table(found), report.entrusting_table(kept), report.goal_table(checks)]
    return "\n\n".join(tables) + "\n"


def figures(where, redis):
    say("Sévérités et intervalles de rang.")
    return report.figures_table([_answer(os.environ, "figures", *sizes) for sizes in CALIBRATIONS]) + "\n"


def exports(where, redis):
    say("Exports.")
    found = {}
    for count in (LARGE, SMALL):
        name = where.prepare(count, fresh=False)
        with where.copy(name) as url:
            env = environment(url, name, **redis)
            found[count] = inside(env, "exporting", "seconds")
            if count == LARGE:
                growths = {ending: inside(env, "exporting", "growth", ending) for ending in ("csv", "xlsx", "ods")}
    checks = goals.of_exports(found[LARGE], growths, found[SMALL]["reading"])
    return report.export_table(found[LARGE], growths) + "\n\n" + report.goal_table(checks) + "\n"


def registry(where, redis):
    database, parts = where.prepare(SMALL, fresh=False), []
    for count in REGISTRY_PLACES:
        with where.copy(database) as url, ExitStack() as stack:
            env = environment(url, database, **redis)
            counts = inside(env, "registry", "fill", count)
            say(f"Registre, {counts['places']} lieux de {counts['labels']} labels.")
            asked = inside(env, "registry", "targets")
            portal = stack.enter_context(gunicorn(env, "portal"))
            floor = stack.enter_context(gunicorn({**env, **FLOOR}, "floor"))
            gzip = {"Accept-Encoding": "gzip"}
            floors = [
                {"path": f"/{name}/", "label": name, "headers": gzip} for name in ("registry", "points", "places")
            ]
            probes = [timing.probe(portal, each) for each in asked] + [timing.probe(floor, each) for each in floors]
            samples = timing.measure(probes, PAGE_ROUNDS)
            parts.append(report.registry_table(counts, asked, floors, samples))
            say("Carte, dans un navigateur.")
            parts.append(report.browsing_table(counts, browsing.measure(portal.port)))
            parts.append(report.goal_table(goals.of_registry(counts["places"], asked, floors, samples)))
    return "\n\n".join(parts) + "\n"


#: What may be measured by itself.
ALONE = {
    "last-minute": last_minute, "filings": filings, "mails": mails, "assignment": assignment, "figures": figures,
    "exports": exports, "pages": pages, "registry": registry, "publication": publication,
}  # fmt: skip


if __name__ == "__main__":
    main()
