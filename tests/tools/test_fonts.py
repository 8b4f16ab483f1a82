"""The packaged font, the clinic's own, and letters that a font does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.rules.errors import ToolMissing, UsageError
from pipeline.tools.fonts import font_path, missing_glyphs


def test_the_packaged_font_is_found() -> None:
    """Without a choice the font comes from the package."""
    assert font_path().read_bytes()[:4] == b"\x00\x01\x00\x00"


def test_the_clinics_own_font_wins(tmp_path: Path) -> None:
    """A file that config.yaml names is used, and missed when it is not there."""
    own = tmp_path / "own.ttf"
    own.write_bytes(font_path().read_bytes())
    assert font_path(own) == own
    with pytest.raises(ToolMissing) as missing:
        font_path(tmp_path / "none.ttf")
    assert missing.value.exit_code == 3
    assert "brand.font" in missing.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "Before Después ½ ñ ű \u2013 \u201cx\u201d",
        "пример",
        "παράδειγμα",
        "हिन्दी",
        "a\u200db\ufe0f\u202e \u00a0",
        "x\u0301",
    ],
)
def test_letters_that_the_font_has(text: str) -> None:
    """Latin, Cyrillic, Greek, Devanagari and invisible marks are no reason to refuse."""
    assert missing_glyphs(text, font_path()) == ""


def test_letters_that_the_font_lacks_are_named_once() -> None:
    """In the order of the text, each once."""
    assert missing_glyphs("a日b本日💪", font_path()) == "日本💪"


def test_what_is_no_font_says_so(tmp_path: Path) -> None:
    """A text file named .ttf, a cut font, an empty file: an error with a remedy."""
    for number, body in enumerate((b"", b"not a font at all", font_path().read_bytes()[:2000])):
        broken = tmp_path / f"{number}.ttf"
        broken.write_bytes(body)
        with pytest.raises(UsageError):
            missing_glyphs("a", broken)
