"""What ministries and regions say of dossiers, one packed text per dossier and side, unpacked once for those who hear the
same."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from labelling.models import Recommendation
from labelling.models.board_opinions import packed_opinions, unpacked
from labelling.models.review import RECOMMENDATION_KINDS

_SILENCE = ("", "")


@dataclass(frozen=True)
class Opinion:
    """What one ministry says of a dossier, as a badge."""

    ministry: str
    recommendation: str

    @property
    def kind(self):
        return RECOMMENDATION_KINDS.get(self.recommendation, "")

    @property
    def words(self):
        return Recommendation(self.recommendation).label if self.recommendation else "en attente"


class Opinions(tuple):
    """Those of one side on a dossier."""

    @cached_property
    def words(self):
        return ", ".join(f"{opinion.ministry} : {opinion.words}" for opinion in self)


@lru_cache(maxsize=4096)
def opinions(packed):
    """The Opinions of a packed text: the same object each time."""
    return Opinions(Opinion(*said) for said in unpacked(packed))


class Said:
    """What is said of some dossiers (their keys, or a query of them), by a cursor of the server where a chunk size is given;
    one query."""

    def __init__(self, application_ids, *, chunk_size=None):
        self._packed = packed_opinions(application_ids, chunk_size=chunk_size)

    def of(self, application_id):
        """(opinions of the ministries, of the regions)."""
        ministries, regions = self._packed.get(application_id, _SILENCE)
        return opinions(ministries), opinions(regions)
