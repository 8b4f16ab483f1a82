"""How a clinic's pictures look: its logo, colours, font and rights, measured once per run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.rules.layout import Logo, Measure
from pipeline.rules.plan import Style
from pipeline.rules.work import Rights
from pipeline.steps.means import Means
from pipeline.tools.files import sha256_of
from pipeline.tools.fonts import font_path


def style_of(means: Means) -> Style:
    """Return the style that plans are made with."""
    clinic, brand = means.config.clinic, means.config.brand
    logo = logo_path(means)
    return Style(
        name=clinic.name,
        primary=brand.colours.primary,
        ground=brand.colours.ground,
        logo=_logo(logo, logo.stat().st_mtime_ns) if logo else None,
        font=_hash(font_file(means)),
        rights=Rights(
            creator=clinic.name,
            credit=clinic.name,
            rights=f"© {clinic.name}",
            web_statement=clinic.url,
        ),
    )


def logo_path(means: Means) -> Path | None:
    """Return the logo's file, None when the clinic has none: then its name is set as one."""
    chosen = means.config.brand.logo
    path = means.folder / chosen if chosen else None
    return path if path and path.is_file() else None


def font_file(means: Means) -> Path:
    """Return the font's file."""
    chosen = means.config.brand.font
    return font_path(means.folder / chosen if chosen else None)


def text_measure(means: Means) -> Measure:
    """Return how texts are measured: in the font that will draw them."""
    return _measure(font_file(means))


@lru_cache(maxsize=8)
def _measure(font: Path) -> Measure:
    from pipeline.tools.images import measure_with  # noqa: PLC0415 - Pillow only when it is planned

    return measure_with(font)


@lru_cache(maxsize=8)
def _hash(path: Path) -> str:
    return sha256_of(path)


@lru_cache(maxsize=8)
def _logo(path: Path, _changed: int) -> Logo:
    from pipeline.tools.images import measure  # noqa: PLC0415 - the same

    facts = measure(path)
    return Logo(sha256_of(path), facts.width, facts.height)
