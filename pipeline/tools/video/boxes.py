"""What is changed in a film's own boxes after ffmpeg wrote it: its metadata out, our rights in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_XMP = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")  # Adobe's name for XMP in ISO files


def clean(film: Path, *, packet: bytes) -> None:
    """Blank the user data of a faststart film and append the XMP packet, if there is one.

    ffmpeg writes a box of user data even when it has nothing to say. It becomes free space of the
    same size, so that nothing moves. Raises ValueError when the boxes are not as expected.
    """
    with film.open("r+b") as file:
        moov = _find(file, name=b"moov", start=0, end=film.stat().st_size)
        if moov is None:
            raise ValueError("a film without a moov box")
        user_data = _find(file, name=b"udta", start=moov[0], end=moov[1])
        if user_data is not None:
            start, end = user_data
            file.seek(start - 4)
            file.write(b"free" + bytes(end - start))
        if packet:
            file.seek(0, 2)
            file.write((24 + len(packet)).to_bytes(4) + b"uuid" + _XMP + packet)


def _find(file: BinaryIO, *, name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Return where the content of the first box of that name begins and ends."""
    while start + 8 <= end:
        file.seek(start)
        head = file.read(8)
        length = int.from_bytes(head[:4])
        if head[4:] == name:
            return start + 8, start + length
        if length == 1:  # the size follows in 64 bits
            length = int.from_bytes(file.read(8))
        if length < 8:
            break
        start += length
    return None
