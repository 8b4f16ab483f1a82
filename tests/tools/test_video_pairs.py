"""Films and stills of a pair: looked at, counted, listened to and searched for leaks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import couples
import pytest
from couples import BLUE, RED, REEL, SIDE, WIPE, YELLOW, close, pixel
from frames import frame
from PIL import Image
from readers import leaks

from pipeline.rules.errors import BadMedia, VerificationFailed
from pipeline.rules.media import Facts, Recipe
from pipeline.rules.plan import sheets_of
from pipeline.tools import video

TITLE, BEFORE, SWEEP, AFTER, END = 36, 105, 30, 150, 45
PLAIN = (244, 246, 245)


def count(film: Path) -> int:
    """The frames of a film, decoded."""
    with av.open(str(film)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """4.5 s of red with 300 Hz and 6 s of blue with 1500 Hz."""
    folder = tmp_path_factory.mktemp("films")
    return (
        couples.clip(folder, "before", colour="0xc81e1e", seconds=4.5, tone=300),
        couples.clip(folder, "after", colour="0x1e3cc8", seconds=6.0, tone=1500),
    )


@pytest.fixture(scope="module")
def reel(films: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reel of both."""
    out = tmp_path_factory.mktemp("reel")
    return couples.rendered(REEL, couples.pair_of(*films), sources=films, out=out)


def test_a_reel_shows_one_after_the_other(reel: Path) -> None:
    """Title, before, after and end card follow one another on the planned frames."""
    total = TITLE + BEFORE + SWEEP + AFTER + END
    assert count(reel) == total
    assert close(pixel(frame(reel, number=TITLE - 1), (5, 5)), PLAIN, within=6)
    middle = (90, 160)
    assert close(pixel(frame(reel, number=TITLE), middle), RED)
    assert close(pixel(frame(reel, number=TITLE + BEFORE - 1), middle), RED)
    assert close(pixel(frame(reel, number=TITLE + BEFORE + SWEEP), middle), BLUE)
    assert close(pixel(frame(reel, number=total - END - 1), middle), YELLOW)
    assert close(pixel(frame(reel, number=total - END), (5, 5)), PLAIN, within=6)
    assert leaks(reel) == []


def test_the_divider_moves_and_uncovers_the_right_side(reel: Path) -> None:
    """Left of the divider is before, right of it after, and it goes from right to left."""
    edges = []
    for step in (4, 12, 20, 26):
        shown = frame(reel, number=TITLE + BEFORE + step)
        row = [pixel(shown, (x, 110)) for x in range(46, 134)]
        red = [x for x, found in enumerate(row, 46) if close(found, RED)]
        blue = [x for x, found in enumerate(row, 46) if close(found, BLUE)]
        assert not red or not blue or max(red) < min(blue)
        edges.append(max(red, default=45))
    assert edges == sorted(edges, reverse=True)
    assert edges[0] > edges[-1] + 60


def test_the_line_stands_where_the_matte_turns(reel: Path) -> None:
    """Between the colours lies the white line of the divider."""
    shown = frame(reel, number=TITLE + BEFORE + 15)
    row = [pixel(shown, (x, 110)) for x in range(46, 134)]
    red = max(x for x, found in enumerate(row) if close(found, RED))
    blue = min(x for x, found in enumerate(row) if close(found, BLUE))
    assert 1 <= blue - red <= 8
    brightest = max(sum(row[x]) for x in range(red, blue + 1))
    assert brightest > 400


def test_the_end_card_holds_the_disclosure(reel: Path, films: tuple[Path, Path]) -> None:
    """Where its words were planned, dark ink stands; without them there is no end card at all."""
    pair = couples.pair_of(*films)
    (rendition,) = couples.planned(REEL, pair)
    card = next(each for each in rendition.canvas.cards if each.kind == "end")
    words = [each for each in card.overlays if each.kind == "words"][-1]
    assert " ".join(words.lines) == couples.DISCLOSURE
    last = frame(reel, number=count(reel) - 1)
    box = words.box
    area = last.crop((box.x, box.y, box.x + box.width, box.y + box.height)).convert("L")
    assert sum(area.histogram()[:90]) > 0.05 * box.width * box.height
    silent = replace(pair, sayings={k: replace(v, disclosure="") for k, v in pair.sayings.items()})
    (without,) = couples.planned(REEL, silent)
    assert without.canvas.course is not None
    assert without.canvas.course.end == 0
    assert "end" not in {each.kind for each in without.canvas.cards}


def test_a_reel_s_sound_fades_from_one_side_to_the_other(reel: Path) -> None:
    """Silence, then before's tone, both under the divider, then after's, then silence."""
    start, turn, end = 1.2, 1.2 + 3.5, 1.2 + 3.5 + 1.0
    assert couples.loudness(reel, from_s=0, to_s=1.0, tone=300) < -60
    assert couples.loudness(reel, from_s=start + 0.5, to_s=turn, tone=300) > -30
    assert couples.loudness(reel, from_s=start + 0.5, to_s=turn, tone=1500) < -40
    for tone in (300, 1500):
        assert couples.loudness(reel, from_s=turn + 0.3, to_s=end - 0.3, tone=tone) > -40
    assert couples.loudness(reel, from_s=end + 0.2, to_s=end + 3, tone=300) < -40
    assert couples.loudness(reel, from_s=end + 0.2, to_s=end + 3, tone=1500) > -30
    assert couples.loudness(reel, from_s=10.8, to_s=12.1, tone=1500) < -60


def test_no_sound_begins_or_ends_at_once(reel: Path) -> None:
    """Around every joint the sound changes by steps no larger than its own wave."""
    with av.open(str(reel)) as container:
        pieces = [each.to_ndarray()[0] for each in container.decode(audio=0)]
    samples = [float(value) for piece in pieces for value in piece]
    loudest = max(map(abs, samples))
    for at_s in (1.2, 5.7, 10.7):
        start = int((at_s - 0.05) * 48_000)
        near = samples[start : start + 4_800]
        jump = max(abs(b - a) for a, b in pairwise(near))
        assert jump < 0.3 * loudest


def test_side_by_side_before_is_left(films: tuple[Path, Path], tmp_path: Path) -> None:
    """Left runs before, right after; the shorter holds its last frame, the end is trimmed."""
    film = couples.rendered(SIDE, couples.pair_of(*films), sources=films, out=tmp_path)
    assert count(film) == 180
    for number in (0, 100):
        shown = frame(film, number=number)
        assert close(pixel(shown, (115, 90)), RED)
        assert close(pixel(shown, (205, 90)), BLUE)
    held = frame(film, number=160)
    assert close(pixel(held, (115, 90)), YELLOW)
    assert close(pixel(held, (205, 90)), BLUE)
    assert close(pixel(held, (10, 90)), PLAIN, within=6)
    assert leaks(film) == []
    assert couples.loudness(film, from_s=0.5, to_s=2.2, tone=300) > -30
    assert couples.loudness(film, from_s=0.5, to_s=2.2, tone=1500) < -40
    assert couples.loudness(film, from_s=3.8, to_s=5.2, tone=300) < -40
    assert couples.loudness(film, from_s=3.8, to_s=5.2, tone=1500) > -30


def test_much_longer_films_are_trimmed(tmp_path: Path) -> None:
    """Of a film that goes on, two seconds beside the other's last frame are shown, and no more."""
    sources = (
        couples.clip(tmp_path, "before", colour="0xc81e1e", seconds=1.0),
        couples.clip(tmp_path, "after", colour="0x1e3cc8", seconds=6.0),
    )
    film = couples.rendered(SIDE, couples.pair_of(*sources), sources=sources, out=tmp_path / "o")
    assert count(film) == 90
    assert close(pixel(frame(film, number=89), (205, 90)), BLUE)


def test_one_side_alone_is_heard_throughout(films: tuple[Path, Path], tmp_path: Path) -> None:
    """A voice that may not be heard is nowhere in the film; the other fills it."""
    pair = couples.pair_of(*films, unheard="after")
    film = couples.rendered(SIDE, pair, sources=films, out=tmp_path)
    assert couples.loudness(film, from_s=0.5, to_s=4.0, tone=300) > -30
    assert couples.loudness(film, from_s=0.0, to_s=6.0, tone=1500) < -55


def test_a_wipe_runs_both_together(films: tuple[Path, Path], tmp_path: Path) -> None:
    """A quarter of before, the divider, a quarter of after; what ended stands still meanwhile."""
    film = couples.rendered(WIPE, couples.pair_of(*films), sources=films, out=tmp_path)
    assert count(film) == 180
    assert close(pixel(frame(film, number=20), (160, 40)), RED)
    assert close(pixel(frame(film, number=150), (160, 40)), BLUE)
    assert close(pixel(frame(film, number=179), (160, 40)), YELLOW)


def test_photos_make_a_reel_too(tmp_path: Path) -> None:
    """Two photos become a film of 9.7 s with a silent track where a network wants one."""
    sources = (
        couples.photo(tmp_path, "before", colour=RED),
        couples.photo(tmp_path, "after", colour=BLUE),
    )
    film = couples.rendered(REEL, couples.pair_of(*sources), sources=sources, out=tmp_path / "o")
    assert count(film) == 36 + 90 + 30 + 90 + 45
    assert close(pixel(frame(film, number=100), (90, 160)), RED)
    assert close(pixel(frame(film, number=220), (90, 160)), BLUE)
    assert leaks(film) == []
    with av.open(str(film)) as container:
        assert len(container.streams.audio) == 1


def test_a_lower_third_comes_and_goes(tmp_path: Path) -> None:
    """The caption stands dark over the picture, and is gone before the divider comes."""
    sources = (
        couples.photo(tmp_path, "before", colour=RED),
        couples.photo(tmp_path, "after", colour=BLUE),
    )
    pair = couples.pair_of(*sources, caption="Six weeks")
    recipe = replace(REEL, overlay=("caption",))
    (rendition,) = couples.planned(recipe, pair)
    lower = [each for each in rendition.canvas.cards if each.kind == "lower"]
    assert [each.pane for each in lower] == [0, 1]
    film = couples.rendered(recipe, pair, sources=sources, out=tmp_path / "o")
    at = (lower[0].at[0] + 4, lower[0].at[1] + lower[0].height // 2)
    assert close(pixel(frame(film, number=36), at), RED)
    assert pixel(frame(film, number=36 + 40), at)[0] < 120
    assert close(pixel(frame(film, number=36 + 88), at), RED)
    assert close(pixel(frame(film, number=36 + 90 + 29), at), BLUE)
    assert pixel(frame(film, number=36 + 90 + 70), at)[2] < 120


def test_stills_of_films_show_both(films: tuple[Path, Path], tmp_path: Path) -> None:
    """A picture of a film pair is taken from both at their best moments."""
    still = replace(SIDE, name="og", codec=None)
    path = couples.rendered(still, couples.pair_of(*films), sources=films, out=tmp_path)
    with Image.open(path) as image:
        assert image.size == (320, 180)
        assert close(pixel(image, (115, 90)), RED)
        assert close(pixel(image, (205, 90)), BLUE)
    assert leaks(path) == []


def test_what_is_not_as_measured_is_refused(films: tuple[Path, Path], tmp_path: Path) -> None:
    """Another file in an original's place, or a card that is not there, makes no film."""
    pair = couples.pair_of(*films)
    other = replace(pair.facts[1], width=80)

    def render(recipe: Recipe, facts: tuple[Facts, Facts]) -> None:
        video.render_pair(
            films,
            facts=facts,
            sheets=sheets_of(couples.planned(recipe, pair)),
            rights=couples.STYLE.rights,
            font=couples.FONT,
            drawn=tmp_path,
            out=tmp_path,
        )

    with pytest.raises(BadMedia):
        render(SIDE, (pair.facts[0], other))
    with pytest.raises(VerificationFailed, match="card"):
        render(REEL, pair.facts)
    assert [each for each in tmp_path.iterdir() if each.suffix == ".mp4"] == []
