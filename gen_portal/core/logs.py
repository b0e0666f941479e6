"""Logs as one JSON object per line, in UTC, without bodies, tokens nor addresses of our own making."""

import json
import logging
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """One event, one line: control characters are escaped by JSON itself."""

    def format(self, record):
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False)
