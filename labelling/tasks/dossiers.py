"""The filtered dossiers of a call as one ZIP: packed one by one, then put together. A run goes on where another stopped.

A packed dossier is a piece of the job, an archive of its folder. What the asker may read is asked again for each batch
before it is packed, and for all of them before they are put together: what they lost meanwhile is left out.
"""

import json
from datetime import timedelta

from django.core.exceptions import PermissionDenied

from applications.models import Call
from gen_portal.core import access, clock, jobs, phrases
from gen_portal.core.archives import MEDIA_TYPE, SUMS, Archive
from labelling.board import Board, BoardFilter, dossiers_for
from labelling.models.packing import readable_ids, sealed_ids
from labelling.packing import dossiers_of, pack
from labelling.policies import reviews as policies
from labelling.tasks.board import KEPT_FOR, may_read

DOSSIERS_EXPORT = "dossiers_export"
BATCH = 20
FLUSHING = timedelta(minutes=15)  # for the disk to take gigabytes in, and for their fingerprint
_PLAN = "plan.json"
_READ_ME = """\
{title}
Archive des dossiers demandée le {day} : {count}.

Un dossier par répertoire, nommé par sa référence :
- dossier.pdf : les réponses telles qu'elles ont été déposées ;
- recepisse.pdf et depot.json : la preuve du dépôt, à vérifier sur le portail (« Vérifier un dépôt ») ;
- pieces : les pièces jointes telles qu'elles ont été déposées ;
- PIECES-NON-REMISES.txt, s'il existe : les pièces que le portail ne remet pas, et pourquoi ;
- evaluations.csv, s'il existe : les évaluations déposées.

Vérifier que rien ne manque ni n'a changé, depuis le répertoire où l'archive est décompressée :
- Linux : sha256sum -c {sums}
- macOS : shasum -a 256 -c {sums}
- Windows (PowerShell) : Get-FileHash -Algorithm SHA256 <fichier>, à comparer à MANIFESTE.csv

MANIFESTE.csv donne le chemin, la taille en octets et l'empreinte SHA-256 de chaque fichier.

Ces dossiers contiennent des données personnelles : gardez-les le temps qu'il faut, puis effacez-les.
"""


def export_dossiers(job, progress):
    """The dossiers of the board its asker had before their eyes, in its order."""
    user = access.as_of(job.requested_by, progress.taken_at)
    if not policies.can_see_board(user):
        raise PermissionDenied("the person who asked no longer runs calls")
    call = Call.objects.get(slug=job.parameters["slug"])
    plan = _plan(job, progress, call, user)
    _pack_all(plan, progress, call, user)
    progress.note(sealed=sorted(sealed_ids(call, user)))
    readable = readable_ids(call, access.as_of(user, clock.now()))
    chosen = [pk for pk in plan if pk in readable and _name(pk) in progress.pieces]
    return progress.pieces.store(
        lambda out: _put_together(out, chosen, progress, _words(job, call, len(chosen))),
        name=f"dossiers-{call.slug}-{clock.day_of(job.requested_at):%Y-%m-%d}.zip", content_type=MEDIA_TYPE, by=user,
    )  # fmt: skip


def _plan(job, progress, call, user):
    """Keys of the dossiers in their order, the same for every run of the job: kept by the first one."""
    if _PLAN not in progress.pieces:
        board = Board(dossiers_for(user, call), BoardFilter(**job.parameters["asked"]), access.today(user), call)
        keys = board.ordered_keys(job.parameters["sort"])
        progress.pieces.keep(_PLAN, lambda out: out.write(json.dumps(keys).encode()))
    with progress.pieces.open(_PLAN) as content:
        return json.load(content)


def _name(pk):
    return f"dossier-{pk}.zip"


def _pack_all(plan, progress, call, user):
    """Pack what no earlier run has, and was to be read when its turn came."""
    waiting = [pk for pk in plan if _name(pk) not in progress.pieces]
    done_count = len(plan) - len(waiting)
    progress.tell(done_count, len(plan))
    for start in range(0, len(waiting), BATCH):
        keys = waiting[start : start + BATCH]
        readable = readable_ids(call, access.as_of(user, clock.now()))
        dossiers = dossiers_of([pk for pk in keys if pk in readable], user)
        for pk in keys:
            if pk in dossiers:
                progress.pieces.keep(_name(pk), lambda out, dossier=dossiers[pk]: _pack(out, dossier))
            done_count += 1
            progress.tell(done_count, len(plan))
            progress.take_turns()


def _pack(out, dossier):
    with Archive(out) as archive:
        pack(dossier, archive)


def _put_together(out, keys, progress, words):
    """Every piece one behind the other, then what lets anybody check them."""
    with Archive(out) as archive:
        for pk in keys:
            progress.renew()
            with progress.pieces.open(_name(pk)) as piece:
                archive.add_all(piece)
        archive.add_proofs(words, progress.job.requested_at)
        progress.renew(FLUSHING)


def _words(job, call, count):
    counted = f"{count} dossier{'s' if count > 1 else ''}"
    return _READ_ME.format(title=call.title, day=phrases.day(job.requested_at), count=counted, sums=SUMS)


jobs.register(
    DOSSIERS_EXPORT, export_dossiers, label="Archive des dossiers d'un appel", may_read=may_read, kept_for=KEPT_FOR
)
