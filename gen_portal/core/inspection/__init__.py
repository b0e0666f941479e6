"""Reads a file that somebody sent and says whether it may be kept; runs in a subprocess with limits, without Django.

It stands alone on purpose (relative imports, nothing of the portal): `reading.main` is started by `core.files.checking`.
"""
