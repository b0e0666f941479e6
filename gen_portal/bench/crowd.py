"""Many people who press the button in the last minute of a call, over HTTP; knows nothing of Django.

Instants are seconds; those of a plan count from the closing (negative before it).
"""

import asyncio
import random
import time
from dataclasses import dataclass, field

from gen_portal.bench import timing

LAST_SECONDS, LATE_SECONDS = 60, 20
IN_TIME, LATE_BEGUN, LATE_UNBEGUN = "in_time", "late_begun", "late_unbegun"
RETRIES = 3  # at most: people who see nothing press again, or load the page again
PATIENCE_SECONDS = 150


@dataclass
class Press:
    """One person: when they press first and again, and what came back of each."""

    person: dict
    kind: str
    instants: list
    answers: list = field(default_factory=list)

    @property
    def is_in_time(self):
        """The first press had left before the closing."""
        return bool(self.answers) and self.answers[0][0] < 0


def plan(people, *, late_begun, late_unbegun, seed=11):
    """When each person presses: denser and denser until the closing; a few after it, some of whom had not begun before."""
    rng = random.Random(seed)
    kinds = (
        [IN_TIME] * (len(people) - late_begun - late_unbegun)
        + [LATE_BEGUN] * late_begun
        + [LATE_UNBEGUN] * late_unbegun
    )
    presses = []
    for person, kind in zip(people, kinds, strict=True):
        first = -0.1 - LAST_SECONDS * rng.random() ** 2 if kind == IN_TIME else rng.uniform(0.1, LATE_SECONDS)
        again = sorted(first + rng.uniform(0.2, 4) for _ in range(rng.randint(0, RETRIES)))
        presses.append(Press(person, kind, [first, *again]))
    return presses


def send(port, presses, closes_at):
    """Send everything at its instant; each press gets its answers, as (instant sent, Answer or None without one)."""
    asyncio.run(_send_all(port, presses, closes_at))


async def _send_all(port, presses, closes_at):
    rooms = [asyncio.create_task(_send(port, press, at, closes_at)) for press in presses for at in press.instants]
    await asyncio.gather(*rooms)
    for press in presses:
        press.answers.sort(key=lambda pair: pair[0])


async def _send(port, press, at, closes_at):
    await asyncio.sleep(max(0, closes_at + at - time.time()))
    begun, sent, answer = time.perf_counter(), None, None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(timing.message(press.person))
            await writer.drain()
            sent = time.time() - closes_at
            answer = timing.answer_of(await reader.read(-1), time.perf_counter() - begun)
            writer.close()
    except OSError:  # refused, cut off, or without an answer for too long: judged by what the database holds
        pass
    press.answers.append((sent if sent is not None else time.time() - closes_at, answer))


@dataclass(frozen=True)
class Verdict:
    """What a last minute must not do, counted."""

    lost: int
    doubled: int
    accepted_late: int
    refused_in_time: int
    server_errors: int
    without_answer: int
    without_receipt: int
    bases: dict
    seconds: list
    sent: int

    @property
    def is_sound(self):
        faults = (self.lost, self.doubled, self.accepted_late, self.refused_in_time, self.server_errors)
        return not any(faults) and not self.without_receipt


def judge(presses, kept):
    """Compare what each person sent with what the database `kept` (`last_minute.kept`) and what they were answered."""
    in_time = [press for press in presses if press.is_in_time]
    unbegun = [press for press in presses if press.kind == LATE_UNBEGUN]
    answers = [answer for press in presses for _, answer in press.answers]
    heard = [answer for answer in answers if answer is not None]
    bases = kept["bases"]
    filed = {press.person["reference"] for press in in_time} & bases.keys()
    return Verdict(
        lost=len(in_time) - len(filed),
        doubled=sum(len(found) > 1 for found in bases.values()),
        accepted_late=kept["late"] + sum(press.person["reference"] in bases for press in unbegun),
        refused_in_time=sum(_was_refused(press) for press in in_time),
        server_errors=sum(answer.status >= 500 for answer in heard),
        without_answer=len(answers) - len(heard),
        without_receipt=sum(not _all_receipts(press) for press in in_time),
        bases=_counted(found[0] for found in bases.values()),
        seconds=[answer.seconds for answer in heard],
        sent=len(answers),
    )


def _where(answer):
    return answer.headers.get("Location", "")


def _was_refused(press):
    return any(
        answer is not None and answer.status < 400 and "/recepisse/" not in _where(answer)
        for _, answer in press.answers
    )


def _all_receipts(press):
    """Every answer that came leads to one and the same receipt."""
    places = {_where(answer) for _, answer in press.answers if answer is not None}
    return len(places) <= 1 and all("/recepisse/" in place for place in places)


def _counted(values):
    counts = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts
