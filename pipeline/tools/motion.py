"""The moving cards of reels, drawn by MoviePy: the one file that knows it, and never sees footage.

All words and marks come in as pictures that `images` drew in the clinic's font; here they fade,
slide and grow. What comes out is lossless with transparency, for ffmpeg to lay over footage.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.rules.errors import VerificationFailed
from pipeline.rules.media import Artifact
from pipeline.rules.work import Made
from pipeline.tools import images
from pipeline.tools.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.rules.media import Card, Overlay

# Lossless, keeps transparency, and is the quickest to write and read of those that do.
_CODEC = "qtrle"
_SLIDE = 0.35  # of a text's height: how far it comes up while it appears
_BEGINS = {"logo": 0.0, "bar": 0.15, "words": 0.25}  # when a part of a card begins to appear


def draw(
    cards: Sequence[Card],
    *,
    font: Path,
    out: Path,
    progress: Callable[[float], None] | None = None,
) -> list[Made]:
    """Draw cards in the folder `out`, each as `<key>.mov`.

    An overlay's image is the path of the logo's file, as in every job.

    Raises:
        VerificationFailed: MoviePy failed.
    """
    made = []
    for number, card in enumerate(cards, 1):
        path = out / f"{card.key}.mov"
        with tempfile.TemporaryDirectory(prefix=".draw-", dir=out) as name:
            drawn = Path(name) / "card.mov"
            try:
                _write(card, font=font, folder=Path(name), to=drawn)
            except OSError as error:  # MoviePy passes on what ffmpeg said, paths included
                raise VerificationFailed("A card could not be written.") from error
            drawn.replace(path)
        artifact = Artifact(
            key=card.key,
            sha256=sha256_of(path),
            size_bytes=path.stat().st_size,
            width=card.width,
            height=card.height,
            content_type="video/quicktime",
            duration_s=card.frames / card.frame_rate,
        )
        made.append(Made(artifact, file=str(path)))
        if progress is not None:
            progress(number / len(cards))
    return made


def _write(card: Card, *, font: Path, folder: Path, to: Path) -> None:
    if card.kind == "matte":
        clip = _matte(card)
    elif card.kind == "lower":
        clip = _lower_third(card, font=font, folder=folder)
    else:
        clip = _text_card(card, font=font, folder=folder)
    clip.with_duration(card.frames / card.frame_rate).write_videofile(
        str(to), fps=card.frame_rate, codec=_CODEC, audio=False, logger=None, threads=1
    )


def _text_card(card: Card, *, font: Path, folder: Path) -> Any:  # noqa: ANN401 - MoviePy ships no types
    """The ground, and on it logo, bar and words that appear one shortly after the other."""
    from moviepy import ColorClip  # noqa: PLC0415 - slow to load, needed for cards alone

    layers = [ColorClip((card.width, card.height), _rgb(card.ground))]
    for number, overlay in enumerate(card.overlays):
        layers.append(
            _appearing(_part(overlay, number, font=font, folder=folder), overlay=overlay, card=card)
        )
    return _composed(layers, card=card, transparent=False)


def _appearing(clip: Any, *, overlay: Overlay, card: Card) -> Any:  # noqa: ANN401 - as above
    """Fade a part in; words come up a little, the bar grows from its middle."""
    box, begins = overlay.box, _BEGINS.get(overlay.kind, 0.0)

    def done(t: float) -> float:
        return eased((_share(t, card=card) - begins) / (1 - begins))

    if overlay.kind == "bar":
        grown = clip.resized(lambda t: (max(2, round(box.width * done(t))), box.height))
        return grown.with_position(
            lambda t: (box.x + (box.width - max(2, round(box.width * done(t)))) // 2, box.y)
        )
    faded = clip.with_mask(clip.mask.transform(lambda get, t: get(t) * done(t)))
    rise = _SLIDE * box.height if overlay.kind == "words" else 0
    rise = min(rise, 0.03 * card.height)
    return faded.with_position(lambda t: (box.x, box.y + round(rise * (1 - done(t)))))


def _lower_third(card: Card, *, font: Path, folder: Path) -> Any:  # noqa: ANN401 - as above
    """A caption that comes up into its place while it appears, on nothing."""
    (overlay,) = card.overlays
    clip = _part(overlay, 0, font=font, folder=folder)
    faded = clip.with_mask(clip.mask.transform(lambda get, t: get(t) * eased(_share(t, card=card))))
    rise = card.height
    layer = faded.with_position(
        lambda t: (0, round(rise * _SLIDE * (1 - eased(_share(t, card=card)))))
    )
    return _composed([layer], card=card, transparent=True)


def _matte(card: Card) -> Any:  # noqa: ANN401 - as above
    """Black where the first side stays, white where the second is seen: from the right on."""
    from moviepy import ColorClip  # noqa: PLC0415 - as above

    size = (card.width, card.height)
    second = ColorClip(size, (255, 255, 255)).with_position(
        lambda t: (divider_x(round(t * card.frame_rate), width=card.width, frames=card.frames), 0)
    )
    return _composed([ColorClip(size, (0, 0, 0)), second], card=card, transparent=False)


def _composed(layers: list[Any], *, card: Card, transparent: bool) -> Any:  # noqa: ANN401 - as above
    from moviepy import CompositeVideoClip  # noqa: PLC0415 - as above

    length = card.frames / card.frame_rate
    return CompositeVideoClip(
        [layer.with_duration(length) for layer in layers],
        size=(card.width, card.height),
        bg_color=None if transparent else (0, 0, 0),
    )


def _part(overlay: Overlay, number: int, *, font: Path, folder: Path) -> Any:  # noqa: ANN401 - as above
    from moviepy import ImageClip  # noqa: PLC0415 - as above

    png = folder / f"part-{number}.png"
    images.draw_png(overlay, font=font, to=png)
    return ImageClip(str(png))


def divider_x(frame: int, *, width: int, frames: int) -> int:
    """Return where the divider stands in a frame of its way: from the right edge to the left."""
    return round(width * (1 - eased((frame + 1) / (frames + 1))))


def eased(share: float) -> float:
    """Return the one easing of everything that moves: slow, quick, slow; 0 to 1."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _share(t: float, *, card: Card) -> float:
    """Return how far a card has come at a time: 1 in its last frame."""
    return t * card.frame_rate / max(1, card.frames - 1)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
