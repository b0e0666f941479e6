"""Take in mails that came back: from the standard input, from files, or from a Maildir (read, then moved to `cur`)."""

import mailbox
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from gen_portal.core import bounces


class Command(BaseCommand):
    help = "Lit des avis de non-remise (RFC 3464) et les inscrit sur les courriels du portail, par Message-ID."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", help="« - » pour l'entrée standard, un fichier, ou un Maildir")

    def handle(self, *args, paths, **options):
        counts = {"retour": 0, "inconnu": 0, "autre": 0}
        for path in paths:
            for content in self._messages(path):
                counts[self._take_in(content)] += 1
        self.stdout.write(
            f"{counts['retour']} retours inscrits, {counts['inconnu']} d'un courriel inconnu, "
            f"{counts['autre']} autres messages."
        )

    def _take_in(self, content):
        found = bounces.read(content)
        if not found:
            return "autre"
        rows = [bounces.take_in(bounce) for bounce in found]
        return "retour" if any(rows) else "inconnu"

    def _messages(self, path):
        if path == "-":
            yield sys.stdin.buffer.read()
        elif Path(path).is_dir():
            yield from self._of_maildir(path)
        elif Path(path).is_file():
            yield Path(path).read_bytes()
        else:
            raise CommandError(f"« {path} » n'est ni un fichier, ni un Maildir.")

    def _of_maildir(self, path):
        """New messages only; each is marked as read once it was taken in, so a run that stops loses none."""
        box = mailbox.Maildir(path, create=False)
        for key in list(box.iterkeys()):
            message = box[key]
            if message.get_subdir() == "new":
                yield box.get_bytes(key)
                message.set_subdir("cur")
                message.add_flag("S")
                box[key] = message
