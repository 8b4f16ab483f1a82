"""What stands where on a picture: texts broken into lines, lines set as blocks, blocks placed."""

from pipeline.rules.layout.blocks import Extent, Measure, text_pad
from pipeline.rules.layout.places import LOGO_PAD, Logo, Placed, Words, layout

__all__ = ["LOGO_PAD", "Extent", "Logo", "Measure", "Placed", "Words", "layout", "text_pad"]
