"""Finds the rule files of both lints: in a workspace's own `templates/rules`, else the packaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.rules.errors import UsageError
from pipeline.rules.lint.rulebook import BadRules, Rulebook, read_rulebook
from pipeline.tools.documents import Unreadable, read_mapping, read_text
from pipeline.tools.templating import packaged_templates

LANGUAGES = ("en", "es")


def claim_rules(folders: Sequence[Path] = ()) -> tuple[Rulebook, ...]:
    """Return the claims rules of every language, the first folder that has a file first.

    Raises:
        UsageError: a file cannot be read; it says which and where.
    """
    return _books("claims", folders=folders)


def privacy_rules(folders: Sequence[Path] = ()) -> tuple[Rulebook, ...]:
    """Return the privacy rules of every language. Raises UsageError as above."""
    return _books("privacy", folders=folders)


def _books(kind: str, *, folders: Sequence[Path]) -> tuple[Rulebook, ...]:
    places = [*folders, packaged_templates()]
    found: list[Rulebook] = []
    for language in LANGUAGES:
        name = f"{kind}.{language}.yaml"
        paths = (folder / "rules" / name for folder in places)
        path = next((each for each in paths if each.is_file()), None)
        if path is not None:
            found.append(_read(path))
    return tuple(found)


def _read(path: Path) -> Rulebook:
    try:
        return read_rulebook(read_mapping(read_text(path.read_bytes())))
    except (OSError, Unreadable, BadRules) as error:
        raise UsageError(
            f"templates/rules/{path.name} cannot be used: {error}.",
            remedy="Mend the file, or remove it: the packaged rules hold then.",
        ) from error
