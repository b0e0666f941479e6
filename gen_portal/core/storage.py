"""Where files live: static ones with a hash in their name, private ones written whole or not at all."""

import os
from pathlib import Path

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Only style sheets are rewritten (a package names a source map it lacks)."""

    patterns = tuple(pattern for pattern in HashedFilesMixin.patterns if pattern[0] == "*.css")


class PrivateStorage(FileSystemStorage):
    """A file appears under its name once every byte is on the disk; a full disk leaves nothing behind."""

    def _save(self, name, content):
        return self.write(name, lambda out: out.writelines(content.chunks()))

    def write(self, name, write, *, partial=""):
        """Keep under this name what `write(file)` writes; until it is whole, it lies under the name `partial`."""
        target, unfinished = Path(self.path(name)), Path(self.path(partial or f"{name}.part"))
        for path in (target, unfinished):
            path.parent.mkdir(mode=self.directory_permissions_mode, parents=True, exist_ok=True)
        try:
            with unfinished.open("xb") as out:
                os.chmod(unfinished, self.file_permissions_mode)
                write(out)
                out.flush()
                os.fsync(out.fileno())
            unfinished.rename(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return name
