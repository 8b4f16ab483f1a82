"""A kill at every effect of taking in, publishing, replacing and withdrawing, and what is left.

Right after each kill nothing may be half, lost or public without a reason; after the next run all
must be as if nobody had been killed. `make test` kills after every single effect; `make long` also
before each, and twice in a row.
"""

from __future__ import annotations

import collections
import hashlib
import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import faults
import makers
import pytest
from faults import AFTER, BEFORE, Runner
from makers import Clock, Workspace

from jobs.commands.looking import status_command
from pipeline.rules.errors import Reason
from pipeline.steps.verify import verify
from pipeline.tools.catalog import events

CASE = "scar-care--0042"
RECIPES = {
    "web": {"from": ["photo"], "channels": ["web"], "widths": [48], "formats": ["jpeg"]},
    "cut": {
        "from": ["photo"],
        "channels": ["instagram"],
        "size": [320, 320],  # the smallest that the network takes
        "fit": "pad",
        "formats": ["jpeg"],
    },
}
# Events that tell of an effect in the world: a run that was killed and mended has each just once.
ONCE = {
    "received", "rendered", "published", "replaced", "closed", "withdrawn", "consent_recorded",
}  # fmt: skip
SHARDS = 3


@dataclass(frozen=True)
class Scene:
    """One command from one state: how the state is reached, the command, and what mends a kill."""

    after: str | None
    begin: Callable[[Workspace], None]
    words: tuple[str, ...]
    mends: tuple[tuple[str, ...], ...]
    days: int = 0


def _nothing(_clinic: Workspace) -> None:
    pass


def _arrive(clinic: Workspace) -> None:
    clinic.sign(makers.record("0042"))
    clinic.drop(CASE, {"one.jpg": makers.photo("one"), "notes.txt": b"remember the milk\n"})


def _change(clinic: Workspace) -> None:
    smaller = {**RECIPES["web"], "widths": [40]}
    clinic.configure(recipes={**RECIPES, "web": smaller})


def _sign_again(clinic: Workspace) -> None:
    signed = makers.record("0042", id="C-new", signed_on="2026-11-17")
    clinic.sign(signed)
    clinic.drop(CASE, {}, case={"consent": ["C-new"]})


ONCE_MORE = ("run", "--once")
SCENES = {
    "empty": Scene(None, _nothing, ONCE_MORE, (ONCE_MORE,)),
    "publish": Scene("empty", _arrive, ONCE_MORE, (ONCE_MORE,)),
    "replace": Scene("publish", _change, ONCE_MORE, (ONCE_MORE,)),
    "revoke": Scene(
        "publish",
        _nothing,
        ("consent", "revoke", "C-0042"),
        (("consent", "revoke", "C-0042"), ("watch",)),
    ),
    "expire": Scene("publish", _nothing, ("watch",), (("watch",),), days=400),
    "reopen": Scene("revoke", _sign_again, ONCE_MORE, (ONCE_MORE,), days=2),
}
# How many media are public after each scene: one on each of the two channels, or none.
MEDIA = {"empty": 0, "publish": 2, "replace": 2, "revoke": 0, "expire": 0, "reopen": 2}
USUAL = ["publish", "replace", "revoke"]
RARE = [pytest.param(name, marks=pytest.mark.long) for name in ("expire", "reopen")]
KILLED = ["publish", "replace", "revoke", "expire", "reopen"]


@dataclass(frozen=True)
class State:
    """All that a workspace holds, with tokens, slugs and hashes of tokens made alike."""

    public: dict[str, str]
    media: int
    names: frozenset[str]
    once: dict[tuple[str, str | None], int]
    told: str
    wrong: tuple[Reason, ...]


def alike(text: str) -> str:
    """Take out what is drawn by dice."""
    text = re.sub(r"media/[0-9a-f]{32}/([\w-]+?)-[0-9a-f]{8}\.", r"media/TOKEN/\1.", text)
    return re.sub(r"scar-care-[a-z]{8}\b", "SLUG", text)


def public_of(clinic: Workspace) -> dict[str, str]:
    """The public folder, with what is drawn by dice taken out."""
    return {alike(key): alike(body.decode("latin-1")) for key, body in clinic.public().items()}


def state_of(clinic: Workspace) -> State:
    """What a workspace holds, what its status says, and what `verify` finds wrong."""
    names = {
        alike(path.relative_to(clinic.folder).as_posix())
        for path in clinic.folder.rglob("*")
        if path.is_file() and not path.name.startswith("catalog.db")
    }
    with clinic.opened() as means:
        with means.catalog.read() as connection:
            log = list(events.all_events(connection))
        told = alike(json.dumps(status_command(means).data, sort_keys=True))
        wrong = verify(means).reasons
    once = collections.Counter((event.verb, event.case) for event in log if event.verb in ONCE)
    media = len([key for key in clinic.public() if key.startswith("media/")])
    return State(public_of(clinic), media, frozenset(names), dict(once), told, wrong)


@dataclass
class Stage:
    """The scenes of one test process: each scene's beginning is made once and copied for a kill."""

    folder: Path
    runner: Runner
    states: dict[str, State] = field(default_factory=dict)

    def whole(self, name: str) -> tuple[State, State]:
        """The states before and after the scene, undisturbed."""
        for key, made in ((f"{name}-start", self.begun), (f"{name}-end", self.played)):
            if key not in self.states:
                self.states[key] = state_of(made(name))
        return self.states[f"{name}-start"], self.states[f"{name}-end"]

    def begun(self, name: str) -> Workspace:
        """A fresh copy of the workspace just before the scene's command."""
        start = self.folder / f"{name}-start"
        scene = SCENES[name]
        if not start.exists():
            if scene.after is None:
                clinic = makers.workspace(start, recipes=RECIPES)
            else:
                clinic = self.played(scene.after)
                shutil.copytree(clinic.folder, start)
                clinic = Workspace(start)
            scene.begin(clinic)
        copy = self.folder / "now"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(start, copy)
        return Workspace(copy, self._clock(name))

    def played(self, name: str) -> Workspace:
        """The workspace after the scene, undisturbed."""
        end = self.folder / f"{name}-end"
        if not end.exists():
            clinic = self.begun(name)
            played = self.give(clinic, *SCENES[name].words)
            assert played.code == (1 if name == "publish" else 0), played.err
            assert state_of(clinic).media == MEDIA[name], "an undisturbed run does all of it"
            clinic.folder.rename(end)
        return Workspace(end, self._clock(name))

    def give(self, clinic: Workspace, *words: str, **how: object) -> faults.Ended:
        """Give a command at the workspace's standing clock."""
        return self.runner.run(clinic.config, *words, now=clinic.clock.at, **how)

    @staticmethod
    def _clock(name: str) -> Clock:
        return Clock(makers.START + timedelta(days=SCENES[name].days))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The scenes, and a process that gives their commands."""
    folder = tmp_path_factory.mktemp("crash")
    with Runner(folder / "runner") as runner:
        yield Stage(folder, runner)


def lost(clinic: Workspace) -> list[str]:
    """The originals of which no whole copy is anywhere: neither in the inbox nor in private."""
    wanted = {"photo": makers.photo("one"), "notes": b"remember the milk\n"}
    there = {*makers.files_below(clinic.inbox).values()}
    there |= {*makers.files_below(clinic.private / "originals").values()}
    return [name for name, body in wanted.items() if body not in there]


def half(clinic: Workspace, known: list[State]) -> list[str]:
    """What lies under a final name without being whole: bytes that no finished state has."""
    whole = {(key, body) for state in known for key, body in state.public.items()}
    found = [key for key, body in public_of(clinic).items() if (key, body) not in whole]
    for key, body in makers.files_below(clinic.private / "originals").items():
        if hashlib.sha256(body).hexdigest() != key.split("/")[-1]:
            found.append(key)
    return found


def dangling(clinic: Workspace) -> list[str]:
    """What a public page names although it is not there: media, or the page of a case."""
    public = clinic.public()
    missing = []
    for key, body in public.items():
        if not key.endswith((".html", ".json", ".xml")):
            continue
        text = body.decode()
        named = set(re.findall(r"media/[0-9a-f]{32}/[\w.-]+", text))
        if not key.startswith("cases/"):
            named |= set(re.findall(r"cases/scar-care-[a-z]{8}/index\.html", text))
        missing += [f"{key} names {each}" for each in named - public.keys()]
    return missing


def check_after_kill(clinic: Workspace, *, known: list[State], where: str) -> None:
    """Nothing is lost, half or dangling at the very moment of a kill."""
    assert not lost(clinic), where
    assert not half(clinic, known), where
    assert not dangling(clinic), where


def check_mended(clinic: Workspace, *, wanted: State, where: str) -> None:
    """Everything is as if nobody had been killed, and the books say so."""
    found = state_of(clinic)
    assert found.public.keys() == wanted.public.keys(), where
    assert found.public == wanted.public, where
    assert found.media == wanted.media, where
    assert found.names == wanted.names, f"{where}: {sorted(found.names ^ wanted.names)}"
    assert found.once == wanted.once, where
    assert found.told == wanted.told, where
    assert not found.wrong, where
    assert not lost(clinic), where
    assert not dangling(clinic), where


def kill_at(stage: Stage, name: str, *, at: int, when: str, again: int | None = None) -> bool:
    """Kill a scene's command at an effect, mend it, and check; False when it ended before that.

    `again` kills the first mending command too, after that many effects.
    """
    scene = SCENES[name]
    start, end = stage.whole(name)
    clinic = stage.begun(name)
    log = stage.folder / "effects"
    log.unlink(missing_ok=True)
    killed = stage.give(clinic, *scene.words, at=at, when=when, log=log)
    where = f"{name}: killed {when} effect {at}: {_last(log)}"
    if not killed.killed:
        assert again is not None or killed.code is not None, where
        return False
    check_after_kill(clinic, known=[start, end], where=where)
    mend = scene.mends[at % len(scene.mends)]
    if again is not None:
        stage.give(clinic, *mend, at=again, when=AFTER)
        check_after_kill(clinic, known=[start, end], where=f"{where}, then after {again}")
    mended = stage.give(clinic, *mend)
    if name == "revoke" and not _is_revoked(clinic):
        assert mend == ("watch",), where
        check_mended(clinic, wanted=start, where=where)
        mended = stage.give(clinic, *scene.words)
    assert mended.code == (1 if name == "publish" and _news(mended) else 0), (where, mended)
    check_mended(clinic, wanted=end, where=where)
    return True


def _news(mended: faults.Ended) -> bool:
    """Whether the mending run itself set the useless file aside."""
    return "_problems" in mended.out


def _is_revoked(clinic: Workspace) -> bool:
    return any(event.verb == "consent_revoked" for event in clinic.events())


def _last(log: Path) -> str:
    return log.read_text(encoding="utf-8").splitlines()[-1] if log.exists() else "nothing"


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("name", [*USUAL, *RARE])
def test_killed_after_every_effect(stage: Stage, name: str, shard: int) -> None:
    """A kill after any effect loses nothing, and the next run ends as if there had been none."""
    at = shard + 1
    while kill_at(stage, name, at=at, when=AFTER):
        at += SHARDS
    assert at > 20, "the seam saw hardly any effect"


@pytest.mark.long
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("name", KILLED)
def test_killed_before_every_effect(stage: Stage, name: str, shard: int) -> None:
    """The same for a kill right before any effect, a transaction open or a file half written."""
    at = shard + 1
    while kill_at(stage, name, at=at, when=BEFORE):
        at += SHARDS
    assert at > 20, "the seam saw hardly any effect"


@pytest.mark.long
@pytest.mark.parametrize("name", KILLED)
def test_killed_twice(stage: Stage, name: str, seed: int) -> None:
    """A kill while mending after a kill is mended too."""
    dice = random.Random(seed)  # noqa: S311 - which points are tried is no secret
    killed = 0
    for _ in range(40):
        at, again = dice.randint(1, 130), dice.randint(1, 90)
        when = dice.choice([BEFORE, AFTER])
        killed += kill_at(stage, name, at=at, when=when, again=again)
    assert killed > 5, "hardly any kill fell within the command"
