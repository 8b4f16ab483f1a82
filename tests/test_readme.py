"""The README: what people copy from it works."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline.config import parse
from pipeline.rules.inbox.case_file import CaseFile, read_case_file
from pipeline.rules.signed.records import Record, read_record
from pipeline.tools.documents import read_mapping

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def examples(language: str, *, first_line: str = "") -> list[str]:
    """The code blocks of a language that begin with this line, without their indentation."""
    found = []
    for indent, body in re.findall(
        rf"^( *)```{language}\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL
    ):
        text = "\n".join(line.removeprefix(indent) for line in body.splitlines())
        if text.startswith(first_line):
            found.append(text)
    return found


def example(language: str, *, first_line: str) -> str:
    """The one code block that begins with this line."""
    (text,) = examples(language, first_line=f"{first_line}\n")
    return text


def test_the_consent_record_has_no_defect() -> None:
    """The record that staff are shown is read without a single defect."""
    record = read_record(read_mapping(example("yaml", first_line="# consent record")))
    assert isinstance(record, Record)
    assert record.defects == ()
    assert record.channels == {"web", "instagram"}
    assert record.allows.face
    assert not record.allows.voice


@pytest.mark.parametrize(
    "line",
    [
        "signed_by: Maria Example",
        "signed_on: 2026-11-02",
        "channels: [web, instagram]",
        "discloser: Example Clinic",
        "purpose: To show what the treatment can do",
        "  redisclosure: true",
        "expires_on: 2028-11-02",
    ],
)
def test_the_consent_record_has_nothing_to_spare(line: str) -> None:
    """Each required line of the example matters: without it the record is defective."""
    text = example("yaml", first_line="# consent record")
    shorter = "\n".join(each for each in text.splitlines() if not each.startswith(line))
    assert shorter != text
    record = read_record(read_mapping(shorter))
    assert isinstance(record, Record)
    assert record.defects


def test_the_case_file_is_read() -> None:
    """The case.yaml that staff are shown is accepted, with its roles and captions."""
    case = read_case_file(read_mapping(example("yaml", first_line="# case.yaml")))
    assert isinstance(case, CaseFile), case
    assert case.subject == "C0042"
    assert case.people == ()
    assert case.medium("IMG_2260.mov").alt


def test_the_configuration_is_valid() -> None:
    """The config.yaml of the README is accepted as it stands."""
    config = parse(read_mapping(example("yaml", first_line="# config.yaml")), name="README")
    assert config.clinic.time_zone == "America/New_York"


def test_the_parts_of_a_configuration_are_valid() -> None:
    """Each part shown by itself is accepted in the place of the same section of the whole."""
    whole = read_mapping(example("yaml", first_line="# config.yaml"))
    parts = examples("yaml", first_line="# part of config.yaml\n")
    assert len(parts) == 2
    for part in parts:
        config = parse({**whole, **read_mapping(part)}, name="README")
        assert config.clinic.name == "Example Clinic"


def test_the_policies_are_json() -> None:
    """The policies can be pasted: valid JSON, reading for strangers and nothing else."""
    policies = [json.loads(text) for text in examples("json")]
    assert len(policies) == 3
    for statement in policies[0]["Statement"]:
        assert statement["Action"] == "s3:GetObject"
    for statement in policies[2]["Statement"]:
        assert not [name for name in statement["Action"] if "*" in name or "Policy" in name]
