"""What a file is and whether all of it has arrived, told from its bytes alone.

Nothing is decoded and no foreign library is asked: the few bytes that are looked at here decide
which decoder, if any, may see the file at all. Names are never looked at.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.rules.media import Kind
from pipeline.tools.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

_HEAD_BYTES = 512
# So many zeros at the end of the coded data mean that it has not arrived. Films may end in true
# silence that was never coded, so they need more; half of what there is always means it.
_EMPTY_PHOTO_BYTES = 128
_EMPTY_FILM_BYTES = 1 << 20
_TIFF_FIELD_TYPES = range(1, 17)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the first bytes say. `kind` is None for what we have no use for, "unknown" its format.

    Photos: jpeg png webp avif heic tiff. Video: mp4 mov m4v webm mkv. Archives: zip rar 7z gz tar.
    """

    kind: Kind | Literal["pdf", "archive"] | None
    format: str


_UNKNOWN = Sniffed(None, "unknown")
_MAGIC = (
    (0, b"\xff\xd8\xff", Sniffed(Kind.PHOTO, "jpeg")),
    (0, b"\x89PNG\r\n\x1a\n", Sniffed(Kind.PHOTO, "png")),
    (8, b"WEBPVP8", Sniffed(Kind.PHOTO, "webp")),
    (8, b"CR\x02", _UNKNOWN),  # Canon's raw, which looks like a TIFF
    (0, b"II*\x00", Sniffed(Kind.PHOTO, "tiff")),
    (0, b"MM\x00*", Sniffed(Kind.PHOTO, "tiff")),
    (0, b"%PDF-", Sniffed("pdf", "pdf")),
    (0, b"PK\x03\x04", Sniffed("archive", "zip")),
    (0, b"PK\x05\x06", Sniffed("archive", "zip")),
    (0, b"Rar!\x1a\x07", Sniffed("archive", "rar")),
    (0, b"7z\xbc\xaf\x27\x1c", Sniffed("archive", "7z")),
    (0, b"\x1f\x8b", Sniffed("archive", "gz")),
    (257, b"ustar", Sniffed("archive", "tar")),
    # Old QuickTime files have no ftyp; they begin with one of these.
    *((4, name, Sniffed(Kind.VIDEO, "mov")) for name in (b"moov", b"mdat", b"wide", b"pnot")),
)
# The brands of ISO files. The major one decides if it is known, else the first known one.
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), Sniffed(Kind.PHOTO, "avif")),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc"), Sniffed(Kind.PHOTO, "heic")),
    **dict.fromkeys((b"M4V ", b"M4VH", b"M4VP"), Sniffed(Kind.VIDEO, "m4v")),
    **dict.fromkeys((b"isom", b"mp41", b"mp42", b"avc1", b"MSNV"), Sniffed(Kind.VIDEO, "mp4")),
    **{b"iso%c" % digit: Sniffed(Kind.VIDEO, "mp4") for digit in b"23456789"},
    b"qt  ": Sniffed(Kind.VIDEO, "mov"),
    **dict.fromkeys((b"M4A ", b"M4B ", b"crx "), _UNKNOWN),  # sound; Canon's raw
}
_DOCTYPES = {b"webm": Sniffed(Kind.VIDEO, "webm"), b"matr": Sniffed(Kind.VIDEO, "mkv")}


def sniff(path: Path) -> Sniffed:
    """Say what `path` is. Raises BadMedia when it is no ordinary file, OSError when unreadable."""
    with open_regular(path) as reader:
        head = reader.read(_HEAD_BYTES)
    for at, magic, found in _MAGIC:
        if head.startswith(magic, at):
            return found
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        doctype = head.find(b"\x42\x82") + 3
        return _DOCTYPES.get(head[doctype : doctype + 4], _UNKNOWN)
    return next((_BRANDS[brand] for brand in _brands(head) if brand in _BRANDS), _UNKNOWN)


def complete_container(path: Path) -> bool:
    """Say whether the outermost structure of `path` is all there; cheap, nothing is decoded.

    A file that is still being copied answers False, also when its full size was set beforehand.
    What has no structure that we know answers True, unless nothing of it is there yet. Raises
    like `sniff`.
    """
    check = _CHECKS.get(sniff(path).format)
    with open_regular(path) as reader:
        if check is None:
            return any(reader.read(_HEAD_BYTES))
        return check(reader, os.fstat(reader.fileno()).st_size)


def _brands(head: bytes) -> list[bytes]:
    """Return the brands of an ISO file, the major one first; none for any other file."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4]), len(head))
    return [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]


def _iso_boxes(reader: BinaryIO, *, size_bytes: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, start of content, end) of the outermost boxes; an end may lie past the file."""
    at = 0
    while at < size_bytes:
        reader.seek(at)
        head = reader.read(16)
        if len(head) < 8:
            yield b"", at, size_bytes + 1
            return
        length, name = int.from_bytes(head[:4]), head[4:8]
        start = at + 8
        if length == 1 and len(head) == 16:
            length, start = int.from_bytes(head[8:]), at + 16
        elif length == 0 and name.strip(b"\0"):  # the last box, up to the end of the file
            length = size_bytes - at
        if length < start - at:
            yield b"", at, size_bytes + 1
            return
        at += length
        yield name, start, at


def _iso_complete(reader: BinaryIO, size_bytes: int) -> bool:
    boxes = list(_iso_boxes(reader, size_bytes=size_bytes))
    names = {name for name, _, _ in boxes}
    name, start, end = boxes[-1]
    if end != size_bytes or not {b"moov", b"meta"} & names:
        return False
    most = _EMPTY_FILM_BYTES if b"moov" in names else _EMPTY_PHOTO_BYTES
    empty = min(most, (end - start) // 2)
    return name != b"mdat" or any(_tail(reader, size_bytes=size_bytes, length=empty))


def _matroska_complete(reader: BinaryIO, size_bytes: int) -> bool:
    at = 0
    for _ in range(2):  # the header, then the segment that holds everything
        reader.seek(at)
        head = reader.read(12)
        id_length, size_length = _vint_length(head[:1]), _vint_length(head[4:5])
        if at == 0 or head[:4] == b"\x18\x53\x80\x67":
            raw = head[id_length : id_length + size_length]
            if len(raw) < size_length or not size_length:
                return False
            value = int.from_bytes(raw) & ((1 << 7 * size_length) - 1)
            if value == (1 << 7 * size_length) - 1:  # unknown: written live, up to the end
                return True
            at += id_length + size_length + value
        else:
            return False
    empty = min(_EMPTY_FILM_BYTES, size_bytes // 2)
    return at <= size_bytes and any(_tail(reader, size_bytes=size_bytes, length=empty))


def _vint_length(first: bytes) -> int:
    return 9 - first[0].bit_length() if first and first[0] else 0


def _jpeg_complete(reader: BinaryIO, _size_bytes: int) -> bool:
    """Find the end of the picture; what cameras put behind it is of no interest."""
    reader.seek(2)
    while len(head := reader.read(4)) == 4 and head[0] == 0xFF:
        if head[1] == 0xFF:  # a filling byte
            reader.seek(-3, os.SEEK_CUR)
            continue
        reader.seek(int.from_bytes(head[2:4]) - 2, os.SEEK_CUR)
        if head[1] == 0xDA:
            return b"\xff\xd9" in reader.read()
    return False


def _png_complete(reader: BinaryIO, size_bytes: int) -> bool:
    at = 8
    while at + 12 <= size_bytes:
        reader.seek(at)
        head = reader.read(8)
        at += 12 + int.from_bytes(head[:4])
        if head[4:] == b"IEND":
            return at <= size_bytes
    return False


def _webp_complete(reader: BinaryIO, size_bytes: int) -> bool:
    reader.seek(4)
    claimed = 8 + int.from_bytes(reader.read(4), "little")
    empty = min(_EMPTY_PHOTO_BYTES, claimed // 2)
    return claimed <= size_bytes and any(_tail(reader, size_bytes=claimed, length=empty))


def _tiff_complete(reader: BinaryIO, _size_bytes: int) -> bool:
    reader.seek(0)
    order: Literal["little", "big"] = "little" if reader.read(2) == b"II" else "big"
    reader.seek(4)
    reader.seek(int.from_bytes(reader.read(4), order))
    count = int.from_bytes(reader.read(2), order)
    fields = reader.read(12 * count)
    types = {int.from_bytes(fields[at + 2 : at + 4], order) for at in range(0, len(fields), 12)}
    return 0 < count == len(fields) / 12 and types <= set(_TIFF_FIELD_TYPES)


def _pdf_complete(reader: BinaryIO, size_bytes: int) -> bool:
    return b"%%EOF" in _tail(reader, size_bytes=size_bytes, length=2048)


def _tail(reader: BinaryIO, *, size_bytes: int, length: int) -> bytes:
    reader.seek(max(0, size_bytes - length))
    return reader.read(min(length, size_bytes))


_CHECKS: dict[str, Callable[[BinaryIO, int], bool]] = {
    **dict.fromkeys(("mp4", "mov", "m4v", "heic", "avif"), _iso_complete),
    **dict.fromkeys(("mkv", "webm"), _matroska_complete),
    "jpeg": _jpeg_complete,
    "png": _png_complete,
    "webp": _webp_complete,
    "tiff": _tiff_complete,
    "pdf": _pdf_complete,
}
