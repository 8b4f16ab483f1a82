"""Tells whether a network takes a file, and in which words not: before rendering and after it.

A file fits a network if it fits any of its kinds of post; if it fits none, the reasons are those
of the kind that it misses least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.rules.errors import Reason
from pipeline.rules.media import Artifact, Kind, Rendition
from pipeline.rules.networks.limits import Network, PostKind, Span

# Which reason a measure gives when it is below and above its span.
CODES = {
    "duration_s": ("network_too_short", "network_too_long"),
    "frame_rate": ("network_frame_rate", "network_frame_rate"),
    "width": ("network_pixels", "network_pixels"),
    "height": ("network_pixels", "network_pixels"),
    "short_side": ("network_pixels", "network_pixels"),
    "long_side": ("network_pixels", "network_pixels"),
    "pixels": ("network_pixels", "network_pixels"),
    "aspect": ("network_shape", "network_shape"),
    "size_bytes": ("network_too_small", "network_too_large"),
    "bits_per_s": ("network_bit_rate", "network_bit_rate"),
}
# Clocks and encoders round: a film of 90.02 s is one of 90 s, a rate of 29.97 is one of 30.
SLACK = {"duration_s": 0.05, "frame_rate": 0.05, "aspect": 0.005}
SHOWN = {
    "duration_s": (1, "{:.4g} s"),
    "frame_rate": (1, "{:.4g} fps"),
    "aspect": (1, "{:.2f}:1"),
    "size_bytes": (1_000_000, "{:.4g} MB"),
    "bits_per_s": (1_000_000, "{:.3g} Mbit/s"),
}
_NO_ARTIFACTS: Mapping[str, Artifact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a file; None is not known yet. `recipe` names it in what is said."""

    kind: Kind
    format: str
    width: int
    height: int
    duration_s: float | None = None
    frame_rate: float | None = None
    size_bytes: int | None = None
    overlays: bool = False
    recipe: str = ""


def measured(rendition: Rendition, *, artifact: Artifact | None = None) -> Measured:
    """Return what is known of a rendition: as planned, or as it was made."""
    return Measured(
        kind=Kind.VIDEO if rendition.format == "mp4" else Kind.PHOTO,
        format=rendition.format,
        width=artifact.width if artifact else rendition.width,
        height=artifact.height if artifact else rendition.height,
        duration_s=(artifact.duration_s if artifact else None) or rendition.duration_s,
        frame_rate=rendition.frame_rate,
        size_bytes=artifact.size_bytes if artifact else None,
        overlays=bool(rendition.canvas.overlays),
        recipe=rendition.name,
    )


def check(file: Measured, *, network: Network) -> tuple[Reason, ...]:
    """Return why a network does not take a file; nothing if it does."""
    if not network.posts:
        return ()
    kinds = [post for post in network.posts if post.kind is file.kind]
    if not kinds:
        facts = {"found": str(file.kind), "recipe": file.recipe}
        return (_reason("network_kind", network=network, facts=facts),)
    found = [tuple(_misses(file, post=post, network=network)) for post in kinds]
    return min(found, key=len)


def fitting(
    renditions: Iterable[Rendition],
    *,
    network: Network,
    files: Mapping[str, str],
    artifacts: Mapping[str, Artifact] = _NO_ARTIFACTS,
) -> tuple[tuple[Rendition, ...], tuple[Reason, ...]]:
    """Sort out what a network does not take; returns what it takes, and why not the rest.

    `files` are the names that staff gave the originals, by SHA-256.
    """
    kept, tells = [], []
    for each in renditions:
        reasons = check(measured(each, artifact=artifacts.get(each.key)), network=network)
        if not reasons:
            kept.append(each)
        file = files.get(each.originals[0])
        tells += [Reason(r.code, file=file, channel=r.channel, facts=r.facts) for r in reasons]
    return tuple(kept), tuple(_each_once(tells))


def _each_once(reasons: Iterable[Reason]) -> list[Reason]:
    """Say once what several recipes of one original miss alike."""
    return list({(r.code, r.file, tuple(sorted(r.facts.items()))): r for r in reasons}.values())


def _misses(file: Measured, *, post: PostKind, network: Network) -> Iterator[Reason]:
    if file.format not in post.formats:
        facts = {
            "found": file.format,
            "limit": ", ".join(sorted(post.formats)),
            "recipe": file.recipe,
        }
        yield _reason("network_format", network=network, facts=facts)
    if file.overlays and not post.overlays:
        yield _reason("network_overlay", network=network, facts={"recipe": file.recipe})
    values = _values(file)
    for measure, span in post.spans.items():
        value = values[measure]
        if value is None:
            continue
        slack = SLACK.get(measure, 0.0)
        below = span.least is not None and value < span.least - slack
        above = span.most is not None and value > span.most + slack
        if below or above:
            facts = {"found": _shown(measure, value), "limit": _limit(measure, span)}
            if measure not in {"duration_s", "frame_rate"}:
                facts["recipe"] = file.recipe
            yield _reason(CODES[measure][1 if above else 0], network=network, facts=facts)


def _values(file: Measured) -> dict[str, float | None]:
    """Return every measure that a span may bound."""
    sides = (file.width, file.height)
    rate = None
    if file.size_bytes is not None and file.duration_s:
        rate = file.size_bytes * 8 / file.duration_s
    return {
        "duration_s": file.duration_s,
        "frame_rate": file.frame_rate,
        "width": file.width,
        "height": file.height,
        "short_side": min(sides),
        "long_side": max(sides),
        "pixels": file.width * file.height,
        "aspect": file.width / file.height,
        "size_bytes": file.size_bytes,
        "bits_per_s": rate,
    }


def _reason(code: str, *, network: Network, facts: Mapping[str, str]) -> Reason:
    named = {**facts, "channel": network.channel}
    return Reason(code, channel=network.channel, facts=named)


def _limit(measure: str, span: Span) -> str:
    if span.least is None:
        return f"≤ {_shown(measure, span.most or 0.0)}"
    if span.most is None:
        return f"≥ {_shown(measure, span.least)}"
    return f"{_shown(measure, span.least)} … {_shown(measure, span.most)}"


def _shown(measure: str, value: float) -> str:
    """Write a value with its unit as people of every language read it."""
    divisor, pattern = SHOWN.get(measure, (1, "{:.0f} px"))
    return pattern.format(value / divisor)
