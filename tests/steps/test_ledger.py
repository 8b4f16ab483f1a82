"""The head of the event log outside the database: an old backup cannot revive anything."""

from __future__ import annotations

import json
import shutil

import makers
import pytest

from pipeline.rules.errors import ClinicmediaError
from pipeline.steps import ledger
from pipeline.tools.catalog import events

CASE = "massage--s1"


def outside(clinic: makers.Workspace) -> makers.Json:
    """The head as private storage has it."""
    found: makers.Json = json.loads((clinic.private / "ledger" / "head.json").read_text())
    return found


def test_every_commit_is_mirrored(published: makers.Workspace) -> None:
    """The head in private storage is the last event's."""
    published.say("hold", CASE, "--why", "w")
    last = published.events()[-1]
    assert outside(published) == {"seq": last.seq, "hash": last.hash}


def test_a_head_that_lags_is_repaired(published: makers.Workspace) -> None:
    """A process that was killed right after its commit leaves an older head: no reason to hold."""
    first = published.events()[0]
    head = published.private / "ledger" / "head.json"
    head.write_text(json.dumps({"seq": first.seq, "hash": first.hash}), encoding="utf-8")
    with published.opened() as means:
        assert ledger.check(means) is None
        with means.catalog.read() as connection:
            assert outside(published)["seq"] == events.head(connection).seq


def test_an_older_database_holds_everything(published: makers.Workspace) -> None:
    """A backup from before a revocation publishes nothing and says why; exit code 5."""
    backup = published.folder / "backup"
    shutil.copytree(published.folder / "var", backup, ignore=shutil.ignore_patterns("private"))
    published.say("consent", "revoke", "C-s1")
    for path in backup.iterdir():
        if path.is_file():
            shutil.copy(path, published.folder / "var" / path.name)
    for old in ("catalog.db-wal", "catalog.db-shm"):
        if not (backup / old).exists():
            (published.folder / "var" / old).unlink(missing_ok=True)
    answer = published.run()
    assert answer.code == 5
    assert answer.data["held"]["code"] == "catalog_older_than_log"
    assert not [key for key in published.public() if key.startswith("media/")]
    assert "older" in published.say("status").text
    assert published.say("verify").code == 5


def test_a_database_with_another_history_holds_everything(published: makers.Workspace) -> None:
    """The same number of events with another hash is another history."""
    last = published.events()[-1]
    head = published.private / "ledger" / "head.json"
    head.write_text(json.dumps({"seq": last.seq, "hash": "0" * 64}), encoding="utf-8")
    with published.opened() as means:
        reason = ledger.check(means)
    assert reason is not None
    assert reason.code == "catalog_older_than_log"


def test_a_damaged_head_is_an_error_not_a_yes(published: makers.Workspace) -> None:
    """What cannot be read proves nothing."""
    (published.private / "ledger" / "head.json").write_text("{", encoding="utf-8")
    with published.opened() as means, pytest.raises(ClinicmediaError, match="damaged"):
        ledger.check(means)
