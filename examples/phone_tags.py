"""What a telephone writes into its pictures: place, device, serial number, time, a small preview.

It is written byte by byte here, after the Exif 2.32 layout, so that nothing is left out that a
library would leave out: the demonstration shows that all of it is gone from what is published.
"""

from __future__ import annotations

import io
import struct
from datetime import datetime

from footage import Device
from PIL import Image

_ASCII, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
Entry = tuple[int, int, int, bytes]  # tag, type, count, value


def tagged(device: Device, *, taken: datetime, orientation: int, preview: Image.Image) -> bytes:
    """An Exif block, with its header, for a picture taken by `device`.

    `orientation` is the Exif value (1 to 8); `preview` becomes the embedded thumbnail.
    """
    small = io.BytesIO()
    thumbnail = preview.copy()
    thumbnail.thumbnail((160, 160))
    thumbnail.save(small, "JPEG", quality=70)
    stamp = taken.strftime("%Y:%m:%d %H:%M:%S")
    main = [
        _text(0x010F, device.make),
        _text(0x0110, device.model),
        (0x0112, _SHORT, 1, struct.pack("<H", orientation)),
        _text(0x0131, device.software),
        _text(0x0132, stamp),
        _text(0x013B, "Front desk telephone"),
    ]
    camera = [
        _text(0x9003, stamp),
        _text(0x9010, taken.strftime("%z")[:3] + ":" + taken.strftime("%z")[3:]),
        _text(0xA431, device.serial),
        _text(0xA434, f"{device.model} back camera 5.1mm f/1.8"),
    ]
    place = [
        _text(0x0001, "N" if device.latitude >= 0 else "S"),
        _degrees(0x0002, device.latitude),
        _text(0x0003, "E" if device.longitude >= 0 else "W"),
        _degrees(0x0004, device.longitude),
    ]
    return b"Exif\0\0" + _blocks(main, camera, place, small.getvalue())


def _blocks(main: list[Entry], camera: list[Entry], place: list[Entry], preview: bytes) -> bytes:
    """Lay the directories one behind the other; each knows where the next begins."""
    links: list[Entry] = [
        (0x8769, _LONG, 1, struct.pack("<I", 0)),
        (0x8825, _LONG, 1, struct.pack("<I", 0)),
    ]
    camera_at = 8 + len(_directory([*main, *links], start=8, following=0))
    place_at = camera_at + len(_directory(camera, start=camera_at, following=0))
    preview_at = place_at + len(_directory(place, start=place_at, following=0))
    small: list[Entry] = [
        (0x0103, _SHORT, 1, struct.pack("<H", 6)),
        (0x0201, _LONG, 1, struct.pack("<I", 0)),
        (0x0202, _LONG, 1, struct.pack("<I", len(preview))),
    ]
    bytes_at = preview_at + len(_directory(small, start=preview_at, following=0))
    links = [
        (0x8769, _LONG, 1, struct.pack("<I", camera_at)),
        (0x8825, _LONG, 1, struct.pack("<I", place_at)),
    ]
    small[1] = (0x0201, _LONG, 1, struct.pack("<I", bytes_at))
    return (
        b"II*\0"
        + struct.pack("<I", 8)
        + _directory([*main, *links], start=8, following=preview_at)
        + _directory(camera, start=camera_at, following=0)
        + _directory(place, start=place_at, following=0)
        + _directory(small, start=preview_at, following=0)
        + preview
    )


def _directory(entries: list[Entry], *, start: int, following: int) -> bytes:
    """One directory at `start`: its entries, then the values too long for them."""
    rest_at = start + 2 + 12 * len(entries) + 4
    table, rest = struct.pack("<H", len(entries)), b""
    for tag, kind, count, value in sorted(entries):
        table += struct.pack("<HHI", tag, kind, count)
        if len(value) <= 4:
            table += value.ljust(4, b"\0")
        else:
            table += struct.pack("<I", rest_at + len(rest))
            rest += value + b"\0" * (len(value) % 2)
    return table + struct.pack("<I", following) + rest


def _text(tag: int, value: str) -> Entry:
    body = value.encode("ascii") + b"\0"
    return tag, _ASCII, len(body), body


def _degrees(tag: int, value: float) -> Entry:
    """Degrees, minutes and seconds as three fractions."""
    whole = abs(value)
    minutes = (whole - int(whole)) * 60
    seconds = (minutes - int(minutes)) * 60
    parts = ((int(whole), 1), (int(minutes), 1), (round(seconds * 100), 100))
    return tag, _RATIONAL, 3, b"".join(struct.pack("<II", *part) for part in parts)
