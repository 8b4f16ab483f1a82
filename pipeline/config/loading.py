"""Reads config.yaml and the environment over it, and names every mistake in one line.

Any key can be set from the environment as `CLINICMEDIA__STORAGE__PUBLIC__BUCKET=…`. What a key
holds is never repeated in a message unless it is a word of ours: it may be a password.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config.sections import Config, RoleWordsWish
from pipeline.rules.errors import UsageError
from pipeline.rules.media import Recipe
from pipeline.rules.recipes import DEFAULT_RECIPES, RecipeWish, read_recipe
from pipeline.rules.spelling import nearest
from pipeline.tools.documents import Unreadable, read_mapping, read_text

ENVIRONMENT_PREFIX = "CLINICMEDIA__"
# Keys whose value is a list; in the environment its words stand between commas.
LISTS = frozenset({"channels", "papers", *RoleWordsWish.model_fields})
RECIPES = ("recipes", "recipes+")

# pydantic's findings as a person would say them; the blanks are pydantic's own.
_SENTENCES = {
    "missing": "this is required",
    "model_type": "expected names with values below it",
    "model_attributes_type": "expected names with values below it",
    "string_type": "expected one text",
    "string_too_short": "this must not be empty",
    "tuple_type": "expected a list like [a, b]",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "greater_than_equal": "this must be at least {ge:g}",
    "less_than_equal": "this must be at most {le:g}",
    "path_type": "expected the name of a file or folder",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config together with the folder that its relative paths start from."""

    config: Config
    folder: Path

    def path(self, relative: Path) -> Path:
        """Resolve a path of the file."""
        return self.folder / relative.expanduser()


def load(path: Path, *, environment: Mapping[str, str]) -> Loaded:
    """Read, complete and check a config file.

    Raises:
        UsageError: it is missing, unreadable or wrong; the text names every mistake.
    """
    try:
        text = read_text(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"There is no configuration at {path} ({error.strerror}).",
            remedy="Run 'clinicmedia init DIR' for a new workspace, or name one with --config.",
        ) from error
    except Unreadable as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    try:
        raw = read_mapping(text)
    except Unreadable as error:
        raise UsageError(f"{path} is not valid: {error}.") from error
    return Loaded(parse(_with_environment(raw, environment), name=str(path)), path.parent.resolve())


def parse(raw: Mapping[str, Any], *, name: str) -> Config:
    """Turn a mapping of texts into a config; `name` is what messages call it.

    Raises:
        UsageError: something is wrong; the text names every mistake in one line each.
    """
    wishes = {key: value for key, value in raw.items() if key not in RECIPES}
    problems: list[str] = []
    recipes = _recipes(raw, problems)
    try:
        config = Config.model_validate({**wishes, "recipes": recipes})
    except ValidationError as error:
        problems += dict.fromkeys(_in_words(detail) for detail in error.errors())
    if problems:
        raise UsageError(
            f"{name} is not valid:\n" + "\n".join(f"  {line}" for line in problems),
            remedy="Correct these lines; the README explains every key.",
        )
    return config


def _recipes(raw: Mapping[str, Any], problems: list[str]) -> tuple[Recipe, ...]:
    """Read `recipes`, which replaces the built-in list, and `recipes+`, which adds to it."""
    replaced = raw.get("recipes") is not None
    chosen = {} if replaced else {recipe.name: recipe for recipe in DEFAULT_RECIPES}
    for key in RECIPES:
        wishes = raw.get(key) or {}
        if not isinstance(wishes, Mapping):
            problems.append(f"{key}: expected names with a recipe each")
            continue
        for name, wish in wishes.items():
            found = read_recipe(str(name), wish)
            if isinstance(found, RecipeWish):
                problems.append(f"{key}.{name}: {found.problem}")
            else:
                chosen[found.name] = found
    return tuple(chosen.values())


def _in_words(detail: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails is such a mapping
    """Say one of pydantic's findings as a person would."""
    place = [str(part) for part in detail["loc"]]
    facts = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        said = f"this name is not known{_hint(place[-1], _known_names(place[:-1]))}"
    elif detail["type"] == "literal_error":
        words = [
            word.strip("' ") for word in str(facts["expected"]).replace(" or ", ",").split(",")
        ]
        said = f"write {' or '.join(words)}{_hint(str(detail['input']), words)}"
    elif detail["type"] in _SENTENCES:
        said = _SENTENCES[detail["type"]].format(**facts)
    else:
        said = str(detail["msg"]).removeprefix("Value error, ")
    return ": ".join(filter(None, (".".join(place), said)))


def _hint(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""


def _known_names(place: list[str]) -> tuple[str, ...]:
    model: Any = Config
    for part in place:
        field = getattr(model, "model_fields", {}).get(part)
        model = field.annotation if field else None
    names = tuple(getattr(model, "model_fields", {}))
    return names if place else (*names, "recipes+")


def _with_environment(
    raw: Mapping[str, object], environment: Mapping[str, str]
) -> dict[str, object]:
    """Lay the environment's keys over the file's."""
    result = dict(raw)
    for name, value in sorted(environment.items()):
        if not name.startswith(ENVIRONMENT_PREFIX):
            continue
        *sections, last = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        target = result
        for section in sections:
            inner = target.get(section)
            copied: dict[str, object] = dict(inner) if isinstance(inner, dict) else {}
            target[section] = copied
            target = copied
        words = [word.strip() for word in value.split(",")]
        target[last] = [word for word in words if word] if last in LISTS else value
    return result
