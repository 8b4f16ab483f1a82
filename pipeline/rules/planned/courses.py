"""How long the films of a pair are and what they show when: every length a whole number of frames.

Two films are matched by their beginnings. The longer is trimmed to the shorter; what little is
left of it, up to `HELD_S`, is shown beside the last frame of the shorter.
"""

from __future__ import annotations

from pipeline.rules.media import Course, Facts

PHOTO_RATE = 30.0
TITLE_S, SWEEP_S, END_S = 1.2, 1.0, 1.5
LEAST_S, MOST_S = 3.0, 6.0  # of each side in a reel, the divider's way not counted
PHOTO_S = 3.0
HELD_S = 2.0
WIPE_OF_PHOTOS_S = 6.0


def rate_of(facts: tuple[Facts, Facts]) -> float:
    """Return the frame rate of a film of both: the faster one's, so that no motion is lost."""
    return max((each.frame_rate for each in facts if each.frame_rate), default=PHOTO_RATE)


def matched_frames(facts: tuple[Facts, Facts], *, rate: float) -> int:
    """Return the length of a film that shows both sides at once."""
    lengths = [each.duration_s for each in facts if each.duration_s]
    if not lengths:
        return round(WIPE_OF_PHOTOS_S * rate)
    return max(1, round(min(max(lengths), min(lengths) + HELD_S) * rate))


def wipe_course(facts: tuple[Facts, Facts], *, rate: float) -> Course:
    """Both sides run together: a quarter before, the divider for a half, a quarter after."""
    frames = matched_frames(facts, rate=rate)
    quarter = frames // 4
    return Course(0, quarter, frames - 2 * quarter, quarter, 0, together=True)


def reel_course(facts: tuple[Facts, Facts], *, rate: float, ends: bool) -> Course:
    """Title card, before, the divider, after, and the end card where there is something to say."""
    first, second = facts
    return Course(
        title=round(TITLE_S * rate),
        before=round(_shown_s(first) * rate),
        sweep=round(SWEEP_S * rate),
        after=round(_shown_s(second) * rate),
        end=round(END_S * rate) if ends else 0,
    )


def _shown_s(facts: Facts) -> float:
    if facts.duration_s is None:
        return PHOTO_S
    return min(max(facts.duration_s - SWEEP_S, LEAST_S), MOST_S)
