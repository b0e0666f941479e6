"""The rules of the house as functions: each reads one source file and yields what breaks it, in words (decisions, 0001).

A rule is `rule(source) -> faults`. test_house_rules.py runs each over every file it concerns, and shows that each bites.
"""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

APPS = ("gen_portal.core", "applications", "labelling", "fabriques")
#: Floors, lowest first: imports go down.
FLOORS = {app: height for height, app in enumerate((*APPS, "gen_portal"))}
#: The ladder inside an app: a rung knows only those below it. Other modules stand where what they import puts them.
RUNGS = {
    "models": 1,
    "policies": 2,
    "emails": 2,
    "actions": 3,
    "transitions": 4,
    "forms": 5,
    "tasks": 5,
    "admin": 5,
    "views": 6,
    "opendata": 6,
    "urls": 7,
    "management": 8,
    "tests": 9,
}
#: Rungs that know nothing of requests and pages.
DOMAIN = {"models", "policies", "emails", "actions", "transitions"}
OF_THE_WEB = ("django.http", "django.shortcuts", "django.contrib.messages", "django.views")
BANNED_WORDS = {
    *("manager", "managers", "helper", "helpers", "handler", "handlers", "service", "services"),
    *("util", "utils", "misc", "data", "info", "infos", "process"),
}
#: Names that Django or a package gives to what one overrides.
GIVEN_NAMES = {
    *("handle_DATA", "handle_data", "data", "process_view", "get_context_data", "value_from_datadict", "add_arguments"),
}
#: Whose `state` is not the state of a dossier: the foundation's jobs, told by the worker that runs them.
MAY_ASSIGN_STATE = {"gen_portal/core/jobs.py", "gen_portal/bench/entrusting.py"}  # the latter keeps nothing
#: E-mails are not pages: no policy applies to them, and mail readers want their style inside.
NOT_PAGES = "templates/emails/"
MODULE_LINES, FUNCTION_LINES, VIEW_LINES, TEST_LINES, TEMPLATE_LINES, COMPLEXITY = 400, 40, 25, 40, 200, 8


@dataclass(frozen=True)
class Source:
    """One file: its path from the top of the repository, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self):
        return ast.parse(self.text)

    @cached_property
    def module(self):
        """Dotted name."""
        parts = PurePosixPath(self.path).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def app(self):
        """The longest floor this file belongs to, "" at the top level."""
        return floor_of(self.module)

    @cached_property
    def rung(self):
        """First module name below the app: "views" for applications.views.calls; "" for the app's own __init__."""
        return rung_of(self.module)

    @property
    def is_test(self):
        return "tests" in PurePosixPath(self.path).parts or self.path == "conftest.py"

    @cached_property
    def functions(self):
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    @cached_property
    def imports(self):
        """(line, dotted name) of everything imported; a relative import is absolute here."""
        return [found for node in ast.walk(self.tree) for found in self._imported(node)]

    def _imported(self, node):
        if isinstance(node, ast.Import):
            return [(node.lineno, alias.name) for alias in node.names]
        if not isinstance(node, ast.ImportFrom):
            return []
        base = node.module or ""
        if node.level:
            package = self.module if self.path.endswith("__init__.py") else self.module.rpartition(".")[0]
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parents, *([base] if base else [])])
        return [(node.lineno, f"{base}.{alias.name}") for alias in node.names]


def floor_of(module):
    return max((floor for floor in FLOORS if module == floor or module.startswith(f"{floor}.")), key=len, default="")


def rung_of(module):
    return module.removeprefix(floor_of(module)).removeprefix(".").partition(".")[0]


# --- Who may know whom --------------------------------------------------------------------------------------------


def imports_go_down_the_floors(source):
    """fabriques → labelling → applications → gen_portal.core; the roof knows all and is known by none."""
    if source.app not in FLOORS:
        return
    for line, name in source.imports:
        floor = floor_of(name)
        is_test_tool = source.is_test and name.startswith("gen_portal.tests")
        if floor and FLOORS[floor] > FLOORS[source.app] and not is_test_tool:
            yield f"{source.path}:{line}: {source.app} knows {name}, which stands above it"


def domain_code_knows_no_page(source):
    """Models, policies, emails, actions and transitions: nothing of http, shortcuts, messages, views, nor a request."""
    if source.app not in APPS or source.rung not in DOMAIN:
        return
    for line, name in source.imports:
        if name.startswith(OF_THE_WEB) or ".views" in name:
            yield f"{source.path}:{line}: {source.rung} know {name}"
    for function in source.functions:
        if any(argument.arg == "request" for argument in function.args.args):
            yield f"{source.path}:{function.lineno}: {function.name}() takes a request"


class Ladder:
    """The rungs of all modules; those without a name of the ladder stand as high as what they import."""

    def __init__(self, sources):
        self.sources = {source.module: source for source in sources}
        self._heights = {}

    def target(self, name):
        """The module behind an imported name: itself, or the module it is taken from."""
        while name and name not in self.sources:
            name = name.rpartition(".")[0]
        return name

    def height(self, module):
        if module not in self._heights:
            self._heights[module] = 0  # stops on a cycle, which has its own rule
            named = RUNGS.get(rung_of(module))
            self._heights[module] = (
                max(map(self.height, self.neighbours(module)), default=0) if named is None else named
            )
        return self._heights[module]

    def neighbours(self, module):
        """What a module imports of its own app."""
        source = self.sources[module]
        found = {self.target(name) for _, name in source.imports}
        return {name for name in found if name and floor_of(name) == source.app and name != module}

    def faults(self, source):
        """Imports that climb the ladder, or that cross between two names on one rung."""
        if source.app not in APPS:
            return
        here = self.height(source.module)
        for line, name in source.imports:
            target = self.target(name)
            if not target or floor_of(target) != source.app or rung_of(target) == source.rung:
                continue
            there, both_named = self.height(target), {source.rung, rung_of(target)} <= set(RUNGS)
            if there > here or (there == here and both_named):
                yield f"{source.path}:{line}: {source.rung} know {target}, not below them on the ladder"

    def cycles(self):
        """Modules that import each other, directly or not, each cycle once."""
        graph = {module: self._all_neighbours(module) for module in self.sources}
        return sorted({frozenset(loop) for module in graph if (loop := _way_back(graph, module))}, key=sorted)

    def _all_neighbours(self, module):
        found = {self.target(name) for _, name in self.sources[module].imports}
        return found - {"", module}


def _way_back(graph, start):
    """A path from a module to itself, empty when there is none."""
    paths, seen = [[start]], set()
    while paths:
        path = paths.pop()
        for following in graph[path[-1]]:
            if following == start:
                return path
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []


# --- States, tasks, queries ---------------------------------------------------------------------------------------


def only_transitions_change_a_state(source):
    """`x.state = …`, `.update(state=…)`, `bulk_update(…, ["state"])`, `setattr(x, "state", …)`."""
    if source.rung == "transitions" or source.is_test or source.path in MAY_ASSIGN_STATE:
        return
    for node in ast.walk(source.tree):
        if _assigns_state(node) or _updates_state(node):
            yield f"{source.path}:{node.lineno}: only transitions change a state"


def _assigns_state(node):
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return False
    parts = [part for target in targets for part in ast.walk(target)]
    return any(isinstance(part, ast.Attribute) and part.attr == "state" for part in parts)


def _updates_state(node):
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in ("update", "update_or_create"):
        return any(keyword.arg == "state" for keyword in node.keywords)
    if name in ("bulk_update", "setattr"):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return any(isinstance(part, ast.Constant) and part.value == "state" for arg in given for part in ast.walk(arg))
    return False


def domain_code_enqueues_nothing(source):
    """Only gen_portal.core.tasks speaks to the broker: correctness never relies on it."""
    if source.path == "gen_portal/core/tasks.py" or source.is_test:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("delay", "apply_async", "send_task"):
            yield f"{source.path}:{node.lineno}: .{node.func.attr}() belongs to gen_portal.core.tasks"


def views_name_their_queries(source):
    """Views chain the methods of a QuerySet; they do not filter themselves."""
    if source.rung != "views" or source.is_test:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("filter", "exclude", "annotate"):
            yield f"{source.path}:{node.lineno}: .{node.func.attr}() in a view; name the query on its QuerySet"


def model_forms_name_their_fields(source):
    """No `exclude`, no `"__all__"`: a new column never becomes writable by itself."""
    metas = [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef) and node.name == "Meta"]
    for meta in metas:
        for node in meta.body:
            names = [getattr(target, "id", "") for target in getattr(node, "targets", [])]
            takes_all = "fields" in names and getattr(getattr(node, "value", None), "value", "") == "__all__"
            if "exclude" in names or takes_all:
                yield f"{source.path}:{node.lineno}: name the fields of the form one by one"


# --- Shape --------------------------------------------------------------------------------------------------------


def nothing_is_imported_inside_functions(source):
    """Except in `ready()` of an apps.py, where Django wants it."""
    for function in source.functions:
        if PurePosixPath(source.path).name == "apps.py" and function.name == "ready":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{source.path}:{node.lineno}: imported inside {function.name}()"


def names_say_something(source):
    """No Manager, Helper, Handler, Service, utils, misc, data, info, process in a module, class or function."""
    if _words(PurePosixPath(source.path).stem) & BANNED_WORDS:
        yield f"{source.path}: the module's name says nothing"
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        is_free = node.name in GIVEN_NAMES or node.name.startswith("test_")
        if not is_free and _words(node.name) & BANNED_WORDS:
            yield f"{source.path}:{node.lineno}: the name {node.name} says nothing"


def _words(name):
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def modules_stay_short(source):
    count = len(source.text.splitlines())
    if count > MODULE_LINES:
        yield f"{source.path}: {count} lines, {MODULE_LINES} at most"


def functions_stay_short(source):
    """40 lines, 25 for a view, 40 for a test."""
    for function in source.functions:
        count, limit = function.end_lineno - function.lineno + 1, _limit(source, function)
        if count > limit:
            yield f"{source.path}:{function.lineno}: {function.name}() has {count} lines, {limit} at most"


def _limit(source, function):
    if function.name.startswith("test_"):
        return TEST_LINES
    arguments = function.args.args
    is_view = source.rung == "views" and bool(arguments) and arguments[0].arg == "request"
    return VIEW_LINES if is_view and not source.is_test else FUNCTION_LINES


def functions_stay_simple(source):
    """McCabe's complexity, counted as ruff counts it."""
    for function in source.functions:
        found = 1 + sum(_branches(node) for node in ast.walk(function) if node is not function)
        if found > COMPLEXITY:
            yield f"{source.path}:{function.lineno}: {function.name}() has complexity {found}, {COMPLEXITY} at most"


def _branches(node):
    if isinstance(node, ast.If | ast.ExceptHandler | ast.match_case | ast.FunctionDef):
        return 1
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return 1 + bool(node.orelse)
    return bool(node.orelse) if isinstance(node, ast.Try) else 0


# --- Templates and words ------------------------------------------------------------------------------------------

_INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc\s*=)", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"""(?<![\w-])style\s*=\s*["'{]""", re.IGNORECASE),
    "an event attribute": re.compile(r"""\son[a-z]+\s*=\s*["'{]""", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def templates_hold_nothing_inline(source):
    """The policy has no `unsafe-*`: what is inline would not run."""
    if source.path.startswith(NOT_PAGES):
        return
    for number, line in enumerate(source.text.splitlines(), start=1):
        for fault, pattern in _INLINE.items():
            if pattern.search(line):
                yield f"{source.path}:{number}: {fault}"


def templates_stay_short(source):
    count = len(source.text.splitlines())
    if count > TEMPLATE_LINES:
        yield f"{source.path}: {count} lines, {TEMPLATE_LINES} at most"


def nothing_is_left_for_later(source):
    """What is left to do is in docs/unfinished.md."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if re.search(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b", line):
            yield f"{source.path}:{number}: something is left for later"


PYTHON_RULES = (
    imports_go_down_the_floors,
    domain_code_knows_no_page,
    only_transitions_change_a_state,
    domain_code_enqueues_nothing,
    views_name_their_queries,
    model_forms_name_their_fields,
    nothing_is_imported_inside_functions,
    names_say_something,
    modules_stay_short,
    functions_stay_short,
    functions_stay_simple,
    nothing_is_left_for_later,
)
TEMPLATE_RULES = (templates_hold_nothing_inline, templates_stay_short, nothing_is_left_for_later)
