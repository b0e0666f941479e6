"""A relay for tests: it takes mails over real SMTP, counts them, tells by HTTP which it has, and fails when told to."""

import asyncio
import email
import email.parser
import email.policy
import threading
from collections import Counter, deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from gen_portal.tests.servers import free_port

#: What the relay may be told to do with a coming message, once each; "" takes it.
BUSY = "421 4.3.2 come back later"
GREYLISTED = "450 4.2.0 greylisted"
UNKNOWN_ADDRESS = "550 5.1.1 no such address"
CONTENT_REFUSED = "554 5.7.1 content refused"
HANG = "hang"  # says nothing any more, keeps nothing
CUT_BEFORE = "cut before"  # cuts the line instead of taking the message
CUT_AFTER = "cut after"  # takes the message, then cuts the line instead of saying so


class Received:
    """A message as it arrived, parsed only when somebody reads it: thousands of parsed ones would slow the collector."""

    __slots__ = ("content", "message_id")

    def __init__(self, content):
        self.content = content
        self.message_id = str(email.parser.BytesHeaderParser().parsebytes(content)["Message-ID"]).strip()

    @property
    def parsed(self):
        return email.message_from_bytes(self.content, policy=email.policy.default)

    def __getitem__(self, name):
        return self.parsed[name]

    def __getattr__(self, name):
        return getattr(self.parsed, name)


class Sink:
    """What arrived, and what to do with what comes."""

    def __init__(self):
        self.smtp_port, self.script, self.messages, self.lines = free_port(), deque(), [], []
        self.lookup_status = None  # answer this to every question instead of the truth
        self.seconds_per_message = 0
        self.counted = threading.Condition()

    @property
    def lookup_url(self):
        return f"http://127.0.0.1:{self.http_port}/messages/"

    @property
    def counts(self):
        """How many times each Message-ID arrived."""
        return Counter(message.message_id for message in self.messages)

    def has(self, message_id):
        return any(message.message_id == f"<{message_id}>" for message in self.messages)

    def wait_for(self, count, seconds):
        """Wait until so many messages arrived, or the time is over; returns how many did."""
        with self.counted:
            self.counted.wait_for(lambda: len(self.messages) >= count, timeout=seconds)
            return len(self.messages)

    def cut_lines(self):
        """Cut every open session, as a relay that restarts does."""
        is_cut = threading.Event()
        loop = self.controller.loop
        for line in self.lines:
            loop.call_soon_threadsafe(line.abort)
        loop.call_soon_threadsafe(loop.call_soon, is_cut.set)
        is_cut.wait(timeout=5)

    # --- What aiosmtpd calls ------------------------------------------------------------------------------------
    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.script and self.script[0] in (BUSY, GREYLISTED, UNKNOWN_ADDRESS):
            return self.script.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        told = self.script.popleft() if self.script else ""
        await asyncio.sleep(self.seconds_per_message / 2)
        if told == HANG:
            await asyncio.sleep(3600)
        if told in ("", CUT_AFTER):
            with self.counted:
                self.messages.append(Received(envelope.content))
                self.counted.notify_all()
        await asyncio.sleep(self.seconds_per_message / 2)
        if told in (CUT_BEFORE, CUT_AFTER):
            server.transport.abort()
        return told if told == CONTENT_REFUSED else "250 OK"


class QuietSMTP(SMTP):
    """Lets the sink cut its lines; sessions that end with the test are no error."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self.event_handler.lines.append(transport)

    def connection_lost(self, error):
        super().connection_lost(None)


class SinkController(Controller):
    def factory(self):
        return QuietSMTP(self.handler, **self.SMTP_kwargs)


def _answering(sink):
    """The lookup by Message-ID: 200 for what arrived, 404 for the rest."""

    class Lookup(BaseHTTPRequestHandler):
        def do_GET(self):
            is_here = sink.has(unquote(self.path.rpartition("/")[2]))
            self.send_response(sink.lookup_status or (200 if is_here else 404))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Nothing is worth a line."""

    return Lookup


@contextmanager
def running_sink():
    """A sink that listens, SMTP and HTTP, on two ports of the loopback."""
    sink = Sink()
    lookup = ThreadingHTTPServer(("127.0.0.1", 0), _answering(sink))
    sink.http_port = lookup.server_port
    controller = sink.controller = SinkController(sink, hostname="127.0.0.1", port=sink.smtp_port)
    thread = threading.Thread(target=lookup.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    controller.start()
    thread.start()
    try:
        yield sink
    finally:
        lookup.shutdown()
        lookup.server_close()
        thread.join()
        controller.stop()
