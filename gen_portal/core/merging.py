"""Several PDF files in one: gathered in a folder of their own, put end to end by a subprocess with limits."""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from django.conf import settings

_CORE = str(Path(__file__).resolve().parent)
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from inspection.merging import main; main()"
_TICK_SECONDS = 1
_ABANDONED_SECONDS = 24 * 3600


class NotMerged(Exception):
    """The subprocess ended otherwise than it should; the message is for the logs."""


@dataclass(frozen=True)
class Part:
    """A PDF file, the bookmark that leads to it, and under how many other bookmarks that one stands."""

    path: Path
    title: str
    level: int = 0


@contextmanager
def workshop():
    """`with workshop() as folder:` a private folder, gone at the end, whatever happens."""
    _root().mkdir(mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_root()) as folder:
        yield Path(folder)


def merge(parts, out, *, title, tick):
    """Write the file `out`. `tick()` is called every second; what it raises stops the subprocess. Raises NotMerged."""
    plan = {
        "out": str(out),
        "title": title,
        "parts": [{"path": str(part.path), "title": part.title, "level": part.level} for part in parts],
    }
    command = [sys.executable, "-I", "-c", _PROGRAM, _CORE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env={}, **pipes) as child:  # noqa: S603 – our own program, fixed arguments
        try:
            said = _followed(child, json.dumps(plan).encode(), tick)
        except BaseException:
            child.kill()
            raise
    if child.returncode:
        raise NotMerged(f"code {child.returncode}: {said.decode(errors='replace')[-2000:]}")


def forget_abandoned():
    """Take away the folders of workers that were killed a day ago or more."""
    for folder in _root().glob("*"):
        if time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
            rmtree(folder, ignore_errors=True)


def _followed(child, plan, tick):
    """What the subprocess said on its standard error, once it has ended."""
    while True:
        try:
            return child.communicate(plan, timeout=_TICK_SECONDS)[1]
        except subprocess.TimeoutExpired:
            plan = None  # it is given once; the rest of it goes on being sent
            tick()


def _root():
    return settings.FILES_ROOT / "merging"
