"""Speaks to a ClamAV daemon: one file sent by INSTREAM, one answer read, within one delay for everything."""

import re
import socket
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

_CHUNK_BYTES = 64 * 1024
_MAX_ANSWER_BYTES = 4096
_FOUND = re.compile(r"stream: (.{1,200}) FOUND")


class Unreachable(Exception):
    """The daemon refused, closed or fell silent: no file can be scanned now."""


class Unclear(Exception):
    """The daemon answered something else than a verdict: this file is not judged."""


def scan(content, *, url, timeout):
    """The name of the virus found in these bytes, empty when there is none. Raises Unreachable or Unclear."""
    ends_at = time.monotonic() + timeout
    try:
        with _connected(url, timeout) as link:
            _send(link, content, ends_at)
            answer = _received(link, ends_at)
    except OSError as error:
        raise Unreachable(type(error).__name__) from error
    if answer == "stream: OK":
        return ""
    if found := _FOUND.fullmatch(answer):
        return found[1]
    if not answer:
        raise Unreachable("closed without an answer")
    raise Unclear(answer)


@contextmanager
def _connected(url, timeout):
    place = urlsplit(url)
    if place.scheme == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(timeout)
    else:
        link = socket.create_connection((place.hostname, place.port or 3310), timeout)
    with link:
        if place.scheme == "unix":
            link.connect(place.path)
        yield link


def _send(link, content, ends_at):
    """INSTREAM: chunks, each behind its length on four bytes; a length of zero ends them."""
    _wait_no_longer_than(link, ends_at)
    link.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), _CHUNK_BYTES):
        chunk = content[start : start + _CHUNK_BYTES]
        _wait_no_longer_than(link, ends_at)
        link.sendall(len(chunk).to_bytes(4, "big") + chunk)
    link.sendall(bytes(4))


def _received(link, ends_at):
    answer = b""
    while b"\0" not in answer and len(answer) <= _MAX_ANSWER_BYTES:
        _wait_no_longer_than(link, ends_at)
        part = link.recv(1024)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _wait_no_longer_than(link, ends_at):
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    link.settimeout(left)
