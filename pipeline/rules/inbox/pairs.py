"""Which files of a case belong together: before with after, still with the film of a Live Photo."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from pipeline.rules.errors import Reason
from pipeline.rules.media import Kind, Role
from pipeline.rules.spelling import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

_LONGEST_LIVE_FILM_S = 3.5


class Shot(Protocol):
    """What pairing reads of a file; an `Asset` is one."""

    @property
    def file(self) -> str:
        """The name that staff gave it."""

    @property
    def kind(self) -> Kind:
        """Photo or video; only like pairs with like."""

    @property
    def role(self) -> Role:
        """Only before and after pair."""

    @property
    def view(self) -> str:
        """What it shows, from `case.yaml` or from its name."""


S = TypeVar("S", bound=Shot)


@dataclass(frozen=True, slots=True)
class Pair(Generic[S]):
    """A before and the after that answers it."""

    before: S
    after: S


@dataclass(frozen=True, slots=True)
class Pairing(Generic[S]):
    """How the files of a case pair.

    `lone_befores` wait unless the case is complete; `lone_afters` may be shown alone. Each
    question is about befores and afters of one view of which nobody can say which belong together.
    """

    pairs: tuple[Pair[S], ...] = ()
    lone_befores: tuple[S, ...] = ()
    lone_afters: tuple[S, ...] = ()
    questions: tuple[Reason, ...] = ()


def pair_up(shots: Iterable[S]) -> Pairing[S]:
    """Pair the befores with the afters of one case, each kind for itself.

    A single before and a single after of a kind always pair. Otherwise equal views pair; where a
    view has several, equal numbers in the names say which ("before 2" and "after 2"). What is
    then left on both sides of one view is a question, never paired by order.
    """
    found: Pairing[S] = Pairing()
    ordered = sorted(shots, key=lambda shot: shot.file)
    for kind in Kind:
        befores = [shot for shot in ordered if (shot.kind, shot.role) == (kind, Role.BEFORE)]
        afters = [shot for shot in ordered if (shot.kind, shot.role) == (kind, Role.AFTER)]
        if len(befores) == len(afters) == 1:
            found = _joined(found, Pairing(pairs=(Pair(befores[0], afters[0]),)))
            continue
        for view in sorted({_view(shot) for shot in (*befores, *afters)}):
            group = _pair_view(
                [shot for shot in befores if _view(shot) == view],
                afters=[shot for shot in afters if _view(shot) == view],
            )
            found = _joined(found, group)
    return found


def _view(shot: Shot) -> tuple[str, ...]:
    """The view as it is compared: "Left knee" in `case.yaml` is "left-knee" in a name."""
    return words_of(shot.view)


def _pair_view(befores: Sequence[S], *, afters: Sequence[S]) -> Pairing[S]:
    """Pair the files of one kind and view."""
    if len(befores) == len(afters) == 1:
        return Pairing(pairs=(Pair(befores[0], afters[0]),))
    pairs: list[Pair[S]] = []
    for key in (_numbers, _last_number):
        matched = _matched(befores, afters=afters, key=key)
        pairs += matched
        befores = [shot for shot in befores if all(shot is not pair.before for pair in matched)]
        afters = [shot for shot in afters if all(shot is not pair.after for pair in matched)]
    if befores and afters:
        facts = {
            "befores": ", ".join(shot.file for shot in befores),
            "afters": ", ".join(shot.file for shot in afters),
        }
        return Pairing(pairs=tuple(pairs), questions=(Reason("pair_unclear", facts=facts),))
    return Pairing(pairs=tuple(pairs), lone_befores=tuple(befores), lone_afters=tuple(afters))


def _matched(
    befores: Sequence[S], *, afters: Sequence[S], key: Callable[[str], Hashable]
) -> list[Pair[S]]:
    """Pairs of those whose key one before and one after have, and no other."""
    by_key: dict[Hashable, tuple[list[S], list[S]]] = defaultdict(lambda: ([], []))
    for shot in befores:
        by_key[key(shot.file)][0].append(shot)
    for shot in afters:
        by_key[key(shot.file)][1].append(shot)
    return [
        Pair(mine[0], theirs[0])
        for mine, theirs in by_key.values()
        if len(mine) == len(theirs) == 1
    ]


def _joined(one: Pairing[S], other: Pairing[S]) -> Pairing[S]:
    return Pairing(
        pairs=one.pairs + other.pairs,
        lone_befores=one.lone_befores + other.lone_befores,
        lone_afters=one.lone_afters + other.lone_afters,
        questions=one.questions + other.questions,
    )


def _numbers(file: str) -> tuple[int, ...]:
    """All whole numbers in the name, in order."""
    return tuple(int(word) for word in words_of(PurePosixPath(file).stem) if word.isdecimal())


def _last_number(file: str) -> int | None:
    return next(reversed(_numbers(file)), None)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a case before roles are known. `duration_s` is None for a photo."""

    file: str
    kind: Kind
    duration_s: float | None = None


def live_photo_films(files: Iterable[Found]) -> frozenset[str]:
    """The films that are the moving half of a Live Photo: kept, but not used.

    Such a film lies beside a photo of the same name (IMG_1.HEIC, IMG_1.MOV) and lasts at most
    3.5 seconds. A longer one is a film in its own right; so is one whose length is not known.
    """
    listed = list(files)
    stills = {_without_ending(each.file) for each in listed if each.kind is Kind.PHOTO}
    return frozenset(
        each.file
        for each in listed
        if each.kind is Kind.VIDEO
        and each.duration_s is not None
        and each.duration_s <= _LONGEST_LIVE_FILM_S
        and _without_ending(each.file) in stills
    )


def _without_ending(file: str) -> str:
    return str(PurePosixPath(file).with_suffix("")).casefold()
