"""Where logo, label, caption and disclosure lie on a picture, and how large they are.

The one place that knows: all of it inside the safe zone, nothing over anything else, no letter
smaller than a phone can show. Texts are measured by a function given in, so no font is opened
here. What does not fit is not squeezed in: it comes back as a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from pipeline.rules.errors import Reason
from pipeline.rules.layout.blocks import Block, Measure, block
from pipeline.rules.layout.lines import tidy
from pipeline.rules.legible import SCRIM, ink_on, least_font_px
from pipeline.rules.media import Box, Overlay

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOGO_SHARE = 0.10  # the plate of the logo, of the picture's short side; the logo itself is 8.2 %
LOGO_WIDTH_SHARE = 0.30  # a very wide logo, of the picture's width
LOGO_PAD = 0.09  # of the plate's height, on every side of the logo
TITLE_SHARE = 0.042  # the font of a label or a name set as the logo, of the short side
LOGO_ENLARGED = 2  # a small logo is enlarged at most this often


@dataclass(frozen=True, slots=True)
class Logo:
    """The clinic's logo: its own size in pixels and the hash of its file."""

    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Words:
    """What shall stand on a picture; an empty text stands nowhere.

    `name` is set as the logo when there is no picture of one. `primary` is the brand's colour.
    """

    label: str = ""
    caption: str = ""
    disclosure: str = ""
    name: str = ""
    logo: Logo | None = None
    primary: str = "#0b6e69"


@dataclass(frozen=True, slots=True)
class Placed:
    """What was placed, in drawing order, and why the rest was not."""

    overlays: tuple[Overlay, ...]
    problems: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A picture to be written on: its size, its safe zone, the measure and its fonts' sizes.

    Captions begin at `start_px`, labels and names at `title_px`; none is below `least_px`.
    """

    width: int
    height: int
    zone: Box
    measure: Measure
    gap: int
    least_px: int
    start_px: int
    title_px: int


@dataclass(frozen=True, slots=True)
class _Wish:
    """A text to be set: its font begins at `start_px` and it takes at most `max_lines`."""

    kind: str
    text: str
    start_px: int
    max_lines: int = 2


def layout(words: Words, *, width: int, height: int, zone: Box, measure: Measure) -> Placed:
    """Place everything on a picture of that size, within `zone`.

    The logo lies in the upper right corner, the label in the upper left, the caption below, the
    disclosure under it. Texts begin at a comfortable size and shrink to the least legible one.
    """
    least_px = least_font_px(width=width, height=height)
    if zone.width < 12 * least_px or zone.height < 6 * least_px:
        if not (words.logo or any(map(tidy, _texts(words).values()))):
            return Placed(())
        return Placed((), (Reason("picture_too_small", facts={"size": f"{width} x {height}"}),))
    gap = ceil(0.02 * min(width, height))
    placed = Placed(())
    # Everything as large as it likes; then, if that is too much, everything as small as it may.
    title_px = round(TITLE_SHARE * min(width, height))
    for comfort in ((round(1.35 * least_px), max(title_px, least_px)), (least_px, least_px)):
        sheet = _Sheet(width, height, zone, measure, gap, least_px, *comfort)
        placed = _place(words, sheet=sheet)
        if not placed.problems:
            break
    return placed


def _texts(words: Words) -> dict[str, str]:
    name = "" if words.logo else words.name
    return {
        "disclosure": words.disclosure,
        "caption": words.caption,
        "label": words.label,
        "name": name,
    }


def _place(words: Words, *, sheet: _Sheet) -> Placed:
    """Stack disclosure and caption upwards from the bottom, then logo and label at the top."""
    problems: list[Reason] = []
    texts: dict[str, str] = {}
    for part, text in _texts(words).items():
        missing = sheet.measure(tidy(text), sheet.least_px).missing if tidy(text) else ""
        if missing:
            facts = {"part": part, "letters": missing}
            problems.append(Reason("text_missing_letters", facts=facts))
        elif tidy(text):
            texts[part] = tidy(text)
    below: list[Overlay] = []
    floor_y = sheet.zone.y + sheet.zone.height
    for part, start_px in (("disclosure", sheet.least_px), ("caption", sheet.start_px)):
        if part not in texts:
            continue
        room = (sheet.zone.width, floor_y - sheet.zone.y)
        found = _set(_Wish(part, texts[part], start_px=start_px), room=room, sheet=sheet)
        if found is None:
            problems.append(_too_long(part, sheet=sheet))
            continue
        x = sheet.zone.x + (sheet.zone.width - found.width) // 2
        below.append(_text_overlay(found, kind=part, x=x, y=floor_y - found.height, ground=SCRIM))
        floor_y -= found.height + sheet.gap
    above, refused = _top(words, texts=texts, room_height=floor_y - sheet.zone.y, sheet=sheet)
    return Placed((*above, *reversed(below)), (*problems, *refused))


def _top(
    words: Words,
    *,
    texts: Mapping[str, str],
    room_height: int,
    sheet: _Sheet,
) -> tuple[list[Overlay], list[Reason]]:
    """Place the logo in the right corner and the label in the left one, or under it."""
    overlays: list[Overlay] = []
    problems: list[Reason] = []
    room = Box(sheet.zone.x, sheet.zone.y, sheet.zone.width, room_height)
    logo = _logo(words, texts=texts, room=room, sheet=sheet)
    if logo is not None:
        overlays.append(logo)
    elif words.logo or "name" in texts:
        problems.append(_too_long("logo" if words.logo else "name", sheet=sheet))
    if "label" not in texts:
        return overlays, problems
    wish = _Wish("label", texts["label"], start_px=sheet.title_px, max_lines=1)
    for corner in _label_rooms(logo, room=room, sheet=sheet):
        found = _set(wish, room=(corner.width, corner.height), sheet=sheet)
        if found is not None:
            overlays.append(
                _text_overlay(found, kind="label", x=corner.x, y=corner.y, ground=words.primary),
            )
            return overlays, problems
    problems.append(_too_long("label", sheet=sheet))
    return overlays, problems


def _label_rooms(logo: Overlay | None, *, room: Box, sheet: _Sheet) -> Iterator[Box]:
    """Yield where the label may go: beside the logo, else below it."""
    if logo is None:
        yield room
        return
    yield Box(room.x, room.y, logo.box.x - sheet.gap - room.x, room.height)
    used = logo.box.height + sheet.gap
    yield Box(room.x, room.y + used, room.width, room.height - used)


def _logo(words: Words, *, texts: Mapping[str, str], room: Box, sheet: _Sheet) -> Overlay | None:
    right = room.x + room.width
    if words.logo is not None:
        plate = _plate(words.logo, sheet=sheet)
        if plate[0] > room.width or plate[1] > room.height:
            return None
        box = Box(right - plate[0], room.y, *plate)
        return Overlay("logo", box, image=words.logo.sha256)
    if "name" not in texts:
        return None
    # A short name beside the label, a longer one in two lines, the longest over the whole width.
    tall, least = sheet.title_px, sheet.least_px
    for share, max_lines, start_px in ((0.42, 1, tall), (0.56, 2, tall), (1.0, 2, least)):
        size = (floor(room.width * share), room.height)
        wish = _Wish("logo", texts["name"], start_px=start_px, max_lines=max_lines)
        found = _set(wish, room=size, sheet=sheet)
        if found is not None:
            x = right - found.width
            return _text_overlay(found, kind="logo", x=x, y=room.y, ground=SCRIM)
    return None


def _plate(logo: Logo, *, sheet: _Sheet) -> tuple[int, int]:
    """Return the size of the logo with the space around it."""
    height = LOGO_SHARE * min(sheet.width, sheet.height)
    height = min(height, logo.height * LOGO_ENLARGED / (1 - 2 * LOGO_PAD))
    # width of the plate = height * ((1 - 2 pad) * aspect + 2 pad)
    broad = (1 - 2 * LOGO_PAD) * logo.width / logo.height + 2 * LOGO_PAD
    height = min(height, LOGO_WIDTH_SHARE * sheet.width / broad)
    return max(floor(height * broad), 1), max(floor(height), 1)


def _set(wish: _Wish, *, room: tuple[int, int], sheet: _Sheet) -> Block | None:
    return block(
        wish.text,
        kind=wish.kind,
        room=room,
        sizes_px=(wish.start_px, sheet.least_px),
        measure=sheet.measure,
        max_lines=wish.max_lines,
    )


def _text_overlay(found: Block, *, kind: str, x: int, y: int, ground: str) -> Overlay:
    box = Box(x, y, found.width, found.height)
    return Overlay(kind, box, found.lines, found.font_px, ink=ink_on(ground), ground=ground)


def _too_long(part: str, *, sheet: _Sheet) -> Reason:
    return Reason("text_too_long", facts={"part": part, "size": f"{sheet.width} x {sheet.height}"})
