"""What the public pages show, as frozen values, and where it lies: keys, links, instants.

Nothing else is in these values: no subject code, no file name, no name of a patient. Whoever
builds them (the publishing step) decides what is public; whoever reads them cannot leak more.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote

from pipeline.rules.media import Kind, Role

INDEX_KEY = "index.html"
SITEMAP_KEY = "sitemap.xml"
FEED_KEY = "feed.xml"
ROBOTS_KEY = "robots.txt"
EMBED_SCRIPT_KEY = "embed.js"
CASE_PAGES = ("index.html", "embed.html", "case.json", "oembed.json")

# What HTML, XML and JSON cannot carry or what has no business in a public text: C0 and C1
# controls except tab and newline, lone surrogates, the two non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One public object: `type` is its content type, `sha256` hexadecimal, sizes in pixels."""

    recipe: str
    key: str
    type: str
    width: int
    height: int
    size_bytes: int
    sha256: str
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """Captions of a video as WebVTT: `lang` is a language tag, `label` what the player shows."""

    lang: str
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class PublicMedia:
    """One original as the public sees it: its own-aspect web renditions, poster and captions."""

    role: Role
    view: str
    kind: Kind
    caption: str
    alt: str
    files: tuple[PublicFile, ...]
    poster: PublicFile | None = None
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A before and an after of one kind. `files` are pair layouts: both sides in one picture."""

    kind: Kind
    caption: str
    alt: str
    before: PublicMedia
    after: PublicMedia
    files: tuple[PublicFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicCase:
    """One case on the web. `media` holds every medium, those of the comparisons included.

    `disclosure` limits what the case claims and stands beside it; `credits` are shown with the
    works they belong to. `expires` is the instant from which the case is no longer public.
    """

    slug: str
    title: str
    treatment: str
    treatment_title: str
    published: datetime
    modified: datetime
    expires: datetime | None
    media: tuple[PublicMedia, ...]
    comparisons: tuple[Comparison, ...] = ()
    share_image: PublicFile | None = None
    disclosure: str = ""
    credits: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class CaseCard:
    """What lists, the sitemap and the feed need of a case; made by `pictures.card_of`.

    `pictures` are one or two (before, after) pictures, each as its files. `video` is the best
    file of the case's first video and `poster` its still; `duration_s` is that video's length.
    """

    slug: str
    title: str
    description: str
    treatment: str
    treatment_title: str
    published: datetime
    modified: datetime
    expires: datetime | None
    pictures: tuple[tuple[PublicFile, ...], ...]
    paired: bool
    video: PublicFile | None = None
    poster: PublicFile | None = None
    duration_s: float | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement of the clinic's copy comes from. Without `url` it is words alone."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Something the copy claims, what it rests on, and what people can generally expect."""

    text: str
    basis: str = ""
    typical_result: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the copy: `id` is its anchor on the page."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """The clinic's copy on a treatment. `html` is rendered from Markdown and safe to print."""

    slug: str
    title: str
    summary: str = ""
    body_location: str = ""
    order: int = 0
    claims: tuple[Claim, ...] = ()
    sources: tuple[Source, ...] = ()
    sections: tuple[Section, ...] = ()
    html: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """The clinic and its public folder.

    `url` is the clinic's own site, `base_url` the address of the public folder. `zone` is the
    clinic's, for days in words. `max_age_s` is how long media may be cached, in seconds.
    `indexed` false asks search engines to stay away.
    """

    name: str
    url: str
    base_url: str
    language: str
    zone: tzinfo
    contact: str = ""
    colours: Mapping[str, str] = field(default_factory=dict, hash=False)
    logo: PublicFile | None = None
    max_age_s: int = 3600
    indexed: bool = True


def case_key(slug: str, *, page: str = "index.html") -> str:
    """The key of one of a case's `CASE_PAGES`."""
    return f"cases/{slug}/{page}"


def treatment_key(slug: str) -> str:
    """The key of a treatment's page."""
    return f"treatments/{slug}/index.html"


def url_of(key: str, *, site: Site) -> str:
    """The absolute address of a public object."""
    return f"{site.base_url.rstrip('/')}/{quote(key)}"


def relative(key: str, *, page: str) -> str:
    """The link to `key` from the page with the key `page`: it works from any folder."""
    return quote(posixpath.relpath(key, posixpath.dirname(page) or "."))


def instant(moment: datetime) -> str:
    """An aware moment as RFC 3339 in UTC, to the second: 2026-03-09T14:05:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(text: str) -> str:
    """The text without characters that HTML, XML or JSON cannot carry."""
    return _UNPRINTABLE.sub("", text)


def description_of(case: PublicCase) -> str:
    """One sentence about the case: its first caption, else its first alt text, else its title."""
    shown: tuple[Comparison | PublicMedia, ...] = (*case.comparisons, *case.media)
    for text in (*(each.caption for each in shown), *(each.alt for each in shown)):
        if text.strip():
            return plain(text.strip())
    return plain(case.title)


def unpaired(case: PublicCase) -> tuple[PublicMedia, ...]:
    """The media that stand in no comparison and have something to show, in their order."""
    paired = [side for each in case.comparisons for side in (each.before, each.after)]
    return tuple(medium for medium in case.media if medium.files and medium not in paired)


def contact_link(contact: str) -> str | None:
    """The address behind a contact: mailto, tel or https; None when it is only words."""
    text = contact.strip()
    if re.fullmatch(r"https?://[^\s\"'<>]+", text):
        return text
    if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text, re.ASCII):
        return f"mailto:{text}"
    digits = re.sub(r"[\s().\-/]", "", text)
    return f"tel:{digits}" if re.fullmatch(r"\+?[0-9]{5,15}", digits) else None
