"""Static files with a hash in their name; only style sheets are rewritten (a package names a source map it lacks)."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    patterns = tuple(pattern for pattern in HashedFilesMixin.patterns if pattern[0] == "*.css")
