"""The values of the public pages: keys, links, instants, and what stands for a case elsewhere."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone

import pytest
from showcase import SITE, film_case, photo, photo_case, single_case

from pipeline.rules.media import Role
from pipeline.rules.public.site import (
    PublicCase,
    PublicMedia,
    contact_link,
    description_of,
    instant,
    plain,
    relative,
    unpaired,
    url_of,
)

BASE = "https://media.harbour.example/public/"


@pytest.mark.parametrize(
    ("key", "page", "link"),
    [
        ("index.html", "index.html", "index.html"),
        ("assets/site.css", "index.html", "assets/site.css"),
        ("index.html", "cases/a-b/index.html", "../../index.html"),
        ("cases/a-b/case.json", "cases/a-b/index.html", "case.json"),
        ("media/t/x y.jpg", "treatments/a/index.html", "../../media/t/x%20y.jpg"),
    ],
)
def test_links_are_relative_and_name_their_key(key: str, page: str, link: str) -> None:
    """A link leads from any page to the key, wherever the folder lies."""
    assert relative(key, page=page) == link


def test_addresses_are_absolute_with_one_slash() -> None:
    """The base address may end with a slash or not."""
    for base_url in (BASE, BASE.rstrip("/")):
        assert url_of("feed.xml", site=replace(SITE, base_url=base_url)) == f"{BASE}feed.xml"


def test_instants_are_utc() -> None:
    """A moment of any zone is written in UTC with its zone."""
    moment = datetime(2026, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert instant(moment) == "2026-06-30T23:30:00Z"


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("hello@harbour.example", "mailto:hello@harbour.example"),
        ("+1 (555) 010-0199", "tel:+15550100199"),
        ("https://harbour.example/ask", "https://harbour.example/ask"),
        ("javascript:alert(1)", None),
        ('https://x.example/"onload=', None),
        ("Ask at the front desk", None),
    ],
)
def test_contact_becomes_a_safe_link_or_words(contact: str, address: str | None) -> None:
    """Only mail, telephone and web addresses become links."""
    assert contact_link(contact) == address


def test_plain_keeps_scripts_of_the_world() -> None:
    """Only characters that no page can carry are dropped."""
    assert plain("Ärzte שלום 👩‍⚕️\tx\x00\x1b\ud800") == "Ärzte שלום 👩‍⚕️\tx"


def test_values_hold_nothing_private() -> None:
    """No field of the public values could carry a subject, a file name or a person."""
    names = {field.name for value in (PublicCase, PublicMedia) for field in fields(value)}
    assert names.isdisjoint({"subject", "file", "people", "name", "asset", "original", "rights"})


def test_unpaired_media_are_those_of_no_comparison() -> None:
    """What a comparison shows is not shown twice."""
    assert [medium.role for medium in unpaired(photo_case())] == [Role.DURING]
    assert unpaired(film_case()) == ()


def test_description_is_never_empty() -> None:
    """Caption, then alt, then title."""
    bare = replace(photo(Role.SINGLE, name="x"), caption=" ", alt="")
    case = replace(single_case(), media=(bare,))
    assert description_of(case) == case.title
    assert description_of(replace(case, media=(replace(bare, alt="A knee"),))) == "A knee"
