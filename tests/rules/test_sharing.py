"""What other sites read of a case: the contract's JSON, oEmbed and snippets that stay inert."""

from __future__ import annotations

import json

import pytest
from showcase import HOSTILE, SITE, film_case, photo_case, single_case

from pipeline.rules.public.sharing import (
    case_json,
    embed_size,
    oembed,
    plain_snippet,
    safe_json,
    script_snippet,
    thumbnail_of,
)

BASE = "https://media.harbour.example/public/"


def test_case_json_is_what_the_contract_says() -> None:
    """Every key of the contract is there, with absolute addresses and times in UTC."""
    made = case_json(photo_case(), site=SITE)
    assert list(made) == [
        "version",
        "id",
        "title",
        "treatment",
        "published",
        "modified",
        "expires",
        "media",
        "comparisons",
        "disclosure",
        "credits",
        "embed",
    ]
    assert (made["version"], made["id"]) == (1, "posture-kqmwzraj")
    assert made["treatment"] == {"slug": "posture", "title": "Posture training"}
    assert made["published"] == "2026-03-09T14:05:00Z"
    assert made["expires"] == "2027-03-09T14:05:00Z"
    parsed = json.loads(safe_json(made))
    medium, pair = parsed["media"][0], parsed["comparisons"][0]
    assert list(medium) == ["role", "view", "kind", "caption", "alt", "renditions", "captions"]
    assert (medium["role"], medium["kind"]) == ("before", "photo")
    rendition = medium["renditions"][0]
    assert list(rendition) == [
        "recipe",
        "url",
        "type",
        "width",
        "height",
        "bytes",
        "sha256",
        "duration",
    ]
    assert rendition["url"].startswith(f"{BASE}media/")
    assert rendition["duration"] is None
    assert set(pair) == {"kind", "caption", "alt", "before", "after", "renditions"}
    assert pair["before"] == medium
    assert [each["recipe"] for each in pair["renditions"]] == ["side-16x9"]
    assert set(parsed["embed"]) == {"script", "iframe", "html"}


def test_case_json_gives_films_their_poster_and_captions() -> None:
    """The poster stands among a film's renditions; captions have a language and an address."""
    made = json.loads(safe_json(case_json(film_case(), site=SITE)))
    medium = made["media"][0]
    recipes = [each["recipe"] for each in medium["renditions"]]
    assert recipes == ["ladder-1080", "ladder-720", "ladder-480", "poster"]
    assert medium["renditions"][0]["duration"] == pytest.approx(42.4)
    assert medium["captions"][0]["lang"] == "en"
    assert medium["captions"][0]["url"].startswith(BASE)
    assert made["expires"] is None


def test_social_cuts_and_share_image_stay_out_of_case_json() -> None:
    """The share image serves link previews only."""
    case = photo_case()
    assert case.share_image is not None
    assert case.share_image.key not in safe_json(case_json(case, site=SITE))


def test_safe_json_is_inert_and_parses_back() -> None:
    """Nothing in it ends a script or opens a tag, and it says the same."""
    text = safe_json({"title": HOSTILE})
    assert not set(text) & set("<>&\u2028\u2029\x00")
    assert json.loads(text) == {"title": HOSTILE.replace("\x00", "")}


def test_snippets_escape_titles() -> None:
    """A hostile title adds no element to a foreign page."""
    case = photo_case(title=HOSTILE)
    for snippet in (script_snippet(case, site=SITE), plain_snippet(case, site=SITE)):
        assert "<img src=x" not in snippet
        assert snippet.count("</script>") == snippet.count("<script")


def test_oembed_has_the_required_fields() -> None:
    """Version, type, html, size, and all three of the thumbnail; a short cache age."""
    for case, type_ in ((film_case(), "video"), (photo_case(), "rich"), (single_case(), "rich")):
        made = oembed(case, site=SITE)
        assert (made["version"], made["type"]) == ("1.0", type_)
        assert {"html", "width", "height"} <= set(made)
        assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} <= set(made)
        assert made["cache_age"] == 60


def test_thumbnail_falls_back_to_a_still() -> None:
    """Without a share image the first poster or photo stands for the case."""
    thumbnail = thumbnail_of(single_case())
    assert thumbnail is not None
    assert thumbnail.type == "image/jpeg"


def test_embed_is_as_tall_as_what_it_shows() -> None:
    """Two films stand beside each other, so their frame is lower than that of one photo."""
    film, photo = embed_size(film_case()), embed_size(photo_case())
    assert film[0] == photo[0] == 720
    assert film[1] < photo[1] <= 900 + 190
