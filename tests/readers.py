"""Independent readers of public files: what is in them that we did not mean to publish.

No imaging library takes part. Each format's own structure is walked, every piece must be one that
is expected, and the pieces must account for every byte. Allowed are an sRGB profile and one XMP
packet with the clinic's rights.
"""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_XMP_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_UUID = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
_XMP_TAGS = {
    *("x:xmpmeta", "rdf:RDF", "rdf:Description", "rdf:Seq", "rdf:Alt", "rdf:Bag", "rdf:li"),
    *("dc:creator", "dc:rights", "photoshop:Credit", "xmpRights:WebStatement"),
}
_HANDLERS = {b"vide": b"VideoHandler\0", b"soun": b"SoundHandler\0"}
_CODED = {b"av01", b"hvc1"}
_IDENTITY = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_FILM_BOXES = {
    *("ftyp", "moov", "mdat", "free", "uuid", "mvhd", "trak", "tkhd", "edts", "elst", "mdia"),
    *("mdhd", "hdlr", "minf", "vmhd", "smhd", "dinf", "dref", "stbl", "stsd", "stts", "stss"),
    *("ctts", "stsc", "stsz", "stco", "co64", "sgpd", "sbgp", "sdtp"),
}
_FILM_PARENTS = {"moov", "trak", "edts", "mdia", "minf", "stbl"}
_PICTURE_BOXES = {
    *("ftyp", "meta", "mdat", "free", "hdlr", "pitm", "iloc", "iinf", "iref", "iprp", "ipco"),
    *("ipma", "ispe", "pixi", "av1C", "hvcC", "colr", "infe", "cdsc", "pasp", "irot", "imir"),
}


def leaks(file: Path | bytes) -> list[str]:
    """Name every piece of a JPEG, PNG, WebP, AVIF, HEIC or MP4 that does not belong there."""
    body = file.read_bytes() if isinstance(file, Path) else file
    if body.startswith(b"\xff\xd8"):
        found = list(_jpeg(body))
    elif body.startswith(b"\x89PNG"):
        found = list(_png(body))
    elif body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        found = list(_webp(body))
    elif body[4:8] == b"ftyp" and body[8:12] in {b"avif", b"heic", b"mif1", b"avis"}:
        found = list(_picture(body))
    elif body[4:8] == b"ftyp":
        found = list(_film(body))
    else:
        found = ["a format that is never published"]
    if found.count("XMP") == 1:  # one packet is ours
        found.remove("XMP")
    return found


def boxes(body: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """Yield (name, start of content, end) of the ISO boxes that lie side by side."""
    end = len(body) if end is None else end
    while start + 8 <= end:
        length, name = struct.unpack_from(">I4s", body, start)
        head = 8
        if length == 1:
            length, head = struct.unpack_from(">Q", body, start + 8)[0], 16
        length = length or end - start
        if length < head:
            break
        yield name.decode("latin-1"), start + head, min(start + length, end)
        start += length
    if start != end:
        yield "bytes outside of boxes", start, end


def _jpeg(body: bytes) -> Iterator[str]:
    at = 2
    while at + 4 <= len(body) and body[at + 1] != 0xD9:
        marker, length = body[at + 1], struct.unpack_from(">H", body, at + 2)[0]
        yield from _segment(marker, body[at + 4 : at + 2 + length])
        at += 2 + length
        if marker == 0xDA:  # the picture itself, up to the next marker that is none of its own
            found = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search(body, at)
            at = found.start() if found else len(body)
    if body[at : at + 2] != b"\xff\xd9":
        yield "no end of image"
    elif at + 2 != len(body):
        yield "bytes after the end of the image"


def _segment(marker: int, content: bytes) -> Iterator[str]:
    if marker == 0xE0:
        if content[:5] != b"JFIF\0" or content[12:14] != b"\0\0":
            yield "a thumbnail in APP0"
    elif marker == 0xE1 and content.startswith(_XMP_JPEG):
        yield from _xmp(content[len(_XMP_JPEG) :])
    elif marker == 0xE2 and content.startswith(b"ICC_PROFILE\0"):
        yield from _icc(content[14:])
    elif 0xE1 <= marker <= 0xEF:
        yield f"APP{marker - 0xE0} {content[:6]!r}"
    elif marker == 0xFE:
        yield "a comment (COM)"


def _png(body: bytes) -> Iterator[str]:
    at, name = 8, b""
    while at + 12 <= len(body) and name != b"IEND":
        length, name = struct.unpack_from(">I4s", body, at)
        content = body[at + 8 : at + 8 + length]
        if name == b"iTXt" and content.startswith(b"XML:com.adobe.xmp\0"):
            yield from _xmp(content)
        elif name == b"iCCP":
            yield from _icc(zlib.decompress(content[content.index(b"\0") + 2 :]))
        elif name not in {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM"}:
            yield f"chunk {name.decode('latin-1')}"
        at += 12 + length
    if name != b"IEND" or at != len(body):
        yield "bytes after the end of the image"


def _webp(body: bytes) -> Iterator[str]:
    at, end = 12, 8 + struct.unpack_from("<I", body, 4)[0]
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", body, at)
        content = body[at + 8 : at + 8 + length]
        if name == b"XMP ":
            yield from _xmp(content)
        elif name == b"ICCP":
            yield from _icc(content)
        elif name not in {b"VP8X", b"VP8 ", b"VP8L", b"ALPH"}:
            yield f"chunk {name.decode('latin-1')}"
        at += 8 + length + length % 2
    if at != len(body):
        yield "bytes after the end of the image"


def _film(body: bytes) -> Iterator[str]:
    claimed = media = 0
    for path, start, end in _tree(body, parents=_FILM_PARENTS):
        name = path[-1]
        if name == "mdat":
            media += end - start
        elif name == "stsz":
            size, count = struct.unpack_from(">II", body, start + 4)
            claimed += size * count or sum(struct.unpack_from(f">{count}I", body, start + 12))
        elif name in _FILM_CHECKS:
            yield from _FILM_CHECKS[name](name, body[start:end])
        elif name not in _FILM_BOXES:
            yield "/".join(path)
    if claimed != media:
        yield f"{media - claimed} bytes of media that no track shows"


def _head(name: str, content: bytes) -> Iterator[str]:
    """Look for the times of creation and modification, and for a turned picture."""
    if any(struct.unpack_from(">QQ" if content[0] else ">II", content, 4)):
        yield f"creation time in {name}"
    if name == "tkhd" and content[-44:-8] != _IDENTITY:
        yield "a display matrix"


def _handler(_name: str, content: bytes) -> Iterator[str]:
    if _HANDLERS.get(content[8:12]) != content[24:]:
        yield f"handler {content[8:12]!r} called {content[24:]!r}"


def _sample_entry(_name: str, content: bytes) -> Iterator[str]:
    if content[12:16] == b"avc1":
        written = content[59 : 59 + content[58]]
        if re.search(rb"\d\.\d", written):
            yield f"encoder {written!r}"


def _free(_name: str, content: bytes) -> Iterator[str]:
    if any(content):
        yield "a free box that is not empty"


def _uuid(_name: str, content: bytes) -> Iterator[str]:
    yield from _xmp(content[16:]) if content[:16] == _XMP_UUID else ["a foreign uuid box"]


_FILM_CHECKS = {
    "mvhd": _head,
    "tkhd": _head,
    "mdhd": _head,
    "hdlr": _handler,
    "stsd": _sample_entry,
    "free": _free,
    "uuid": _uuid,
}


def _picture(body: bytes) -> Iterator[str]:
    shown = media = pictures = 0
    for path, start, end in _tree(body, parents={"meta", "iinf", "iprp", "ipco", "iref"}):
        name, content = path[-1], body[start:end]
        if name == "mdat":
            media += end - start
            packet = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", content, re.DOTALL)
            yield from _xmp(packet[0]) if packet else ()
        elif name == "infe":
            pictures += content[8:12] in _CODED | {b"grid"}
            if content[8:12] not in _CODED and b"application/rdf+xml" not in content:
                yield f"item {content[8:12]!r}"
        elif name == "iloc":
            shown += _extents(body, start)
        elif name == "colr" and content[:4] in {b"prof", b"rICC"}:
            yield from _icc(content[4:])
        elif name not in _PICTURE_BOXES:
            yield "/".join(path)
    if pictures != 1:
        yield f"{pictures} pictures"
    if shown != media:
        yield f"{media - shown} bytes of media that no item shows"


def _tree(
    body: bytes,
    *,
    parents: set[str],
    path: tuple[str, ...] = (),
    span: tuple[int, int | None] = (0, None),
) -> Iterator[tuple[tuple[str, ...], int, int]]:
    for name, start, end in boxes(body, *span):
        here = (*path, name)
        yield here, start, end
        if name in parents:
            # Full boxes have a version before their children, iinf a count as well.
            skip = {"meta": 4, "iref": 4, "iinf": 6 if not body[start] else 8}.get(name, 0)
            yield from _tree(body, parents=parents, path=here, span=(start + skip, end))


def _times(body: bytes, start: int) -> tuple[int, int]:
    """Return the times of creation and modification of an mvhd, tkhd or mdhd."""
    first, second = struct.unpack_from(">QQ" if body[start] else ">II", body, start + 4)
    return first, second


def _extents(body: bytes, start: int) -> int:
    """Return how many bytes all items of an iloc box take together."""
    version, sizes = body[start], struct.unpack_from(">H", body, start + 4)[0]
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    at, wide = start + 6, 4 if version == 2 else 2
    items = int.from_bytes(body[at : at + wide], "big")
    at, total = at + wide, 0
    for _ in range(items):
        at += wide + (2 if version else 0) + 2 + base_size
        extents = int.from_bytes(body[at : at + 2], "big")
        at += 2
        for _ in range(extents):
            at += index_size + offset_size
            total += int.from_bytes(body[at : at + length_size], "big")
            at += length_size
    return total


def _xmp(packet: bytes) -> Iterator[str]:
    yield "XMP"
    text = packet.decode("utf-8", "replace")
    for tag in sorted({*re.findall(r"<([A-Za-z]+:\w+)", text)} - _XMP_TAGS):
        yield f"XMP {tag}"
    for name in sorted(set(re.findall(r"\s([A-Za-z]+:\w+)=", text))):
        if not name.startswith("xmlns:") and name not in {"rdf:about", "xml:lang", "x:xmptk"}:
            yield f"XMP {name}"


def _icc(profile: bytes) -> Iterator[str]:
    if b"sRGB" not in profile and "sRGB".encode("utf-16-be") not in profile:
        yield "a profile that is not sRGB"
    if len(profile) > 4096 or struct.unpack_from(">I", profile)[0] != len(profile):
        yield "a profile of unexpected size"
