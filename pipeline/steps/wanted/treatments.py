"""Which treatments the clinic has copy for, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pipeline.rules.errors import Reason, Unreachable
from pipeline.rules.inbox.naming import slug_of
from pipeline.rules.public.site import Treatment
from pipeline.steps.means import Means
from pipeline.tools.documents import read_mapping
from pipeline.tools.markdown import BadCopy, read_treatment
from pipeline.tools.storage import NotThere


def copy_of(means: Means, slug: str) -> Treatment | None:
    """Return the clinic's copy on a treatment, None when it wrote none.

    A copy that cannot be used is left out for the last good one.

    Raises:
        BadCopy: there never was a good one.
    """
    try:
        return _read(means.templates, slug)
    except BadCopy:
        try:
            text = means.private.get(_key(slug)).decode("utf-8")
        except (NotThere, Unreachable):
            text = ""
        if not text:
            raise
        return read_treatment(text, slug=slug, read_mapping=read_mapping)


def keep_good_copies(means: Means) -> None:
    """Keep every copy that can be used, in case a later edit cannot."""
    for slug in with_copy(means):
        try:
            _read(means.templates, slug)
        except BadCopy:
            continue
        body = _text(means.templates, slug).encode()
        stat = means.private.stat(_key(slug))
        if stat is None or stat.size_bytes != len(body) or means.private.get(stat.key) != body:
            means.private.put(_key(slug), body, content_type="text/markdown")


def with_copy(means: Means) -> list[str]:
    """Return the slugs of all treatments with copy."""
    return sorted({p.stem for p in _files(means.templates) if slug_of(p.stem) == p.stem})


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
            _read(means.templates, slug)
        except BadCopy as error:
            found.append(error.reason)
    for path in _files(means.templates):
        if slug_of(path.stem) != path.stem:
            facts = {"better": f"{slug_of(path.stem)}.md"}
            found.append(Reason("copy_misnamed", file=path.name, facts=facts))
    return found


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from (folder / "treatments").glob("*.md")


def _key(slug: str) -> str:
    return f"copies/{slug}.md"


@lru_cache(maxsize=256)
def _read(folders: tuple[Path, ...], slug: str) -> Treatment | None:
    text = _text(folders, slug)
    return read_treatment(text, slug=slug, read_mapping=read_mapping) if text else None


def _text(folders: tuple[Path, ...], slug: str) -> str:
    for folder in folders:
        path = folder / "treatments" / f"{slug}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8-sig", errors="replace")
    return ""


def forget_copies() -> None:
    """Read the copy anew: a file changed."""
    _read.cache_clear()
