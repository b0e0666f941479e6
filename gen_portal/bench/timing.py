"""The measuring core: requests over HTTP, targets in turn, medians. Knows nothing of Django, so that it costs little."""

import math
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

ROUNDS = 31  # at least 11: medians of fewer drift
WARM_UPS = 8  # each of two workers answers a page several times before it counts
CSRF = "b" * 32


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    seconds: float
    byte_count: int
    headers: dict


@dataclass
class Sample:
    """What one target took over all rounds."""

    seconds: list = field(default_factory=list)
    cpu_seconds: list = field(default_factory=list)
    byte_count: int = 0

    @property
    def p50_ms(self):
        return 1000 * statistics.median(self.seconds)

    @property
    def p95_ms(self):
        return 1000 * percentile(self.seconds, 95)

    @property
    def cpu_ms(self):
        """Mean, not median: the two workers take turns, and the clock of a process moves in steps."""
        return 1000 * statistics.fmean(self.cpu_seconds)


def percentile(values, percent):
    """The smallest value that so many percent of the values do not pass (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent * len(ordered) / 100) - 1)]


def message(request):
    """The bytes of an HTTP request; `request`: path, cookie, form (POST) or None, headers."""
    lines = ["Host: 127.0.0.1", "Connection: close", *(f"{k}: {v}" for k, v in request.get("headers", {}).items())]
    cookies = [request["cookie"]] if request.get("cookie") else []
    body, method = b"", "GET"
    if request.get("form") is not None:
        method, cookies = "POST", [*cookies, f"csrftoken={CSRF}"]
        body = urlencode({**request["form"], "csrfmiddlewaretoken": CSRF}, doseq=True).encode()
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    if cookies:
        lines.append(f"Cookie: {'; '.join(cookies)}")
    return "\r\n".join([f"{method} {request['path']} HTTP/1.1", *lines, "", ""]).encode() + body


def ask(port, content):
    """Send the bytes of a request, read the whole answer."""
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(content)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return answer_of(received, time.perf_counter() - begun)


def answer_of(received, seconds):
    """The bytes of an answer, read."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Answer(int(first.split()[1]), seconds, len(body), headers)


@dataclass(frozen=True)
class Probe:
    """A target on a server, and what it must answer: a page that fails fast, or a refusal, is no measure."""

    server: object
    content: bytes
    status: int
    name: str
    leads_to: str = ""

    def ask(self):
        answer = ask(self.server.port, self.content)
        where = answer.headers.get("Location", "")
        if answer.status != self.status or self.leads_to not in where:
            raise RuntimeError(f"{self.name} answered {answer.status} {where}, {self.status} expected.")
        return answer


def probe(server, target):
    expected = 302 if target.get("form") is not None else 200
    return Probe(server, message(target), expected, target["label"], target.get("leads_to", ""))


def measure(probes, rounds):
    """A Sample for each probe, asked one after the other in every round, so that drift falls on all alike."""
    for each in probes:
        for _ in range(WARM_UPS):
            each.ask()
    samples = [Sample() for _ in probes]
    for _ in range(rounds):
        for each, sample in zip(probes, samples, strict=True):
            before = each.server.cpu_seconds()
            answer = each.ask()
            sample.cpu_seconds.append(each.server.cpu_seconds() - before)
            sample.seconds.append(answer.seconds)
            sample.byte_count = answer.byte_count
    return samples


def rush(probes, clients):
    """Ask each probe once, `clients` at a time; returns (requests a second, the seconds of each)."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(Probe.ask, probes))
    return len(probes) / (time.perf_counter() - begun), [answer.seconds for answer in answers]
