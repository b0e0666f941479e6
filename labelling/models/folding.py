"""Text compared in the database as `core.text.fold` writes it: lower case, without accents."""

from django.db.models import CharField, Func, Q, Value
from django.db.models.functions import Lower, Replace

from gen_portal.core.text import fold

_LOWER, _PLAIN = "àâäáãçéèêëíìîïñóòôöõúùûüÿ", "aaaaaceeeeiiiinooooouuuuy"
#: Capitals are named too: where a cluster's locale is C, PostgreSQL lowers A to Z only.
ACCENTED, PLAIN = _LOWER + _LOWER.upper(), _PLAIN * 2


class Folded(Func):
    """A text column without capitals nor accents; its punctuation stays, so one searches it word by word."""

    function = "gen_fold"
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **context):
        plain = Lower(*self.source_expressions)
        for ligature in "œŒ":
            plain = Replace(plain, Value(ligature), Value("oe"))
        folded = Func(plain, Value(ACCENTED), Value(PLAIN), function="translate", output_field=CharField())
        return folded.as_sql(compiler, connection, **context)

    def as_sqlite(self, compiler, connection, **context):
        """SQLite neither translates nor lowers an É: it is lent our own function, once per query that needs it."""
        connection.ensure_connection()
        connection.connection.create_function("gen_fold", 1, fold, deterministic=True)
        return self.as_sql(compiler, connection, **context)


def is_mentioned(text, dossier=""):
    """Condition: every word is in the structure's name, the title or the reference of a dossier, accents and case folded.

    `dossier` is the path to it (« application__ »), nothing for the dossier itself; the title is under the alias
    `folded_title`, as `mentioning` gives it.
    """
    condition = Q()
    for word in fold(text).split():
        condition &= (
            Q(**{f"{dossier}training__structure__folded_name__contains": word})
            | Q(folded_title__contains=word)
            | Q(**{f"{dossier}reference__istartswith": word})
        )
    return condition


def mentioning(rows, text, dossier=""):
    """The rows whose dossier has every word of a text."""
    return rows.alias(folded_title=Folded(f"{dossier}training__title")).filter(is_mentioned(text, dossier))
