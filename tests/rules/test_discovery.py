"""Sitemap, feed and robots.txt, read by an XML parser of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lxml import etree  # type: ignore[import-untyped] # ships no types
from showcase import HOSTILE, PUBLISHED, SITE, cases, film_case, photo_case

from pipeline.rules.public.discovery import FEED_ENTRIES, feed, newest, robots, sitemap
from pipeline.rules.public.pictures import card_of
from pipeline.rules.public.site import Treatment

SPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "v": "http://www.google.com/schemas/sitemap-video/1.1",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
    "a": "http://www.w3.org/2005/Atom",
}
TREATMENTS = [Treatment("dry-needling", "Dry needling"), Treatment("posture", "Posture")]


def read(text: str, path: str) -> list[str]:
    """The texts at a path of a document."""
    found = etree.fromstring(text.encode()).xpath(path, namespaces=SPACES)
    assert isinstance(found, list)
    return [str(each) for each in found]


def test_sitemap_names_every_page_once() -> None:
    """The first page, each treatment and each case, by absolute address."""
    text = sitemap(treatments=TREATMENTS, cards=[card_of(case) for case in cases()], site=SITE)
    pages = read(text, "/s:urlset/s:url/s:loc/text()")
    assert len(pages) == len(set(pages)) == 1 + 2 + 4
    assert all(page.startswith(SITE.base_url) and page.endswith("index.html") for page in pages)


def test_sitemap_describes_films_and_pictures() -> None:
    """A film has all required elements and its end; photos have image entries."""
    film = replace(film_case(), expires=PUBLISHED)
    text = sitemap(treatments=[], cards=[card_of(film), card_of(photo_case())], site=SITE)
    video = "/s:urlset/s:url/v:video"
    names = ("thumbnail_loc", "title", "description", "content_loc", "player_loc")
    assert all(len(read(text, f"{video}/v:{name}/text()")) == 1 for name in names)
    assert read(text, f"{video}/v:duration/text()") == ["42"]
    assert read(text, f"{video}/v:expiration_date/text()") == ["2026-03-09T14:05:00Z"]
    assert len(read(text, "//i:image/i:loc/text()")) == 4


def test_a_film_without_a_still_has_no_entry() -> None:
    """Half an entry would make the sitemap invalid."""
    card = replace(card_of(film_case()), poster=None)
    assert read(sitemap(treatments=[], cards=[card], site=SITE), "//v:video") == []


def test_hostile_words_keep_the_xml_well_formed() -> None:
    """Markup and control characters in a title stay text or vanish."""
    card = card_of(photo_case(title=HOSTILE))
    text = feed(cards=[card], site=SITE, title=HOSTILE)
    assert read(text, "/a:feed/a:entry/a:title/text()") == [HOSTILE.replace("\x00", "")]


def test_feed_is_newest_first_and_bounded() -> None:
    """Entries have id, link and dates; the feed's own date is its newest change."""
    cards = [
        replace(
            card_of(photo_case()),
            slug=f"posture-{number:08}",
            published=PUBLISHED + timedelta(number),
        )
        for number in range(FEED_ENTRIES + 5)
    ]
    text = feed(cards=cards, site=SITE, title="Harbour")
    ids = read(text, "/a:feed/a:entry/a:id/text()")
    assert len(ids) == FEED_ENTRIES
    assert ids[0].endswith(f"posture-{FEED_ENTRIES + 4:08}/index.html")
    for name in ("id", "updated", "title"):
        assert len(read(text, f"/a:feed/a:{name}/text()")) == 1
    assert read(text, "/a:feed/a:updated/text()") == ["2026-03-09T16:05:00Z"]


def test_an_empty_feed_is_still_a_feed() -> None:
    """Without cases it has its required elements and the same bytes each time."""
    text = feed(cards=[], site=SITE, title="Harbour")
    assert read(text, "/a:feed/a:updated/text()") == ["1970-01-01T00:00:00Z"]
    assert text == feed(cards=[], site=SITE, title="Harbour")


def test_order_does_not_depend_on_the_input() -> None:
    """Equal instants are ordered by slug."""
    cards = [replace(card_of(photo_case()), slug=slug) for slug in ("b-1", "a-1", "c-1")]
    assert newest(cards) == newest(reversed(cards))


def test_robots_follows_the_setting() -> None:
    """Open with the sitemap's address, or closed."""
    assert "Sitemap: https://media.harbour.example/public/sitemap.xml" in robots(SITE)
    assert robots(replace(SITE, indexed=False)) == "User-agent: *\nDisallow: /\n"
