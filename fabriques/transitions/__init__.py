"""Changes of state of this floor: reports filed by structures, reviewed by officers; progress points filed by regions."""

from fabriques.transitions.filing import file_report, file_upload

__all__ = ["file_report", "file_upload"]
