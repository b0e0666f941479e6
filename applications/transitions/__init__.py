"""The only place where a dossier changes state. Each act locks, checks, changes, saves, records, announces.

draft ──submit──► submitted ──declare_admissible──► admissible ──start_review──► under_review ─settle_many─► decided
  ▲                │  │  └───declare_inadmissible──► inadmissible (ended)             │  └─ settle_many ─┘
  │                │  └──────return_for_completion─► returned ──submit──► submitted   │
  │                │                     stop_waiting ─┘  ▲                           │
  │                └──◄──────────────────────────────┘    └────return_under_review────┤
  │                                                                                   ▼
withdraw: draft, and submitted, returned, admissible, under_review while its term lasts ──► withdrawn (ended)
reopen: withdrawn ──► draft, while a cut-off is open for it, unless its judgement had begun or another dossier took its place
"""

from applications.transitions.admissibility import (
    declare_admissible,
    declare_inadmissible,
    return_for_completion,
    return_under_review,
    stop_waiting,
)
from applications.transitions.filing import Closed, Incomplete, reopen, submit, withdraw
from applications.transitions.judgement import (
    settle_many,
    start_many,
    start_review,
)

__all__ = [
    "Closed",
    "Incomplete",
    "declare_admissible",
    "declare_inadmissible",
    "reopen",
    "return_for_completion",
    "return_under_review",
    "settle_many",
    "start_many",
    "start_review",
    "stop_waiting",
    "submit",
    "withdraw",
]
