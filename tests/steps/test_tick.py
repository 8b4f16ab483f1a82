"""The walk of the lanes: what wakes a case, who may walk, what `_waiting.txt` is told."""

from __future__ import annotations

import subprocess
import sys

import makers
import pytest

from pipeline.rules.errors import Reason
from pipeline.steps import tick
from pipeline.tools.catalog import cases

CASE = "massage--s1"


def due(clinic: makers.Workspace) -> list[str]:
    """The cases that are on the work lane once changes were noticed."""
    with clinic.opened() as means:
        tick.notice_changes(means)
        with means.catalog.read() as connection:
            return [row.name for row in cases.due(connection, now=means.now())]


@pytest.mark.parametrize("what", ["nothing", "config", "template", "logo"])
def test_a_change_besides_the_cases_wakes_all_of_them(
    published: makers.Workspace, what: str
) -> None:
    """Configuration, templates and the logo are looked at by content; nothing else wakes."""
    logo = published.folder / "logo.png"
    logo.write_bytes(makers.photo("logo", form="PNG"))
    published.configure(brand={"logo": "logo.png"})
    assert published.run().code == 0
    assert due(published) == []
    if what == "config":
        published.configure(channels=["web", "instagram", "google"])
    elif what == "template":
        published.file("templates/captions/massage.en.yaml", "title: Massage at the harbour\n")
    elif what == "logo":
        logo.write_bytes(makers.photo("another logo", form="PNG"))
    else:
        published.config.touch()
    assert due(published) == ([] if what == "nothing" else [CASE])


def test_a_case_is_left_alone_until_its_next_day(published: makers.Workspace) -> None:
    """What is public is looked at again when its consent is about to end."""
    assert due(published) == []
    with published.opened() as means, means.catalog.read() as connection:
        row = cases.find(connection, CASE)
    assert row is not None
    assert str(row.look_at) == "2027-03-02 03:59:00+00:00"


def test_one_process_walks_at_a_time(empty: makers.Workspace) -> None:
    """The lock is the kernel's: another process is refused, and a killed one holds nothing."""
    lock = empty.folder / "var" / "work.lock"
    code = (
        "import sys; from pathlib import Path; from pipeline.steps.tick import one_at_a_time\n"
        "with one_at_a_time(Path(sys.argv[1])) as mine:\n"
        "    print(mine, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)],
        cwd=makers.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with tick.one_at_a_time(lock) as mine:
            assert not mine
        other.kill()
        other.wait()
        with tick.one_at_a_time(lock) as mine:
            assert mine


def test_restage_says_where_a_case_stands_and_leaves_it_on_the_lane(
    taken: makers.Workspace,
) -> None:
    """A record moves the stage at once, and the work is still done in the next run."""
    assert taken.case(CASE)["stage"] == "HELD"
    taken.say("consent", "add", str(taken.file("r.yaml", makers.record("s1"))))
    case = taken.case(CASE)
    assert case["stage"] == "CLEARED"
    assert case["reasons"] == []
    assert due(taken) == [CASE]
    assert taken.run().code == 0
    assert taken.case(CASE)["stage"] == "PUBLISHED"


def test_what_waits_is_listed_with_the_cases_that_wait(taken: makers.Workspace) -> None:
    """Units of the inbox first, then cases, each with what to do; never those in order."""
    with taken.opened() as means:
        tick.list_waiting(means, [("massage--new", (Reason("no_media_yet"),))])
    text = taken.waiting()
    assert text.index("massage--new\n  - There is no picture") < text.index(f"{CASE}\n  - ")
    assert "no signed consent for s1" in text


def test_the_step_commands_walk_the_same_way(taken: makers.Workspace) -> None:
    """render, then publish: the same end as `run --once`, and what they did is counted."""
    taken.say("consent", "add", str(taken.file("r.yaml", makers.record("s1"))))
    assert taken.say("render").data["rendered"] == 6
    assert taken.case(CASE)["stage"] == "RENDERED"
    published = taken.say("publish").data["published"]
    assert {each["channel"] for each in published} == {"web", "instagram"}
    assert taken.case(CASE)["stage"] == "PUBLISHED"
