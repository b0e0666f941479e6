"""The house checks itself: one test per file, which names the culprit and the rule; then each rule is shown to bite."""

from functools import lru_cache
from pathlib import Path

import pytest
from django.conf import settings

from gen_portal.tests import house
from gen_portal.tests.house import Ladder, Source

pytestmark = pytest.mark.once

TOP = Path(settings.BASE_DIR)
FOLDERS = ("gen_portal", "applications", "labelling", "fabriques")
#: What may lie at the top of the repository, beside what .gitignore names.
TOP_LEVEL = {
    *("manage.py", "conftest.py", "pytest.ini", "pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE"),
    *("requirements.txt", "requirements.in", "requirements-dev.txt", "requirements-dev.in"),
    *(".git", ".gitignore", ".gitattributes", ".ci", "docs", "static", "templates", *FOLDERS),
}


def read(path):
    return Source(str(path.relative_to(TOP).as_posix()), path.read_text(encoding="utf-8"))


@lru_cache
def python_sources():
    """Every module of ours but the migrations, which Django writes."""
    paths = [path for folder in FOLDERS for path in sorted((TOP / folder).rglob("*.py"))]
    ours = [path for path in paths if "migrations" not in path.parts]
    return [read(path) for path in [TOP / "conftest.py", TOP / "manage.py", *ours]]


@lru_cache
def templates():
    return [read(path) for path in sorted((TOP / "templates").rglob("*")) if path.suffix in (".html", ".md", ".txt")]


@lru_cache
def ladder():
    return Ladder(python_sources())


def by_path(source):
    return source.path


def faults(source, rules):
    """What breaks each rule in a file: (name of the rule, the fault in words)."""
    return [(rule.__name__, fault) for rule in rules for fault in rule(source)]


@pytest.mark.parametrize("source", python_sources(), ids=by_path)
def test_python(source):
    assert faults(source, [*house.PYTHON_RULES, ladder().faults]) == []


def test_no_module_imports_itself_by_a_detour():
    assert [sorted(cycle) for cycle in ladder().cycles()] == []


@pytest.mark.parametrize("source", templates(), ids=by_path)
def test_template(source):
    assert faults(source, house.TEMPLATE_RULES) == []


def test_top_level_holds_nothing_else():
    ignored = {line.strip().strip("/") for line in (TOP / ".gitignore").read_text().splitlines()}
    assert {entry.name for entry in TOP.iterdir()} - TOP_LEVEL - ignored == set()


@pytest.mark.parametrize(
    "name",
    ["README.md", "CHANGELOG.md", "docs/glossary.md", "docs/operations.md", "docs/decisions", "Makefile", ".ci/run"],
)
def test_a_newcomer_finds(name):
    assert (TOP / name).exists()


# --- Each rule bites ----------------------------------------------------------------------------------------------

LONG = "def f():\n" + "    x = 1\n" * 40
BRANCHING = "def f(x):\n" + "    if x:\n        pass\n" * 8
VIEW = "def page(request):\n" + "    x = 1\n" * 25
BAD = [
    (house.imports_go_down_the_floors, "gen_portal/core/x.py", "from applications.models import Call"),
    (house.imports_go_down_the_floors, "applications/x.py", "import labelling.scoring"),
    (house.imports_go_down_the_floors, "labelling/views/x.py", "from fabriques import actions"),
    (house.imports_go_down_the_floors, "fabriques/x.py", "from gen_portal import views"),
    (house.imports_go_down_the_floors, "applications/tests/x.py", "from labelling.models import Label"),
    (house.domain_code_knows_no_page, "applications/models/x.py", "from django.http import HttpResponse"),
    (house.domain_code_knows_no_page, "labelling/policies/x.py", "from django.shortcuts import redirect"),
    (house.domain_code_knows_no_page, "labelling/emails.py", "from django.contrib import messages"),
    (house.domain_code_knows_no_page, "fabriques/transitions.py", "from fabriques.views import registry"),
    (house.domain_code_knows_no_page, "applications/actions/x.py", "def f(request): pass"),
    (house.only_transitions_change_a_state, "applications/actions/x.py", "application.state = 'draft'"),
    (house.only_transitions_change_a_state, "applications/views/x.py", "rows.update(state='draft')"),
    (house.only_transitions_change_a_state, "gen_portal/x.py", "a.b.state, c = 1, 2"),
    (house.only_transitions_change_a_state, "labelling/actions/x.py", "X.objects.bulk_update(rows, ['state'])"),
    (house.only_transitions_change_a_state, "labelling/actions/x.py", "setattr(row, 'state', 1)"),
    (house.domain_code_enqueues_nothing, "applications/actions/x.py", "deliver_pending.delay()"),
    (house.views_name_their_queries, "applications/views/x.py", "Call.objects.filter(pk=1)"),
    (house.model_forms_name_their_fields, "applications/forms/x.py", "class F:\n class Meta:\n  exclude = ['a']"),
    (house.model_forms_name_their_fields, "applications/forms/x.py", "class F:\n class Meta:\n  fields = '__all__'"),
    (house.nothing_is_imported_inside_functions, "applications/x.py", "def f():\n    import os"),
    (house.nothing_is_imported_inside_functions, "applications/apps.py", "def f():\n    import os"),
    (house.names_say_something, "applications/utils.py", ""),
    (house.names_say_something, "applications/x.py", "class CallManager: pass"),
    (house.names_say_something, "applications/x.py", "def process_call(): pass"),
    (house.modules_stay_short, "applications/x.py", "x = 1\n" * 401),
    (house.functions_stay_short, "applications/x.py", LONG),
    (house.functions_stay_short, "applications/views/x.py", VIEW),
    (house.functions_stay_simple, "applications/x.py", BRANCHING),
    (house.nothing_is_left_for_later, "applications/x.py", f"# {'TO'}DO: later"),
    (house.templates_hold_nothing_inline, "templates/x.html", "<script>alert(1)</script>"),
    (house.templates_hold_nothing_inline, "templates/x.html", "<style>p{}</style>"),
    (house.templates_hold_nothing_inline, "templates/x.html", '<p style="color:red">'),
    (house.templates_hold_nothing_inline, "templates/x.html", '<p onclick="go()">'),
    (house.templates_hold_nothing_inline, "templates/x.html", '<a href="javascript:go()">'),
    (house.templates_stay_short, "templates/x.html", "<p>\n" * 201),
]


@pytest.mark.parametrize("rule, path, text", BAD, ids=[f"{rule.__name__}-{n}" for n, (rule, _, _) in enumerate(BAD)])
def test_rule_bites(rule, path, text):
    (fault,) = rule(Source(path, text))
    assert fault.startswith(path)


def test_every_rule_was_shown_to_bite():
    assert {rule for rule, _, _ in BAD} == {*house.PYTHON_RULES, *house.TEMPLATE_RULES}


GOOD = [
    (house.imports_go_down_the_floors, "fabriques/x.py", "from gen_portal.core import clock"),
    (house.imports_go_down_the_floors, "gen_portal/core/tests/x.py", "from gen_portal.tests import sink"),
    (house.domain_code_knows_no_page, "applications/views/x.py", "from django.http import Http404"),
    (house.only_transitions_change_a_state, "applications/transitions.py", "row.state = 1"),
    (house.only_transitions_change_a_state, "labelling/transitions/reviews.py", "rows.update(state=1)"),
    (house.only_transitions_change_a_state, "applications/x.py", "Application(state=1); row.state == 2"),
    (house.nothing_is_imported_inside_functions, "applications/apps.py", "def ready(self):\n    import os"),
    (house.names_say_something, "gen_portal/core/x.py", "def process_view(): pass\nclass DatabaseCache: pass"),
    (house.functions_stay_short, "applications/views/x.py", VIEW.replace("request", "call")),
    (house.templates_hold_nothing_inline, "templates/x.html", '<script src="a.js"></script><p data-style="a">'),
]


@pytest.mark.parametrize("rule, path, text", GOOD, ids=[f"{rule.__name__}-{n}" for n, (rule, _, _) in enumerate(GOOD)])
def test_rule_lets_the_right_way_pass(rule, path, text):
    assert list(rule(Source(path, text))) == []


def ladder_of(**modules):
    sources = [Source(path.replace("__", "/") + ".py", text) for path, text in modules.items()]
    return Ladder(sources), sources[0]


@pytest.mark.parametrize(
    "modules",
    [
        {"labelling__models__a": "from labelling.policies import p", "labelling__policies": ""},
        {"labelling__policies__a": "from labelling import emails", "labelling__emails": ""},
        {"labelling__actions__a": "from labelling.transitions.b import c", "labelling__transitions__b": ""},
        {"labelling__forms__a": "from labelling import tasks", "labelling__tasks": ""},
        {"labelling__tasks": "import labelling.views.calls", "labelling__views__calls": ""},
        {
            "labelling__models__a": "from labelling import archive",
            "labelling__archive": "from labelling import actions",
            "labelling__actions": "",
        },
    ],
)
def test_ladder_bites(modules):
    found, culprit = ladder_of(**modules)
    (fault,) = found.faults(culprit)
    assert fault.startswith(culprit.path)


@pytest.mark.parametrize(
    "modules",
    [
        {"labelling__views__a": "from labelling.transitions import b", "labelling__transitions__b": ""},
        {"labelling__actions__a": "from labelling.actions.b import c", "labelling__actions__b": ""},
        {"labelling__models__a": "from labelling import scoring", "labelling__scoring": ""},
    ],
)
def test_ladder_lets_the_way_down_pass(modules):
    found, source = ladder_of(**modules)
    assert list(found.faults(source)) == []


def test_cycles_are_found():
    found, _ = ladder_of(
        labelling__a="from labelling import b",
        labelling__b="import labelling.c",
        labelling__c="from labelling.a import x",
    )
    assert found.cycles() == [frozenset({"labelling.a", "labelling.b", "labelling.c"})]
