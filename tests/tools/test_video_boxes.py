"""User data out, rights in, and nothing else moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from readers import boxes, leaks
from samples import video

from pipeline.tools.video.boxes import clean


def test_user_data_is_blanked_and_rights_appended(tmp_path: Path) -> None:
    """Every other byte stays where it was; the packet is the one in the last box."""
    before = video("plain").read_bytes()
    path = tmp_path / "film.mp4"
    path.write_bytes(before)
    clean(path, packet=b"<x:xmpmeta></x:xmpmeta>")
    after = path.read_bytes()
    assert "moov/udta" in leaks(before)
    assert "moov/udta" not in leaks(after)
    assert len(after) == len(before) + 24 + 23
    moved = [at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b]
    start = before.index(b"udta")
    length = int.from_bytes(before[start - 4 : start], "big")
    assert min(moved) >= start
    assert max(moved) < start - 4 + length
    assert [name for name, _, _ in boxes(after)][-1] == "uuid"


def test_without_rights_nothing_is_appended(tmp_path: Path) -> None:
    """An empty packet makes no box."""
    path = tmp_path / "film.mp4"
    path.write_bytes(video("plain").read_bytes())
    clean(path, packet=b"")
    assert path.stat().st_size == video("plain").stat().st_size


@pytest.mark.parametrize("body", [b"", b"no film at all", bytes(64)])
def test_what_is_no_film_is_an_error(body: bytes, tmp_path: Path) -> None:
    """A file without an index is never touched."""
    path = tmp_path / "film.mp4"
    path.write_bytes(body)
    with pytest.raises(ValueError, match="moov"):
        clean(path, packet=b"x")
    assert path.read_bytes() == body
