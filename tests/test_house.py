"""The floors of the house: what may import what, who may do what, and how large a room may grow."""

from __future__ import annotations

import ast
import functools
import graphlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("pipeline.rules", "pipeline.tools", "pipeline.steps", "jobs")  # from the ground up
MAX_LINES = 300
MAX_FILES = 15
REASON_FOR_LENGTH = "# longer than 300 lines:"  # the reason stands behind it, in that very file
REASON_FOR_A_CROWD = "# more than 15 files:"  # the same, in the folder's __init__.py

# Each foreign package and the one place that knows it: a module, or a folder of tools/.
HOMES = {
    "PIL": "pipeline.tools.images",
    "pillow_heif": "pipeline.tools.images",
    "av": "pipeline.tools.video",
    "imageio_ffmpeg": "pipeline.tools.video",
    "moviepy": "pipeline.tools.motion",
    "numpy": "pipeline.tools.images",
    "fontpkg": "pipeline.tools.fonts",
    "fontpkg_noto_sans": "pipeline.tools.fonts",
    "boto3": "pipeline.tools.storage",
    "botocore": "pipeline.tools.storage",
    "s3transfer": "pipeline.tools.storage",
    "jinja2": "pipeline.tools.templating",
    "markupsafe": "pipeline.tools.templating",
    "markdown_it": "pipeline.tools.markdown",
    "sqlalchemy": "pipeline.tools.catalog",
    "alembic": "pipeline.tools.catalog",
    "psycopg": "pipeline.tools.catalog",
    "yaml": "pipeline.tools.documents",
    "slugify": "pipeline.rules.inbox.naming",
    "snowballstemmer": "pipeline.rules.lint",
    "phonenumbers": "pipeline.rules.lint",
    "pydantic": "pipeline.config",
    "apscheduler": "jobs.schedule",
    "rich": "jobs",
}
# Reading the clock, the disk, the network or dice: not on the ground floor.
IMPURE = {
    "asyncio", "glob", "io", "os", "random", "secrets", "select", "shutil", "signal", "socket",
    "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid",
}  # fmt: skip
# Libraries that are functions of their arguments and nothing else: welcome on the ground floor.
GUESTS_OF_RULES = {"slugify", "snowballstemmer", "phonenumbers"}
# Modules with no test file of their own, and what tests them instead.
TESTED_ELSEWHERE = {
    "pipeline.rules.errors": "names only: every test of a refusal uses them",
    "pipeline.rules.media": "nouns only: every other test builds them",
    "jobs.__main__": "one line; tests/test_wheel.py starts it",
}


def name_of(path: Path) -> str:
    """The dotted name of a module of ours."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def modules() -> dict[str, Path]:
    """Every module of pipeline/ and jobs/ by its dotted name; migrations are data, not modules."""
    paths = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]
    return {name_of(path): path for path in sorted(paths) if "migrations" not in path.parts}


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports_of(name: str) -> frozenset[str]:
    """What a module imports, lazily or not, as dotted names."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            for each in node.names:
                inner = f"{base}.{each.name}"
                found.add(inner if inner in modules() else base)
    return frozenset(found)


def runs_for(name: str) -> frozenset[str]:
    """Our modules that are loaded when `name` is: what it imports and the packages above that."""
    loaded = {name}
    waiting = [name]
    while waiting:
        for each in imports_of(waiting.pop()):
            parts = each.split(".")
            for end in range(1, len(parts) + 1):
                inner = ".".join(parts[:end])
                if inner in modules() and inner not in loaded:
                    loaded.add(inner)
                    waiting.append(inner)
    return frozenset(loaded)


def floor_of(name: str) -> int | None:
    """0 for rules up to 3 for jobs; None for what lies between (the config and the packages)."""
    for number, floor in enumerate(FLOORS):
        if name == floor or name.startswith(f"{floor}."):
            return number
    return None


def foreign(name: str) -> set[str]:
    """The packages that are neither Python's nor ours."""
    tops = {each.partition(".")[0] for each in imports_of(name)}
    return tops - sys.stdlib_module_names - {"pipeline", "jobs", "__future__"}


def test_imports_point_down() -> None:
    """No floor imports one above it: jobs → steps → tools → rules."""
    for name in modules():
        mine = floor_of(name)
        for each in imports_of(name):
            theirs = floor_of(each)
            if mine is not None and theirs is not None:
                assert theirs <= mine, f"{name} imports {each}, a floor above"


def test_the_config_stands_between_tools_and_steps() -> None:
    """The config knows the rules and how to read YAML; the rules know no config, nobody jobs/."""
    for name in modules():
        if name.startswith("pipeline.config"):
            assert {e for e in imports_of(name) if floor_of(e)} <= {"pipeline.tools.documents"}
        if name.startswith("pipeline"):
            assert not any(each.partition(".")[0] == "jobs" for each in imports_of(name)), name
        if floor_of(name) == 0:
            assert not any(e.startswith("pipeline.config") for e in imports_of(name)), name


def test_modules_import_in_one_direction() -> None:
    """No circle of imports anywhere: each module may import only those before it."""
    order = graphlib.TopologicalSorter(
        {name: [e for e in imports_of(name) if e in modules() and e != name] for name in modules()}
    )
    try:
        order.prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of imports: {' → '.join(error.args[1])}")


def test_rules_are_pure() -> None:
    """The rules read no clock, disk or network and throw no dice; their guests are as pure."""
    for name in modules():
        if floor_of(name) != 0:
            continue
        assert foreign(name) <= GUESTS_OF_RULES, f"{name} imports {foreign(name)}"
        assert not imports_of(name) & IMPURE, f"{name} imports {imports_of(name) & IMPURE}"
        done = {called for called, _line in calls(modules()[name])}
        assert not done & {"now", "today", "utcnow", "open"}, name


def test_each_foreign_library_has_one_home() -> None:
    """A foreign package is imported in its home alone: a module, or a folder of tools/."""
    for name in modules():
        for package in foreign(name):
            home = HOMES.get(package)
            assert home, f"{name} imports {package}: give it a home in HOMES"
            assert name.startswith(home), f"{name} imports {package}, whose home is {home}"


def test_the_worker_never_sees_the_catalog() -> None:
    """Nothing that the worker loads is, or imports, the catalog, a storage or their libraries."""
    for name in runs_for("pipeline.steps.worker"):
        assert not name.startswith(("pipeline.tools.catalog", "pipeline.tools.storage")), name
        assert not name.startswith(("pipeline.config", "jobs")), name
        assert not foreign(name) & {"boto3", "botocore", "sqlalchemy", "psycopg", "pydantic"}, name


def test_a_running_worker_has_not_loaded_the_catalog() -> None:
    """The same, asked of a Python that has just imported the worker."""
    code = "import sys, pipeline.steps.worker; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(done.stdout.split())
    assert "pipeline.steps.worker" in loaded
    kept_out = {"pipeline.tools.catalog", "pipeline.tools.storage", "boto3", "sqlalchemy", "jobs"}
    assert not loaded & kept_out


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Name (the last part of a dotted one) and line of every call in a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node.lineno


def test_only_consent_makes_a_clearance() -> None:
    """`Clearance(` stands in rules/consent.py alone, however it was imported."""
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in [*modules().values(), *(ROOT / "examples").rglob("*.py")]
        if "Clearance as " in path.read_text(encoding="utf-8")
        or any(called == "Clearance" for called, _line in calls(path))
    }
    assert makers == {"pipeline/rules/consent.py"}


def test_only_jobs_print() -> None:
    """The pipeline returns what it has to say; only jobs/ prints."""
    for name, path in modules().items():
        if name.startswith("pipeline"):
            lines = [line for called, line in calls(path) if called == "print"]
            assert not lines, f"{name} prints in lines {lines}"


def test_no_module_grows_fat() -> None:
    """No module is longer than 300 lines unless it says why."""
    for path in [*modules().values(), *(ROOT / "examples").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > MAX_LINES:
            _, mark, reason = text.partition(REASON_FOR_LENGTH)
            assert mark, f"{path.relative_to(ROOT)} has {len(text.splitlines())} lines"
            assert reason.strip(), f"{path.relative_to(ROOT)} gives no reason"


def test_no_folder_grows_crowded() -> None:
    """No folder holds more than 15 modules, unless its `__init__.py` says why."""
    for floor in ("pipeline", "jobs", "examples"):
        for folder in [ROOT / floor, *(p for p in (ROOT / floor).rglob("*") if p.is_dir())]:
            rooms = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            if len(rooms) > MAX_FILES:
                front = folder / "__init__.py"
                text = front.read_text(encoding="utf-8") if front.exists() else ""
                reason = text.partition(REASON_FOR_A_CROWD)[2]
                assert reason.strip(), f"{folder.relative_to(ROOT)} holds {len(rooms)} files"


def test_no_module_is_named_after_nothing() -> None:
    """A module is named after what it knows, never utils, helpers, common, manager and so on."""
    empty_words = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "service"}
    for name in modules():
        assert not empty_words & set(name.rpartition(".")[2].split("_")), name


def mirrors_of(name: str) -> list[Path]:
    """The test files that may stand for a module: of its own name, or one for its whole folder."""
    parts = name.split(".")
    floor, rooms = ("jobs", parts[1:]) if parts[0] == "jobs" else (parts[1], parts[2:])
    own = [f"test_{each}{end}.py" for each in {"_".join(rooms), rooms[-1]} for end in ("", "_*")]
    wanted = {
        floor: [*own, *(f"test_{each}.py" for each in rooms[:-1])],
        "contracts": [*own, *(f"test_{each}*.py" for each in rooms[:-1])],
        "journeys": own,
    }
    return [
        path
        for place, patterns in wanted.items()
        for pattern in patterns
        for path in (ROOT / "tests" / place).rglob(pattern)
    ]


def real_modules() -> list[str]:
    """The modules that hold code: not the empty `__init__.py` of a package."""
    return [
        name
        for name, path in modules().items()
        if any(not isinstance(node, ast.Expr) for node in tree_of(path).body)
    ]


@pytest.mark.parametrize("name", real_modules())
def test_every_module_has_its_test(name: str) -> None:
    """A test file mirrors each module, or stands in TESTED_ELSEWHERE with the reason."""
    if name.startswith("pipeline.config"):
        assert list((ROOT / "tests").glob("test_config*.py"))
    elif name not in TESTED_ELSEWHERE and name not in FLOORS:
        assert mirrors_of(name), f"no test file for {name}"


def test_exceptions_still_exist() -> None:
    """An exception for a module that is gone is taken out of the list too."""
    assert TESTED_ELSEWHERE.keys() <= modules().keys()
