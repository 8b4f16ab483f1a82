"""Pairs of plain colours and tones, planned and rendered as small pictures and films."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

from PIL import Image
from samples import FFMPEG, ffmpeg

from pipeline.rules.consent import Permit
from pipeline.rules.media import Asset, Kind, Recipe, Rendition, Role
from pipeline.rules.plan import Sayings, Style, sheets_of
from pipeline.rules.planned.composites import Pair, composite
from pipeline.rules.work import Rights
from pipeline.tools import images, motion, video
from pipeline.tools.fonts import font_path

RED, BLUE, YELLOW = (200, 30, 30), (30, 60, 200), (220, 220, 30)
GROUND = "#f4f6f5"
FONT = font_path()
STYLE = Style("A Clinic", "#0b6e69", GROUND, None, "font", Rights("A Clinic", "A Clinic"))
DISCLOSURE = "One person; results differ."
SIDE = Recipe(
    name="side-16x9",
    sources=frozenset({"pair"}),
    channels=frozenset({"web", "facebook"}),
    size=(320, 180),
    fit="pad",
    layout="side",
    formats=("jpeg",),
    codec="h264",
    quality=(("jpeg", "90"), ("preset", "ultrafast"), ("crf", "12")),
)
REEL = replace(SIDE, name="reel-9x16", layout="reel", size=(180, 320))
WIPE = replace(SIDE, name="wipe", layout="wipe")


def photo(folder: Path, name: str, *, colour: tuple[int, int, int] = RED) -> Path:
    """A plain photo of 150x200."""
    path = folder / f"{name}.png"
    Image.new("RGB", (150, 200), colour).save(path)
    return path


def clip(folder: Path, name: str, *, colour: str, seconds: float, tone: int | None = None) -> Path:
    """A film of 90x160 in one colour whose last three frames are yellow; `tone` in hertz."""
    path = folder / f"{name}.mp4"
    size = "s=90x160:r=30"
    words = (
        f"color=c={colour}:{size}:d={seconds - 0.1}[a];"
        f"color=c=0xdcdc1e:{size}:d=0.1[b];[a][b]concat=n=2,format=yuv420p"
    )
    sound = ["-f", "lavfi", "-i", f"sine=f={tone}:d={seconds}", "-c:a", "aac"] if tone else []
    colours = ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709"]
    ffmpeg("-f", "lavfi", "-i", words, *sound, *colours, "-c:v", "libx264", "-crf", "8",
           "-movflags", "+faststart", path)  # fmt: skip
    return path


def pair_of(
    before: Path, after: Path, *, channel: str = "facebook", unheard: str = "", caption: str = ""
) -> Pair:
    """Measure two files as a pair; `unheard` is before, after or both."""
    kind = Kind.VIDEO if before.suffix == ".mp4" else Kind.PHOTO
    measure = video.measure if kind is Kind.VIDEO else images.measure
    assets = [
        Asset(mark * 64, path.name, kind, role, "1", ("s1",), (), measure(path), date(2026, 1, 5))
        for mark, path, role in (("a", before, Role.BEFORE), ("b", after, Role.AFTER))
    ]
    permits = {
        each.sha256: Permit(
            each.sha256,
            frozenset({"voice"} if unheard in {each.role, "both"} else ()),
            None,
            frozenset(),
        )
        for each in assets
    }
    says = {
        each.sha256: Sayings(str(each.role).title(), caption, DISCLOSURE, "Needling")
        for each in assets
    }
    return Pair(assets[0], assets[1], permits, says, channel)


def planned(recipe: Recipe, pair: Pair) -> list[Rendition]:
    """Plan a recipe for a pair; everything must fit."""
    renditions, problems = composite(
        recipe, pair=pair, style=STYLE, measure=images.measure_with(FONT)
    )
    assert problems == []
    return renditions


def rendered(recipe: Recipe, pair: Pair, *, sources: tuple[Path, Path], out: Path) -> Path:
    """Draw the cards of a recipe's one file, render it and return it."""
    renditions = planned(recipe, pair)
    drawn = out / "cards"
    drawn.mkdir(parents=True)
    motion.draw(renditions[0].canvas.cards, font=FONT, out=drawn)
    made = video.render_pair(
        sources,
        facts=pair.facts,
        sheets=sheets_of(renditions),
        rights=STYLE.rights,
        font=FONT,
        drawn=drawn,
        out=out,
    )
    assert [each.artifact.key for each in made] == [each.key for each in renditions]
    return Path(made[0].file)


def loudness(film: Path, *, from_s: float, to_s: float, tone: int) -> float:
    """Return how loud a tone is in a stretch of a film, in dB."""
    told = subprocess.run(
        [FFMPEG, "-nostdin", "-i", film, "-vn", "-af",
         f"bandpass=f={tone}:width_type=h:w=60,atrim={from_s}:{to_s},volumedetect",
         "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    return float(told.split("mean_volume:")[1].split()[0])


def pixel(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    """Return the colours of a pixel of a picture that has several."""
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return found


def close(found: object, colour: tuple[int, int, int], *, within: int = 30) -> bool:
    """Whether a pixel has about that colour."""
    assert isinstance(found, tuple)
    return all(abs(int(a) - b) <= within for a, b in zip(found, colour, strict=True))
