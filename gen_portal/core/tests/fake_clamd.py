"""A ClamAV daemon on a real socket that reads INSTREAM as the real one does and answers as it is told."""

import socket
import threading
from contextlib import contextmanager

from gen_portal.core.tests.corpus import EICAR


class FakeClamd:
    """`mode`: judge, garbage, empty, silent, error, dribble. `received`: what each connection sent, whole."""

    def __init__(self, listening, mode):
        self.listening, self.mode, self.received = listening, mode, []
        self.over = threading.Event()

    def serve(self):
        while True:
            try:
                link, _ = self.listening.accept()
            except OSError:
                return
            with link:
                self._answer(link)

    def _answer(self, link):
        with link.makefile("rb") as sent:
            assert sent.read(10) == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(sent.read(4), "big"):
                content += sent.read(size)
        self.received.append(content)
        try:
            self._say(link, content)
        except OSError:
            return  # whoever asked went away

    def _say(self, link, content):
        if self.mode == "silent":
            self.over.wait(10)
        elif self.mode == "dribble":
            while not self.over.wait(0.1):
                link.sendall(b".")
        elif self.mode == "judge":
            link.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")
        else:
            answers = {
                "garbage": b"\xff\xfe 220 smtp\0",
                "error": b"INSTREAM size limit exceeded. ERROR\0",
                "empty": b"",
            }
            link.sendall(answers[self.mode])


@contextmanager
def running_clamd(mode="judge", path=None):
    """A daemon and its address; `path`: a Unix socket instead of TCP."""
    listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listening.bind(str(path) if path else ("127.0.0.1", 0))
    listening.listen()
    url = f"unix://{path}" if path else f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    daemon = FakeClamd(listening, mode)
    thread = threading.Thread(target=daemon.serve)
    thread.start()
    try:
        yield daemon, url
    finally:
        daemon.over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
