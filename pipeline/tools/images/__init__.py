"""Photos and still pictures: the only folder that knows Pillow."""

from pipeline.tools.images.facts import measure
from pipeline.tools.images.originals import decode, upright_size
from pipeline.tools.images.overlays import draw_overlay, draw_png, measure_text, measure_with
from pipeline.tools.images.pairs import draw_divider, draw_side, render_pair, sides
from pipeline.tools.images.renditions import render

__all__ = [
    "decode",
    "draw_divider",
    "draw_overlay",
    "draw_png",
    "draw_side",
    "measure",
    "measure_text",
    "measure_with",
    "render",
    "render_pair",
    "sides",
    "upright_size",
]
