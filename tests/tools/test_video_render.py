"""Films and stills of an original: looked at, counted, measured and searched for leaks."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from films import FONT, LABEL, RIGHTS, film, made, plain_film, whole
from frames import frame, wrong_corners
from PIL import Image, ImageChops, ImageStat
from readers import boxes, leaks
from samples import CANARY, CORNERS, FRAMES, LOCATION, video

from pipeline.rules.errors import BadMedia, VerificationFailed
from pipeline.rules.media import Box, Overlay
from pipeline.tools import images
from pipeline.tools.video import measure, render, versions

SIZES = [
    "plain",
    "odd",
    "anamorphic",
    "interlaced",
    "full-range",
    "webm",
    "tracks",
    "cover",
    "ntsc",
]


@pytest.mark.parametrize("name", SIZES)
def test_films_are_upright_in_right_proportions_and_colours(name: str, tmp_path: Path) -> None:
    """Every corner has its colour, square pixels, and nothing foreign is in the file."""
    path = plain_film(name, out=tmp_path)
    assert wrong_corners(frame(path, number=10)) == []
    assert frame(path).size == (320, 180)
    assert leaks(path) == []


@pytest.mark.parametrize(
    "name",
    ["rotate90", "rotate180", "rotate270", "rotate0-mirrored", "rotate90-mirrored",
     "rotate180-mirrored", "rotate270-mirrored"],
)  # fmt: skip
def test_turned_films_are_turned_as_their_matrix_says(name: str, tmp_path: Path) -> None:
    """The matrix bytes themselves say which corner goes where; the film has none any more."""
    a, b, c, d = _matrix(video(name).read_bytes())
    path = plain_film(name, out=tmp_path)
    shown = frame(path, number=10)
    assert shown.size == ((180, 320) if a == 0 else (320, 180))
    for (x, y), colour in CORNERS.items():
        right, down = (x > 0.5) * 2 - 1, (y > 0.5) * 2 - 1
        place = (a * right + c * down, b * right + d * down)
        at = tuple(
            int((0.5 + 0.35 * side) * size) for side, size in zip(place, shown.size, strict=True)
        )
        found = shown.getpixel(at)
        assert max(abs(p - q) for p, q in zip(found, colour, strict=True)) < 24, (place, found)
    assert leaks(path) == []


@pytest.mark.parametrize("name", ["hlg", "pq"])
def test_hdr_white_stays_white(name: str, tmp_path: Path) -> None:
    """Diffuse white of 203 nit comes out at 234, the black beside it black, in BT.709."""
    shown = frame(plain_film(name, out=tmp_path), number=10)
    assert shown.getpixel((60, 90)) == pytest.approx((234, 234, 234), abs=5)
    assert shown.getpixel((260, 90)) == pytest.approx((0, 0, 0), abs=5)


def test_hdr_is_scaled_before_its_colours_are_made(tmp_path: Path) -> None:
    """A crop of a small canvas still shows the right part of an HDR film."""
    facts = measure(video("hlg"))
    sheet = whole(facts, film(facts, width=80, height=80), width=80, height=80,
                  crop=Box(100, 10, 160, 160), place=Box(0, 0, 80, 80))  # fmt: skip
    shown = frame(Path(made("hlg", sheet, out=tmp_path)["film"].file))
    assert shown.getpixel((15, 40))[0] > 200
    assert shown.getpixel((45, 40))[0] < 20  # the edge lies at 160, 60 into the crop


def test_nothing_of_the_original_s_words_remains(tmp_path: Path) -> None:
    """Names, places, chapters, subtitles and attachments are nowhere in what is made."""
    for name in ("named", "tracks"):
        out = tmp_path / name
        out.mkdir()
        body = plain_film(name, out=out).read_bytes()
        assert leaks(body) == []
        for word in (CANARY, LOCATION):
            assert word.encode() not in body
        assert b"https://clinic.example/rights" in body
    assert not Path("/tmp/canary.txt").exists()  # noqa: S108 - where an attachment aimed


def test_sizes_share_a_canvas(tmp_path: Path) -> None:
    """Every rung shows the same branded picture, each as wide and long as planned."""
    facts = measure(video("plain"))
    rungs = [
        film(facts, key=f"r{width}", width=width, height=height, sound="keep", gain_db=3.0)
        for width, height in ((320, 180), (214, 120), (160, 90))
    ]
    sheet = whole(facts, *rungs, overlays=(LABEL,))
    found = made("plain", sheet, out=tmp_path)
    largest = frame(Path(found["r320"].file), number=10)
    for rung in rungs:
        artifact = found[rung.key].artifact
        assert (artifact.width, artifact.height) == (rung.width, rung.height)
        assert artifact.content_type == "video/mp4"
        assert artifact.duration_s == pytest.approx(1.5)
        assert artifact.size_bytes == Path(found[rung.key].file).stat().st_size
        small = frame(Path(found[rung.key].file), number=10)
        assert small.size == (rung.width, rung.height)
        assert _difference(largest.resize(small.size), small) < 8
        assert _frame_steps(Path(found[rung.key].file).read_bytes()) == [FRAMES]


def test_overlays_are_in_place_and_words_are_words(tmp_path: Path) -> None:
    """A film's frame is what Pillow makes of it: the label and a text full of filter syntax."""
    facts = measure(video("plain"))
    words = ("%{pts}: 'a' \\ [b],;c",)
    caption = Overlay("caption", Box(10, 120, 300, 48), words, 16, "#ffffff", "#102030")
    bare = made("plain", whole(facts), out=tmp_path)["film"]
    expected = frame(Path(bare.file), number=10)
    for overlay in (LABEL, caption):
        drawn = images.draw_overlay(overlay, font=FONT)
        expected.paste(drawn, (overlay.box.x, overlay.box.y), mask=drawn)
    sheet = whole(facts, film(facts, key="branded"), overlays=(LABEL, caption))
    shown = frame(Path(made("plain", sheet, out=tmp_path)["branded"].file), number=10)
    assert _difference(expected, shown) < 4
    for overlay in (LABEL, caption):
        box = overlay.box
        area = (box.x, box.y, box.x + box.width, box.y + box.height)
        assert _difference(expected.crop(area), shown.crop(area)) < 8
    ground = shown.getpixel((206, 26))
    assert ground == pytest.approx((185, 35, 35), abs=30)  # the label's own red, not a shifted one


def test_crops_and_grounds(tmp_path: Path) -> None:
    """A square shows its part of the picture; a tall canvas lays it on the brand's ground."""
    facts = measure(video("plain"))
    corner = Box(0, 0, 90, 90)
    square = whole(facts, film(facts, key="square", width=90, height=90), recipe="square-1x1",
                   width=90, height=90, crop=corner, place=corner)  # fmt: skip
    tall = whole(facts, film(facts, key="tall", width=360, height=450), recipe="feed-4x5",
                 width=360, height=450, place=Box(20, 134, 320, 180), ground="#0b6e69")  # fmt: skip
    found = made("plain", square, tall, out=tmp_path)
    cut = frame(Path(found["square"].file), number=10)
    assert cut.getpixel((45, 45)) == pytest.approx((255, 0, 0), abs=12)
    assert cut.getpixel((8, 84)) == pytest.approx((255, 0, 0), abs=12)
    poster = frame(Path(found["tall"].file), number=10)
    assert poster.getpixel((180, 20)) == pytest.approx((11, 110, 105), abs=6)
    assert poster.getpixel((180, 440)) == pytest.approx((11, 110, 105), abs=6)
    assert wrong_corners(poster.crop((20, 134, 340, 314))) == []


@pytest.mark.parametrize(
    ("name", "rate", "frames"),
    [("vfr", None, 75), ("ntsc", None, 45), ("fast", None, 90), ("fast", 30.0, 45)],
)
def test_frames_come_at_a_constant_rate(
    name: str,
    rate: float | None,
    frames: int,
    tmp_path: Path,
) -> None:
    """Whatever the source's rate, all steps are equal and the number is the planned one."""
    facts = measure(video(name))
    output = film(facts, frame_rate=rate or facts.frame_rate)
    film_made = made(name, whole(facts, output), out=tmp_path)["film"]
    assert _frame_steps(Path(film_made.file).read_bytes()) == [frames]


@pytest.mark.parametrize("name", ["plain", "mono", "surround", "short-audio", "long-audio"])
def test_sound_is_kept_and_brought_to_level(name: str, tmp_path: Path) -> None:
    """One source gives a loud, a silent and a soundless film; loud ones reach their level."""
    facts = measure(video(name))
    assert facts.loudness_lufs is not None
    outputs = [
        film(facts, key="loud", sound="keep", gain_db=-16 - facts.loudness_lufs),
        film(facts, key="silence", sound="silence", width=160, height=90),
        film(facts, key="none", sound="none", width=80, height=46),
    ]
    found = made(name, whole(facts, *outputs), out=tmp_path)
    loud = measure(Path(found["loud"].file))
    # Of less than a second, the edges of the tone weigh in.
    assert loud.loudness_lufs == pytest.approx(-16, abs=1.5 if name == "short-audio" else 0.7)
    assert loud.true_peak_dbtp is not None
    assert loud.true_peak_dbtp <= -1.0
    silence = measure(Path(found["silence"].file))
    assert (silence.has_audio, silence.loudness_lufs) == (True, None)
    assert not measure(Path(found["none"].file)).has_audio
    for each in (loud, silence):
        assert each.duration_s == facts.duration_s
    assert all(leaks(Path(each.file)) == [] for each in found.values())


def test_the_limiter_holds_the_promised_peak(tmp_path: Path) -> None:
    """Twenty decibels on a tone that is loud already stay under -1 dBTP."""
    facts = measure(video("surround"))
    output = film(facts, sound="keep", gain_db=20.0)
    loud = measure(Path(made("surround", whole(facts, output), out=tmp_path)["film"].file))
    assert loud.true_peak_dbtp is not None
    assert loud.true_peak_dbtp <= -1.0


def test_a_sound_that_is_not_there_cannot_be_kept(tmp_path: Path) -> None:
    """A plan that contradicts the original is an error, never a silent film."""
    facts = measure(video("no-audio"))
    with pytest.raises(ValueError, match="sound"):
        made("no-audio", whole(facts, film(facts, sound="keep")), out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_stills_are_photos_of_their_moment(tmp_path: Path) -> None:
    """A film and two stills of one decode: each still shows its own moment, branded and clean."""
    facts = measure(video("dark-start"))
    stills = [
        whole(facts, film(facts, key=f"{form}{at_s}", format=form), recipe=f"poster{at_s}",
              at_s=at_s, overlays=(LABEL,) if form == "webp" else ())
        for at_s, form in ((0.2, "jpeg"), (1.2, "webp"))
    ]  # fmt: skip
    found = made("dark-start", stills[0], whole(facts), stills[1], out=tmp_path)
    assert list(found) == ["jpeg0.2", "film", "webp1.2"]
    with Image.open(found["jpeg0.2"].file) as dark, Image.open(found["webp1.2"].file) as light:
        assert dark.size == light.size == (320, 180)
        assert max(upper for _, upper in dark.getextrema()) < 20
        assert light.convert("RGB").getpixel((206, 26))[0] > 150
    assert all(leaks(Path(each.file)) == [] for each in found.values())


@pytest.mark.parametrize("name", ["rotate90", "anamorphic", "odd"])
def test_stills_alone_need_no_film(name: str, tmp_path: Path) -> None:
    """A poster of a turned, squeezed or odd film is upright and of its size."""
    facts = measure(video(name))
    output = film(facts, format="jpeg")
    found = made(name, whole(facts, output, at_s=facts.poster_at_s), out=tmp_path)
    with Image.open(found["film"].file) as poster:
        assert poster.size == (facts.width // 2 * 2, facts.height // 2 * 2)
        if name != "rotate90":
            assert wrong_corners(poster) == []


def test_a_moment_behind_the_end_is_the_last_frame(tmp_path: Path) -> None:
    """A poster time of a rounding too much still gives a picture."""
    facts = measure(video("plain"))
    sheet = whole(facts, film(facts, format="jpeg"), at_s=99.0)
    with Image.open(made("plain", sheet, out=tmp_path)["film"].file) as poster:
        assert wrong_corners(poster) == []


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two runs of films and stills are equal, byte for byte."""
    facts = measure(video("plain"))
    sheets = [
        whole(facts, film(facts, key="a", sound="keep"), film(facts, key="b", width=160, height=90),
              overlays=(LABEL,)),
        whole(facts, film(facts, key="c", format="jpeg"), recipe="poster", at_s=0.5),
    ]  # fmt: skip
    digests = []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        found = made("plain", *sheets, out=tmp_path / run)
        digests.append({key: each.artifact.sha256 for key, each in found.items()})
    assert digests[0] == digests[1]


def test_films_can_be_streamed(tmp_path: Path) -> None:
    """The index comes before the media, and nothing but the rights behind them."""
    body = plain_film("plain", out=tmp_path).read_bytes()
    names = [name for name, _, _ in boxes(body)]
    assert names == ["ftyp", "moov", "free", "mdat", "uuid"]


def test_quality_is_the_plan_s(tmp_path: Path) -> None:
    """A higher CRF makes a smaller film."""
    facts = measure(video("plain"))
    fine = film(facts, key="fine", quality=(("preset", "veryfast"), ("crf", "18")))
    rough = film(facts, key="rough", quality=(("preset", "veryfast"), ("crf", "40")))
    found = made("plain", whole(facts, fine, rough), out=tmp_path)
    assert found["fine"].artifact.size_bytes > 1.5 * found["rough"].artifact.size_bytes


@pytest.mark.parametrize("name", ["damaged", "cut", "cut-mkv", "ffconcat"])
def test_a_bad_original_leaves_nothing_behind(name: str, tmp_path: Path) -> None:
    """Even with good facts: no file under a final name, no temporary one, and an error."""
    facts = measure(video("plain"))
    with pytest.raises((BadMedia, VerificationFailed)):
        render(video(name), facts=facts, sheets=[whole(facts)], rights=RIGHTS,
               font=FONT, out=tmp_path)  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_another_original_than_the_measured_one_is_refused(tmp_path: Path) -> None:
    """Facts of one film do not fit another."""
    facts = measure(video("rotate90"))
    with pytest.raises(BadMedia):
        render(video("plain"), facts=facts, sheets=[whole(facts)], rights=RIGHTS,
               font=FONT, out=tmp_path)  # fmt: skip


def test_progress_grows(tmp_path: Path) -> None:
    """The listener hears growing shares."""
    facts = measure(video("plain"))
    heard: list[float] = []
    render(video("plain"), facts=facts, sheets=[whole(facts)], rights=RIGHTS, font=FONT,
           out=tmp_path, progress=heard.append)  # fmt: skip
    assert heard
    assert heard == sorted(heard)
    assert heard[-1] <= 1.0


def test_versions_are_told() -> None:
    """Both tools say which they are."""
    assert set(versions()) == {"ffmpeg", "pyav"}
    assert all(versions().values())


def _difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two pictures, in steps of 255."""
    mean = ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean
    return sum(mean) / len(mean)


def _matrix(body: bytes) -> tuple[int, int, int, int]:
    """Return the signs of a, b, c, d of the picture's display matrix, from the bytes."""
    content = body[body.index(b"tkhd") + 4 :]
    a, b, _, c, d = struct.unpack_from(">5i", content, 40)
    return tuple((each > 0) - (each < 0) for each in (a, b, c, d))


def _frame_steps(body: bytes) -> list[int]:
    """Return the counts of the picture's time table: one entry when all steps are equal."""
    at = body.index(b"stts", body.index(b"vmhd")) + 8
    count = int.from_bytes(body[at : at + 4], "big")
    return [
        int.from_bytes(body[at + 4 + 8 * each : at + 8 + 8 * each], "big") for each in range(count)
    ]
