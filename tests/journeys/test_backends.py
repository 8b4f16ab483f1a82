"""From the inbox to the page and back, over the real command line, on every kind of storage."""

from __future__ import annotations

import contextlib
import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import makers
import pytest
import samples
from PIL import Image
from readers import leaks
from servers import Postgres, S3Service

CASE = "dry-needling--Q-0042"
OTHER = "shoulder-mobility--Q-0117"
RECIPES = makers.RECIPES | {
    "web": {
        "from": ["photo"],
        "channels": ["web"],
        "widths": [48],
        "formats": ["avif", "webp", "jpeg"],
    }
}
CASE_YAML = """\
# written by hand, in the words of the contracts
treatment: dry-needling
subject: Q-0042
title: Turning the head
media:
  neck before.HEIC: {role: before, view: neck, caption: First visit, alt: A disc}
  neck after.jpg: {role: after, view: neck, caption: Sixth visit, alt: A disc again}
"""


class Public(Protocol):
    """Public storage as one who does not trust our code sees it."""

    def listed(self) -> set[str]:
        """Every key, in all versions, delete markers among them."""

    def marks(self) -> dict[str, tuple[object, ...]]:
        """What changes when an object is written again."""

    def read(self, key: str) -> bytes | int:
        """What an anonymous reader gets: bytes, or the status of a refusal."""


@dataclass
class Folder:
    """A public folder."""

    root: Path

    def listed(self) -> set[str]:
        """Every file."""
        return set(makers.files_below(self.root))

    def marks(self) -> dict[str, tuple[object, ...]]:
        """Time and inode of every file."""
        stats = {key: (self.root / key).stat() for key in self.listed()}
        return {key: (each.st_mtime_ns, each.st_ino) for key, each in stats.items()}

    def read(self, key: str) -> bytes | int:
        """Read the file."""
        path = self.root / key
        return path.read_bytes() if path.is_file() else 404


@dataclass
class Bucket:
    """A public bucket with versions."""

    service: S3Service
    name: str

    def _versions(self) -> list[dict[str, Any]]:
        pages = self.service.client().get_paginator("list_object_versions")
        found = []
        for page in pages.paginate(Bucket=self.name):
            found += page.get("Versions", []) + page.get("DeleteMarkers", [])
        return found

    def listed(self) -> set[str]:
        """Every key in every version."""
        return {each["Key"] for each in self._versions()}

    def marks(self) -> dict[str, tuple[object, ...]]:
        """Versions, tags and times of every key."""
        marks: dict[str, tuple[object, ...]] = {}
        for each in self._versions():
            mark = (each["VersionId"], each.get("ETag"), each["LastModified"])
            marks[each["Key"]] = (*marks.get(each["Key"], ()), mark)
        return marks

    def read(self, key: str) -> bytes | int:
        """Ask without credentials."""
        address = f"{self.service.endpoint_url}/{self.name}/{key}"
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - our server
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as error:
            return error.code


Begin = Callable[[str], tuple[makers.Workspace, Public]]


@pytest.fixture
def begin(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Begin]:
    """Make a workspace on the backends that a name says."""
    databases = contextlib.ExitStack()

    def make(backends: str) -> tuple[makers.Workspace, Public]:
        changes: makers.Json = {"recipes": RECIPES}
        if "postgresql" in backends:
            server: Postgres = request.getfixturevalue("postgres")
            changes["catalog"] = {"url": databases.enter_context(server.fresh_database())}
        if "s3" not in backends:
            made = makers.workspace(tmp_path / "clinic", **changes)
            return made, Folder(made.site)
        service: S3Service = request.getfixturevalue("s3_service")
        changes["storage"] = makers.s3_storage(service, versions=True)
        made = makers.workspace(tmp_path / "clinic", **changes)
        return made, Bucket(service, changes["storage"]["public"]["bucket"])

    with databases:
        yield make


def fill(clinic: makers.Workspace) -> None:
    """Drop two patients' cases as phones and cameras write them, and their records."""
    clinic.drop(
        CASE,
        {
            "neck before.HEIC": makers.phone_photo("before"),
            "neck after.jpg": makers.phone_photo("after", form="JPEG"),
            "quarterly before.MOV": makers.film("before", turned=True),
            "quarterly after.mp4": makers.film("after"),
        },
        case=CASE_YAML,
    )
    clinic.drop(OTHER, {"before.png": makers.photo("b2", form="PNG"), "after.jpg": makers.photo()})
    clinic.sign(
        makers.record("Q-0042", **makers.today()), makers.record("Q-0117", **makers.today())
    )


def private_keys(clinic: makers.Workspace, folder: str) -> set[str]:
    """The private keys below a folder."""
    with clinic.opened() as means:
        return set(means.private.keys(f"{folder}/"))


def check_published(clinic: makers.Workspace, public: Public) -> str:
    """Look at all that is public, as a stranger; returns the case's slug."""
    case = clinic.case(CASE)
    slug = str(case["id"])
    assert case["stage"] == "PUBLISHED", case["reasons"]
    bodies = {key: public.read(key) for key in public.listed()}
    pages = {f"cases/{slug}/{name}" for name in
             ("index.html", "embed.html", "case.json", "oembed.json")}  # fmt: skip
    shared = {"index.html", "treatments/dry-needling/index.html", "sitemap.xml", "feed.xml"}
    assert pages | shared | {"robots.txt", "embed.js"} <= bodies.keys()
    told = json.loads(bytes(bodies[f"cases/{slug}/case.json"]))
    for key, body in bodies.items():
        assert isinstance(body, bytes), f"{key} answered {body}"
        for word in ("Q-0042", "Q-0117", "neck before", "quarterly", samples.CANARY, makers.PHONE):
            assert word.encode() not in body, f"{key} tells {word}"
        if key in shared:
            assert slug.encode() in body, f"{key} does not name the case"
        if key.startswith("media/"):
            assert leaks(body) == [], key
    check_media(told, bodies)
    return slug


def check_media(told: makers.Json, bodies: dict[str, Any]) -> None:
    """Hold `case.json` against the objects themselves."""
    kinds = sorted((each["kind"], each["role"]) for each in told["media"])
    assert kinds == [("photo", "after"), ("photo", "before"),
                     ("video", "after"), ("video", "before")]  # fmt: skip
    assert [each["kind"] for each in told["comparisons"]] == ["photo", "video"]
    for medium in told["media"]:
        for each in medium["renditions"]:
            key = each["url"][each["url"].index("media/") :]
            assert len(bodies[key]) == each["bytes"], key
            if medium["role"] == "before" and each["type"] != "video/mp4":
                assert each["width"] < each["height"], "a phone's picture lies on its side"
            if each["recipe"].startswith("web") and medium["role"] == "before":
                with Image.open(io.BytesIO(bodies[key])) as image:
                    top, bottom = (image.convert("RGB").getpixel((24, y)) for y in (5, 58))
                assert isinstance(top, tuple)
                assert isinstance(bottom, tuple)
                assert (top[0] > 180, top[2] < 80) == (True, True), f"{key} is not upright"
                assert (bottom[0] < 80, bottom[2] > 180) == (True, True), f"{key} is not upright"


def check_gone(
    clinic: makers.Workspace, public: Public, *, slug: str, before: dict[str, tuple[object, ...]]
) -> None:
    """Look for anything that is left of a case, in every version and as a stranger."""
    case = clinic.case(CASE)
    assert case["stage"] == "WITHDRAWN"
    tokens_of_others = clinic.tokens(OTHER).values()
    media = {key for key in before if key.startswith("media/")}
    others = {key for key in media if key.split("/")[1] in tokens_of_others}
    stones = {f"cases/{slug}/index.html", f"cases/{slug}/embed.html"}
    left = {key for key in public.listed() if slug in key or key.startswith("media/")}
    assert left == others | stones
    assert others
    for key in media - others:
        assert public.read(key) in {403, 404, 410}
    bodies = {public.read(key) for key in stones}
    assert len(bodies) == 1
    stone = bodies.pop()
    assert isinstance(stone, bytes)
    assert b"noindex" in stone
    for word in ("Turning the head", "needling", "First visit", slug, "2026"):
        assert word.encode().lower() not in stone.lower(), f"the tombstone says {word}"
    for key in ("index.html", "treatments/dry-needling/index.html", "sitemap.xml", "feed.xml"):
        body = public.read(key)
        # A treatment without copy and without cases has no page any more.
        assert body in {403, 404} or slug.encode() not in bytes(body), f"{key} still names it"
    marks = public.marks()
    assert {key: marks[key] for key in others} == {key: before[key] for key in others}


@pytest.mark.parametrize(
    "backends", ["folder+sqlite", "s3+sqlite", "s3+postgresql", "folder+postgresql"]
)
def test_from_the_inbox_to_the_page_and_back(begin: Begin, backends: str) -> None:
    """Published, unchanged by a second run, gone on revocation, back only by an amendment."""
    clinic, public = begin(backends)
    clinic.clock.at = datetime.now(UTC)
    fill(clinic)

    done = clinic.shell("run", "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    slug = check_published(clinic, public)
    assert sorted(path.name for path in clinic.inbox.iterdir()) == ["_consents", "_waiting.txt"]
    originals = private_keys(clinic, "originals")
    assert len(originals) == 6 + 1, "every medium, and case.yaml as it was dropped"
    before, events = public.marks(), len(clinic.events())
    first_token = clinic.tokens(CASE)["web"]

    again = clinic.shell("run", "--once")
    assert again.returncode == 0, again.stdout + again.stderr
    assert public.marks() == before
    assert len(clinic.events()) == events

    received = datetime.now(UTC) - timedelta(days=4)
    revoked = clinic.shell(
        "consent", "revoke", "C-Q-0042", "--received-at", received.isoformat(), "--json"
    )
    assert revoked.returncode == 0, revoked.stdout + revoked.stderr
    receipts = json.loads(revoked.stdout)["withdrawals"]
    assert {each["channel"] for each in receipts} == {"web", "instagram"}
    assert all(each["complete"] and not each["pending"] for each in receipts)
    named = {entry["key"] for each in receipts for entry in each["keys"]}
    assert {key for key in before if first_token in key or slug in key} <= named
    check_gone(clinic, public, slug=slug, before=before)
    assert private_keys(clinic, "originals") == originals
    with clinic.opened() as means:
        rendered = list(means.private.keys("rendered/"))
        # only the other patient's two photos are left: three formats for the web, one cut each
        assert len(rendered) == 2 * 4

    days = makers.today() | {"signed_on": (received + timedelta(days=2)).date().isoformat()}
    signed = clinic.file("new.yaml", makers.record("Q-0042", id="C-new", **days))
    assert clinic.shell("consent", "add", str(signed)).returncode == 0
    clinic.shell("run", "--once")
    check_gone(clinic, public, slug=slug, before=before)

    clinic.drop(CASE, {}, case="consent: [C-new]\n")
    back = clinic.shell("run", "--once")
    assert back.returncode == 0, back.stdout + back.stderr
    assert check_published(clinic, public) == slug
    assert clinic.tokens(CASE)["web"] != first_token
    for key in before:
        if first_token in key:
            assert public.read(key) in {403, 404, 410}
    assert clinic.shell("verify").returncode == 0


def test_private_storage_refuses_strangers(begin: Begin) -> None:
    """Nobody without credentials reads an original or a rendition from the private bucket."""
    clinic, _ = begin("s3+sqlite")
    clinic.drop(CASE, {"one.jpg": makers.photo()})
    clinic.sign(makers.record("Q-0042"))
    assert clinic.run().code == 0
    with clinic.opened() as means:
        keys = [*means.private.keys("originals/"), *means.private.keys("rendered/")]
        assert len(keys) == 1 + 4
        assert {means.private.anonymous_status(key) for key in keys} == {403}
