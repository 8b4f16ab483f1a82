"""What stands where on a picture: texts broken into lines, lines set as blocks, blocks placed."""

from pipeline.rules.layout.blocks import Block, Extent, Measure, block, text_pad
from pipeline.rules.layout.labels import LEFT, RIGHT, pair_labels
from pipeline.rules.layout.places import LOGO_PAD, Logo, Placed, Words, layout

__all__ = [
    "LEFT",
    "LOGO_PAD",
    "RIGHT",
    "Block",
    "Extent",
    "Logo",
    "Measure",
    "Placed",
    "Words",
    "block",
    "layout",
    "pair_labels",
    "text_pad",
]
