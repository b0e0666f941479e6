"""The versions of an answer as one reads them: runs of one person's savings told as one, with what each changed."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from applications.differences import compare, shortened
from applications.models.sections import SECTIONS
from applications.wording import words_of

#: Savings of one person that follow each other within this time are read as one; every one of them stays in the table.
ONE_SITTING = timedelta(minutes=10)


@dataclass(frozen=True)
class Passage:
    """A version worth a line: the last of its run. `since` is the number of the version before the run, 0 for none."""

    version: object
    since: int
    folded: int
    is_present: bool
    words: str = ""
    pieces: tuple = ()


def section_of(name):
    """The section that asks this answer, None for a word that is no answer."""
    return next((section for section in SECTIONS if name in section.answers), None)


def passages_of(versions, *, is_whole):
    """The passages of an answer's versions (latest first); each version is one when the reader wants the whole."""
    versions = list(versions)
    starts = [index for index in range(len(versions)) if index == 0 or is_whole or _begins(versions, index)]
    return [
        Passage(
            version=versions[start],
            since=versions[end].number if end < len(versions) else 0,
            folded=end - start - 1,
            is_present=start == 0,
        )
        for start, end in pairwise([*starts, len(versions)])
    ]


def _begins(versions, index):
    """Whether a version is the last of a run: the next one in time is somebody else's, or came much later."""
    version, following = versions[index], versions[index - 1]
    return version.by_id != following.by_id or following.at - version.at > ONE_SITTING


def with_differences(application, name, versions, passages):
    """The same passages with their words and what they changed, in one more query."""
    wanted = {number for passage in passages for number in (passage.version.number, passage.since)}
    values = dict(versions.order_by("number").filter(number__in=wanted).values_list("number", "value"))
    words = {number: words_of(application, name, value) for number, value in values.items()}
    return [_told(passage, words) for passage in passages]


def _told(passage, words):
    after, before = words[passage.version.number], words.get(passage.since, "")
    return Passage(
        version=passage.version,
        since=passage.since,
        folded=passage.folded,
        is_present=passage.is_present,
        words=after,
        pieces=tuple(shortened(compare(before, after))),
    )
