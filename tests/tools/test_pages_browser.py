"""The public pages in a real browser: nothing moves, the slider works, embeds follow their case."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from showcase import SITE, photo_case, site_documents, write_documents, write_media

from pipeline.tools.documents import read_mapping
from pipeline.tools.pages import open_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
CASE = f"cases/{photo_case().slug}"
COUNT_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.shifts += e.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""


class _Quiet(SimpleHTTPRequestHandler):
    """A file server that says nothing and lets every origin read, as public storage does."""

    def end_headers(self) -> None:
        """Add the rule for other origins."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a port of its own; the address ends with a slash."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of the made-up clinic with its pictures."""
    root = tmp_path_factory.mktemp("public")
    pages = open_pages(language="en", read_mapping=read_mapping)
    write_documents(root, site_documents(pages, read_mapping=read_mapping))
    write_media(root)
    return root


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this module."""
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that gives up after ten seconds."""
    made = browser.new_page(viewport={"width": 800, "height": 900})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "key",
    ["index.html", f"{CASE}/index.html", f"{CASE}/embed.html", "treatments/posture/index.html"],
)
def test_nothing_moves_and_nothing_is_blocked(
    browser: Browser, folder: Path, key: str, width: int
) -> None:
    """No layout shift, no sideways scrolling, no word on the console, at both widths."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.add_init_script(COUNT_SHIFTS)
    with served(folder) as address:
        page.goto(address + key, wait_until="load")
        page.wait_for_timeout(200)
        assert page.evaluate("window.shifts") == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("[...document.images].some((i) => i.complete && i.naturalWidth > 0)")
    assert said == []
    page.close()


def test_pages_work_from_a_folder(page: Page, folder: Path) -> None:
    """Without a server, the page has its style and its pictures."""
    page.goto((folder / CASE / "index.html").as_uri(), wait_until="load")
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).borderTopWidth") == "4px"
    assert page.evaluate("document.images[0].naturalWidth") > 0


def test_the_slider_follows_keyboard_and_pointer(page: Page, folder: Path) -> None:
    """Keys and a drag move the edge of the picture on top, and the words with it."""
    page.goto((folder / CASE / "index.html").as_uri(), wait_until="load")
    handle = page.get_by_role("slider")
    handle.focus()
    for key, value in (("ArrowRight", "52"), ("PageDown", "42"), ("Home", "0"), ("End", "100")):
        page.keyboard.press(key)
        assert handle.get_attribute("aria-valuenow") == value
    assert handle.get_attribute("aria-valuetext") == "100 % before, 0 % after"
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 90)
    page.mouse.up()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60)
    assert abs(int(handle.get_attribute("aria-valuenow") or 0) - 25) <= 1
    clip = "getComputedStyle(document.querySelector('.after picture')).clipPath"
    assert page.evaluate(clip).startswith("inset(0px 0px 0px 25")


def test_without_script_both_sides_stand_beside_each_other(browser: Browser, folder: Path) -> None:
    """Two whole pictures with their labels, and no handle that does nothing."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 900, "height": 900})
    page = context.new_page()
    page.goto((folder / CASE / "index.html").as_uri(), wait_until="load")
    before, after = (page.locator(f".{side} img").bounding_box() for side in ("before", "after"))
    assert before is not None
    assert after is not None
    assert before["x"] + before["width"] <= after["x"]
    assert before["y"] == after["y"]
    assert page.get_by_text("After", exact=True).first.is_visible()
    assert not page.locator(".handle").is_visible()
    context.close()


def test_an_embed_follows_its_case(page: Page, folder: Path, tmp_path: Path) -> None:
    """In a foreign page it shows the case at its full height, and a note once the case is gone."""
    public = tmp_path / "public"
    shutil.copytree(folder, public)
    host = tmp_path / "host"
    host.mkdir()
    with served(public) as address, served(host) as foreign:
        script = f'<script src="{address}embed.js" data-case="{photo_case().slug}" async></script>'
        (host / "index.html").write_text(
            f"<!DOCTYPE html><title>x</title><body>{script}<p>below</p>"
        )
        page.goto(foreign, wait_until="networkidle")
        frame = page.frame_locator("iframe")
        assert frame.get_by_role("heading", name=photo_case().title).is_visible()
        page.wait_for_timeout(300)
        inside = frame.locator("body").evaluate("(body) => body.scrollHeight")
        outside = page.locator("iframe").bounding_box()
        assert outside is not None
        assert abs(outside["height"] - inside) <= 2
        shutil.rmtree(public / CASE)
        page.goto(foreign, wait_until="networkidle")
        assert page.locator("iframe").count() == 0
        assert page.get_by_text("This content is not available.").is_visible()


def test_an_embed_collapses_at_a_tombstone_and_past_its_end(
    page: Page, folder: Path, tmp_path: Path
) -> None:
    """A page in place of the JSON, or an `expires` that has passed, is gone too."""
    public = tmp_path / "public"
    shutil.copytree(folder, public)
    host = tmp_path / "host"
    host.mkdir()
    pages = open_pages(language="en", read_mapping=read_mapping)
    ended = replace(photo_case(), expires=photo_case().published)
    old = pages.of_case(ended, site=SITE)[f"{CASE}/case.json"].body
    with served(public) as address, served(host) as foreign:
        script = f'<script src="{address}embed.js" data-case="{photo_case().slug}"></script>'
        (host / "index.html").write_text(f"<!DOCTYPE html><title>x</title><body>{script}")
        for body in (pages.tombstone(SITE).body, old):
            (public / CASE / "case.json").write_bytes(body)
            page.goto(foreign, wait_until="networkidle")
            assert page.locator("iframe").count() == 0
            assert page.get_by_text("This content is not available.").is_visible()
