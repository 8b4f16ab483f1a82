"""What the names in the inbox say: which case a folder belongs to, which role a file has.

Nothing is guessed: a name that says two things, or is cut wrongly, is a `Reason` to ask a person.
Foreign library: python-slugify.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from slugify import slugify

from pipeline.rules.errors import Reason
from pipeline.rules.forms import code_of
from pipeline.rules.media import Kind, Role
from pipeline.rules.spelling import fold, nearest, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAPER_WORDS = (
    *("consent", "release", "authorization", "form", "hipaa"),
    *("scan", "id", "insurance", "invoice", "referral"),
)

_PRESS = "press"
_LONGEST_SLUG = 200
_FEWEST_LETTERS = 5


class Aside(StrEnum):
    """What a file is that is kept but never shown."""

    SKIP = "skip"
    PAPER = "paper"


def slug_of(text: str) -> str:
    """`text` in small letters, digits and single hyphens; empty if nothing is left of it."""
    return slugify(text, entities=False, decimal=False, hexadecimal=False)


def case_slug(name: str) -> str:
    """The slug of a case's folder name, however it was typed: each part slugified, "--" kept."""
    return "--".join(slug_of(part) for part in name.split("--"))


def meant_treatment(treatment: str, known: Iterable[str]) -> str | None:
    """The known treatment that an unknown one is probably a slip of, to ask "did you mean it".

    Both are slugs. None for a treatment of fewer than five letters, or when none is near.
    """
    return nearest(treatment, known) if _letters(treatment) >= _FEWEST_LETTERS else None


@dataclass(frozen=True, slots=True)
class CaseName:
    """What the name of a case says.

    `treatment` is a slug; `subject` is the code as written, matched exactly; `label` is as
    written. `slug` is the slug of the whole name: "dry-needling--pt-0042--left-knee". `press`
    says that the case is a treatment's press folder, which has no subject.
    """

    treatment: str
    subject: str
    label: str | None
    slug: str
    press: bool = False


def name_case(treatment: str, *, subject: str, label: str | None = None) -> CaseName | Reason:
    """The case name made of these parts, or the reason why they name no case."""
    parts = [treatment, subject] if label is None else [treatment, subject, label]
    whole = "--".join(parts)
    facts = {"name": _visible(whole)}
    if any(unicodedata.category(sign).startswith("C") for sign in whole):
        return Reason("case_name_invisible", facts=facts)
    if not all(part.strip() for part in parts):
        return Reason("case_name_empty_part", facts=facts)
    if any(part.startswith("-") or part.endswith("-") for part in parts):
        return Reason("case_name_extra_hyphen", facts=facts)
    slugs = [slug_of(part) for part in parts]
    for part, slug in zip(parts, slugs, strict=True):
        if not slug:
            return Reason("case_name_no_letters", facts={**facts, "part": part.strip()})
    slug = "--".join(slugs)
    if len(slug) > _LONGEST_SLUG:
        return Reason("case_name_too_long", facts={**facts, "most": str(_LONGEST_SLUG)})
    return CaseName(
        treatment=slugs[0],
        subject=code_of(subject),
        label=None if label is None else code_of(label),
        slug=slug,
        press=fold(subject.strip()) == _PRESS,
    )


def read_case_name(folder_name: str) -> CaseName | Reason:
    """What a folder `<treatment>--<subject>[--<label>]` or `<treatment>--press` is about."""
    parts = folder_name.split("--")
    facts = {"name": _visible(folder_name)}
    if len(parts) < 2:
        return Reason("case_name_one_part", facts=facts)
    if len(parts) > 3:
        return Reason("case_name_many_parts", facts=facts)
    return name_case(parts[0], subject=parts[1], label=parts[2] if len(parts) == 3 else None)


@dataclass(frozen=True, slots=True)
class LooseName:
    """What the name of a file outside any case folder says.

    `role_stem` is the part after the last "--", the only one read for role words; `ext` is in
    small letters without its dot, empty if there is none.
    """

    case: CaseName
    role_stem: str
    ext: str


def read_loose_name(file_name: str) -> LooseName | Reason:
    """The case of a loose file `<treatment>--<subject>[--<label>]--<role>.<ext>`."""
    parts = file_name.split("--")
    stem, dot, ext = parts[-1].rpartition(".")
    role_stem = stem if dot else ext
    facts = {"name": _visible(file_name)}
    if len(parts) < 3:
        return Reason("loose_name_too_few_parts", facts=facts)
    if len(parts) > 4:
        return Reason("loose_name_many_parts", facts=facts)
    if not role_stem.strip():
        return Reason("case_name_empty_part", facts=facts)
    case = name_case(parts[0], subject=parts[1], label=parts[2] if len(parts) == 4 else None)
    if isinstance(case, Reason):
        return case
    return LooseName(case=case, role_stem=role_stem, ext=ext.lower() if dot else "")


@dataclass(frozen=True, slots=True)
class RoleWords:
    """The words by which staff say what a file is; English and Spanish are built in.

    A word may be several ("do not use"); case and accents do not matter. Left out on purpose:
    "posterior" and "anterior", which are directions of the body.
    """

    before: frozenset[str] = frozenset({"before", "pre", "preop", "antes"})
    after: frozenset[str] = frozenset({"after", "post", "postop", "después"})
    during: frozenset[str] = frozenset({"during", "durante"})
    single: frozenset[str] = frozenset({"single", "único", "única"})
    press: frozenset[str] = frozenset({"press", "prensa"})
    skip: frozenset[str] = frozenset({"skip", "omitir"})
    paper: frozenset[str] = frozenset(PAPER_WORDS)

    def with_more(self, words: Mapping[str, Iterable[str]], *, papers: Iterable[str]) -> RoleWords:
        """These words and `words` beside them, by role name; `papers` replaces the paper words."""
        more = {
            each.name: getattr(self, each.name) | frozenset(words.get(each.name, ()))
            for each in fields(self)
        }
        return RoleWords(**more | {"paper": frozenset(papers)})


ROLE_WORDS = RoleWords()
# The first word of the names that cameras, phones and messengers give, with or without a number.
_CAMERA = re.compile(
    r"(?:img|image|photo|foto|pic|video|vid|mov|mvi|dsc|dscn|dscf|pxl|gopr|gx|gh|p|e|wa|imagen)\d*"
)
_TIMES = (Role.BEFORE, Role.AFTER, Role.DURING)


def role_of(
    stem: str, *, words: RoleWords = ROLE_WORDS, kind: Kind | None = Kind.PHOTO
) -> Role | Aside | Reason | None:
    """What a file is by the whole words of its name; None if the name does not say.

    `stem` is the name without extension; of a loose file, `LooseName.role_stem`. `kind` is what
    its bytes are, None for a PDF: a film is never a paper ("running form before.mp4"). Words for
    a time (before, after, during) go before single and press, which exercises are called too
    ("single leg squat before", "leg press before"); skip goes before all roles.
    """
    found = {each.name: _found(stem, among=getattr(words, each.name)) for each in fields(words)}
    times = [role for role in _TIMES if found[role]]
    others = [role for role in (Role.SINGLE, Role.PRESS) if found[role]]
    roles: list[Role | Aside] = [Aside.SKIP] if found["skip"] else [*(times or others)]
    paper = "" if kind is Kind.VIDEO else found["paper"]
    if paper and roles:
        return Reason(
            "role_or_paper", facts={"role_word": found[roles[0].value], "paper_word": paper}
        )
    if len(roles) > 1:
        first, second = roles[0].value, roles[1].value
        return Reason("role_two_words", facts={"first": found[first], "second": found[second]})
    if roles:
        return roles[0]
    return Aside.PAPER if paper else None


def view_of(stem: str, *, words: RoleWords = ROLE_WORDS) -> str:
    """What a file shows by its name: the name without role words and counters.

    Counters are the numbers at both ends and what a camera puts before its own: both
    "IMG_1234 left knee BEFORE 2" and "left-knee-after" show "left-knee". An empty text means
    that the name says nothing else. Files with the same view belong together as a pair.
    """
    line = f" {' '.join(words_of(stem))} "
    times = words.before | words.after | words.during
    wanted = times if any(_has(line, word) for word in times) else words.single | words.press
    for word in sorted(wanted, key=len, reverse=True):
        phrase = f" {' '.join(words_of(word))} "
        while phrase.strip() and phrase in line:
            line = line.replace(phrase, " ")
    left = line.split()
    while left and (left[0].isdecimal() or _CAMERA.fullmatch(left[0])):
        left.pop(0)
    while left and left[-1].isdecimal():
        left.pop()
    return "-".join(left)


def _has(line: str, word: str) -> bool:
    """Whether the words of `word` stand in `line`, a line of words between single spaces."""
    phrase = " ".join(words_of(word))
    return bool(phrase) and f" {phrase} " in line


def _found(stem: str, *, among: frozenset[str]) -> str:
    """The first of these words, by the alphabet, that the name has; empty if it has none."""
    line = f" {' '.join(words_of(stem))} "
    return min((word for word in among if _has(line, word)), default="")


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _visible(name: str) -> str:
    """`name` with a mark in place of each sign that cannot be seen or stored."""
    return "".join("�" if unicodedata.category(sign).startswith("C") else sign for sign in name)
