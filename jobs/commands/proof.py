"""Proof that all is as recorded (verify), and that this machine can do the work (doctor)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from jobs.answers import (
    FINE,
    NEEDS_PERSON,
    NOT_VERIFIED,
    TOOL_MISSING,
    UNREACHABLE,
    Answer,
    gravest,
    reason_json,
    reason_lines,
)
from pipeline.rules.colours import darkened
from pipeline.rules.errors import ClinicmediaError
from pipeline.steps.means import Means
from pipeline.steps.verify import verify
from pipeline.steps.wanted.branding import font_file, logo_path
from pipeline.steps.wanted.treatments import bad_copies
from pipeline.tools.catalog import events
from pipeline.tools.storage.probe import CORS_RULE, cors_allows, public_round_trip, round_trip

PILLOW_FLOOR = (12, 3)
ENOUGH_BYTES = 2 << 30


def verify_command(means: Means) -> Answer:
    """Compare public storage with catalog, consents and hashes, and the event chain with itself."""
    report = verify(means)
    lines = [
        (
            f"Read: {report.events} events, {report.objects} public objects, "
            f"{report.originals} originals."
        ),
        *reason_lines(means, report.reasons, indent=""),
    ]
    if not report.reasons:
        lines.append("All of it is as recorded.")
    data = {
        "version": 1,
        "events": report.events,
        "objects": report.objects,
        "originals": report.originals,
        "findings": [reason_json(means, reason) for reason in report.reasons],
    }
    return Answer("\n".join(lines), data, NOT_VERIFIED if report.reasons else FINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doctor` looked at. `state` is ok, warn or red."""

    what: str
    state: str
    says: str
    code: int = FINE


def doctor_command(means: Means) -> Answer:
    """Look at tools, versions, folders, storage and access, and say what is wrong."""
    findings: list[Finding] = []
    for what, check in _CHECKS:
        try:
            findings += check(means)
        except ClinicmediaError as error:
            findings.append(Finding(what, "red", str(error), error.exit_code))
    marks = {"ok": "ok  ", "warn": "note", "red": "RED "}
    lines = [f"{marks[each.state]} {each.what}: {each.says}" for each in findings]
    data = {
        "version": 1,
        "findings": [{"what": f.what, "state": f.state, "says": f.says} for f in findings],
    }
    return Answer("\n".join(lines), data, gravest(each.code for each in findings))


def _programs(means: Means) -> list[Finding]:
    from pipeline.tools.video.ffmpeg import version as ffmpeg_version  # noqa: PLC0415 - only doctor asks for it

    del means
    pillow = version("pillow")
    numbers = tuple(int(part) for part in pillow.split(".")[:2])
    found = [Finding("ffmpeg", "ok", ffmpeg_version())]
    if numbers < PILLOW_FLOOR:
        found.append(
            Finding(
                "Pillow",
                "red",
                f"{pillow} lacks security fixes. Install from requirements.lock "
                "(pip install --no-deps -r requirements.lock).",
                TOOL_MISSING,
            )
        )
    else:
        found.append(Finding("Pillow", "ok", pillow))
    found += [
        Finding(name, "ok", version(name)) for name in ("moviepy", "boto3", "SQLAlchemy", "av")
    ]
    return found


def _folders(means: Means) -> list[Finding]:
    free = shutil.disk_usage(means.folder).free
    says = f"{free / (1 << 30):.1f} GiB free"
    state = "ok" if free > ENOUGH_BYTES else "warn"
    found = [Finding("disk", state, says)]
    probe = means.inbox / ".clinicmedia-doctor"
    try:
        probe.write_bytes(b"")
        probe.unlink()
        found.append(Finding("inbox", "ok", f"{means.inbox} can be read and written"))
    except OSError as error:
        found.append(
            Finding(
                "inbox", "red", f"{means.inbox} cannot be written ({error.strerror}).", NEEDS_PERSON
            )
        )
    return found


def _brand(means: Means) -> list[Finding]:
    found = [Finding("font", "ok", font_file(means).name)]
    if means.config.brand.logo and logo_path(means) is None:
        found.append(
            Finding(
                "logo",
                "warn",
                f"{means.config.brand.logo} is not there; the clinic's name is set in its place.",
            )
        )
    if darkened({"primary": means.config.brand.colours.primary}):
        found.append(
            Finding(
                "colours",
                "warn",
                "the primary colour is darkened where it is text, so that everybody can read it.",
            )
        )
    for reason in bad_copies(means):
        said = means.say(reason)
        found.append(Finding("treatments", "red", f"{said.text} {said.remedy}", NEEDS_PERSON))
    return found


def _catalog(means: Means) -> list[Finding]:
    with means.catalog.read() as connection:
        head = events.head(connection)
    return [Finding("catalog", "ok", f"answers; {head.seq} events")]


def _private(means: Means) -> list[Finding]:
    trip = round_trip(means.private, folder="doctor")
    found = [Finding("private storage", "ok", "keeps what it is given")]
    if not trip.refuses_to_replace:
        found.append(
            Finding("private storage", "warn", "cannot write only-if-absent; use one scheduler")
        )
    if means.config.storage.private.kind == "s3":
        answer = _as_stranger(means)
        red = answer is None or answer < 400
        says = (
            "nobody answered a stranger's question, so nothing is proved"
            if answer is None
            else f"a stranger who asks for an object is told {answer}"
        )
        found.append(
            Finding(
                "private means private", "red" if red else "ok", says, NOT_VERIFIED if red else FINE
            )
        )
    return found


def _as_stranger(means: Means) -> int | None:
    """Ask for a private object without credentials."""
    key = "doctor/stranger.txt"
    means.private.put(key, b"private", content_type="text/plain")
    try:
        return means.private.anonymous_status(key)
    finally:
        means.private.delete(key)


def _public(means: Means) -> list[Finding]:
    public = means.config.storage.public
    if public.kind == "local" and not public.probe:
        round_trip(means.public, folder="doctor")
        return [Finding("public storage", "ok", "keeps what it is given and deletes it")]
    trip = public_round_trip(means.public, folder="doctor")
    found = []
    if trip.anonymous_status == 200 and trip.anonymous_same:
        found.append(Finding("public storage", "ok", f"{public.base_url} shows what is stored"))
    else:
        status = trip.anonymous_status
        found.append(
            Finding(
                "public storage",
                "red",
                f"{public.base_url} answered {status or 'nothing'} for an object that is there. "
                "Check base_url and that anybody may read the bucket's objects.",
                UNREACHABLE if status is None else NOT_VERIFIED,
            )
        )
    bucket = means.public.bucket()
    if bucket is not None:
        found += _bucket(bucket)
    return found


def _bucket(bucket: Any) -> list[Finding]:  # noqa: ANN401 - storage.contract.Bucket
    found = []
    if bucket.locks:
        found.append(
            Finding(
                "object lock",
                "red",
                "objects of the public bucket can be locked against "
                "deletion: a withdrawal would be impossible.",
                NOT_VERIFIED,
            )
        )
    if bucket.listing_status is not None and bucket.listing_status < 400:
        found.append(
            Finding(
                "listing",
                "red",
                "anybody can list the public bucket. Allow s3:GetObject only.",
                NOT_VERIFIED,
            )
        )
    allows = cors_allows(bucket)
    rule = f"origins {list(CORS_RULE.origins)}, methods {list(CORS_RULE.methods)}"
    if allows:
        found.append(Finding("CORS", "ok", rule))
    else:
        state = "not allowed to look" if allows is None else "missing"
        found.append(Finding("CORS", "warn", f"{state}; embeds need the rule: {rule}"))
    return found


_CHECKS: tuple[tuple[str, Callable[[Means], list[Finding]]], ...] = (
    ("programs", _programs),
    ("folders", _folders),
    ("brand", _brand),
    ("catalog", _catalog),
    ("private storage", _private),
    ("public storage", _public),
)
