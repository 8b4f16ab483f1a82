"""The files around the code: locks without addresses, tests that say what they show."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
MADE_HERE = re.compile(
    r"\.git|\.venv.*|\..*_cache|\.hypothesis|__pycache__|node_modules|.*egg-info"
)
MADE_AT_THE_TOP = {"demo", "site", "var", "dist", "build"}

# Written in pieces or as patterns, so that this file does not find itself.
PLACES_OF_OUR_MACHINES = re.compile(r"/(work|root|home/\w+)/|\.lib(rary)/|/tmp/(spec|lock|v)/")
REGISTRIES = re.compile(r"\b(pypi|pythonhosted|npmjs|debian|crates)\.(org|com|io)\b")


def files_of_the_project() -> Iterator[Path]:
    """Every file that belongs to the repository, found without git."""
    stack = [ROOT]
    while stack:
        for path in sorted(stack.pop().iterdir()):
            if MADE_HERE.fullmatch(path.name) or (
                path.parent == ROOT and path.name in MADE_AT_THE_TOP
            ):
                continue
            if path.is_dir() and not path.is_symlink():
                stack.append(path)
            elif path.is_file():
                yield path


def pins(lock: str) -> dict[str, set[str]]:
    """Package → the versions pinned in a lock file (several when they differ by Python)."""
    found: dict[str, set[str]] = {}
    text = (ROOT / lock).read_text()
    for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def name_of(requirement: str) -> str:
    """The normalised package name at the start of a requirement."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def project() -> dict[str, object]:
    """pyproject.toml as it stands."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_locks_name_no_host() -> None:
    """The locks carry packages and hashes only: no address, index, path or option."""
    for lock in LOCKS:
        for number, line in enumerate((ROOT / lock).read_text().splitlines(), start=1):
            place = f"{lock}:{number}: {line}"
            assert "://" not in line, place
            assert re.match(r"#|    #|    --hash=sha256:[0-9a-f]{64}|[a-z0-9]", line), place
            assert not re.search(r"--(index|extra|find|trusted)", line), place


def test_every_pin_has_a_hash() -> None:
    """Each pinned package is followed by at least one hash, so pip accepts nothing else."""
    for lock in LOCKS:
        lines = (ROOT / lock).read_text().splitlines()
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if re.match(r"[a-z0-9]", line):
                assert "--hash=sha256:" in following, f"{lock}: {line}"


def test_locks_cover_what_the_project_asks_for() -> None:
    """Every dependency is in the runtime lock, every development tool in the other."""
    data = project()
    table = data["project"]
    groups = data["dependency-groups"]
    assert isinstance(table, dict)
    assert isinstance(groups, dict)
    runtime = {name_of(each) for each in table["dependencies"]}
    for extra in table.get("optional-dependencies", {}).values():
        runtime |= {name_of(each) for each in extra}
    assert runtime <= pins("requirements.lock").keys()
    assert {name_of(each) for each in groups["dev"]} <= pins("requirements-dev.lock").keys()


def test_the_development_lock_holds_the_runtime_lock() -> None:
    """What is tested is what is run: the same versions in both locks."""
    tested = pins("requirements-dev.lock")
    for name, versions in pins("requirements.lock").items():
        assert tested.get(name) == versions, name


def test_pillow_is_pinned_beyond_the_advisories() -> None:
    """The lock pins Pillow 12.3 or newer, although moviepy's metadata asks for an older one."""
    for version in pins("requirements.lock")["pillow"]:
        assert tuple(int(part) for part in version.split(".")[:2]) >= (12, 3)


def test_no_place_of_our_own_machines_is_named() -> None:
    """No committed file names a folder of a developer's machine or the host of a registry."""
    for path in files_of_the_project():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for pattern in (PLACES_OF_OUR_MACHINES, REGISTRIES):
            found = pattern.search(text)
            assert not found, f"{path.relative_to(ROOT)} names {found and found[0]}"


def test_every_ignore_has_its_reason() -> None:
    """A rule switched off, in pyproject.toml or beside a line, says why."""
    section = ""
    for line in (ROOT / "pyproject.toml").read_text().splitlines():
        section = line if line.startswith("[") and not line.startswith('["') else section
        if section.startswith("[tool.ruff.lint") and re.match(r'\s+"[A-Z]+[0-9]*",', line):
            assert re.search(r"# .{8,}", line), line
    for path in files_of_the_project():
        if path.suffix == ".py":
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                mark = re.search(r"#\s*(noqa|type:\s*ignore)(?P<rest>.*)", line)
                if mark and path != Path(__file__):
                    reason = re.sub(r"[:\[][A-Za-z0-9, \-]*\]?", "", mark["rest"], count=1)
                    whole = mark["rest"] if " - " in mark["rest"] else reason
                    place = f"{path.relative_to(ROOT)}:{number}"
                    assert re.search(r"(#| - ).{5,}", whole), f"{place} gives no reason"


def test_tests_are_no_package() -> None:
    """No `__init__.py` under tests/, so that no test imports another by accident."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


def functions_of_tests() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every test function with its file."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
                "test_"
            ):
                yield path, node


def test_every_test_says_what_it_shows() -> None:
    """Each test has a docstring of one line."""
    for path, node in functions_of_tests():
        text = ast.get_docstring(node) or ""
        assert text, f"{path.relative_to(ROOT)}: {node.name} has no docstring"
        assert "\n" not in text, f"{path.relative_to(ROOT)}: {node.name} says more than a line"


def test_every_test_can_fail() -> None:
    """Each test asserts, expects an exception or calls something that checks."""
    checks = re.compile(r"assert|raises|fail|check|expect|verify|holds|same|must|prove")
    for path, node in functions_of_tests():
        source = ast.unparse(ast.Module(body=node.body[1:], type_ignores=[]))
        survives = "never" in node.name  # such a test fails when what it calls raises
        assert survives or checks.search(source), (
            f"{path.relative_to(ROOT)}: {node.name} checks nothing"
        )


def test_no_skip_without_a_reason() -> None:
    """Every skip says why; every xfail too."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail"}:
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                assert place in calls_with_a_reason(path), f"{place} gives no reason"


def calls_with_a_reason(path: Path) -> set[str]:
    """Places where skip, skipif or xfail is called with its reason."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = any(each.arg in {"reason", "msg"} for each in node.keywords)
            if named or (node.args and node.func.attr in {"skip", "xfail"}):
                found.add(f"{path.relative_to(ROOT)}:{node.func.lineno}")
    return found


@pytest.mark.parametrize("target", ["demo", "test", "long", "lint", "bench", "clean", "lock"])
def test_make_knows_the_words_of_the_readme(target: str) -> None:
    """Each word that the README or CONTRIBUTING tells people to type is a target."""
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert re.search(rf"make {target}\b", makefile), "`make` alone does not list it"
