"""Branding: the logo or the clinic's name, the font that measures and draws, whose rights."""

from __future__ import annotations

import makers
from makers import photo

from pipeline.steps.wanted.branding import font_file, logo_path, style_of, text_measure
from pipeline.tools.files import sha256_of


def test_without_a_logo_the_name_is_set(empty: makers.Workspace) -> None:
    """Neither a logo that is not configured nor one that is not there stops anything."""
    with empty.opened() as means:
        style = style_of(means)
        assert logo_path(means) is None
    assert style.logo is None
    assert style.name == "Harbour Physiotherapy"
    empty.configure(brand={"logo": "gone.png"})
    with empty.opened() as means:
        assert style_of(means).logo is None


def test_a_logo_is_known_by_its_bytes(empty: makers.Workspace) -> None:
    """Size and hash; new bytes under the same name are another logo."""
    logo = empty.folder / "logo.png"
    logo.write_bytes(photo("logo", size=(40, 20), form="PNG"))
    empty.configure(brand={"logo": "logo.png", "colours": {"primary": "#AA0000"}})
    with empty.opened() as means:
        first = style_of(means)
        assert first.logo is not None
        assert (first.logo.width, first.logo.height) == (40, 20)
        assert first.primary == "#aa0000"
        logo.write_bytes(photo("other logo", size=(30, 30), form="PNG"))
        second = style_of(means)
    assert second.logo is not None
    assert (second.logo.width, second.logo.height) == (30, 30)


def test_rights_are_the_clinics(empty: makers.Workspace) -> None:
    """What public files say of their maker is the clinic and its address."""
    with empty.opened() as means:
        rights = style_of(means).rights
    assert rights.creator == rights.credit == "Harbour Physiotherapy"
    assert rights.web_statement == "https://harbour.example/"
    assert "Harbour Physiotherapy" in rights.rights


def test_texts_are_measured_in_the_font_that_draws_them(empty: makers.Workspace) -> None:
    """A longer text is wider, a larger one higher; the style names the font by its bytes."""
    with empty.opened() as means:
        measure = text_measure(means)
        assert style_of(means).font == sha256_of(font_file(means))
    short, long = measure("ab", 20), measure("abab", 20)
    assert long.width > short.width > 0
    assert measure("ab", 40).width > short.width
