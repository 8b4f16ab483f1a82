"""Reads the limits of the networks: dated data in which every value names its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from types import MappingProxyType

from pipeline.rules.media import CHANNELS, Kind

MEASURES = (
    *("duration_s", "frame_rate", "width", "height", "short_side", "long_side", "pixels"),
    *("aspect", "size_bytes", "bits_per_s"),
)
FORMATS = ("avif", "webp", "jpeg", "mp4")
COUNTINGS = ("units", "weighted")
_POST_KEYS = frozenset({"kind", "formats", "overlays", *MEASURES})
_TEXT_KEYS = frozenset({"characters", "title", "hashtags", "mentions", "tags"})


class BadNetworks(ValueError):
    """The file of the networks cannot be used; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the most that are taken, both included; None is no bound."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class PostKind:
    """What one kind of post takes: `spans` are by the name of what is measured."""

    name: str
    kind: Kind
    formats: frozenset[str]
    spans: Mapping[str, Span]
    overlays: bool = True


@dataclass(frozen=True, slots=True)
class TextLimits:
    """What the text of a post may hold; None is no limit. `tags`: whether we add hashtags."""

    characters: int | None = None
    title: int | None = None
    hashtags: int | None = None
    mentions: int | None = None
    weighted: bool = False
    tags: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """One channel. Without `posts` it takes every file."""

    channel: str
    posts: tuple[PostKind, ...] = ()
    text: TextLimits = field(default_factory=TextLimits)


@dataclass(frozen=True, slots=True)
class Networks:
    """All of them, and the day on which somebody last compared them with their sources."""

    checked_on: date
    by_channel: Mapping[str, Network]

    def limits_of(self, channel: str) -> Network:
        """Return what a channel takes; one that is not in the file takes everything."""
        return self.by_channel.get(channel, Network(channel))


def read_networks(data: Mapping[str, object]) -> Networks:
    """Read the file, whose scalars are texts.

    Raises:
        BadNetworks: it is of another version, has no day, an unknown name or no source.
    """
    if data.get("version") != "1":
        raise BadNetworks("version: expected 1")
    try:
        checked_on = date.fromisoformat(str(data.get("checked_on")))
    except ValueError as error:
        raise BadNetworks("checked_on: expected a day like 2026-12-01") from error
    networks = {
        channel: _network(channel, _names(spec, place=channel))
        for channel, spec in _names(data.get("networks"), place="networks").items()
    }
    return Networks(checked_on, MappingProxyType(networks))


def _network(channel: str, spec: Mapping[str, object]) -> Network:
    _known(channel, among=CHANNELS, place="networks")
    for key in spec:
        _known(key, among=("posts", "text"), place=channel)
    posts = _names(spec.get("posts"), place=f"{channel}: posts")
    return Network(
        channel=channel,
        posts=tuple(
            _post(name, _names(post, place=f"{channel}: {name}"), place=f"{channel}: {name}")
            for name, post in posts.items()
        ),
        text=_text(_names(spec.get("text"), place=f"{channel}: text"), place=f"{channel}: text"),
    )


def _post(name: str, spec: Mapping[str, object], *, place: str) -> PostKind:
    for key in spec:
        _known(key, among=_POST_KEYS, place=place)
    kind = str(spec.get("kind"))
    _known(kind, among=tuple(Kind), place=f"{place}: kind")
    formats = _sourced(spec, "formats", place=place).get("among")
    if not isinstance(formats, list) or not formats:
        raise BadNetworks(f"{place}: formats: expected among: [jpeg, …]")
    for each in formats:
        _known(str(each), among=FORMATS, place=f"{place}: formats")
    return PostKind(
        name=name,
        kind=Kind(kind),
        formats=frozenset(str(each) for each in formats),
        spans=MappingProxyType(dict(_spans(spec, place=place))),
        overlays="overlays" not in spec or _yes(spec, "overlays", "allowed", place=place),
    )


def _spans(spec: Mapping[str, object], *, place: str) -> Iterator[tuple[str, Span]]:
    for name in MEASURES:
        if name not in spec:
            continue
        given = _sourced(spec, name, place=place)
        least, most = (_number(given, key, place=f"{place}: {name}") for key in ("least", "most"))
        if least is None and most is None:
            raise BadNetworks(f"{place}: {name}: expected least or most")
        yield name, Span(least, most)


def _text(spec: Mapping[str, object], *, place: str) -> TextLimits:
    for key in spec:
        _known(key, among=_TEXT_KEYS, place=place)
    mosts = {name: _most(spec, name, place=place) for name in _TEXT_KEYS - {"tags"}}
    counting = "units"
    if "characters" in spec:
        counting = str(_sourced(spec, "characters", place=place).get("counting", "units"))
        _known(counting, among=COUNTINGS, place=f"{place}: counting")
    return TextLimits(
        **mosts,
        weighted=counting == "weighted",
        tags="tags" not in spec or _yes(spec, "tags", "ours", place=place),
    )


def _most(spec: Mapping[str, object], name: str, *, place: str) -> int | None:
    if name not in spec:
        return None
    most = _number(_sourced(spec, name, place=place), "most", place=f"{place}: {name}")
    if most is None:
        raise BadNetworks(f"{place}: {name}: expected most")
    return int(most)


def _sourced(spec: Mapping[str, object], name: str, *, place: str) -> Mapping[str, object]:
    """Return a value with its source: a number that nobody can look up again is a rumour."""
    given = _names(spec.get(name), place=f"{place}: {name}")
    if not str(given.get("source") or "").strip():
        raise BadNetworks(f"{place}: {name}: no source")
    for key in given:
        among = ("least", "most", "among", "allowed", "ours", "counting", "source")
        _known(key, among=among, place=f"{place}: {name}")
    return given


def _number(given: Mapping[str, object], key: str, *, place: str) -> float | None:
    if key not in given:
        return None
    try:
        number = float(str(given[key]))
    except ValueError as error:
        raise BadNetworks(f"{place}: {key}: expected a number") from error
    if not (isfinite(number) and number >= 0):
        raise BadNetworks(f"{place}: {key}: expected a number of 0 or more")
    return number


def _yes(spec: Mapping[str, object], name: str, key: str, *, place: str) -> bool:
    word = str(_sourced(spec, name, place=place).get(key))
    _known(word, among=("yes", "no"), place=f"{place}: {name}: {key}")
    return word == "yes"


def _known(word: str, *, among: tuple[str, ...] | frozenset[str], place: str) -> None:
    if word not in among:
        raise BadNetworks(f"{place}: '{word}' is not known; known are {', '.join(sorted(among))}")


def _names(value: object, *, place: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadNetworks(f"{place}: expected names with values")
    return value
