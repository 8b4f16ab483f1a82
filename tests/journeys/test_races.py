"""Two at once: a revocation at every effect of a run, stopped uploaders, servers that are away.

The one who publishes is stopped at an effect (SIGSTOP), the other one acts, the first one goes on.
Times are taken on the clock that all processes of a machine share.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import makers
import pytest
from faults import AFTER, BEFORE, STOP, Ended, Runner
from makers import Workspace
from servers import S3Service

from pipeline.steps.public.showing import pages_of, site_of
from pipeline.tools.catalog import cases, publications

CASE = "scar-care--0042"
REVOKE = ("consent", "revoke", "C-0042", "--json")
RECIPES = {
    "web": {"from": ["photo"], "channels": ["web"], "widths": [48], "formats": ["jpeg"]},
    "cut": {
        "from": ["photo"],
        "channels": ["instagram"],
        "size": [320, 320],
        "fit": "pad",
        "formats": ["jpeg"],
    },
}
PATIENCE_S = 0.5  # how long a stopped process is left alone with one that waits for its lock


@dataclass
class Pair:
    """Two who work on the same workspace: one publishes, the other one revokes."""

    folder: Path
    one: Runner
    other: Runner

    def log(self, name: str) -> Path:
        """An empty log of effects."""
        path = self.folder / f"{name}.log"
        path.unlink(missing_ok=True)
        return path


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two processes that give commands."""
    folder = tmp_path_factory.mktemp("races")
    with Runner(folder / "one") as one, Runner(folder / "other") as other:
        yield Pair(folder, one, other)


@pytest.fixture(scope="module")
def cloud(s3_service: S3Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The same two, with the credentials of the S3 service."""
    folder, keys = tmp_path_factory.mktemp("races"), s3_service.environment()
    with Runner(folder / "one", **keys) as one, Runner(folder / "other", **keys) as other:
        yield Pair(folder, one, other)


def arrived(folder: Path, **changes: Any) -> Workspace:
    """A workspace with a signed case in the inbox."""
    shutil.rmtree(folder, ignore_errors=True)
    clinic = makers.workspace(folder, recipes=RECIPES, **changes)
    clinic.sign(makers.record("0042"))
    clinic.drop(CASE, {"one.jpg": makers.photo("one")})
    return clinic


def lines(log: Path) -> list[dict[str, Any]]:
    """What a log of effects says."""
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def revoked_at(log: Path) -> int | None:
    """When the revocation was committed, None when it was not (yet)."""
    return next(
        (each["t"] for each in lines(log) if "consent_revoked" in each.get("verbs", ())), None
    )


def of_case(key: str) -> bool:
    """Whether a key belongs to a case."""
    return key.startswith(("media/", "cases/"))


def shown(clinic: Workspace) -> set[str]:
    """The keys of cases that a folder shows, tombstones left out."""
    return {
        key
        for key, body in clinic.public().items()
        if of_case(key) and not (key.endswith(".html") and b"scar" not in body.lower())
    }


def late(publisher: Path, clinic: Workspace, *, since: int) -> list[str]:
    """The uploads of cases that began after a revocation was committed, tombstones left out."""
    with clinic.opened() as means:
        stone = pages_of(means).tombstone(site_of(means)).body
    return [
        each["detail"]
        for each in lines(publisher)
        if each["what"] == "upload"
        and of_case(each["detail"])
        and each["begun"] > since
        and each["sha256"] != hashlib.sha256(stone).hexdigest()
    ]


def unchecked(publisher: Path) -> list[str]:
    """The uploads that did not look at the epoch right before they became visible."""
    return [
        each["detail"]
        for each in lines(publisher)
        if each["what"] == "anyone.put" and each["side"] == AFTER and not each["checked"]
    ]


def intended(clinic: Workspace) -> set[str]:
    """Every key that was ever intended for a case."""
    with clinic.opened() as means, means.catalog.read() as connection:
        return {
            intent.key
            for row in cases.every(connection)
            for each in publications.of_case(connection, row.id)
            for intent in publications.intents_of(connection, each.id)
        }


def receipted(clinic: Workspace) -> set[str]:
    """Every key of which a complete receipt says that it is gone."""
    with clinic.opened() as means, means.catalog.read() as connection:
        done = publications.in_state(connection, publications.WITHDRAWN)
    return {key["key"] for each in done for key in (each.receipt or {})["keys"]}


def race(pair: Pair, clinic: Workspace, *, at: int, when: str) -> bool:
    """Revoke exactly at one effect of a run, and check; False when the run ended before that."""
    published, revoked = pair.log("published"), pair.log("revoked")
    now = clinic.clock.at
    how: dict[str, Any] = {"at": at, "when": when, "act": STOP, "log": published}
    stopped = pair.one.run(clinic.config, "run", "--once", now=now, **how)
    if not stopped.stopped:
        return False
    where = f"revoked {when} effect {at}: {lines(published)[-1]}"
    pair.other.begin(clinic.config, *REVOKE, now=now, log=revoked)
    deadline = time.monotonic() + PATIENCE_S
    while revoked_at(revoked) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    pair.one.resume(stopped)
    withdrawn = pair.other.ended()
    assert withdrawn.code in {0, 1}, (where, withdrawn)  # 1: nobody knew the record yet
    assert not shown(clinic), f"{where}: public although complete"
    receipts = withdrawn.json()["withdrawals"]
    assert not any(each["pending"] for each in receipts), where
    ran = pair.one.ended()
    assert ran.code in {0, 1}, (where, ran)
    assert not shown(clinic), f"{where}: public again after complete"
    moment = revoked_at(revoked)
    assert moment, where
    assert not late(published, clinic, since=moment), where
    assert not unchecked(published), where
    again = pair.one.run(clinic.config, "run", "--once", "--json", now=now)
    assert again.code in {0, 1}, (where, again)
    assert receipted(clinic) == intended(clinic), where
    assert not shown(clinic), where
    assert not makers.files_below(clinic.private / "rendered"), f"{where}: private renditions stay"
    assert clinic.say("verify").code == 0, where
    return True


def test_revoked_at_many_effects(pair: Pair, seed: int) -> None:
    """Whenever a revocation comes, no upload starts after it and nothing shows once it is done."""
    dice = random.Random(seed)  # noqa: S311 - which points are tried is no secret
    raced = 0
    for at in sorted(dice.sample(range(1, 110), 16)):
        clinic = arrived(pair.folder / "clinic")
        raced += race(pair, clinic, at=at, when=dice.choice([BEFORE, AFTER]))
    assert raced > 3, "hardly any revocation fell within the run"


@pytest.mark.long
@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_revoked_at_every_effect(pair: Pair, when: str) -> None:
    """The same at every single effect."""
    at = 1
    while race(pair, arrived(pair.folder / "clinic"), at=at, when=when):
        at += 1
    assert at > 60, "the seam saw hardly any effect"


@pytest.mark.long
def test_revoked_while_replacing(pair: Pair) -> None:
    """The same while a public case is being replaced."""
    start = arrived(pair.folder / "start")
    start.run()
    start.configure(recipes={**RECIPES, "web": {**RECIPES["web"], "widths": [40]}})
    at = 1
    while True:
        shutil.rmtree(pair.folder / "clinic", ignore_errors=True)
        shutil.copytree(start.folder, pair.folder / "clinic")
        if not race(pair, Workspace(pair.folder / "clinic"), at=at, when=BEFORE):
            break
        at += 1
    assert at > 40, "the seam saw hardly any effect"


def stop_at_upload(pair: Pair, clinic: Workspace) -> Ended:
    """A run that is stopped between its last look at the epoch and the upload of a medium."""
    stopped = pair.one.run(
        clinic.config, "run", "--once", now=clinic.clock.at, at="upload media/", act=STOP
    )
    assert stopped.stopped
    return stopped


@pytest.mark.parametrize("end", ["resumed", "killed"])
def test_an_uploader_that_stands_still(pair: Pair, end: str) -> None:
    """Between look and upload: pending while it may go on, complete when it did or is dead."""
    clinic = arrived(pair.folder / "clinic")
    stopped = stop_at_upload(pair, clinic)
    withdrawn = pair.other.run(clinic.config, *REVOKE, now=clinic.clock.at, wait_s=0.2)
    assert withdrawn.code == 4
    assert all(each["pending"] for each in withdrawn.json()["withdrawals"])
    # However long it stands still: it may go on at any time.
    clinic.clock.forward(hours=3)
    later = pair.other.run(clinic.config, "watch", "--json", now=clinic.clock.at, wait_s=0.2)
    assert later.code == 4
    waiting = clinic.status()["withdrawals"]
    assert [each["case"] for each in waiting] == [CASE]
    assert waiting[0]["pending"]
    if end == "killed":
        pair.one.kill(stopped)
    else:
        pair.one.resume(stopped)
        assert pair.one.ended().code in {0, 1}, "its epoch ended: no trouble of the storage"
    done = pair.other.run(clinic.config, "watch", "--json", now=clinic.clock.at)
    assert done.code == 0, done
    assert not shown(clinic)
    assert receipted(clinic) == intended(clinic)
    assert clinic.say("verify").code == 0


def test_a_writer_of_indexes_that_stands_still(pair: Pair) -> None:
    """A stopped writer of the first page cannot put a withdrawn case back, hours later."""
    clinic = arrived(pair.folder / "clinic")
    how: dict[str, Any] = {"at": "upload index.html", "act": STOP}
    stopped = pair.one.run(clinic.config, "run", "--once", now=clinic.clock.at, **how)
    assert stopped.stopped
    clinic.clock.forward(hours=3)
    pair.other.begin(clinic.config, *REVOKE, now=clinic.clock.at)
    deadline = time.monotonic() + 20
    while shown(clinic) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not shown(clinic), "a hanging writer of indexes keeps a case up"
    pair.one.resume(stopped)
    assert pair.one.ended().code in {0, 1}
    assert pair.other.ended().code == 0
    assert not shown(clinic)
    assert all(CASE not in body.decode() for body in clinic.public().values())
    assert b"cases/" not in clinic.public()["index.html"]
    assert clinic.say("verify").code == 0


def test_revoked_while_a_worker_is_at_it(pair: Pair) -> None:
    """What a worker still makes of a revoked original is not kept, neither file nor record."""
    clinic = arrived(pair.folder / "clinic")
    now = clinic.clock.at
    stopped = pair.one.run(
        clinic.config, "run", "--once", now=now, at="submit render", when=AFTER, act=STOP
    )
    assert stopped.stopped
    assert pair.other.run(clinic.config, *REVOKE, now=now).code == 0
    pair.one.resume(stopped)
    assert pair.one.ended().code in {0, 1}
    assert not makers.files_below(clinic.private / "rendered")
    assert "rendered" not in [event.verb for event in clinic.events()]
    assert clinic.say("verify").code == 0


def test_renditions_that_were_never_recorded_go_too(pair: Pair) -> None:
    """A rendition that was stored when its maker was killed goes with the revocation."""
    clinic = arrived(pair.folder / "clinic")
    now = clinic.clock.at
    how: dict[str, Any] = {"at": "staff.put rendered/", "when": AFTER}
    assert pair.one.run(clinic.config, "run", "--once", now=now, **how).killed
    assert makers.files_below(clinic.private / "rendered")
    assert pair.one.run(clinic.config, *REVOKE, now=now).code == 0
    assert not makers.files_below(clinic.private / "rendered")


def test_a_killed_revocation_of_what_was_never_public(pair: Pair) -> None:
    """Revoked and killed right after the commit: the next run removes the private renditions."""
    clinic = arrived(pair.folder / "clinic")
    clinic.configure(review="always")
    now = clinic.clock.at
    assert pair.one.run(clinic.config, "run", "--once", now=now).code == 1
    assert makers.files_below(clinic.private / "rendered")
    assert pair.one.run(clinic.config, *REVOKE, now=now, at="commit", when=AFTER).killed
    assert "consent_revoked" in [event.verb for event in clinic.events()]
    assert pair.one.run(clinic.config, "run", "--once", now=now).code in {0, 1}
    assert not makers.files_below(clinic.private / "rendered")


def test_a_rendition_that_is_lost_is_made_again(pair: Pair) -> None:
    """A private rendition that disappeared stops nobody; the next run makes it once more."""
    clinic = arrived(pair.folder / "clinic")
    now = clinic.clock.at
    assert pair.one.run(clinic.config, "run", "--once", now=now, at="upload media/").killed
    shutil.rmtree(clinic.private / "rendered")
    for _ in range(3):
        assert pair.one.run(clinic.config, "run", "--once", now=now).code == 0
    assert len(shown(clinic)) == 6, "two media, four files of the case"
    assert clinic.say("verify").code == 0


def test_two_runs_at_once(pair: Pair) -> None:
    """The second says that another one works; every effect happens once."""
    clinic = arrived(pair.folder / "clinic")
    stopped = stop_at_upload(pair, clinic)
    second = pair.other.run(clinic.config, "run", "--once", now=clinic.clock.at)
    assert second.code == 2
    assert "Another Clinicmedia" in second.err
    pair.one.resume(stopped)
    assert pair.one.ended().code == 0
    assert pair.other.run(clinic.config, "run", "--once", now=clinic.clock.at).code == 0
    verbs = [event.verb for event in clinic.events()]
    assert verbs.count("published") == 2
    assert verbs.count("received") == verbs.count("rendered") == 1
    assert clinic.say("verify").code == 0


def stranger_sees(base_url: str, keys: set[str]) -> list[str]:
    """The keys whose content a stranger gets; the tombstone is none."""
    seen = []
    for key in sorted(keys):
        with contextlib.suppress(urllib.error.HTTPError):
            address = f"{base_url}{key}"
            with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - our server
                body = answer.read()
            if not (key.endswith(".html") and b"scar" not in body.lower()):
                seen.append(key)
    return seen


def check_race_on_a_bucket(
    pair: Pair, clinic: Workspace, *, base_url: str, at: str, when: str
) -> None:
    """Revoke exactly at one effect of a run that publishes to a bucket, and check."""
    published, revoked = pair.log("published"), pair.log("revoked")
    now = clinic.clock.at
    how: dict[str, Any] = {"at": at, "when": when, "act": STOP, "log": published}
    stopped = pair.one.run(clinic.config, "run", "--once", now=now, **how)
    assert stopped.stopped, at
    pair.other.begin(clinic.config, *REVOKE, now=now, log=revoked)
    while revoked_at(revoked) is None:
        time.sleep(0.01)
    pair.one.resume(stopped)
    withdrawn = pair.other.ended()
    assert withdrawn.code == 0, withdrawn
    receipts = withdrawn.json()["withdrawals"]
    told = {key["key"] for each in receipts for key in each["keys"]}
    assert told == intended(clinic)
    assert not stranger_sees(base_url, told), f"{when} {at}: public although complete"
    assert pair.one.ended().code in {0, 1}
    assert not stranger_sees(base_url, told), f"{when} {at}: public again after complete"
    moment = revoked_at(revoked)
    assert moment
    assert not late(published, clinic, since=moment)
    assert not unchecked(published)
    assert clinic.say("verify").code == 0


def bucket_clinic(pair: Pair, service: S3Service, **changes: Any) -> tuple[Workspace, str]:
    """A workspace with a signed case in the inbox, on two fresh buckets."""
    storage = makers.s3_storage(service, versions=True)
    storage["public"] |= changes
    clinic = arrived(pair.folder / "clinic", storage=storage)
    return clinic, storage["public"]["base_url"]


@pytest.mark.parametrize(
    ("when", "at"),
    [(BEFORE, "anyone.put media/"), (BEFORE, "upload media/"), (AFTER, "anyone.put cases/")],
)
def test_revoked_while_a_bucket_is_filled(
    cloud: Pair, s3_service: S3Service, when: str, at: str
) -> None:
    """The same on S3: before the look, between look and PUT, after the PUT of a page."""
    clinic, base_url = bucket_clinic(cloud, s3_service)
    check_race_on_a_bucket(cloud, clinic, base_url=base_url, at=at, when=when)


@dataclass
class Line:
    """A line to a server that can be cut and mended: what it carries is not looked at."""

    to: tuple[str, int]
    port: int = 0
    listener: socket.socket | None = None

    def mend(self) -> None:
        """Take connections, under the same port as before."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def cut(self) -> None:
        """Refuse connections."""
        if self.listener is not None:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()

    def _serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self.to)
                for pipe in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=pipe, daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while block := source.recv(1 << 16):
                sink.sendall(block)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(s3_service: S3Service) -> Iterator[Line]:
    """A line to the S3 service."""
    host, port = s3_service.endpoint_url.removeprefix("http://").split(":")
    made = Line((host, int(port)))
    made.mend()
    yield made
    made.cut()


def test_revoked_while_the_bucket_is_away(cloud: Pair, s3_service: S3Service, line: Line) -> None:
    """Storage does not answer: committed and pending, exit 4; the next watch completes it."""
    storage = makers.s3_storage(s3_service)
    direct = storage["public"]["base_url"]
    for place in storage.values():
        place["endpoint_url"] = f"http://127.0.0.1:{line.port}"
    storage["public"]["base_url"] = f"http://127.0.0.1:{line.port}/{storage['public']['bucket']}/"
    clinic = arrived(cloud.folder / "clinic", storage=storage)
    now = clinic.clock.at
    assert cloud.one.run(clinic.config, "run", "--once", now=now).code == 0
    keys = intended(clinic)
    assert set(stranger_sees(direct, keys)) == keys
    line.cut()
    begun = time.monotonic()
    withdrawn = cloud.one.run(clinic.config, *REVOKE, now=now)
    assert withdrawn.code == 4, withdrawn
    assert time.monotonic() - begun < 120
    receipts = withdrawn.json()["withdrawals"]
    assert {key for each in receipts for key in each["pending"]} >= keys
    told = cloud.one.run(clinic.config, "status", "--json", now=now)
    assert told.code == 0
    waiting = told.json()["withdrawals"]
    assert {each["case"] for each in waiting} == {CASE}
    assert all(each["pending"] for each in waiting)
    assert cloud.one.run(clinic.config, "watch", now=now).code == 4
    line.mend()
    done = cloud.one.run(clinic.config, "watch", "--json", now=now)
    assert done.code == 0, done
    assert not stranger_sees(direct, keys)
    assert {key["key"] for each in done.json()["withdrawals"] for key in each["keys"]} == keys
    assert cloud.one.run(clinic.config, "run", "--once", now=now).code == 0
    assert clinic.say("verify").code == 0
    with clinic.opened() as means:
        assert not list(means.private.keys("rendered/"))
