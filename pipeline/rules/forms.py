"""How the text that people write in forms is read: yes and no, days, instants, lists, sections.

A parsed document has only texts, lists, mappings and nothing in it; what a text means is decided
here, by the schema that asks for it. A `Form` never raises: what it cannot read it remembers as a
`Flaw`, so that a person sees all that is wrong at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.rules.spelling import likeliest

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# Outside these years a day is a slip of the pen, and arithmetic with it would overflow.
_FIRST_YEAR, _LAST_YEAR = 1900, 9998
_YES, _NO = frozenset({"true", "yes"}), frozenset({"false", "no"})
_LONGEST_QUOTE = 60


class Problem(StrEnum):
    """What can be wrong with one entry of a form."""

    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_WORD = "unknown_word"
    NOT_TEXT = "not_text"
    NOT_LIST = "not_list"
    NOT_SECTION = "not_section"
    NOT_YES_NO = "not_yes_no"
    NOT_DAY = "not_day"
    NOT_INSTANT = "not_instant"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One entry that could not be read: where it stands, what was found, what was likely meant."""

    problem: Problem
    path: tuple[str, ...]
    found: str = ""
    nearest: str = ""

    @property
    def key(self) -> str:
        """The place in one word, as CSV columns are named: "statements.right_to_revoke"."""
        return ".".join(self.path)


def is_blank(value: object) -> bool:
    """Whether an entry counts as absent: nothing, blank text, an empty list or section."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, (list, tuple, Mapping)) and not value)


def code_of(text: str) -> str:
    """A code as it is compared: its text, with nothing changed that one can see.

    Outer spaces go, and letters with accents get their one normal form, because a Mac writes the
    same letter in folder names with other bytes than a keyboard does. "0042" stays "0042".
    """
    return unicodedata.normalize("NFC", text).strip()


def read_day(text: str) -> date | None:
    """A day written YYYY-MM-DD; None if it is none."""
    if not _DAY.fullmatch(text.strip()):
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def read_instant(text: str) -> datetime | None:
    """An instant as RFC 3339 writes it, with its zone; None if it is none."""
    if not _INSTANT.fullmatch(text.strip()):
        return None
    try:
        instant = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return None
    return instant if _FIRST_YEAR <= instant.year <= _LAST_YEAR else None


class Form:
    """One mapping being read by its schema. Every question gives None where nothing stands.

    The flaws of a form and of its sections are in one list, in the order in which they were met.
    """

    def __init__(
        self,
        entries: Mapping[object, object],
        *,
        known: Sequence[str] = (),
        path: tuple[str, ...] = (),
        flaws: list[Flaw] | None = None,
    ) -> None:
        """Note every key that is not `known`; without `known` any key will do."""
        self._entries = {str(key): value for key, value in entries.items()}
        self._path = path
        self.flaws: list[Flaw] = [] if flaws is None else flaws
        for key in self._entries if known else ():
            if key not in known:
                self._note(Problem.UNKNOWN_KEY, key, key, nearest=likeliest(key, known))

    def names(self) -> tuple[str, ...]:
        """The keys that stand there, in their order."""
        return tuple(self._entries)

    def has(self, key: str) -> bool:
        """Whether anything at all stands there, readable or not."""
        return not is_blank(self._entries.get(key))

    def text(self, key: str) -> str | None:
        """A text without its outer spaces."""
        value = self._entries.get(key)
        if is_blank(value):
            return None
        if isinstance(value, str):
            return value.strip()
        self._note(Problem.NOT_TEXT, key, value)
        return None

    def code(self, key: str) -> str | None:
        """A text that is compared exactly."""
        text = self.text(key)
        return None if text is None else code_of(text)

    def prose(self, key: str) -> str | None:
        """A text, or several in a list, joined."""
        return "; ".join(self.texts(key) or ()) or None

    def flag(self, key: str) -> bool | None:
        """Yes or no: true, false, yes, no in any case."""
        value = self._entries.get(key)
        if isinstance(value, bool):
            return value
        if is_blank(value):
            return None
        word = value.strip().casefold() if isinstance(value, str) else ""
        if word in _YES | _NO:
            return word in _YES
        self._note(Problem.NOT_YES_NO, key, value)
        return None

    def day(self, key: str) -> date | None:
        """A day written YYYY-MM-DD."""
        value = self._entries.get(key)
        day = read_day(value) if isinstance(value, str) else None
        if day is None and not is_blank(value):
            self._note(Problem.NOT_DAY, key, value)
        return day

    def instant(self, key: str) -> datetime | None:
        """An instant with its zone."""
        value = self._entries.get(key)
        instant = read_instant(value) if isinstance(value, str) else None
        if instant is None and not is_blank(value):
            self._note(Problem.NOT_INSTANT, key, value)
        return instant

    def day_or_instant(self, key: str) -> date | datetime | None:
        """A day, or an instant with its zone."""
        value = self._entries.get(key)
        return self.instant(key) if isinstance(value, str) and ":" in value else self.day(key)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Several texts, each once; one text is a list of one, `[]` an empty tuple."""
        value = self._entries.get(key)
        if isinstance(value, (list, tuple)) and not value:
            return ()
        if is_blank(value):
            return None
        items = value if isinstance(value, (list, tuple)) else [value]
        if not all(isinstance(item, str) or item is None for item in items):
            self._note(Problem.NOT_LIST, key, value)
            return None
        texts = (code_of(str(item)) for item in items if not is_blank(item))
        return tuple(dict.fromkeys(texts)) or None

    def word(self, key: str, known: Sequence[str]) -> str | None:
        """One of the known words, in any case."""
        text = self.text(key)
        return None if text is None else next(iter(self._words(key, [text], known=known)), None)

    def words(self, key: str, known: Sequence[str]) -> tuple[str, ...] | None:
        """Those of several texts that are known words; the others are flaws."""
        texts = self.texts(key)
        return None if texts is None else self._words(key, texts, known=known)

    def section(self, key: str, known: Sequence[str] = ()) -> Form | None:
        """The form within this one under `key`."""
        value = self._entries.get(key)
        if is_blank(value):
            return None
        if isinstance(value, Mapping):
            return Form(value, known=known, path=(*self._path, key), flaws=self.flaws)
        self._note(Problem.NOT_SECTION, key, value)
        return None

    def sections(self, key: str, known: Sequence[str]) -> tuple[Form, ...]:
        """The forms in the list under `key`; one form is a list of one."""
        value = self._entries.get(key)
        if is_blank(value):
            return ()
        items = value if isinstance(value, (list, tuple)) else [value]
        if not all(isinstance(item, Mapping) for item in items):
            self._note(Problem.NOT_LIST, key, value)
            return ()
        return tuple(
            Form(item, known=known, path=(*self._path, f"{key} {place}"), flaws=self.flaws)
            for place, item in enumerate(items, start=1)
        )

    def _words(self, key: str, texts: Sequence[str], *, known: Sequence[str]) -> tuple[str, ...]:
        for text in texts:
            if text.casefold() not in known:
                self._note(Problem.UNKNOWN_WORD, key, text, nearest=likeliest(text, known))
        found = dict.fromkeys(text.casefold() for text in texts)
        return tuple(text for text in found if text in known)

    def _note(self, problem: Problem, key: str, found: object, *, nearest: str = "") -> None:
        quoted = found if isinstance(found, str) else "…"
        flaw = Flaw(problem, (*self._path, key), found=_short(quoted), nearest=nearest)
        self.flaws.append(flaw)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"
