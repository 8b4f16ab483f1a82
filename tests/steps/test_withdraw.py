"""Withdrawing: every step is tried, no answer is no proof, and the receipt says what is left."""

from __future__ import annotations

from pathlib import Path

import makers
import pytest
from makers import photo, record
from servers import S3Service, faulty, web_server

from pipeline.tools.catalog import consents, publications

CASE = "massage--s1"


def test_storage_that_does_not_answer_leaves_it_pending(
    tmp_path: Path, s3_service: S3Service
) -> None:
    """Exit 4 and named keys while deletes fail; the same withdrawal completes when they work."""
    down: list[str] = []

    def instead(verb: str, path: str) -> int | None:
        # 403 and not 503: a refusal is believed at once, without patience for a busy server
        return 403 if down and (verb == "DELETE" or "?delete" in path) else None

    with faulty(s3_service, instead=instead) as service:
        storage = makers.s3_storage(s3_service, versions=True)
        for place in storage.values():
            place["endpoint_url"] = service.endpoint_url
        clinic = makers.workspace(tmp_path, storage=storage)
        clinic.drop(CASE, {"one.jpg": photo()})
        clinic.sign(record("s1"))
        assert clinic.run().code == 0
        down.append("yes")
        answer = clinic.say("consent", "revoke", "C-s1")
        assert answer.code == 4
        receipts = {each["channel"]: each for each in answer.data["withdrawals"]}
        assert not receipts["web"]["complete"]
        assert any(key.startswith("media/") for key in receipts["web"]["pending"])
        assert "STILL PENDING" in answer.text
        assert clinic.case(CASE)["channels"]["web"]["state"] == "withdrawing"
        assert clinic.status()["withdrawals"]
        down.clear()
        answer = clinic.say("withdraw")
        assert answer.code == 0
        assert all(each["complete"] for each in answer.data["withdrawals"])
        assert clinic.status()["withdrawals"] == []
        versions = s3_service.client().list_object_versions(Bucket=storage["public"]["bucket"])
        left = [each["Key"] for each in versions.get("Versions", [])]
        assert not [key for key in left if key.startswith("media/")]


def test_an_unanswered_stranger_is_no_proof(published: makers.Workspace) -> None:
    """With `probe: true` an address that does not answer keeps a withdrawal pending."""
    with web_server(published.site) as address:
        published.configure(
            storage=makers.local_storage(probe=True, base_url="http://127.0.0.1:9/")
        )
        answer = published.say("hold", CASE, "--why", "w")
        assert answer.code == 4
        assert not [key for key in published.public() if key.startswith("media/")]
        published.configure(storage=makers.local_storage(probe=True, base_url=address))
        answer = published.say("withdraw")
        assert answer.code == 0
        statuses = {k["status"] for each in answer.data["withdrawals"] for k in each["keys"]}
        assert statuses == {"404", "200 tombstone"}


def test_a_stranger_who_still_sees_it_is_no_proof(
    published: makers.Workspace, tmp_path: Path
) -> None:
    """A copy that a proxy still serves at `base_url` keeps the withdrawal pending."""
    copy = tmp_path / "proxy"
    for key, body in published.public().items():
        path = copy / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    with web_server(copy) as address:
        published.configure(storage=makers.local_storage(probe=True, base_url=address))
        answer = published.say("retract", CASE, "--why", "w")
    assert answer.code == 4
    pending = [key for each in answer.data["withdrawals"] for key in each["pending"]]
    assert any(key.startswith("media/") for key in pending)
    assert any(key.startswith("cases/") for key in pending)


@pytest.mark.parametrize("tombstone", [True, False])
def test_pages_become_tombstones_where_they_are_wanted(
    published: makers.Workspace,
    tombstone: bool,  # noqa: FBT001 - the setting under test
) -> None:
    """With `tombstone: false` nothing at all is left under the case's address."""
    published.configure(storage=makers.local_storage(tombstone=tombstone))
    answer = published.say("hold", CASE, "--why", "w")
    assert answer.code == 0
    left = [key.rpartition("/")[2] for key in published.public() if key.startswith("cases/")]
    assert left == (["embed.html", "index.html"] if tombstone else [])


def test_the_receipt_names_every_key_ever_intended(published: makers.Workspace) -> None:
    """Also those of a version that was replaced long before."""
    before = {key for key in published.public() if key.startswith(("media/", "cases/"))}
    published.drop(CASE, {"after.jpg": photo("newer")})
    published.run()
    between = {key for key in published.public() if key.startswith(("media/", "cases/"))}
    answer = published.say("consent", "revoke", "C-s1")
    named = {key["key"] for each in answer.data["withdrawals"] for key in each["keys"]}
    assert named == before | between
    assert "all gone" in answer.text


def test_exports_are_named_for_deletion_by_hand(published: makers.Workspace) -> None:
    """What was handed out for posting is beyond us; the receipt says where it went."""
    folder = published.folder / "handed out"
    assert published.say("export", CASE, "--channel", "instagram", str(folder)).code == 0
    answer = published.say("consent", "revoke", "C-s1")
    exports = [path for each in answer.data["withdrawals"] for path in each["exports"]]
    assert exports == [str(folder.resolve())]
    assert str(folder.resolve()) in answer.text


def test_a_revocation_that_was_cut_short_is_finished(published: makers.Workspace) -> None:
    """Killed right after its commit: the next withdrawal takes public and private files down."""
    with published.opened() as means, means.catalog.write(by="Robin", now=means.now()) as tx:
        consents.revoke(tx, "C-s1", received_at=means.now())
        for live in publications.in_state(tx.connection, publications.PUBLIC):
            publications.close(tx, live, cause="revoked")
    assert published.say("withdraw").code == 0
    assert not [key for key in published.public() if key.startswith("media/")]
    rendered = makers.files_below(published.private / "rendered")
    assert not [key for key in rendered if "/" in key]


def test_only_a_revocation_forgets_renditions(published: makers.Workspace) -> None:
    """A hold keeps them for the release; a revocation removes them and keeps the originals."""

    def kept(name: str) -> int:
        return len([k for k in makers.files_below(published.private / name) if "/" in k])

    published.say("hold", CASE, "--why", "w")
    assert (kept("rendered"), kept("originals")) == (6, 3)
    published.say("release", CASE)
    published.run()
    published.say("consent", "revoke", "C-s1")
    assert (kept("rendered"), kept("originals")) == (0, 3)
