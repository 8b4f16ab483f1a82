"""verify finds every difference; doctor says what is wrong with this machine and its places."""

from __future__ import annotations

import json
import shutil
import sqlite3
from importlib import metadata
from typing import Any

import makers
import pytest

from jobs.commands import proof

CASE = "massage--0042"


def found(told: Any) -> set[str]:
    """The codes of verify's findings."""
    return {each["code"] for each in told.json["findings"]}


def media(clinic: makers.Workspace) -> str:
    """The key of a public medium."""
    return next(key for key in clinic.shown(CASE) if key.endswith(".jpg"))


def test_all_is_as_recorded(published: makers.Workspace, tell: Any) -> None:
    """Every event, object and original is read, and nothing differs."""
    told = tell(published, "verify", "--json")
    assert (told.code, told.json["findings"]) == (0, [])
    assert told.json["events"] == len(published.events())
    assert told.json["objects"] == len(published.public())
    assert told.json["originals"] == 3
    assert "All of it is as recorded." in tell(published, "verify").out


def test_a_stranger_in_public_storage_is_found(published: makers.Workspace, tell: Any) -> None:
    """A file that nobody published is named, wherever it lies: exit 5."""
    (published.site / "media" / "holiday.jpg").write_bytes(b"x")
    (published.site / ".DS_Store").write_bytes(b"x")
    told = tell(published, "verify", "--json")
    assert (told.code, found(told)) == (5, {"public_stranger"})
    assert {each["file"] for each in told.json["findings"]} == {"media/holiday.jpg", ".DS_Store"}
    assert all(each["remedy"] for each in told.json["findings"])


def test_an_altered_public_file_is_found(published: makers.Workspace, tell: Any) -> None:
    """One changed byte in a public file is enough."""
    path = published.site / media(published)
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(body)
    told = tell(published, "verify", "--json")
    assert (told.code, found(told)) == (5, {"public_altered"})


def test_a_missing_public_file_is_found(published: makers.Workspace, tell: Any) -> None:
    """What should be public and is not there."""
    (published.site / media(published)).unlink()
    told = tell(published, "verify", "--json")
    assert (told.code, found(told)) == (5, {"public_missing"})


@pytest.mark.parametrize("how", ["missing", "altered"])
def test_originals_are_read_too(published: makers.Workspace, tell: Any, how: str) -> None:
    """A private original that is gone or changed is found by its hash."""
    sha256 = published.case(CASE)["assets"][0]["sha256"]
    path = next(path for path in published.private.rglob("*") if sha256 in path.name)
    if how == "missing":
        path.unlink()
    else:
        path.chmod(0o644)
        path.write_bytes(path.read_bytes() + b"x")
    told = tell(published, "verify", "--json")
    assert (told.code, found(told)) == (5, {f"original_{how}"})
    assert told.json["findings"][0]["file"] == sha256


def test_a_changed_event_is_found(published: makers.Workspace, tell: Any) -> None:
    """Who drops the triggers and edits the log is found at that event: exit 5."""
    with sqlite3.connect(published.folder / "var" / "catalog.db") as database:
        for (name,) in database.execute("select name from sqlite_master where type='trigger'"):
            database.execute(f"drop trigger {name}")
        database.execute("update events set actor = 'somebody else' where seq = 2")
    database.close()
    told = tell(published, "verify", "--json")
    assert (told.code, found(told)) == (5, {"chain_broken"})
    assert "event 2 " in told.json["findings"][0]["text"]


def test_a_cut_log_is_found(published: makers.Workspace, tell: Any) -> None:
    """Taking the last events away leaves a whole chain, but the head outside knows better."""
    with sqlite3.connect(published.folder / "var" / "catalog.db") as database:
        database.execute("drop trigger events_no_delete")
        database.execute("delete from events where seq > 3")
    database.close()
    told = tell(published, "verify", "--json")
    assert (told.code, found(told)) == (5, {"catalog_older_than_log"})


def test_what_is_public_without_a_ground_is_found(published: makers.Workspace, tell: Any) -> None:
    """A record that ended without anybody watching: verify names the case and its channel."""
    from pipeline.tools.catalog import consents  # noqa: PLC0415 - an end behind the steps' back

    with published.opened() as means, means.catalog.write(by="x", now=means.now()) as tx:
        consents.revoke(tx, "C-0042", received_at=means.now())
    told = tell(published, "verify", "--json")
    assert (told.code, found(told)) == (5, {"public_unfounded"})
    assert {(each["file"], each["channel"]) for each in told.json["findings"]} == {
        (CASE, "web"),
        (CASE, "instagram"),
    }


def states(told: Any) -> dict[str, str]:
    """What doctor looked at, and how it is."""
    return {each["what"]: each["state"] for each in told.json["findings"]}


def test_a_healthy_machine(published: makers.Workspace, tell: Any) -> None:
    """Tools, folders, font, catalog and both storages are looked at, and no trace stays."""
    before = published.public(), makers.files_below(published.inbox), published.events()
    told = tell(published, "doctor", "--json")
    assert told.code == 0, told.out
    assert {
        "ffmpeg", "Pillow", "disk", "inbox", "font", "catalog", "private storage", "public storage",
    } <= states(told).keys()  # fmt: skip
    assert set(states(told).values()) <= {"ok", "warn"}
    assert before == (
        published.public(),
        makers.files_below(published.inbox),
        published.events(),
    )
    assert "ok   catalog: answers;" in tell(published, "doctor").out


def test_an_old_pillow_is_red(
    published: makers.Workspace, tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version without the security fixes is a missing tool: 3, and how to get the right one."""
    real = metadata.version
    monkeypatch.setattr(proof, "version", lambda name: "12.2.9" if name == "pillow" else real(name))
    told = tell(published, "doctor", "--json")
    assert (told.code, states(told)["Pillow"]) == (3, "red")
    assert "requirements.lock" in told.out
    monkeypatch.setattr(proof, "version", lambda name: "12.3.0" if name == "pillow" else real(name))
    assert tell(published, "doctor").code == 0


def test_trouble_with_one_thing_does_not_hide_the_others(
    published: makers.Workspace, tell: Any
) -> None:
    """A database that is away is red with its code 4; storage is looked at all the same."""
    published.configure(catalog={"url": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"})
    told = tell(published, "doctor", "--json")
    assert told.code == 4
    assert states(told)["catalog"] == "red"
    assert states(told)["private storage"] == "ok"


def test_public_storage_that_nobody_can_read_is_red(published: makers.Workspace, tell: Any) -> None:
    """With `probe` the address is asked; no answer is no proof, and it is told what to do."""
    published.configure(storage=makers.local_storage(probe=True, base_url="http://127.0.0.1:1/"))
    told = tell(published, "doctor", "--json")
    assert told.code == 4
    assert states(told)["public storage"] == "red"
    assert "base_url" in told.out


def test_brand_and_copy_are_looked_at(published: makers.Workspace, tell: Any) -> None:
    """A missing logo and a pale colour are notes; a copy that cannot be read is red: 1."""
    published.configure(brand={"logo": "logo.png", "colours": {"primary": "#ffee88"}})
    assert {"logo": "warn", "colours": "warn"}.items() <= states(
        tell(published, "doctor", "--json")
    ).items()
    published.file("templates/treatments/massage.md", "---\ntitle: [\n---\nText\n")
    told = tell(published, "doctor", "--json")
    assert (told.code, states(told)["treatments"]) == (1, "red")


def test_a_bucket_is_looked_at(s3_service: Any, tmp_path: Any, tell: Any) -> None:
    """On S3: what is stored can be read by strangers, what is private cannot, and CORS is told."""
    clinic = makers.workspace(tmp_path / "clinic", storage=makers.s3_storage(s3_service))
    told = tell(clinic, "doctor", "--json")
    assert states(told)["private means private"] == "ok", told.out
    assert states(told)["public storage"] == "ok", told.out
    assert "CORS" in states(told)
    storage = json.loads(clinic.config.read_text())["storage"]
    leaky = {**storage["private"], "bucket": s3_service.public_bucket()}
    clinic.configure(storage={**storage, "private": leaky})
    told = tell(clinic, "doctor", "--json")
    assert (told.code, states(told)["private means private"]) == (5, "red")


def test_a_full_disk_is_noted(
    published: makers.Workspace, tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Less than two gibibytes are worth a note."""
    usage = shutil.disk_usage(published.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 30))
    assert states(tell(published, "doctor", "--json"))["disk"] == "warn"
