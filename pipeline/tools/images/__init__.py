"""Photos and still pictures: the only folder that knows Pillow."""

from pipeline.tools.images.facts import measure
from pipeline.tools.images.originals import decode, upright_size
from pipeline.tools.images.overlays import draw_overlay, draw_png, measure_text, measure_with
from pipeline.tools.images.renditions import render

__all__ = [
    "decode",
    "draw_overlay",
    "draw_png",
    "measure",
    "measure_text",
    "measure_with",
    "render",
    "upright_size",
]
