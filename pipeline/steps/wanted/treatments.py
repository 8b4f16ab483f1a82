"""Which treatments the clinic has copy for, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pipeline.rules.errors import Reason
from pipeline.rules.public.site import Treatment
from pipeline.steps.means import Means
from pipeline.tools.documents import read_mapping
from pipeline.tools.markdown import BadCopy, read_treatment


def copy_of(means: Means, slug: str) -> Treatment | None:
    """Return the clinic's copy on a treatment, None when it wrote none.

    Raises:
        BadCopy: the copy cannot be used; the page that stands stays.
    """
    return _read(means.templates, slug)


def with_copy(means: Means) -> list[str]:
    """Return the slugs of all treatments with copy."""
    return sorted({path.stem for path in _files(means.templates)})


def title_of(means: Means, slug: str) -> str:
    """Return what a treatment is called: the copy's title, else the words of its slug."""
    try:
        copy = copy_of(means, slug)
    except BadCopy:
        copy = None
    return copy.title if copy else plain_page(slug).title


def plain_page(slug: str) -> Treatment:
    """Return the page of a treatment that has no copy."""
    return Treatment(slug=slug, title=slug.replace("-", " ").capitalize())


def bad_copies(means: Means) -> list[Reason]:
    """Return why some treatments' copy cannot be used."""
    found = []
    for slug in with_copy(means):
        try:
            copy_of(means, slug)
        except BadCopy as error:
            found.append(error.reason)
    return found


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from (folder / "treatments").glob("*.md")


@lru_cache(maxsize=256)
def _read(folders: tuple[Path, ...], slug: str) -> Treatment | None:
    for folder in folders:
        path = folder / "treatments" / f"{slug}.md"
        if path.is_file():
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            return read_treatment(text, slug=slug, read_mapping=read_mapping)
    return None


def forget_copies() -> None:
    """Read the copy anew: a file changed."""
    _read.cache_clear()
