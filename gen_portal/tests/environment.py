"""The environment of the tests, set before the settings are read: no HTTPS, no demo, an in-memory broker."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("PORTAL_URL", "http://testserver")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("REDIS_URL", "memory://")
# Each process has its own private files: those of pytest-xdist inherit the variables of the one that starts them.
os.environ["FILES_ROOT"] = tempfile.mkdtemp(prefix="gen-files-")
atexit.register(shutil.rmtree, os.environ["FILES_ROOT"], ignore_errors=True)
