"""Every reason that the code can give has its sentence in every language; no sentence is idle."""

from __future__ import annotations

import ast
import functools
import runpy
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pipeline.rules.errors import Reason
from pipeline.rules.forms import Problem
from pipeline.rules.messages import NOT_SAID, say
from pipeline.rules.signed.elements import Defect
from pipeline.tools.documents import read_mapping

ROOT = Path(__file__).parent.parent
MESSAGES = ROOT / "templates" / "messages"
LANGUAGES = sorted(path.stem for path in MESSAGES.glob("*.yaml"))

# Whoever is called with a code as the first argument.
SPEAKERS = {"Reason", "Defect", "_bad", "_failure", "_reason"}
ALWAYS = {"file", "channel"}  # filled by whoever hands a reason on, else by the catalogue's words
FLAWS = {problem for problem in Problem if problem is not Problem.UNKNOWN_WORD}


def texts_of(file: str, *, prefix: str) -> set[str]:
    """Every text of a file that begins as its codes do, where codes stand in a table."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text.startswith(prefix)} - {prefix}


RECORDS, FITTING, POSTS = (
    f"pipeline/rules/{name}.py" for name in ("signed/records", "networks/fitting", "networks/posts")
)

# Where the code is no plain text: the file, what stands there, and the codes that it can be; none
# where a reason is only handed on.
DYNAMIC: dict[tuple[str, str], set[str]] = {
    ("jobs/commands/looking.py", "each.code"): set(),
    ("pipeline/rules/inbox/case_file.py", "_CODES[flaw.problem]"): {
        f"case_file_{problem}" for problem in Problem
    },
    ("pipeline/rules/inbox/case_file.py", "flaw"): set(),
    ("pipeline/rules/plan.py", "t.code"): set(),
    ("pipeline/rules/planned/composites.py", "each.code"): set(),
    ("pipeline/rules/signed/elements.py", "self.code"): set(),
    (FITTING, "r.code"): set(),
    (FITTING, "code"): set(),
    (FITTING, "CODES[measure][1 if above else 0]"): texts_of(FITTING, prefix="network_"),
    (POSTS, "code"): texts_of(POSTS, prefix="post_"),
    (RECORDS, "code"): texts_of(RECORDS, prefix="consent_"),
    (RECORDS, "_code(flaw)"): {f"consent_{flaw}" for flaw in FLAWS},
    ("pipeline/rules/work.py", "str(wire['code'])"): set(),
    ("pipeline/steps/arriving/measuring.py", "why_failed(outcome)"): {
        *("worker_timeout", "worker_died")
    },
    ("pipeline/steps/arriving/taking.py", "result.code"): set(),
    ("pipeline/steps/intake.py", "reason.code"): set(),
    ("pipeline/steps/render.py", "code"): set(),
    ("pipeline/steps/wanted/stored.py", "str(stored['code'])"): set(),
    ("pipeline/steps/wanted/outlook.py", "reason.code"): set(),
    ("pipeline/tools/markdown.py", "code"): set(),
    ("pipeline/steps/worker.py", "f'{job.kind}_broken'"): {"photo_broken", "video_broken"},
}


DEFECTS = set().union(*(codes for (file, _), codes in DYNAMIC.items() if file == RECORDS))


@functools.cache
def catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences of a language."""
    read = read_mapping((MESSAGES / f"{language}.yaml").read_text(encoding="utf-8"))
    return {code: dict(entry) for code, entry in read.items() if isinstance(entry, dict)}


def blanks(sentence: str) -> set[str]:
    """The names between braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def calls() -> Iterator[tuple[str, ast.FunctionDef | None, ast.Call, ast.expr]]:
    """Every call of a speaker: its file, the function around it, and each form of its code."""
    for path in sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        around: dict[ast.AST, ast.FunctionDef] = {}
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                around |= dict.fromkeys(ast.walk(function), function)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in SPEAKERS:
                named = [word.value for word in node.keywords if word.arg == "code"]
                for code in forms_of([*node.args, *named][0]):
                    yield path.relative_to(ROOT).as_posix(), around.get(node), node, code


def forms_of(code: ast.expr) -> Iterator[ast.expr]:
    """Both branches of a choice."""
    if isinstance(code, ast.IfExp):
        yield from (*forms_of(code.body), *forms_of(code.orelse))
    else:
        yield code


def said_in_code() -> set[str]:
    """Every code that the program can give."""
    found = set().union(*DYNAMIC.values())
    for _, _, _, code in calls():
        if isinstance(code, ast.Constant):
            found.add(str(code.value))
    worker = ast.parse((ROOT / "pipeline/steps/worker.py").read_text(encoding="utf-8"))
    for node in ast.walk(worker):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code":
            found |= {str(ast.literal_eval(form)) for form in forms_of(node.value)}
    return found


def test_every_code_has_its_sentence() -> None:
    """What the code can say stands in the catalogue."""
    assert said_in_code() - catalogue("en").keys() == set()


def test_no_sentence_is_idle() -> None:
    """What stands in the catalogue can be said."""
    assert catalogue("en").keys() - said_in_code() == set(NOT_SAID.values())


def test_codes_that_are_worked_out_are_listed_here() -> None:
    """A code that is no plain text stands in DYNAMIC, and nothing there is out of date."""
    found = {
        (file, ast.unparse(code))
        for file, _, _, code in calls()
        if not isinstance(code, ast.Constant)
    }
    assert found == DYNAMIC.keys()


def keys_of(facts: ast.expr | None, function: ast.FunctionDef | None) -> set[str] | None:
    """The names in `facts`, as last assigned before; None when they cannot be read off."""
    if facts is None:
        return set()
    if isinstance(facts, ast.Dict):
        found: set[str] = set()
        for key, value in zip(facts.keys, facts.values, strict=True):
            inner = keys_of(value, function) if key is None else {str(ast.literal_eval(key))}
            if inner is None:
                return None
            found |= inner
        return found
    if isinstance(facts, ast.BinOp):
        left, right = keys_of(facts.left, function), keys_of(facts.right, function)
        return None if left is None or right is None else left | right
    if isinstance(facts, ast.Name) and function is not None:
        before = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == facts.id
            and node.lineno <= facts.lineno
        ]
        last = max(before, key=lambda node: node.lineno, default=None)
        return keys_of(last.value, function) if last else None
    return None


def test_every_blank_is_filled() -> None:
    """A sentence asks only for facts that its reason has, wherever the code shows them."""
    checked = set()
    for file, function, node, code in calls():
        speaker = ast.unparse(node.func).split(".")[-1]
        words = {word.arg: word.value for word in node.keywords if word.arg}
        if not isinstance(code, ast.Constant) or speaker == "Defect":
            continue
        if speaker == "_bad":
            given: set[str] | None = {"treatment", *(word for word in words if word != "slug")}
        else:
            given = keys_of(words.get("facts"), function)
        if given is None:
            continue
        name = str(ast.literal_eval(code))
        asked = set().union(*map(blanks, catalogue("en").get(name, {}).values()))
        assert asked <= given | ALWAYS, f"{file}:{node.lineno}: {name} lacks {asked - given}"
        checked.add(name)
    assert len(checked) > len(catalogue("en")) / 2, "too few can be read off the code"


@pytest.mark.parametrize("code", sorted(DEFECTS))
def test_every_blank_of_a_defect_is_filled(code: str) -> None:
    """The sentence of a defect is whole with what a defect knows."""
    facts = {"found": "x", "nearest": "y", "missing": "id"}
    reason = Defect(code, "channels", "a rule", facts=facts).reason("c-1")
    said = say(reason, catalogue=catalogue("en"))
    assert "(" not in said.text.replace("(a rule)", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_well_formed(language: str) -> None:
    """Each has a text and a remedy, whole sentences, braces that close, and no word of HTML."""
    for code, entry in catalogue(language).items():
        if code in NOT_SAID.values():
            assert set(entry) == {"text"}
            assert entry["text"]
            continue
        assert set(entry) == {"text", "remedy"}, code
        for sentence in entry.values():
            assert sentence.strip() == sentence, code
            assert sentence.endswith((".", "?", "!", '"', "}")), code
            assert blanks(sentence) is not None
            assert "<" not in sentence, code
        assert say(Reason(code), catalogue=catalogue(language)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same(language: str) -> None:
    """Every catalogue has the codes of the English one, with the same blanks."""
    english, other = catalogue("en"), catalogue(language)
    assert list(other) == list(english)
    for code, entry in english.items():
        for part, sentence in entry.items():
            assert blanks(other[code][part]) == blanks(sentence), f"{language}: {code}: {part}"
            if language != "en" and len(sentence) > 20:
                assert other[code][part] != sentence, f"{language}: {code} is not translated"


def test_there_are_two_languages() -> None:
    """English and Spanish."""
    assert LANGUAGES == ["en", "es"]


def test_the_page_of_reasons_is_what_its_script_makes() -> None:
    """docs/reasons.md is docs/make_reasons.py's, and lists every code."""
    made = runpy.run_path(str(ROOT / "docs" / "make_reasons.py"))["page"]()
    assert (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8") == made
    for code in said_in_code():
        assert f"`{code}`" in made
