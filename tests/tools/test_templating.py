"""Templates: the workspace's own come first, staff's text runs in a sandbox, errors name a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.rules.errors import UsageError
from pipeline.tools.templating import Templates, fill, packaged_templates


def test_packaged_templates_are_found() -> None:
    """The folder that came with Clinicmedia holds the pages."""
    assert (packaged_templates() / "pages" / "base.html.j2").is_file()


def test_own_templates_come_first(tmp_path: Path) -> None:
    """A file of the same name in the workspace wins; what it lacks is packaged."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "site.css").write_text("body { color: red }")
    templates = Templates(tmp_path)
    assert templates.text("pages/site.css") == "body { color: red }"
    assert "slider" in templates.text("pages/compare.js")
    assert [len(text) > 50 for text in templates.texts("pages/site.css")] == [True, False]


def test_pages_are_escaped_and_cleaned(tmp_path: Path) -> None:
    """A value is text, whatever it holds, and is filled in once."""
    (tmp_path / "a.j2").write_text("<p>{{ text }}</p>")
    page = Templates(tmp_path).page("a.j2", values={"text": "<b>\x00{{ 7 * 7 }}"})
    assert page == "<p>&lt;b&gt;{{ 7 * 7 }}</p>"


@pytest.mark.parametrize(
    "template",
    ["{{ missing }}", "{% for %}", "{{ 1 / 0 }}", "{{ ''.__class__.__mro__ }}", "{{ x.y.z }}"],
)
def test_broken_templates_say_so(tmp_path: Path, template: str) -> None:
    """A slip, a missing name or a way out of the sandbox is an error that names the file."""
    (tmp_path / "a.j2").write_text(template)
    with pytest.raises(UsageError, match=r"a\.j2"):
        Templates(tmp_path).page("a.j2", values={"x": "text"})
    with pytest.raises(UsageError):
        fill(template, values={"x": "text"})


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "missing.html.j2"])
def test_nothing_outside_the_folders_is_read(tmp_path: Path, name: str) -> None:
    """A name that leads out of the folders is a missing template."""
    (tmp_path / "secret.txt").write_text("secret")
    own = tmp_path / "templates"
    own.mkdir()
    with pytest.raises(UsageError):
        Templates(own).text(name)


def test_fill_makes_plain_text() -> None:
    """A caption is filled as it is; pages escape it later."""
    assert fill("{{ title }}, {{ n }} sessions", values={"title": "Hip & knee", "n": 4}) == (
        "Hip & knee, 4 sessions"
    )
