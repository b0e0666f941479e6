"""What a job has made and will want again if its worker dies: files in a folder of its own, gone once the job is over."""

import shutil
from pathlib import Path

from django.core.files.storage import default_storage

from gen_portal.core import files

FOLDER = "taches"


class Pieces:
    """The folder of one run of a job. A piece is there whole or not at all; every run of the job finds it."""

    def __init__(self, job):
        self.folder, self.run = f"{FOLDER}/{job.reference}", job.lease_token

    def __contains__(self, name):
        return default_storage.exists(f"{self.folder}/{name}")

    def keep(self, name, write):
        """Keep as a piece what `write(file)` writes. Two runs that keep the same one leave the last."""
        default_storage.write(f"{self.folder}/{name}", write, partial=self._partial(name))

    def open(self, name):
        return default_storage.open(f"{self.folder}/{name}", "rb")

    def store(self, write, *, name, content_type, by):
        """Keep the result of the job as a private file (see `files.store_written`)."""
        return files.store_written(
            write, name=name, content_type=content_type, by=by, partial=self._partial("resultat")
        )  # fmt: skip

    def remove(self):
        _remove(self.folder)

    def _partial(self, name):
        return f"{self.folder}/{name}.{self.run}.part"


def folders():
    """The references of the jobs that have a folder now."""
    return sorted(default_storage.listdir(FOLDER)[0]) if default_storage.exists(FOLDER) else []


def remove(references):
    """Take away the folders of these jobs."""
    for reference in references:
        _remove(f"{FOLDER}/{reference}")


def _remove(folder):
    """What another worker is still writing there goes too; it finds out when it next tells its progress."""
    shutil.rmtree(Path(default_storage.path(folder)), ignore_errors=True)
