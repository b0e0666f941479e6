"""Headless Chromium walks the portal as people do; run with --run-browser."""
