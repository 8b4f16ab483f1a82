"""Makes the pictures of the documentation: the demo's pages as a browser shows them.

Run it with the Python of the project's environment: `python docs/make_pictures.py`. It walks the
demo in a temporary folder and photographs the pages with Chromium, so the pictures never show
anything that the program does not do.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = Path(__file__).parent / "pictures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = (1200, 860), (390, 844)


def main() -> None:
    """Walk the demo, serve its site, and photograph it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed; on Debian: apt-get install chromium")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "demo"
        subprocess.run([sys.executable, "-m", "jobs", "demo", str(workspace)], cwd=ROOT, check=True)
        site = workspace / "site"
        handler = functools.partial(_Quiet, directory=str(site))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for name, key, size, scheme in _shots(site):
                _shoot(browser, base + key, name=name, size=size, scheme=scheme)
            browser.close()
        server.shutdown()


def _shots(site: Path) -> list[tuple[str, str, tuple[int, int], str]]:
    """Return what is photographed: name, key, window and colour scheme."""
    case = {path.parent.name.rpartition("-")[0]: path.relative_to(site).as_posix()
            for path in site.glob("cases/*/index.html")}
    needling, posture = case["dry-needling"], case["posture-training"]
    return [
        ("index", "index.html", DESK, "light"),
        ("index-phone-dark", "index.html", PHONE, "dark"),
        ("case-films", needling, DESK, "light"),
        ("case-photos", posture, DESK, "light"),
        ("case-phone", posture, PHONE, "light"),
        ("treatment", "treatments/dry-needling/index.html", DESK, "light"),
    ]


def _shoot(
    browser: Browser, url: str, *, name: str, size: tuple[int, int], scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1,
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle")
    target = PICTURES / f"{name}.png"
    page.screenshot(path=str(target))
    context.close()
    # 256 colours are enough for a page and a quarter of the bytes.
    Image.open(target).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        target, optimize=True
    )
    print(target.relative_to(ROOT))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""
        del format, args


if __name__ == "__main__":
    main()
