"""A small made-up clinic for the tests of the public pages: values, and pictures drawn for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from pipeline.rules.media import Kind, Role
from pipeline.rules.public.pictures import card_of
from pipeline.rules.public.site import (
    Comparison,
    PublicCase,
    PublicFile,
    PublicMedia,
    Site,
    Track,
    Treatment,
)
from pipeline.tools.markdown import read_treatment
from pipeline.tools.pages import Document, Pages

_LEAN = {Role.BEFORE: 0.12, Role.DURING: 0.06, Role.AFTER: 0.0, Role.SINGLE: 0.03, Role.PRESS: 0.0}
TOKEN = "9f3c1be07d5a4486b1f2a90cc4d7e513"  # noqa: S105 - a folder's name, drawn once for the tests
PUBLISHED = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
HOSTILE = "</script><!--<img src=x onerror=alert(1)> \"quoted\" 'too' {{7*7}} \u202eevil\u2028\x00"

SITE = Site(
    name="Harbour Physiotherapy",
    url="https://harbour.example/",
    base_url="https://media.harbour.example/public/",
    language="en",
    zone=ZoneInfo("America/New_York"),
    contact="hello@harbour.example",
    colours={"primary": "#0b6e69"},
)


def photo_files(name: str, *, size: tuple[int, int] = (1440, 1080)) -> tuple[PublicFile, ...]:
    """A photo in three types and three widths."""
    width, height = size
    return tuple(
        _file(f"web-{wide}", name, wide, round(wide * height / width), type_)
        for type_ in ("image/jpeg", "image/webp", "image/avif")
        for wide in (480, 960, 1440)
    )


def film_files(name: str, *, size: tuple[int, int] = (1920, 1080)) -> tuple[PublicFile, ...]:
    """A film as a ladder of three."""
    width, height = size
    short = min(size)
    return tuple(
        _file(
            f"ladder-{rung}",
            name,
            round(width * rung / short),
            round(height * rung / short),
            "video/mp4",
            duration_s=42.4,
        )
        for rung in (1080, 720, 480)
    )


def photo(role: Role, *, name: str, size: tuple[int, int] = (1440, 1080)) -> PublicMedia:
    """A photo of a case."""
    return PublicMedia(
        role,
        "side",
        Kind.PHOTO,
        caption="Posture from the side",
        alt=f"A person standing, seen from the side, {role}",
        files=photo_files(name, size=size),
    )


def film(role: Role, *, name: str, size: tuple[int, int] = (1920, 1080)) -> PublicMedia:
    """A film of a case with its poster and its captions."""
    best = film_files(name, size=size)[0]
    return PublicMedia(
        role,
        "turn",
        Kind.VIDEO,
        caption="Turning the head to the left and right",
        alt=f"A person turns the head, {role}",
        files=film_files(name, size=size),
        poster=_file("poster", f"{name}-poster", best.width, best.height, "image/jpeg"),
        tracks=(Track("en", f"media/{TOKEN}/{name}-en-0a1b2c3d.vtt", "English"),),
    )


def photo_case(*, title: str = "Standing upright again") -> PublicCase:
    """A case of two photos that pair, and one photo beside them."""
    before, after = photo(Role.BEFORE, name="a-before"), photo(Role.AFTER, name="a-after")
    during = replace(photo(Role.DURING, name="a-during"), caption="During the second session")
    return PublicCase(
        slug="posture-kqmwzraj",
        title=title,
        treatment="posture",
        treatment_title="Posture training",
        published=PUBLISHED,
        modified=PUBLISHED + timedelta(hours=2),
        expires=PUBLISHED + timedelta(days=365),
        media=(before, after, during),
        comparisons=(
            Comparison(
                Kind.PHOTO,
                "Posture before treatment and after eight sessions in ten weeks",
                "The same person from the side: at first the head and shoulders lean forward,"
                " later the ear is above the shoulder",
                before,
                after,
                files=(_file("side-16x9", "a-side", 1280, 720, "image/jpeg"),),
            ),
        ),
        share_image=_file("og", "a-og", 1200, 630, "image/jpeg"),
        disclosure="Results differ. The same result may not occur for everyone; most people"
        " need six to ten sessions.",
    )


def film_case(
    *, size: tuple[int, int] = (1920, 1080), slug: str = "dry-needling-bvtrplsx"
) -> PublicCase:
    """A case of two films that pair."""
    before, after = (
        film(Role.BEFORE, name=f"{slug}-b", size=size),
        film(Role.AFTER, name=f"{slug}-a", size=size),
    )
    return PublicCase(
        slug=slug,
        title="Turning the head without pain",
        treatment="dry-needling",
        treatment_title="Dry needling",
        published=PUBLISHED - timedelta(days=20),
        modified=PUBLISHED - timedelta(days=20),
        expires=None,
        media=(before, after),
        comparisons=(
            Comparison(
                Kind.VIDEO,
                "Turning the head before and after four sessions",
                "A person turns the head: first stiffly, later further to both sides",
                before,
                after,
            ),
        ),
        share_image=_file("og", f"{slug}-og", 1200, 630, "image/jpeg"),
        disclosure="Results differ from person to person.",
    )


def single_case() -> PublicCase:
    """A case of one portrait photo."""
    only = photo(Role.SINGLE, name="c-single", size=(1080, 1440))
    return PublicCase(
        slug="taping-hnwcsyod",
        title="Kinesiology tape on a shoulder",
        treatment="taping",
        treatment_title="Taping",
        published=PUBLISHED - timedelta(days=3),
        modified=PUBLISHED - timedelta(days=3),
        expires=None,
        media=(only,),
        disclosure="Results differ from person to person.",
    )


def press_case() -> PublicCase:
    """A demonstration without a patient, shown on a treatment's page only."""
    shown = replace(film(Role.PRESS, name="p-press"), caption="How a needle is placed")
    return replace(
        film_case(slug="dry-needling-zzpressq"),
        media=(shown,),
        comparisons=(),
        credits=("Needle demonstration, Example Films, CC BY 4.0",),
    )


COPY = """---
title: Dry needling
summary: Thin needles relax tight muscle bands, so that a stiff neck or shoulder moves again.
body_location: Neck and shoulders
order: "1"
claims:
  - text: Many people turn their head further after a few sessions.
    basis: our own records of 2025, 48 people
    typical_result: Most people gained 5 to 15 degrees after four sessions; one in six gained none.
sources:
  - {text: "Dry needling in neck pain: a review", url: "https://journal.example/neck"}
  - Our own records, 2025
---
## What happens

A therapist finds the tight band with the fingers and places a **thin sterile needle** into it. The
muscle twitches briefly, then lets go. Read about [posture training](../posture/index.html) too.

1. You tell us where it hurts and since when.
2. We find the band and place the needle.
3. You move the neck while it is in place.

## How it feels

> It was a short twitch, then warmth. The next day I could look over my shoulder again.
>
> — a patient of ours, with permission

## When we do not needle

- on blood thinners, before we have spoken with your doctor
- over an infection or a fresh injury
"""


def treatments(read_mapping: Callable[[str], Mapping[str, object]]) -> tuple[Treatment, ...]:
    """The three treatments of the clinic; one has copy of its own."""
    return (
        read_treatment(COPY, slug="dry-needling", read_mapping=read_mapping),
        Treatment(
            "posture",
            "Posture training",
            summary="Exercises and hands-on work for people who sit a lot.",
            order=2,
        ),
        Treatment("taping", "Taping", order=3),
    )


def cases() -> tuple[PublicCase, ...]:
    """The public cases of the clinic."""
    upright = film_case(size=(1080, 1920), slug="dry-needling-gwdhcyaf")
    return (
        photo_case(),
        film_case(),
        single_case(),
        replace(upright, title="Looking over the shoulder"),
    )


def site_documents(
    pages: Pages, *, read_mapping: Callable[[str], Mapping[str, object]], site: Site = SITE
) -> dict[str, Document]:
    """Every document of the clinic's public folder."""
    shown, copy = cases(), treatments(read_mapping)
    cards = [card_of(case) for case in shown]
    documents = pages.of_site(treatments=copy, cards=cards, site=site)
    for treatment in copy:
        press = [press_case()] if treatment.slug == "dry-needling" else []
        documents |= pages.of_treatment(treatment, cards=cards, site=site, press=press)
        for case in shown:
            if case.treatment == treatment.slug:
                related = [card for card in cards if card.treatment == case.treatment]
                documents |= pages.of_case(case, site=site, treatment=treatment, related=related)
    return documents


def write_media(root: Path) -> None:
    """Draw every picture that the clinic's cases name; films are left out."""
    for case in (*cases(), press_case()):
        for medium in case.media:
            stills = (*medium.files, *([medium.poster] if medium.poster else []))
            for file in stills:
                _draw(file, root / file.key, lean=_LEAN[medium.role])
        for pair in case.comparisons:
            for file in pair.files:
                _draw(file, root / file.key, lean=0.0)
        if case.share_image:
            _draw(case.share_image, root / case.share_image.key, lean=0.0)


def write_documents(root: Path, documents: Mapping[str, Document]) -> None:
    """Lay documents below a folder as the publisher would."""
    for key, document in documents.items():
        target = root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document.body)


def _file(
    recipe: str,
    name: str,
    width: int,
    height: int,
    type_: str,
    *,
    duration_s: float | None = None,
) -> PublicFile:
    ending = {"image/jpeg": "jpg", "image/webp": "webp", "image/avif": "avif", "video/mp4": "mp4"}
    digest = hashlib.sha256(f"{name}{recipe}{type_}".encode()).hexdigest()
    key = f"media/{TOKEN}/{recipe}-{digest[:8]}.{ending[type_]}"
    return PublicFile(recipe, key, type_, width, height, 123_456, digest, duration_s)


def _draw(file: PublicFile, target: Path, *, lean: float) -> None:
    """Draw a figure seen from the side; `lean` is how far its head is forward of its feet."""
    if not file.type.startswith("image/"):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    width, height = file.width, file.height
    picture = Image.new("RGB", (width, height), "#c9d6d3")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.86, width, height), fill="#9fb1ac")
    unit, middle = min(width, height) * 0.9, width / 2
    top = height * 0.86 - unit * 0.86

    def at(up: float) -> tuple[float, float]:
        """The place of a joint that many parts of the figure above the ground."""
        return middle + unit * lean * 2.2 * up * up, height * 0.86 - unit * 0.86 * up

    joints = [at(up / 10) for up in range(9)]
    pen.line(joints, fill="#2f5d62", width=round(unit * 0.13), joint="curve")
    x, y = at(0.92)
    radius = unit * 0.085
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#b98068")
    pen.line((middle, top, middle, height * 0.86), fill="#ffffff", width=max(1, width // 400))
    picture.save(target)
