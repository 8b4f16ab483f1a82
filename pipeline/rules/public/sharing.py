"""What other sites and programs read of a case: `case.json`, the embed snippets and oEmbed."""

from __future__ import annotations

import json
from html import escape
from math import ceil

from pipeline.rules.media import Kind
from pipeline.rules.public.pictures import fallback, stand_in, videos
from pipeline.rules.public.site import (
    EMBED_SCRIPT_KEY,
    Comparison,
    PublicCase,
    PublicFile,
    PublicMedia,
    Site,
    case_key,
    description_of,
    instant,
    plain,
    unpaired,
    url_of,
)

CACHE_S = 60
_EMBED_WIDTH_PX = 720
_EMBED_TEXT_PX = 190
_SCRIPT_SAFE = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def safe_json(value: object, *, indent: int | None = None) -> str:
    """JSON that may stand inside a script element: no `<`, `>`, `&`, U+2028 or U+2029 in it.

    It parses back equal, except for characters that no page can carry.
    """
    text = json.dumps(_cleaned(value), ensure_ascii=False, indent=indent)
    for character, escaped in _SCRIPT_SAFE.items():
        text = text.replace(character, escaped)
    return text


def case_json(case: PublicCase, *, site: Site) -> dict[str, object]:
    """The public description of a case. Addresses are absolute, times UTC with zone."""
    return {
        "version": 1,
        "id": case.slug,
        "title": case.title,
        "treatment": {"slug": case.treatment, "title": case.treatment_title},
        "published": instant(case.published),
        "modified": instant(case.modified),
        "expires": instant(case.expires) if case.expires else None,
        "media": [_medium(medium, site=site) for medium in case.media],
        "comparisons": [_comparison(each, site=site) for each in case.comparisons],
        "disclosure": case.disclosure,
        "credits": list(case.credits),
        "embed": {
            "script": script_snippet(case, site=site),
            "iframe": iframe_snippet(case, site=site),
            "html": plain_snippet(case, site=site),
        },
    }


def oembed(case: PublicCase, *, site: Site) -> dict[str, object]:
    """The case's oEmbed 1.0 answer. Its cache age is short, so that an ending travels."""
    width, height = embed_size(case)
    answer: dict[str, object] = {
        "version": "1.0",
        "type": "video" if _all_films(case) else "rich",
        "title": case.title,
        "provider_name": site.name,
        "provider_url": site.url,
        "cache_age": CACHE_S,
        "html": iframe_snippet(case, site=site),
        "width": width,
        "height": height,
    }
    thumbnail = thumbnail_of(case)
    if thumbnail:
        answer["thumbnail_url"] = url_of(thumbnail.key, site=site)
        answer["thumbnail_width"] = thumbnail.width
        answer["thumbnail_height"] = thumbnail.height
    return answer


def script_snippet(case: PublicCase, *, site: Site) -> str:
    """The snippet that follows the case: it shows a neutral note once the case has ended."""
    address = escape(url_of(EMBED_SCRIPT_KEY, site=site))
    return f'<script src="{address}" data-case="{escape(case.slug)}" async></script>'


def iframe_snippet(case: PublicCase, *, site: Site) -> str:
    """The snippet for sites that allow no foreign script."""
    width, height = embed_size(case)
    address = escape(url_of(case_key(case.slug, page="embed.html"), site=site))
    return (
        f'<iframe src="{address}" title="{escape(plain(case.title))}" width="{width}"'
        f' height="{height}" loading="lazy" allow="fullscreen"'
        ' style="border:0;max-width:100%"></iframe>'
    )


def plain_snippet(case: PublicCase, *, site: Site) -> str:
    """The snippet of plain HTML: its words stay in the foreign page after the case has ended."""
    page = escape(url_of(case_key(case.slug), site=site))
    shown = "".join(_plain_medium(medium, page=page, site=site) for medium in _leading(case))
    words = " ".join(filter(None, (description_of(case), plain(case.disclosure).strip())))
    return (
        f"<figure>{shown}<figcaption>{escape(words)} "
        f'<a href="{page}">{escape(plain(case.title))}</a></figcaption></figure>'
    )


def embed_size(case: PublicCase) -> tuple[int, int]:
    """Width and height in CSS pixels of the embed's frame before it measures itself."""
    leading = _leading(case)
    stands_beside = len(leading) > 1 and leading[0].kind is Kind.VIDEO
    width = _EMBED_WIDTH_PX // 2 if stands_beside else _EMBED_WIDTH_PX
    heights = [
        ceil(width * file.height / max(1, file.width))
        for file in (stand_in(medium) for medium in leading)
        if file
    ]
    return _EMBED_WIDTH_PX, min(900, max(heights, default=120)) + _EMBED_TEXT_PX


def thumbnail_of(case: PublicCase) -> PublicFile | None:
    """The picture that stands for the case elsewhere: the share image, else a still or photo."""
    if case.share_image:
        return case.share_image
    stills = (medium.poster or fallback(medium.files) for medium in case.media)
    return next((still for still in stills if still), None)


def _leading(case: PublicCase) -> tuple[PublicMedia, ...]:
    """What the embed shows first: the two sides of a comparison, or one medium."""
    if case.comparisons:
        return (case.comparisons[0].before, case.comparisons[0].after)
    return unpaired(case)[:1]


def _all_films(case: PublicCase) -> bool:
    return bool(case.media) and all(medium.kind is Kind.VIDEO for medium in case.media)


def _plain_medium(medium: PublicMedia, *, page: str, site: Site) -> str:
    alt = escape(plain(medium.alt))
    if medium.kind is Kind.VIDEO and videos(medium.files):
        film = videos(medium.files)[-1]
        poster = (
            f' poster="{escape(url_of(medium.poster.key, site=site))}"' * bool(medium.poster)
            if medium.poster
            else ""
        )
        return (
            f'<video controls preload="none" playsinline width="{film.width}"'
            f' height="{film.height}"{poster} src="{escape(url_of(film.key, site=site))}"'
            f' aria-label="{alt}" style="max-width:100%;height:auto"></video>'
        )
    picture = fallback(medium.files)
    if not picture:
        return ""
    return (
        f'<a href="{page}"><img src="{escape(url_of(picture.key, site=site))}" alt="{alt}"'
        f' width="{picture.width}" height="{picture.height}" loading="lazy"'
        ' style="max-width:100%;height:auto"></a>'
    )


def _medium(medium: PublicMedia, *, site: Site) -> dict[str, object]:
    files = medium.files
    if medium.poster and medium.poster not in files:
        files = (*files, medium.poster)
    return {
        "role": str(medium.role),
        "view": medium.view,
        "kind": str(medium.kind),
        "caption": medium.caption,
        "alt": medium.alt,
        "renditions": [_rendition(file, site=site) for file in files],
        "captions": [
            {"lang": track.lang, "url": url_of(track.key, site=site)} for track in medium.tracks
        ],
    }


def _comparison(comparison: Comparison, *, site: Site) -> dict[str, object]:
    return {
        "kind": str(comparison.kind),
        "caption": comparison.caption,
        "alt": comparison.alt,
        "before": _medium(comparison.before, site=site),
        "after": _medium(comparison.after, site=site),
        "renditions": [_rendition(file, site=site) for file in comparison.files],
    }


def _rendition(file: PublicFile, *, site: Site) -> dict[str, object]:
    return {
        "recipe": file.recipe,
        "url": url_of(file.key, site=site),
        "type": file.type,
        "width": file.width,
        "height": file.height,
        "bytes": file.size_bytes,
        "sha256": file.sha256,
        "duration": file.duration_s,
    }


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value]
    return value
