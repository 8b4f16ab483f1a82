"""Video: the only folder that knows ffmpeg and PyAV."""

from pipeline.tools.video.measure import measure
from pipeline.tools.video.pairs import render_pair
from pipeline.tools.video.render import render, versions

__all__ = ["measure", "render", "render_pair", "versions"]
