"""What a file is, and whether it has arrived, told from its bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from samples import photo, video

from pipeline.rules.media import Kind
from pipeline.tools.sniff import Sniffed, complete_container, sniff

HEADS = {
    "pdf": (b"%PDF-1.7\n", Sniffed("pdf", "pdf")),
    "zip": (b"PK\x03\x04....", Sniffed("archive", "zip")),
    "rar": (b"Rar!\x1a\x07\x01\x00", Sniffed("archive", "rar")),
    "7z": (b"7z\xbc\xaf\x27\x1c", Sniffed("archive", "7z")),
    "gz": (b"\x1f\x8b\x08\x00", Sniffed("archive", "gz")),
    "tar": (b"name".ljust(257, b"\0") + b"ustar\0", Sniffed("archive", "tar")),
    "html": (b"<html><body>", Sniffed(None, "unknown")),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg">', Sniffed(None, "unknown")),
    "ps": (b"%!PS-Adobe", Sniffed(None, "unknown")),
    "psd": (b"8BPS\0\x01", Sniffed(None, "unknown")),
    "avi": (b"RIFF\0\0\0\0AVI LIST", Sniffed(None, "unknown")),
    "cr2": (b"II*\x00\x10\0\0\0CR\x02\x00", Sniffed(None, "unknown")),
    "m4a": (b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom", Sniffed(None, "unknown")),
    "m4v": (b"\0\0\0\x1cftypM4V \0\0\0\0M4V mp42isom", Sniffed(Kind.VIDEO, "m4v")),
    "iphone": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Sniffed(Kind.VIDEO, "mov")),
    "old-mov": (b"\0\0\0\x08wide\0\0\0\0mdat", Sniffed(Kind.VIDEO, "mov")),
    "mif1-heic": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Sniffed(Kind.PHOTO, "heic")),
    "mif1-avif": (b"\0\0\0\x18ftypmif1\0\0\0\0avifmif1", Sniffed(Kind.PHOTO, "avif")),
    "empty": (b"", Sniffed(None, "unknown")),
    "short": (b"\0\0", Sniffed(None, "unknown")),
}


@pytest.mark.parametrize("name", HEADS)
def test_first_bytes_decide(name: str, tmp_path: Path) -> None:
    """Each kind of beginning is told, whatever the name says."""
    head, expected = HEADS[name]
    path = tmp_path / "holiday.jpg"
    path.write_bytes(head)
    assert sniff(path) == expected


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif", "heic", "tiff"])
def test_photos_are_told_and_complete(name: str, tmp_path: Path) -> None:
    """A photo under a misleading name is told; its beginning alone is not complete."""
    whole = photo(name)
    assert sniff(whole) == Sniffed(Kind.PHOTO, name)
    assert complete_container(whole)
    misnamed = tmp_path / "clip.mp4"
    shutil.copy(whole, misnamed)
    assert sniff(misnamed).format == name
    body = whole.read_bytes()
    for share in (0.1, 0.3, 0.5):
        arrived = body[: int(len(body) * share)]
        misnamed.write_bytes(arrived.ljust(len(body), b"\0"))
        assert name == "tiff" or not complete_container(misnamed), share
        misnamed.write_bytes(arrived)
        assert name == "tiff" or not complete_container(misnamed), share


def test_a_tiff_waits_for_its_directory(tmp_path: Path) -> None:
    """The rest of a TIFF may truly be zeros; what describes it may not be missing."""
    body = photo("tiff").read_bytes()
    (tmp_path / "a").write_bytes(body[:8].ljust(len(body), b"\0"))
    assert not complete_container(tmp_path / "a")


@pytest.mark.parametrize("name", ["plain", "mono", "webm", "mkv", "hlg", "cover", "tracks"])
def test_films_are_told_and_complete(name: str) -> None:
    """A film is told by its bytes, and all of it is there."""
    assert sniff(video(name)).kind is Kind.VIDEO
    assert complete_container(video(name))


@pytest.mark.parametrize("name", ["cut", "cut-mkv", "zero-tail"])
def test_films_that_are_still_arriving_are_not_complete(name: str) -> None:
    """Cut, or of full size with an empty tail: both wait."""
    assert sniff(video(name)).kind is Kind.VIDEO
    assert not complete_container(video(name))


@pytest.mark.parametrize("share", range(1, 20))
def test_a_film_is_complete_only_at_its_end(share: int, tmp_path: Path) -> None:
    """Wherever a copy stops, with the moov box in front or behind, the film is not complete."""
    for name in ("plain", "no-audio"):  # faststart, and not
        body = video(name).read_bytes()
        path = tmp_path / name
        path.write_bytes(body[: len(body) * share // 20])
        assert not complete_container(path)


@pytest.mark.parametrize("name", ["ffconcat", "m3u8"])
def test_playlists_are_no_films(name: str) -> None:
    """A text that names other files is nothing that any decoder gets to see."""
    assert sniff(video(name)) == Sniffed(None, "unknown")


@pytest.mark.parametrize("body", [b"", bytes(100_000)])
def test_nothing_yet_is_not_complete(body: bytes, tmp_path: Path) -> None:
    """An empty file, or one of which only the size is there, has not arrived."""
    (tmp_path / "a.mp4").write_bytes(body)
    assert not complete_container(tmp_path / "a.mp4")


def test_texts_are_complete(tmp_path: Path) -> None:
    """What is not ours to read, however short, does not wait for ever."""
    (tmp_path / "case.yaml").write_bytes(b"{}")
    assert complete_container(tmp_path / "case.yaml")


def test_phones_append_to_their_photos(tmp_path: Path) -> None:
    """What a motion photo carries behind the picture does not make it incomplete."""
    path = tmp_path / "motion.jpg"
    path.write_bytes(photo("jpeg").read_bytes() + video("plain").read_bytes())
    assert complete_container(path)
