"""The pictures and films that the two sides of a pair make together.

A composite stands on both originals: it is planned only where both may be shown, hides what either
must hide, and its key holds both, so that it falls with either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.rules.consent import Permit
from pipeline.rules.errors import Reason
from pipeline.rules.layout import LEFT, RIGHT, Measure, pair_labels
from pipeline.rules.media import (
    Asset,
    Box,
    Canvas,
    Card,
    Course,
    Facts,
    Kind,
    Overlay,
    Pane,
    Recipe,
    Rendition,
)
from pipeline.rules.planned.cards import Stage, lower_third, matte, text_card
from pipeline.rules.planned.courses import matched_frames, rate_of, reel_course, wipe_course
from pipeline.rules.planned.panes import OVER, layout_for, parts
from pipeline.rules.planned.renditions import (
    Sayings,
    Style,
    gain_db_of,
    keyed,
    overlays_on,
    quality_of,
    sound_of,
)

_INSET = 0.03  # of a side: how far its label stays away from its edges


@dataclass(frozen=True, slots=True)
class Pair:
    """Before and after, what may be shown of each on a channel, and what is said of them."""

    before: Asset
    after: Asset
    permits: Mapping[str, Permit]
    sayings: Mapping[str, Sayings]
    channel: str

    @property
    def sides(self) -> tuple[Asset, Asset]:
        """Both originals."""
        return self.before, self.after

    @property
    def facts(self) -> tuple[Facts, Facts]:
        """What was measured of both."""
        return self.before.facts, self.after.facts

    @property
    def says(self) -> tuple[Sayings, Sayings]:
        """What is said of each."""
        found = (self.sayings.get(each.sha256, Sayings()) for each in self.sides)
        first, second = found
        return first, second


def composes(recipe: Recipe, *, kind: Kind) -> bool:
    """Tell whether a recipe makes one picture of a pair of that kind, instead of one of each."""
    kinds = recipe.sources & {Kind.PHOTO, Kind.VIDEO}
    return "pair" in recipe.sources and recipe.size is not None and (not kinds or kind in kinds)


def composite(
    recipe: Recipe, *, pair: Pair, style: Style, measure: Measure
) -> tuple[list[Rendition], list[Reason]]:
    """Plan the files of a recipe and a pair; `recipe.size` is set."""
    size = recipe.size or (0, 0)
    layout = layout_for(pair.facts, layout=recipe.layout, size=size)
    kind = pair.before.kind
    films = layout in OVER or (kind is Kind.VIDEO and recipe.codec is not None)
    rate = rate_of(pair.facts)
    canvas = _blank(recipe, layout=layout, pair=pair, ground=style.ground)
    course: Course | None = None
    if films:
        canvas = replace(
            canvas, at_s=None, second=canvas.second and replace(canvas.second, at_s=None)
        )
    if layout == "wipe":
        course = wipe_course(pair.facts, rate=rate)
    stage = Stage(*size, rate, style, measure)
    canvas, problems = _branded(recipe, canvas=canvas, layout=layout, pair=pair, stage=stage)
    if layout == "reel":
        canvas, said = _reel(canvas, pair=pair, stage=stage)
        problems = (*problems, *said)
    elif course:
        cards = (matte(stage, frames=course.sweep),)
        canvas = replace(canvas, course=course, cards=cards)
    frames = canvas.course.frames if canvas.course else matched_frames(pair.facts, rate=rate)
    redactions = {name for each in pair.sides for name in pair.permits[each.sha256].redactions}
    sound, gains_db = _sound(recipe, pair=pair) if films else ("none", ())
    formats = ("mp4",) if films else recipe.formats
    return [
        keyed(
            Rendition(
                key="",
                name=recipe.name,
                originals=tuple(each.sha256 for each in pair.sides),
                canvas=canvas,
                width=size[0],
                height=size[1],
                format=form,
                quality=quality_of(recipe, form),
                frame_rate=rate if films else None,
                duration_s=frames / rate if films else None,
                sound=sound,
                gains_db=gains_db,
                redactions=tuple(sorted(redactions)),
            ),
            style=style,
        )
        for form in formats
    ], [
        Reason(each.code, file=pair.before.file, channel=pair.channel, facts=each.facts)
        for each in problems
    ]


def _blank(recipe: Recipe, *, layout: str, pair: Pair, ground: str) -> Canvas:
    size = recipe.size or (0, 0)
    first, second = parts(pair.facts, layout=layout, size=size, fit=recipe.fit)
    times = [
        each.facts.poster_at_s or 0.0 if each.kind is Kind.VIDEO else None for each in pair.sides
    ]
    return Canvas(
        recipe=recipe.name,
        width=size[0],
        height=size[1],
        crop=first.crop,
        place=first.place,
        ground=ground,
        at_s=times[0],
        second=Pane(second.crop, second.place, at_s=times[1]),
    )


def _branded(
    recipe: Recipe, *, canvas: Canvas, layout: str, pair: Pair, stage: Stage
) -> tuple[Canvas, tuple[Reason, ...]]:
    """Lay out logo, caption and disclosure over both sides, and a label on each.

    A comparison is a claim: wherever it carries words, it carries the disclosure too. In a reel
    each side has its own caption, and the end card the disclosure.
    """
    wants = set(recipe.overlay) | ({"disclosure"} if "caption" in recipe.overlay else set())
    first, second = pair.says
    if layout == "reel":
        wants -= {"caption", "disclosure"}
    shared = replace(recipe, overlay=tuple(sorted(wants - {"label"})))
    says = Sayings(caption=_caption(pair), disclosure=first.disclosure)
    overlays, problems = overlays_on(
        shared, canvas=canvas, style=stage.style, says=says, measure=stage.measure
    )
    captions: tuple[Overlay, ...] = ()
    if layout == "reel" and "caption" in recipe.overlay:
        captions, said = _side_captions(canvas, pair=pair, stage=stage, recipe=recipe)
        problems = (*problems, *said)
    labels: tuple[Overlay, ...] = ()
    if "label" in wants:
        # Over one another, the sides' labels stand in the corners; else each on its own side.
        places = (canvas.place, canvas.second.place if canvas.second else canvas.place)
        rooms = (_within(places[0], stage.zone), _within(places[1], stage.zone))
        if layout in OVER:
            rooms = (stage.zone, stage.zone)
        placed = pair_labels(
            (first.label, second.label),
            size=(canvas.width, canvas.height),
            rooms=rooms,
            corners=(LEFT, RIGHT if layout in OVER else LEFT),
            avoiding=(*overlays, *captions),
            measure=stage.measure,
            colour=stage.style.primary,
        )
        labels, problems = placed.overlays, (*problems, *placed.problems)
    return replace(canvas, overlays=(*overlays, *captions, *labels)), problems


def _caption(pair: Pair) -> str:
    """Return what one caption says of both: their own where it is the same, else the title."""
    first, second = pair.says
    return first.caption if first.caption == second.caption else first.title


def _side_captions(
    canvas: Canvas, *, pair: Pair, stage: Stage, recipe: Recipe
) -> tuple[tuple[Overlay, ...], tuple[Reason, ...]]:
    """Place the caption of each side by itself: they are never seen at once."""
    found: list[Overlay] = []
    problems: list[Reason] = []
    for pane, says in enumerate(pair.says):
        overlays, said = overlays_on(
            replace(recipe, overlay=("caption",)),
            canvas=canvas,
            style=stage.style,
            says=Sayings(caption=says.caption),
            measure=stage.measure,
        )
        found += [replace(each, pane=pane) for each in overlays]
        problems += said
    return tuple(found), tuple(problems)


def _reel(canvas: Canvas, *, pair: Pair, stage: Stage) -> tuple[Canvas, tuple[Reason, ...]]:
    """Add the course and the cards; captions become lower thirds."""
    says = pair.says[0]
    title, problems = text_card("title", says.title, stage=stage)
    end, said = text_card("end", says.disclosure, stage=stage)
    course = reel_course(pair.facts, rate=stage.frame_rate, ends=bool(says.disclosure))
    captions = [each for each in canvas.overlays if each.kind == "caption"]
    cards: list[Card] = [title, matte(stage, frames=course.sweep)]
    cards += [lower_third(each, stage=stage) for each in captions]
    if course.end:
        cards.append(end)
    left = tuple(each for each in canvas.overlays if each not in captions)
    return replace(canvas, overlays=left, course=course, cards=tuple(cards)), (*problems, *said)


def _within(box: Box, zone: Box) -> Box:
    """Return what a side and the safe zone share, a little away from the side's edges."""
    inset = round(_INSET * min(box.width, box.height))
    left, top = max(box.x + inset, zone.x), max(box.y + inset, zone.y)
    right = min(box.x + box.width - inset, zone.x + zone.width)
    bottom = min(box.y + box.height - inset, zone.y + zone.height)
    return Box(left, top, max(right - left, 0), max(bottom - top, 0))


def _sound(recipe: Recipe, *, pair: Pair) -> tuple[str, tuple[float | None, ...]]:
    """Return how a film of both sounds: what may not be heard of one side leaves the other.

    The same on all channels of a recipe, so that one file serves them all: as loud as the web
    wants it if the web is among them, and with a silent track if a network is.
    """
    channel = "web" if "web" in recipe.channels else pair.channel
    gains = tuple(
        gain_db_of(each, channel=channel)
        if sound_of(each, permit=pair.permits[each.sha256], channel=channel) == "keep"
        else None
        for each in pair.sides
    )
    if any(each is not None for each in gains):
        return "keep", gains
    return ("none" if recipe.channels == {"web"} else "silence"), ()
