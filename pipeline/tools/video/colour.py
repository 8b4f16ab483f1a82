"""How the colours of a source become BT.709 in limited range, as filters of ffmpeg."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.tools.video.probe import Source

# Codes of ITU-T H.273.
_BT709, _UNSPECIFIED = 1, 2
_RGB, _RESERVED = 0, 3
_HD_WIDTH, _SD_LINES = 1280, 576

TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


def to_bt709(source: Source, *, size: tuple[int, int]) -> list[str]:
    """Return the filters that bring upright frames to BT.709 SDR, square pixels and `size`.

    An HDR picture is tone-mapped; mobius leaves skin as it is up to its knee, agamma=0 keeps the
    hues of HLG, and 203 nit is white. It is scaled first, because its colours are the dear part.
    """
    width, height = size
    # zscale cannot halve the colours of an odd size: those keep them until they are scaled.
    odd = any(each % 2 for each in (*size, *source.coded_upright))
    pixels = "yuv444p" if odd else "yuv420p"
    if source.transfer != "sdr":
        return [
            *(["format=yuv444p10le"] if odd else []),
            _named(source, primaries="bt2020", matrix="bt2020nc"),
            f"zscale=w={width}:h={height}:f=bicubic:t=linear:npl=203:agamma=0",
            "format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0:peak=4.93:param=0.6",
            f"zscale=t=bt709:m=bt709:r=tv,format={pixels},setsar=1",
            TAGS,
        ]
    filters = []
    if not _is_bt709(source):
        filters += [
            *(["format=yuv444p"] if odd else []),
            _named(source, primaries="bt709", matrix="smpte170m" if _is_sd(source) else "bt709"),
            # SDR curves differ less than screens do: they are taken for one another.
            "setparams=color_trc=bt709,zscale=p=bt709:m=bt709:r=tv",
        ]
    filters.append(f"format={pixels}")
    if size != source.coded_upright:
        filters.append(f"scale={width}:{height}:flags=bicubic")
    return [*filters, "setsar=1", TAGS]


def _is_bt709(source: Source) -> bool:
    colour = source.colour
    matrices = {_BT709} if _is_sd(source) else {_BT709, _UNSPECIFIED}
    known = colour.primaries in {_BT709, _UNSPECIFIED} and colour.matrix in matrices
    return known and not colour.full_range and colour.pixel_format.startswith("yuv")


def _is_sd(source: Source) -> bool:
    """Say whether a file without a word on its colours was made in the days of BT.601."""
    width, height = source.coded_upright
    return max(width, height) < _HD_WIDTH and min(width, height) <= _SD_LINES


def _named(source: Source, *, primaries: str, matrix: str) -> str:
    """Return the filter that names what the file left out; zscale refuses to guess."""
    colour = source.colour
    names = [f"range={'pc' if colour.full_range else 'tv'}"]
    if colour.primaries in {0, _UNSPECIFIED, _RESERVED}:
        names.append(f"color_primaries={primaries}")
    is_rgb = colour.pixel_format.startswith(("gbr", "rgb", "bgr"))
    if colour.matrix in {_UNSPECIFIED, _RESERVED} or (colour.matrix == _RGB and not is_rgb):
        names.append(f"colorspace={'gbr' if is_rgb else matrix}")
    return f"setparams={':'.join(names)}"
