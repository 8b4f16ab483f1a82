"""What is heard of a pair: first the first side, then the second, never a cut between them.

Where both sides are seen at once, the first is heard in the first half and the second in the
second; if only one may be heard, it is heard throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.tools.video.graph import LIMITER, STEREO, Length, Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.rules.media import Course
    from pipeline.rules.work import Output

_FADE_IN_S, _FADE_OUT_S = 0.25, 0.5
_OVERLAP_S = 1.0  # from one side's sound to the other's, where no divider says how long


@dataclass(frozen=True, slots=True)
class Voice:
    """The sound of one side: the label of its track, and how much of it is there."""

    label: str
    length_s: float


@dataclass(frozen=True, slots=True)
class _Slot:
    """When a side is heard: its track begins at `delay_s`; the rest is in the track's own time."""

    delay_s: float
    start_s: float
    rising_s: float
    end_s: float
    falling_s: float


def draw_voices(
    writer: Writer,
    voices: tuple[Voice | None, Voice | None],
    outputs: Sequence[tuple[Output, Course | None]],
    *,
    length: Length,
) -> dict[str, tuple[str, ...]]:
    """Make each different track once, as long as the picture; return labels with films' keys."""
    wanted: dict[tuple[tuple[float | None, ...], Course | None], list[str]] = {}
    silent: list[str] = []
    for output, course in outputs:
        if output.sound == "keep":
            wanted.setdefault((output.gains_db, course), []).append(output.key)
        elif output.sound == "silence":
            silent.append(output.key)
    shares = [_shares(writer, voices[side], side=side, tracks=list(wanted)) for side in (0, 1)]
    labels: dict[str, tuple[str, ...]] = {}
    for (gains_db, course), keys in wanted.items():
        heard = [side for side in (0, 1) if gains_db[side] is not None]
        slots = _slots(course, length=length, heard=heard)
        parts = [
            _part(
                writer,
                shares[side].pop(0),
                voice=voices[side],
                gain_db=gains_db[side] or 0.0,
                slot=slots[side],
                length=length,
            )
            for side in heard
        ]
        mixed = (
            f"{''.join(parts)}amix=inputs=2:normalize=0" if len(parts) > 1 else f"{parts[0]}anull"
        )
        labels[writer.chain(mixed)] = tuple(keys)
    if silent:
        end = f"atrim=end={length.duration_s:.6f}"
        labels[writer.chain(f"anullsrc=r=48000:cl=stereo,{end}")] = tuple(silent)
    return labels


def _shares(
    writer: Writer,
    voice: Voice | None,
    *,
    side: int,
    tracks: Sequence[tuple[tuple[float | None, ...], Course | None]],
) -> list[str]:
    """Split the sound of a side to the tracks in which it is heard."""
    count = sum(gains_db[side] is not None for gains_db, _ in tracks)
    if not count:
        return []
    if voice is None:
        raise ValueError("a film is to keep a sound that the original does not have")
    return writer.split(f"{voice.label}{STEREO}", count=count, word="asplit")


def _slots(course: Course | None, *, length: Length, heard: Sequence[int]) -> tuple[_Slot, _Slot]:
    """Return when each side is heard."""
    rate, whole_s = length.rate, length.duration_s
    if course is not None and not course.together:
        title_s, before_s = float(course.title / rate), float(course.before / rate)
        sweep_s, after_s = float(course.sweep / rate), float(course.after / rate)
        return (
            _Slot(title_s, 0.0, _FADE_IN_S, before_s + sweep_s, sweep_s),
            _Slot(title_s + before_s, 0.0, sweep_s, sweep_s + after_s, _FADE_OUT_S),
        )
    if len(heard) == 1:
        throughout = _Slot(0.0, 0.0, _FADE_IN_S, whole_s, _FADE_OUT_S)
        return throughout, throughout
    overlap_s = min(_OVERLAP_S, whole_s / 4)
    turn_s = (whole_s - overlap_s) / 2
    if course is not None:
        turn_s, overlap_s = float(course.before / rate), float(course.sweep / rate)
    return (
        _Slot(0.0, 0.0, _FADE_IN_S, turn_s + overlap_s, overlap_s),
        _Slot(0.0, turn_s, overlap_s, whole_s, _FADE_OUT_S),
    )


def _part(
    writer: Writer,
    label: str,
    *,
    voice: Voice | None,
    gain_db: float,
    slot: _Slot,
    length: Length,
) -> str:
    """Bring a side to its loudness, fade it in and out, and put it in its time."""
    there_s = voice.length_s if voice else 0.0
    end_s = min(slot.end_s, there_s)
    falling_s = max(min(slot.falling_s, end_s), 0.001)
    return writer.chain(
        f"{label}volume={gain_db:.2f}dB,{LIMITER},atrim=end={end_s:.6f},"
        f"afade=t=in:st={slot.start_s:.6f}:d={slot.rising_s:.6f}:curve=tri,"
        f"afade=t=out:st={max(end_s - falling_s, 0.0):.6f}:d={falling_s:.6f}:curve=tri,"
        f"adelay={round(slot.delay_s * 1000)}:all=1,"
        f"apad=whole_dur={length.duration_s:.6f},atrim=end={length.duration_s:.6f}",
    )
