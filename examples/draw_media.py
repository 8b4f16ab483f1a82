"""Draw the demonstration: sample cases, with media, words and signed consents, into a folder.

    python draw_media.py DIR [--today YYYY-MM-DD] [--small]

Everything is drawn by these scripts and nobody in the pictures exists. What lies in DIR then:

    inbox/dry-needling--0042--neck/          two films and a picture, with a case.yaml: published
    inbox/posture-training--0117/            HEIC and JPEG, no case.yaml; a scanned form: published
                                             without the form
    inbox/shoulder-mobility--0203--arm-raise/  PNG and JPEG, with a case.yaml: published
    inbox/soft-tissue-mobilization--0311--*.jpg  two loose files: published
    inbox/dry-needling--0388/                no consent: waits
    inbox/posture-training--0256/            its consent was revoked: waits
    inbox/shoulder-mobility--0420/           a film whose copy broke off: cannot be used
    consents/*.yaml, *-authorization.jpg     the records and their scans
    templates/brand/logo.png                 the invented clinic's logo
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pillow_heif
from figures import OMAR, TESS
from footage import BRIEF, FREE, PHONE, STIFF, cut_short, film_sideways, film_upright
from papers import draw_form, draw_logo
from phone_tags import tagged
from pictures import draw_arm_raise, draw_leg_raise, draw_neck_turn, draw_needle, draw_posture
from PIL import Image, PngImagePlugin
from records import NECK_CASE, SHOULDER_CASE, SIGNERS, consent_text

SMALL = 0.25
Drawing = Callable[[], None]


def draw_everything(folder: Path, *, today: date, scale: float = 1.0) -> None:
    """Write `inbox/`, `consents/` and `templates/brand/logo.png` below `folder`.

    Args:
        folder: where to write; files of the same name are replaced.
        today: the day that consents and recording times are counted from.
        scale: 1.0 draws films of 1280 x 720 and photos up to 2400 x 3200; 0.25 is enough to test.
    """
    inbox, consents = folder / "inbox", folder / "consents"
    brand = folder / "templates" / "brand"
    for place in (inbox, consents, brand):
        place.mkdir(parents=True, exist_ok=True)
    before = datetime.combine(today - timedelta(days=38), time(15, 2, 11), UTC)
    after = datetime.combine(today - timedelta(days=4), time(14, 47, 5), UTC)
    drawings: list[Drawing] = [
        *_neck_case(inbox / "dry-needling--0042--neck", before, after, scale=scale),
        partial(_broken_case, inbox / "shoulder-mobility--0420", after, scale=scale),
        *_posture_case(inbox / "posture-training--0117", before, after, scale=scale),
        *_shoulder_case(inbox / "shoulder-mobility--0203--arm-raise", after, scale=scale),
        *_waiting_cases(inbox, before, after, scale=scale),
        partial(_write_consents, consents, today, scale=scale),
    ]
    for degrees, role, taken in ((41.0, "before", before), (80.0, "after", after)):
        path = inbox / f"soft-tissue-mobilization--0311--{role}.jpg"
        draw = partial(draw_leg_raise, degrees=degrees, scale=1.5 * scale)
        drawings.append(partial(_write_jpeg, path, draw, taken))
    draw_logo().save(brand / "logo.png", optimize=True)
    fresh = multiprocessing.get_context("spawn")  # a fork would copy a caller's locked threads
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=fresh) as pool:
        for drawn in [pool.submit(_draw, drawing) for drawing in drawings]:
            drawn.result()


def _draw(drawing: Drawing) -> None:
    drawing()


def _neck_case(case: Path, before: datetime, after: datetime, *, scale: float) -> list[Drawing]:
    """Films of a head that turns: as a telephone holds them, and as a camera does."""
    case.mkdir(exist_ok=True)
    (case / "case.yaml").write_text(NECK_CASE, encoding="utf-8")
    needle = partial(draw_needle, scale=1.25 * scale)
    return [
        partial(film_sideways, case / "neck before.MOV", STIFF, scale=scale, taken=before),
        partial(film_upright, case / "neck after.mp4", FREE, scale=scale, taken=after),
        partial(_write_jpeg, case / "needle during.jpg", needle, before),
    ]


def _broken_case(case: Path, taken: datetime, *, scale: float) -> None:
    """A film of which only the first part arrived; it opens, because its index comes first."""
    case.mkdir(exist_ok=True)
    whole = case / ".whole.mp4"
    film_upright(whole, BRIEF, scale=scale / 2, taken=taken)
    cut_short(whole, to=case / "IMG_0231.mp4", part=0.6)
    whole.unlink()


def _posture_case(case: Path, before: datetime, after: datetime, *, scale: float) -> list[Drawing]:
    """Photographs as a telephone names them, and a form that was scanned into the same folder."""
    case.mkdir(exist_ok=True)
    rounded = partial(draw_posture, OMAR, upright=0.4, scale=2 * scale)
    upright = partial(draw_posture, OMAR, upright=1.0, scale=2 * scale)
    return [
        partial(_write_heic, case / "IMG_2204_before.HEIC", rounded, before),
        partial(_write_jpeg, case / "IMG_2391_after.JPG", upright, after),
        partial(_write_form, case / "scan_consent_form.jpg", "0117", scale=1.4 * scale),
    ]


def _shoulder_case(case: Path, after: datetime, *, scale: float) -> list[Drawing]:
    """A PNG with words of its own inside, and a JPEG."""
    case.mkdir(exist_ok=True)
    (case / "case.yaml").write_text(SHOULDER_CASE, encoding="utf-8")
    low = partial(draw_arm_raise, degrees=76, hitch=0.42, scale=scale)
    high = partial(draw_arm_raise, degrees=166, hitch=0.0, scale=1.2 * scale)
    return [
        partial(_write_png, case / "arm raise before.png", low),
        partial(_write_jpeg, case / "arm raise after.jpg", high, after),
    ]


def _waiting_cases(
    inbox: Path, before: datetime, after: datetime, *, scale: float
) -> list[Drawing]:
    """One case that nobody signed for, one whose consent was revoked."""
    unsigned, revoked = inbox / "dry-needling--0388", inbox / "posture-training--0256"
    unsigned.mkdir(exist_ok=True)
    revoked.mkdir(exist_ok=True)
    pictures = (
        (unsigned / "before.jpg", partial(draw_neck_turn, yaw=19, hitch=0.3, scale=scale)),
        (unsigned / "after.jpg", partial(draw_neck_turn, yaw=66, hitch=0.0, scale=scale)),
        (revoked / "before.jpg", partial(draw_posture, TESS, upright=0.4, scale=scale)),
        (revoked / "after.jpg", partial(draw_posture, TESS, upright=0.95, scale=scale)),
    )
    return [
        partial(_write_jpeg, path, draw, before if path.stem == "before" else after)
        for path, draw in pictures
    ]


def _write_consents(folder: Path, today: date, *, scale: float) -> None:
    for signer in SIGNERS:
        text = consent_text(signer, today=today)
        (folder / f"{signer.id}.yaml").write_text(text, encoding="utf-8")
        _write_form(folder / signer.document, signer.subject, scale=0.8 * scale)


def _write_jpeg(path: Path, draw: Callable[[], Image.Image], taken: datetime) -> None:
    picture = draw()
    exif = tagged(PHONE, taken=taken, orientation=1, preview=picture)
    picture.save(path, "JPEG", quality=90, exif=exif, comment=PHONE.serial.encode())


def _write_heic(path: Path, draw: Callable[[], Image.Image], taken: datetime) -> None:
    """Lying pixels with the turn said beside them (orientation 6), as telephones write it."""
    picture = draw()
    exif = tagged(PHONE, taken=taken, orientation=6, preview=picture)
    lying = picture.transpose(Image.Transpose.ROTATE_90)
    heif = pillow_heif.from_pillow(lying)
    heif.save(path, quality=80, exif=exif, enc_params={"preset": "ultrafast"})


def _write_png(path: Path, draw: Callable[[], Image.Image]) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Front desk telephone")
    words.add_text("Comment", f"{PHONE.model} {PHONE.serial} {PHONE.iso6709}")
    draw().save(path, "PNG", pnginfo=words)


def _write_form(path: Path, subject: str, *, scale: float) -> None:
    draw_form(subject, scale=scale, seed=int(subject)).save(path, "JPEG", quality=82)


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw Clinicmedia's demonstration media.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(tz=UTC).date())
    parser.add_argument("--small", action="store_true", help="a quarter of the size, for tests")
    wish = parser.parse_args()
    draw_everything(wish.folder, today=wish.today, scale=SMALL if wish.small else 1.0)
    print(f"Drew the sample cases into {wish.folder / 'inbox'}")


if __name__ == "__main__":
    main()
