"""What goes to a worker and comes back survives its JSON form unchanged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from pipeline.rules.errors import Reason
from pipeline.rules.media import Artifact, Box, Canvas, Facts, Kind, Overlay
from pipeline.rules.work import (
    Done,
    Job,
    Limits,
    Made,
    Output,
    Refused,
    Rights,
    Sheet,
    facts_from_json,
    facts_to_json,
    job_from_json,
    job_to_json,
    made_from_json,
    made_to_json,
    outcome_from_json,
)

FACTS = Facts(1, Kind.VIDEO, "mov", 1080, 1920, 12.5, 29.97, has_audio=True, loudness_lufs=-21.5,
              transfer="hlg", taken_on=date(2026, 3, 5), poster_at_s=4.0)  # fmt: skip
OVERLAY = Overlay("logo", Box(1, 2, 30, 40), ("a", "b"), 12, "#ffffff", "#000000", "/tmp/x.png")  # noqa: S108 - a name
OUTPUT = Output("k", "ladder-720", 720, 1280, "mp4", (("preset", "veryfast"), ("crf", "23")),
                "keep", 3.5, 30.0, 12.5)  # fmt: skip
SHEET = Sheet(
    Canvas("ladder", 1080, 1920, Box(0, 0, 1080, 1920), Box(0, 0, 1080, 1920), "#0b6e69",
           (OVERLAY,), at_s=1.25),
    (OUTPUT, replace(OUTPUT, key="l", quality=())),
)  # fmt: skip
RENDER = Job("j1", "render", Kind.VIDEO, "/s/original", FACTS, (SHEET,),
             Rights("a", "b", "c", "d"), "/font.ttf", "/s/out", Limits(1, 2, 3, 4.5))  # fmt: skip
ARTIFACT = Artifact("k", "00" * 32, 1234, 720, 1280, "video/mp4", 12.5)


@pytest.mark.parametrize("job", [RENDER, Job("j2", "measure", Kind.PHOTO, "/s/original")])
def test_a_job_survives(job: Job) -> None:
    """A job read back from its JSON text is the same job."""
    assert job_from_json(json.loads(json.dumps(job_to_json(job)))) == job


def test_the_wire_form_is_the_agreed_one() -> None:
    """Boxes are lists of four, qualities objects, days in ISO form."""
    wire = job_to_json(RENDER)
    canvas = wire["canvases"][0]
    assert canvas["place"] == [0, 0, 1080, 1920]
    assert canvas["overlays"][0]["box"] == [1, 2, 30, 40]
    assert canvas["outputs"][0]["quality"] == {"preset": "veryfast", "crf": "23"}
    assert wire["facts"]["taken_on"] == "2026-03-05"
    assert (wire["version"], wire["verb"], wire["kind"]) == (1, "render", "video")


def test_facts_and_results_survive() -> None:
    """So do facts without a day, artifacts and outcomes."""
    plain = replace(FACTS, taken_on=None)
    assert facts_from_json(facts_to_json(plain)) == plain
    made = Made(ARTIFACT, "/s/out/k.mp4")
    assert made_from_json(made_to_json(made)) == made
    wire = {"ok": True, "artifacts": [made_to_json(made)], "versions": {"b": "2", "a": "1"}}
    done = Done("j1", made=(made,), versions=(("a", "1"), ("b", "2")))
    assert outcome_from_json(wire, job_id="j1") == done
    refusal = {"ok": False, "code": "video_cut_off", "facts": {"n": 3}, "detail": "exit 183"}
    reason = Reason("video_cut_off", facts={"n": "3"})
    assert outcome_from_json(refusal, job_id="j1") == Refused("j1", reason, "exit 183")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"kind": "sound"},
        {"facts": {"kind": "video", "smell": 1}},
        {"limits": {"x": 1}},
    ],
)
def test_strangers_are_refused(change: dict[str, object]) -> None:
    """Another version, an unknown kind or an unknown key is an error."""
    with pytest.raises((ValueError, TypeError, KeyError)):
        job_from_json(job_to_json(RENDER) | change)
