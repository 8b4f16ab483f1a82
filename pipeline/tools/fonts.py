"""Which font file draws the texts, and which letters it has.

The font comes from a package, or is a file of the clinic's own. Its list of letters is read here,
so that a text with a letter the font lacks is told apart before an empty box is drawn.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from pipeline.rules.errors import ToolMissing, UsageError

_PACKAGE = "fontpkg_noto_sans"
_FILE = "NotoSans[wdth,wght].ttf"
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})  # nothing is drawn for these
_SELECTORS = range(0xFE00, 0xFE10)


def font_path(chosen: Path | None = None) -> Path:
    """Return the font file to draw with: the clinic's own, else the packaged one.

    Raises:
        ToolMissing: the file or the package is not there.
    """
    if chosen is not None:
        if not chosen.is_file():
            raise ToolMissing(
                f"The font {chosen} is not there.",
                remedy="Put the font file at that place, or remove brand.font from config.yaml.",
            )
        return chosen
    if find_spec(_PACKAGE) is not None:
        packaged = Path(str(files(_PACKAGE))) / "files" / _FILE
        if packaged.is_file():
            return packaged
    raise ToolMissing(
        "The font for captions and labels is not installed.",
        remedy="Install it with: pip install fontpkg-noto-sans",
    )


def missing_glyphs(text: str, font: Path) -> str:
    """Return the letters of `text` that the font does not have, each once, in their order.

    Raises:
        UsageError: the file is no TrueType or OpenType font.
    """
    known = _letters(font)
    return "".join(dict.fromkeys(letter for letter in text if not _has(letter, known)))


def _has(letter: str, known: frozenset[int]) -> bool:
    if ord(letter) in known or ord(letter) in _SELECTORS:
        return True
    if unicodedata.category(letter) in _INVISIBLE:
        return True
    # An accented letter may be put together from its parts.
    parts = unicodedata.normalize("NFD", letter)
    return parts != letter and all(ord(part) in known for part in parts)


@lru_cache(maxsize=8)
def _letters(font: Path) -> frozenset[int]:
    try:
        return _read_letters(font.read_bytes())
    except (struct.error, IndexError, StopIteration, OSError) as error:
        raise UsageError(
            f"{font} cannot be read as a font.",
            remedy="Name a .ttf or .otf file under brand.font in config.yaml.",
        ) from error


def _read_letters(data: bytes) -> frozenset[int]:
    """Read the code points of a font's `cmap` table (formats 4 and 12: all that is in use)."""
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    (tables,) = struct.unpack_from(">H", data, start + 4)
    records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * at) for at in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (encodings,) = struct.unpack_from(">H", data, cmap + 2)
    letters: set[int] = set()
    for at in range(encodings):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * at)
        if platform in {0, 3}:
            letters |= _subtable(data, cmap + offset)
    return frozenset(letters)


def _subtable(data: bytes, at: int) -> set[int]:
    (table_format,) = struct.unpack_from(">H", data, at)
    if table_format == 4:
        return _segments(data, at)
    letters: set[int] = set()
    if table_format == 12:
        (groups,) = struct.unpack_from(">I", data, at + 12)
        for group in range(groups):
            first, last, _ = struct.unpack_from(">III", data, at + 16 + 12 * group)
            letters.update(range(first, min(last, 0x10FFFF) + 1))
    return letters


def _segments(data: bytes, at: int) -> set[int]:
    """Read a table of format 4: runs of code points, each with an offset to its glyphs."""
    (double,) = struct.unpack_from(">H", data, at + 6)
    ends, starts = at + 14, at + 16 + double
    deltas, ranges = starts + double, starts + 2 * double
    letters: set[int] = set()
    for step in range(0, double, 2):
        (last,) = struct.unpack_from(">H", data, ends + step)
        (first,) = struct.unpack_from(">H", data, starts + step)
        (delta,) = struct.unpack_from(">H", data, deltas + step)
        (offset,) = struct.unpack_from(">H", data, ranges + step)
        for letter in range(first, last + 1):
            glyph = letter
            if offset:
                where = ranges + step + offset + 2 * (letter - first)
                (glyph,) = struct.unpack_from(">H", data, where)
            if letter != 0xFFFF and (glyph + delta) % 65536 and (glyph or not offset):
                letters.add(letter)
    return letters
