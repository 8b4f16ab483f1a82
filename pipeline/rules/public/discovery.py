"""How strangers find the public pages: the sitemap, the Atom feed and robots.txt, as text.

Only what is public now is in them: what ended is left out, and its page answers with 404 or the
tombstone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from pipeline.rules.public.pictures import largest
from pipeline.rules.public.site import (
    FEED_KEY,
    INDEX_KEY,
    SITEMAP_KEY,
    CaseCard,
    Site,
    Treatment,
    case_key,
    instant,
    plain,
    treatment_key,
    url_of,
)

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
VIDEO = "http://www.google.com/schemas/sitemap-video/1.1"
ATOM = "http://www.w3.org/2005/Atom"
FEED_ENTRIES = 50
_VIDEO_MAX_S = 28_800
_TITLE_MAX = 100
_DESCRIPTION_MAX = 2048
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Names are written with their prefixes, and the prefixes declared on the root by hand: the
# library's own way keeps them in a registry of the whole process.
_SITEMAP_ROOT = {"xmlns": SITEMAP, "xmlns:image": IMAGE, "xmlns:video": VIDEO}


def newest(cards: Iterable[CaseCard]) -> tuple[CaseCard, ...]:
    """The cards from the last published to the first; equal instants by slug."""
    by_slug = sorted(cards, key=lambda card: card.slug)
    return tuple(sorted(by_slug, key=lambda card: card.published, reverse=True))


def sitemap(*, treatments: Sequence[Treatment], cards: Sequence[CaseCard], site: Site) -> str:
    """The sitemap with an entry for each page, its pictures and its film."""
    root = ET.Element("urlset", _SITEMAP_ROOT)
    _page(root, INDEX_KEY, cards=cards, site=site)
    for treatment in treatments:
        of_treatment = [card for card in cards if card.treatment == treatment.slug]
        _page(root, treatment_key(treatment.slug), cards=of_treatment, site=site)
    for card in newest(cards):
        entry = _page(root, case_key(card.slug), cards=[card], site=site)
        for picture in map(largest, card.pictures):
            if picture:
                image = ET.SubElement(entry, "image:image")
                _text(image, "image:loc", url_of(picture.key, site=site))
        _video(entry, card, site=site)
    return _written(root)


def feed(*, cards: Sequence[CaseCard], site: Site, title: str) -> str:
    """The Atom feed of the newest cases: words and links only, since readers keep copies."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": site.language})
    home, own = url_of(INDEX_KEY, site=site), url_of(FEED_KEY, site=site)
    _text(root, "id", home)
    _text(root, "title", title)
    _text(root, "updated", instant(max((c.modified for c in cards), default=_LONG_AGO)))
    ET.SubElement(root, "link", rel="self", href=own, type="application/atom+xml")
    ET.SubElement(root, "link", rel="alternate", href=home, type="text/html")
    author = ET.SubElement(root, "author")
    _text(author, "name", site.name)
    for card in newest(cards)[:FEED_ENTRIES]:
        address = url_of(case_key(card.slug), site=site)
        entry = ET.SubElement(root, "entry")
        _text(entry, "id", address)
        _text(entry, "title", card.title)
        _text(entry, "updated", instant(card.modified))
        _text(entry, "published", instant(card.published))
        ET.SubElement(entry, "link", rel="alternate", href=address, type="text/html")
        ET.SubElement(entry, "category", term=card.treatment, label=plain(card.treatment_title))
        _text(entry, "summary", card.description)
    return _written(root)


def robots(site: Site) -> str:
    """robots.txt: everything may be read, or nothing when the site is not to be found."""
    if not site.indexed:
        return "User-agent: *\nDisallow: /\n"
    return f"User-agent: *\nAllow: /\n\nSitemap: {url_of(SITEMAP_KEY, site=site)}\n"


def _page(root: ET.Element, key: str, *, cards: Sequence[CaseCard], site: Site) -> ET.Element:
    entry = ET.SubElement(root, "url")
    _text(entry, "loc", url_of(key, site=site))
    if cards:
        _text(entry, "lastmod", instant(max(card.modified for card in cards)))
    return entry


def _video(entry: ET.Element, card: CaseCard, *, site: Site) -> None:
    """The film's entry, unless a required element would be missing."""
    if not (card.video and card.poster and card.title.strip() and card.description.strip()):
        return
    video = ET.SubElement(entry, "video:video")
    _text(video, "video:thumbnail_loc", url_of(card.poster.key, site=site))
    _text(video, "video:title", card.title[:_TITLE_MAX])
    _text(video, "video:description", card.description[:_DESCRIPTION_MAX])
    _text(video, "video:content_loc", url_of(card.video.key, site=site))
    _text(video, "video:player_loc", url_of(case_key(card.slug, page="embed.html"), site=site))
    duration_s = round(card.duration_s or 0)
    if 1 <= duration_s <= _VIDEO_MAX_S:
        _text(video, "video:duration", str(duration_s))
    if card.expires:
        _text(video, "video:expiration_date", instant(card.expires))
    _text(video, "video:publication_date", instant(card.published))


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = plain(text)


def _written(root: ET.Element) -> str:
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
