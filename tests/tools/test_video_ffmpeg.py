"""How ffmpeg is run: what it may open, and when its success is believed."""

from __future__ import annotations

import errno
import os
import re
import signal
from pathlib import Path

import pytest
from samples import FFMPEG, video

from pipeline.tools.video import ffmpeg


def decode(path: Path, *, cwd: Path, heard: list[float] | None = None) -> ffmpeg.Log:
    """Decode a file to nowhere."""
    return ffmpeg.run(
        [*ffmpeg.video_input(path, at_most_s=60), "-f", "null", "-"],
        cwd=cwd,
        duration_s=1.5,
        progress=None if heard is None else heard.append,
    )


def test_a_good_film_is_decoded(tmp_path: Path) -> None:
    """No failure, no complaint, the end was reached and was heard of."""
    heard: list[float] = []
    log = decode(video("plain"), cwd=tmp_path, heard=heard)
    assert not log.failed
    assert (log.code, log.complaints) == (0, ())
    assert log.reached_s == pytest.approx(1.5, abs=0.1)
    assert heard[-1] == pytest.approx(1.0, abs=0.1)
    assert log.last(r"(\d+) frames decoded")
    log.blame_the_machine()


@pytest.mark.parametrize("name", ["ffconcat", "m3u8", "damaged", "cut", "cut-mkv"])
def test_bad_films_fail(name: str, tmp_path: Path) -> None:
    """Playlists are not followed; damage counts also where ffmpeg ends with 0."""
    log = decode(video(name), cwd=tmp_path)
    assert log.failed
    assert not any(str(video(name)) in each for each in log.complaints)
    log.blame_the_machine()  # which is not to blame


def test_pictures_are_pngs_alone(tmp_path: Path) -> None:
    """A film, or a drawing that names other files, does not pass for an overlay."""
    drawing = tmp_path / "logo.png"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    for path in (drawing, video("plain")):
        log = ffmpeg.run(
            [*ffmpeg.picture_input(path), "-f", "null", "-"], cwd=tmp_path, duration_s=1.0
        )
        assert log.failed


@pytest.mark.parametrize(
    ("code", "complaint", "error"),
    [
        (-signal.SIGKILL, "", MemoryError),
        (-signal.SIGXFSZ, "", MemoryError),
        (1, "Error: Cannot allocate memory", MemoryError),
        (1, "av_interleaved_write_frame(): No space left on device", OSError),
    ],
)
def test_the_machine_is_blamed_for_its_own(
    code: int,
    complaint: str,
    error: type[Exception],
) -> None:
    """Limits and a full disk say nothing about the film."""
    log = ffmpeg.Log(code, (), (complaint,), 0.0)
    with pytest.raises(error) as caught:
        log.blame_the_machine()
    if isinstance(caught.value, OSError):
        assert caught.value.errno == errno.ENOSPC


def test_the_program_is_the_packaged_one() -> None:
    """Nothing has to be installed; the version is a version."""
    assert os.access(ffmpeg.program(), os.X_OK)
    assert ffmpeg.program() == FFMPEG
    assert re.match(r"[nN]?\d+\.\d+|N-", ffmpeg.version())


def test_a_listener_s_error_ends_the_program(tmp_path: Path) -> None:
    """When whoever listens fails, ffmpeg does not run on."""

    def fail(_share: float) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        ffmpeg.run(
            ["-f", "lavfi", "-i", "testsrc2=d=3600", "-f", "null", "-"],
            cwd=tmp_path,
            duration_s=1.0,
            progress=fail,
        )
