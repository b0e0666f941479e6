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
        target = Path(self.path(name))
        target.parent.mkdir(mode=self.directory_permissions_mode, parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.part")
        try:
            with partial.open("xb") as out:
                os.chmod(partial, self.file_permissions_mode)
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            partial.rename(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return name
