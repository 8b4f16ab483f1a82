"""What one decode of a video finds out, and what it refuses."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from samples import photo, video

from pipeline.rules.errors import BadMedia
from pipeline.rules.media import Kind
from pipeline.tools.video import measure
from pipeline.tools.video.measure import best_sample

SIZES = {
    "plain": (320, 180),
    "rotate90": (180, 320),
    "rotate90-mirrored": (180, 320),
    "rotate180": (320, 180),
    "rotate270": (180, 320),
    "rotate270-mirrored": (180, 320),
    "odd": (321, 181),
    "anamorphic": (320, 180),
    "cover": (320, 180),
    "tracks": (320, 180),
    "webm": (320, 180),
    "interlaced": (320, 180),
}
REFUSED = {
    "tilted": "video_tilted",
    "wide": "video_too_large",
    "days-apart": "video_too_long",
    "audio-only": "video_no_picture",
    "ffv1": "video_codec",
    "cut": "video_cut_off",
    "cut-mkv": "video_cut_off",
    "zero-tail": "video_cut_off",
    "damaged": "video_broken",
    "ffconcat": "video_format",
    "m3u8": "video_format",
}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_upright_and_square(name: str) -> None:
    """Turned, anamorphic, odd and decorated films have the size that people see."""
    facts = measure(video(name))
    assert (facts.kind, facts.width, facts.height) == (Kind.VIDEO, *SIZES[name])
    assert facts.duration_s == pytest.approx(1.5, abs=0.04)


@pytest.mark.parametrize("name", REFUSED)
def test_unusable_films_are_refused(name: str) -> None:
    """Damage, cuts, playlists and what no limit allows each have their reason."""
    with pytest.raises(BadMedia) as caught:
        measure(video(name))
    assert caught.value.reason.code == REFUSED[name]
    assert "/" not in str(caught.value)  # no path in what is logged


def test_a_photo_is_no_video() -> None:
    """The content decides, and it is not even opened."""
    with pytest.raises(BadMedia) as caught:
        measure(photo("jpeg"))
    assert caught.value.reason.code == "video_format"


@pytest.mark.parametrize("name", ["-y.mp4", "concat:a|b.mp4", "IMG_%03d.mp4", "a 'b' [c];d.mp4"])
def test_names_are_no_syntax(name: str, tmp_path: Path) -> None:
    """A name that means something to ffmpeg is the name of that very file."""
    shutil.copy(video("plain"), tmp_path / name)
    shutil.copy(video("other"), tmp_path / "IMG_001.mp4")
    assert measure(tmp_path / name).duration_s == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("name", "has_audio", "loudness"),
    [
        ("plain", True, -21.8),
        ("mono", True, -21.8),  # on both sides 3 dB lower, which is as loud
        ("surround", True, -9.7),  # the middle channel, spread over both sides
        ("short-audio", True, -21.8),
        ("silent", True, None),
        ("no-audio", False, None),
    ],
)
def test_loudness_is_that_of_the_stereo_mix(
    name: str,
    has_audio: bool,  # noqa: FBT001 - a column of the table above
    loudness: float | None,
) -> None:
    """Mono and surround are measured as they will be heard; silence has no loudness."""
    facts = measure(video(name))
    assert facts.has_audio is has_audio
    if loudness is None:
        assert (facts.loudness_lufs, facts.true_peak_dbtp) == (None, None)
    else:
        assert facts.loudness_lufs == pytest.approx(loudness, abs=0.5)
        assert facts.true_peak_dbtp is not None
        assert -25 < facts.true_peak_dbtp < 0


@pytest.mark.parametrize(
    ("name", "rate"),
    [("plain", 30), ("vfr", 50), ("ntsc", 30000 / 1001), ("fast", 60), ("one-frame", 30)],
)
def test_the_rate_is_one_that_players_know(name: str, rate: float) -> None:
    """A constant rate near the average, and a length of whole frames of it."""
    facts = measure(video(name))
    assert facts.frame_rate == pytest.approx(rate)
    assert facts.duration_s is not None
    frames = facts.duration_s * facts.frame_rate
    assert frames == pytest.approx(round(frames), abs=1e-6)


@pytest.mark.parametrize(("name", "transfer"), [("hlg", "hlg"), ("pq", "pq"), ("plain", "sdr")])
def test_hdr_is_told(name: str, transfer: str) -> None:
    """The transfer function is that of the first frame."""
    assert measure(video(name)).transfer == transfer


def test_the_day_is_the_phone_s_own() -> None:
    """The local day of a phone is taken before the container's UTC; without either none."""
    assert measure(video("named")).taken_on == date(2026, 3, 5)
    assert measure(video("plain")).taken_on is None


def test_the_poster_is_not_dark() -> None:
    """A film that begins black has its poster from where something is to be seen."""
    facts = measure(video("dark-start"))
    assert facts.poster_at_s is not None
    assert facts.duration_s is not None
    assert 0.6 < facts.poster_at_s < facts.duration_s


def test_the_sharpest_well_lit_frame_wins() -> None:
    """Blurred, black, burnt-out frames and the film's ends lose against a sharp one."""
    sharp = bytes([90, 160] * 7200)
    soft = bytes([120, 130] * 7200)
    dark = bytes([0, 70] * 7200)
    burnt = bytes([200, 255] * 7200)
    flat = bytes([128] * 14400)
    samples = [sharp, flat, soft, dark, sharp, burnt, soft, sharp]
    assert best_sample(samples)[0] == 4
    assert best_sample([flat, soft])[0] == 1
    assert best_sample([]) == (0, 0.0)
    assert best_sample([flat])[0] == 0


def test_progress_is_heard() -> None:
    """The listener hears shares of the work that only grow, up to all of it."""
    heard: list[float] = []
    measure(video("plain"), progress=heard.append)
    assert heard
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0, abs=0.05)
