"""How large the pictures of a recipe are, and what of an original lies where on them.

Never upscaled: sizes above the source are left out, and a recipe of fixed size places the picture
at most at its own size. Films have even sides, as their codec wants.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.rules.media import Box, Canvas, Facts, Recipe


@dataclass(frozen=True, slots=True)
class Size:
    """A size of a recipe: the name of its rendition, and pixels."""

    name: str
    width: int
    height: int


def sizes_of(recipe: Recipe, *, facts: Facts, step: int) -> list[Size]:
    """Return the sizes of a recipe, largest first: never above the source, never none.

    Sides are multiples of `step`: 2 for films, 1 for photos. Several sizes, and the source's own
    when all are above it, are named by their number.
    """
    if recipe.size:
        return [Size(recipe.name, *(_stepped(side, step) for side in recipe.size))]
    own = facts.width if recipe.widths else min(facts.width, facts.height)
    wished = recipe.widths or recipe.short_sides
    fitting = sorted({number for number in wished if number <= own}, reverse=True) or [own]
    plain = len(wished) == 1 and fitting == list(wished)
    return [
        Size(
            recipe.name if plain else f"{recipe.name}-{number}",
            _scaled(facts.width, number / own, step=step),
            _scaled(facts.height, number / own, step=step),
        )
        for number in fitting
    ]


def blank_canvas(recipe: Recipe, *, facts: Facts, ground: str, step: int) -> Canvas:
    """Place the picture on the canvas of a recipe, without anything drawn over it yet."""
    top = sizes_of(recipe, facts=facts, step=step)[0]
    whole = Box(0, 0, facts.width, facts.height)
    if not recipe.size:
        place = Box(0, 0, top.width, top.height)
        return Canvas(recipe.name, top.width, top.height, whole, place, ground)
    fill = max if recipe.fit == "crop" else min
    factor = min(1.0, fill(top.width / whole.width, top.height / whole.height))
    crop_w = min(whole.width, round(top.width / factor))
    crop_h = min(whole.height, round(top.height / factor))
    placed_w = min(top.width, _scaled(crop_w, factor, step=2))
    placed_h = min(top.height, _scaled(crop_h, factor, step=2))
    return Canvas(
        recipe=recipe.name,
        width=top.width,
        height=top.height,
        crop=Box((whole.width - crop_w) // 2, (whole.height - crop_h) // 2, crop_w, crop_h),
        place=Box(
            (top.width - placed_w) // 4 * 2, (top.height - placed_h) // 4 * 2, placed_w, placed_h
        ),
        ground=ground,
    )


def _scaled(side: int, factor: float, *, step: int) -> int:
    """Scale a side to a multiple of `step` that is no longer than the side itself."""
    return min(max(step, round(side * factor / step) * step), _stepped(side, step))


def _stepped(side: int, step: int) -> int:
    return max(step, side // step * step)
