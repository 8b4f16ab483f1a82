"""What is asked of a worker and what it hands back: the values, and the one JSON form they have.

A `Job` is all that a worker ever knows. It holds paths of the scratch folder and numbers of the
plan; never a consent, a credential or the name that staff gave a file. Pure: no path is opened.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pipeline.rules.errors import Reason
from pipeline.rules.media import Artifact, Canvas, Card, Facts, Kind
from pipeline.rules.planned.canvas_json import (
    canvas_from_json,
    canvas_to_json,
    card_from_json,
    card_to_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

WIRE_VERSION = 1

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use. `wall_s` is the parent's to keep, the rest the worker sets itself."""

    memory_bytes: int = 4 << 30
    cpu_s: int = 1200
    file_bytes: int = 2 << 30
    wall_s: float = 1200.0


@dataclass(frozen=True, slots=True)
class Output:
    """One file to be made of a canvas: `media.Rendition` without what a worker need not know."""

    key: str
    name: str
    width: int
    height: int
    format: str
    quality: tuple[tuple[str, str], ...] = ()
    sound: str = "none"
    gain_db: float = 0.0
    frame_rate: float | None = None
    duration_s: float | None = None
    gains_db: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A canvas and the files made of it, all of them sizes of the same branded picture.

    Within a job an `Overlay.image` is the absolute path of the picture's file, no longer its hash.
    """

    canvas: Canvas
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """The one packet that public files carry. Each is a text of the clinic; empty is left out."""

    creator: str = ""
    credit: str = ""
    rights: str = ""
    web_statement: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One errand for a worker: `verb` is measure, render or draw; `kind` is that of the source.

    A measure needs `id`, `source`, `kind` and `limits`; a render all of them. `out` is an
    existing, empty folder in which the results are left. A render of a pair has the `second`
    original, too, and in the folder `drawn` the cards of its canvases, each as `<key>.mov`. A
    draw makes `cards` and needs no source.
    """

    id: str
    verb: str
    kind: Kind
    source: str
    facts: Facts | None = None
    sheets: tuple[Sheet, ...] = ()
    rights: Rights = field(default_factory=Rights)
    font: str | None = None
    out: str = ""
    limits: Limits = field(default_factory=Limits)
    second: str | None = None
    second_facts: Facts | None = None
    drawn: str = ""
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """An artifact as a worker hands it over: verified, and still lying in the scratch folder."""

    artifact: Artifact
    file: str


@dataclass(frozen=True, slots=True)
class Done:
    """The job was done: a measure has `facts`, a render has `made` and the tools' `versions`."""

    job_id: str
    facts: Facts | None = None
    made: tuple[Made, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The worker said no: the reason is for staff, the detail for the log."""

    job_id: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Died:
    """The worker gave no answer. It may be tried again."""

    job_id: str
    why: Literal["timeout", "killed", "crashed"]
    detail: str = ""


Outcome = Done | Refused | Died


def job_to_json(job: Job) -> Json:
    """Return the job as JSON values."""
    wire: Json = {
        "version": WIRE_VERSION,
        "id": job.id,
        "verb": job.verb,
        "kind": str(job.kind),
        "source": job.source,
        "limits": asdict(job.limits),
    }
    if job.verb != "measure":
        wire |= {
            "facts": job.facts and facts_to_json(job.facts),
            "canvases": [_sheet_to_json(sheet) for sheet in job.sheets],
            "rights": asdict(job.rights),
            "font": job.font,
            "out": job.out,
            "second": job.second,
            "second_facts": job.second_facts and facts_to_json(job.second_facts),
            "drawn": job.drawn,
            "cards": [card_to_json(each) for each in job.cards],
        }
    return wire


def job_from_json(wire: Mapping[str, Any]) -> Job:
    """Read a job back. Raises ValueError, TypeError or KeyError when it is none of ours."""
    if wire["version"] != WIRE_VERSION:
        raise ValueError(f"job of version {wire['version']}, not {WIRE_VERSION}")
    facts, second_facts = wire.get("facts"), wire.get("second_facts")
    return Job(
        id=str(wire.get("id", "")),
        verb=wire["verb"],
        kind=Kind(wire["kind"]),
        source=wire["source"],
        facts=None if facts is None else facts_from_json(facts),
        sheets=tuple(_sheet_from_json(each) for each in wire.get("canvases", ())),
        rights=Rights(**wire.get("rights", {})),
        font=wire.get("font"),
        out=wire.get("out", ""),
        limits=Limits(**wire.get("limits", {})),
        second=wire.get("second"),
        second_facts=None if second_facts is None else facts_from_json(second_facts),
        drawn=wire.get("drawn", ""),
        cards=tuple(card_from_json(each) for each in wire.get("cards", ())),
    )


def facts_to_json(facts: Facts) -> Json:
    """Return facts as JSON values: the kind as its word, the day in ISO form."""
    return asdict(facts) | {
        "kind": str(facts.kind),
        "taken_on": None if facts.taken_on is None else facts.taken_on.isoformat(),
    }


def facts_from_json(wire: Mapping[str, Any]) -> Facts:
    """Read facts back. Unknown keys are refused with TypeError."""
    taken_on = wire.get("taken_on")
    return Facts(
        **{
            **wire,
            "kind": Kind(wire["kind"]),
            "taken_on": None if taken_on is None else date.fromisoformat(taken_on),
        },
    )


def made_to_json(made: Made) -> Json:
    """Return one entry of a render result's `artifacts`."""
    return asdict(made.artifact) | {"file": made.file}


def made_from_json(wire: Mapping[str, Any]) -> Made:
    """Read one entry of `artifacts` back."""
    fields = {name: value for name, value in wire.items() if name != "file"}
    return Made(Artifact(**fields), file=wire["file"])


def outcome_from_json(wire: Mapping[str, Any], *, job_id: str) -> Done | Refused:
    """Read a worker's last line. Raises ValueError, TypeError or KeyError when it is no result."""
    if not wire["ok"]:
        reason = Reason(str(wire["code"]), facts={k: str(v) for k, v in wire["facts"].items()})
        return Refused(job_id, reason, detail=str(wire.get("detail", "")))
    facts = wire.get("facts")
    return Done(
        job_id,
        facts=None if facts is None else facts_from_json(facts),
        made=tuple(made_from_json(each) for each in wire.get("artifacts", ())),
        versions=tuple(sorted(wire.get("versions", {}).items())),
    )


def _sheet_to_json(sheet: Sheet) -> Json:
    outputs = [
        asdict(each) | {"quality": dict(each.quality), "gains_db": list(each.gains_db)}
        for each in sheet.outputs
    ]
    return canvas_to_json(sheet.canvas) | {"outputs": outputs}


def _sheet_from_json(wire: Mapping[str, Any]) -> Sheet:
    return Sheet(
        canvas=canvas_from_json(wire),
        outputs=tuple(
            Output(
                **{
                    **each,
                    "quality": tuple(each.get("quality", {}).items()),
                    "gains_db": tuple(each.get("gains_db", ())),
                },
            )
            for each in wire["outputs"]
        ),
    )
