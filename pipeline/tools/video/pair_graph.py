"""The filter graph for films of a pair: two originals in, beside one another or one after another.

All films of one graph share a timeline, so that both originals are read at the same pace and
nothing piles up: either both sides run together, or the second follows the first as a reel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rules.media import Box, Canvas, Course
from pipeline.tools.video.colour import TAGS, to_bt709
from pipeline.tools.video.graph import (
    Graph,
    Length,
    Writer,
    brand,
    draw_sizes,
    frames,
    place_filters,
    working_size,
)
from pipeline.tools.video.pair_sound import Voice, draw_voices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.rules.work import Sheet
    from pipeline.tools.video.probe import Source

_ALPHA = "scale=out_color_matrix=bt709:out_range=tv,format=yuva420p"
LOWER_S = 2.6  # how long a lower third is seen
_LEAVES_S = 0.3
_OPAQUE = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1," + TAGS


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair: its tracks and its length; a photo has neither."""

    source: Source | None = None
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PairFilm:
    """A film of a pair and the numbers of its inputs.

    `overlays` are those of the canvas's overlays, `cards` those of its cards. `photos` are the
    two sides of a photo pair, each a picture of the size at which it is shown; None for films.
    """

    sheet: Sheet
    overlays: tuple[int, ...]
    cards: tuple[int, ...] = ()
    divider: int | None = None
    photos: tuple[int, int] | None = None

    @property
    def canvas(self) -> Canvas:
        """The canvas of its sheet."""
        return self.sheet.canvas


def shown_frames(course: Course | None, *, length: Length) -> tuple[int, int]:
    """Return how many frames of each side a film shows."""
    if course is None or course.together:
        return length.frames, length.frames
    return course.before + course.sweep, course.sweep + course.after


def side_of(canvas: Canvas, side: int) -> Canvas:
    """Return one side of a canvas of two as a canvas of its own, as large as it is shown."""
    second = canvas.second
    crop, place = (
        (canvas.crop, canvas.place) if not side or not second else (second.crop, second.place)
    )
    return Canvas(
        canvas.recipe,
        place.width,
        place.height,
        crop=crop,
        place=Box(0, 0, place.width, place.height),
        ground=canvas.ground,
    )


def draw_pair(length: Length, *, sides: tuple[Side, Side], films: Sequence[PairFilm]) -> Graph:
    """Write the graph for films of a pair that share a timeline; inputs 0 and 1 are its sides."""
    writer = Writer()
    shown = shown_frames(films[0].canvas.course, length=length)
    first = _side(writer, 0, side=sides[0], films=films, count=shown[0], length=length)
    second = _side(writer, 1, side=sides[1], films=films, count=shown[1], length=length)
    pictures: dict[str, str] = {}
    for film, left, right in zip(films, first, second, strict=True):
        if film.canvas.course:
            drawn = _swept(writer, film, (left, right), course=film.canvas.course, length=length)
        else:
            drawn = _beside(writer, film, (left, right))
        pictures |= draw_sizes(writer, writer.chain(f"{drawn}{TAGS}"), film.sheet, length)
    voices = [
        Voice(
            f"[{number}:{side.source.audio_index}]",
            min(float(count / length.rate), side.duration_s),
        )
        if side.source and side.source.audio_index is not None
        else None
        for number, (side, count) in enumerate(zip(sides, shown, strict=True))
    ]
    sounds = draw_voices(
        writer,
        (voices[0], voices[1]),
        [(output, film.canvas.course) for film in films for output in film.sheet.outputs],
        length=length,
    )
    return Graph(";".join(writer.chains), pictures, sounds, {})


def _side(
    writer: Writer,
    number: int,
    *,
    side: Side,
    films: Sequence[PairFilm],
    count: int,
    length: Length,
) -> list[str]:
    """Bring one side to the size and place of each film, in exactly `count` frames.

    A side that ends earlier holds its last frame, one that goes on is trimmed.
    """
    matched = f"tpad=stop_mode=clone:stop={count},trim=end_frame={count},{_timed(length)}"
    canvases = [side_of(film.canvas, number) for film in films]
    if side.source is None:
        return [
            writer.chain(f"[{film.photos[number]}:v]{_OPAQUE},{matched}")
            for film in films
            if film.photos
        ]
    source = side.source
    size = working_size(source, canvases=canvases)
    whole = f"[{number}:{source.video_index}]{frames(source, rate=length.rate)},{matched},"
    trunks = writer.split(whole + ",".join(to_bt709(source, size=size)), count=len(films))
    return [
        writer.chain(trunk + place_filters(canvas, source=source, size=size))
        for trunk, canvas in zip(trunks, canvases, strict=True)
    ]


def _timed(length: Length) -> str:
    """Return the filters that number frames from 0 at the constant rate."""
    rate = length.rate
    return f"settb={rate.denominator}/{rate.numerator},setpts=N"


def _on_ground(writer: Writer, label: str, canvas: Canvas, *, place: Box) -> str:
    if place == Box(0, 0, canvas.width, canvas.height):
        return label
    colour = f"0x{canvas.ground.removeprefix('#')}"
    return writer.chain(
        f"{label}pad={canvas.width}:{canvas.height}:{place.x}:{place.y}:color={colour}",
    )


def _second_place(canvas: Canvas) -> Box:
    return canvas.second.place if canvas.second else canvas.place


def _beside(writer: Writer, film: PairFilm, sides: tuple[str, str]) -> str:
    """Lay both sides on one ground, and everything else over them."""
    canvas, place = film.canvas, _second_place(film.canvas)
    ground = _on_ground(writer, sides[0], canvas, place=canvas.place)
    both = writer.chain(f"{ground}{sides[1]}overlay={place.x}:{place.y}:format=yuv420")
    return brand(writer, both, canvas.overlays, film.overlays)


def _swept(
    writer: Writer,
    film: PairFilm,
    sides: tuple[str, str],
    *,
    course: Course,
    length: Length,
) -> str:
    """Before, the divider wiping it away, after; cards first and last."""
    timed, begins = _timed(length), course.before if course.together else 0
    canvas = film.canvas
    places = (canvas.place, _second_place(canvas))
    labels = []
    for number, label in enumerate(sides):
        ground = _on_ground(writer, label, canvas, place=places[number])
        late = course.sweep if number and not course.together else 0
        labels.append(_own(writer, ground, film, pane=number, late=late, length=length))
    b1, b2 = writer.split(f"{labels[0]}null", count=2)
    a1, a2 = writer.split(f"{labels[1]}null", count=2)
    turn = begins + course.sweep
    leaving = f"trim=start_frame={course.before}:end_frame={course.before + course.sweep}"
    leaves = writer.chain(f"{b2}{leaving},{timed}")
    comes = writer.chain(f"{a1}trim=start_frame={begins}:end_frame={turn},{timed}")
    parts = [
        writer.chain(f"{b1}trim=end_frame={course.before},{timed}"),
        _sweep(writer, film, leaves, comes, length=length),
        writer.chain(f"{a2}trim=start_frame={turn}:end_frame={turn + course.after},{timed}"),
    ]
    footage = writer.chain(f"{''.join(parts)}concat=n=3:v=1:a=0,{timed}")
    shared = [
        (overlay, number)
        for overlay, number in zip(canvas.overlays, film.overlays, strict=True)
        if overlay.pane is None
    ]
    branded = brand(writer, footage, [o for o, _ in shared], [number for _, number in shared])
    cards = {card.kind: number for card, number in zip(canvas.cards, film.cards, strict=True)}
    reel = [branded]
    if course.title:
        reel.insert(0, _card(writer, cards["title"], count=course.title, length=length))
    if course.end:
        reel.append(_card(writer, cards["end"], count=course.end, length=length))
    joined = f"{''.join(reel)}concat=n={len(reel)}:v=1:a=0,{timed}," if len(reel) > 1 else branded
    return writer.chain(f"{joined}fps=fps={length.rate}:round=near")


def _own(
    writer: Writer, label: str, film: PairFilm, *, pane: int, late: int, length: Length
) -> str:
    """Lay what belongs to one side alone over it.

    Its caption comes `late` frames later and goes again: it must not be over a face for long.
    """
    canvas = film.canvas
    mine = [
        (overlay, number)
        for overlay, number in zip(canvas.overlays, film.overlays, strict=True)
        if overlay.pane == pane
    ]
    label = brand(writer, label, [o for o, _ in mine], [number for _, number in mine])
    for card, number in zip(canvas.cards, film.cards, strict=True):
        if card.kind == "lower" and card.pane == pane:
            gone, leaving = round(LOWER_S * length.rate), round(_LEAVES_S * length.rate)
            held = f"tpad=start_mode=clone:start={late}:stop_mode=clone:stop={gone}"
            going = late + gone - leaving - 1
            left = f"trim=end_frame={late + gone},fade=t=out:s={going}:n={leaving}"
            drawn = writer.chain(
                f"[{number}:v]{_timed(length)},{held},{_timed(length)},{left}:alpha=1,{_ALPHA}",
            )
            label = writer.chain(f"{label}{drawn}overlay={card.at[0]}:{card.at[1]}:format=yuv420")
    return label


def _sweep(writer: Writer, film: PairFilm, before: str, after: str, *, length: Length) -> str:
    """Uncover the second side to the right of the divider, which moves as the matte does."""
    canvas = film.canvas
    matte = next(
        number
        for card, number in zip(canvas.cards, film.cards, strict=True)
        if card.kind == "matte"
    )
    count = next(card.frames for card in canvas.cards if card.kind == "matte")
    mask = writer.chain(f"[{matte}:v]{_timed(length)},format=gbrp,extractplanes=r")
    shown = writer.chain(f"{after}{mask}alphamerge")
    swept = writer.chain(f"{before}{shown}overlay=format=yuv420")
    if film.divider is None:
        return writer.chain(f"{swept}{_timed(length)}")
    line = writer.chain(f"[{film.divider}:v]{_ALPHA}")
    # The easing of motion.eased, so that the line stands where the matte turns white. Here n is 1
    # for the first frame.
    x = f"W*(1-(3-2*st(0,n/{count + 1}))*ld(0)*ld(0))-w/2"
    return writer.chain(
        f"{swept}{line}overlay=x='{x}':y=0:eval=frame:format=yuv420,{_timed(length)}"
    )


def _card(writer: Writer, number: int, *, count: int, length: Length) -> str:
    """Show a card for `count` frames: what moves, then its last frame."""
    held = f"tpad=stop_mode=clone:stop={count},trim=end_frame={count}"
    return writer.chain(f"[{number}:v]{_timed(length)},{_OPAQUE},{held},{_timed(length)}")
