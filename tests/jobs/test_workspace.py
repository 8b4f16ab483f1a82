"""Opening a workspace: where its parts lie, which places are refused, whose templates count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import makers
import pytest
from makers import local_storage

from jobs.workspace import config_path, open_workspace, speaking_as
from pipeline.rules.errors import Reason, Unreachable, UsageError
from pipeline.tools.catalog import cases
from pipeline.tools.templating import packaged_templates

ROOT = Path(__file__).parent.parent.parent


def opened(clinic: makers.Workspace) -> dict[str, Any]:
    """What a workspace consists of when it is opened."""
    with clinic.opened() as means:
        return {"inbox": means.inbox, "url": means.catalog.url, "templates": means.templates}


def test_paths_start_from_the_file(
    empty: makers.Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Wherever the command is given: inbox, catalog and storage lie beside the configuration."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with empty.opened() as means:
        assert means.inbox == empty.folder / "inbox"
        with means.catalog.read() as connection:
            assert cases.every(connection) == []
        means.private.put("a.txt", b"a", content_type="text/plain")
        means.public.put("b.txt", b"b", content_type="text/plain")
    assert (empty.folder / "var" / "catalog.db").is_file()
    assert (empty.private / "a.txt").is_file()
    assert (empty.site / "b.txt").is_file()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_absolute_paths_and_the_home_are_meant_as_they_stand(
    empty: makers.Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A path with a slash or a tilde in front does not start from the file."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    empty.configure(
        inbox={"path": "~/drop", "settle_s": 0},
        catalog={"url": f"sqlite:///{tmp_path / 'data' / 'c.db'}"},
    )
    found = opened(empty)
    assert found["inbox"] == tmp_path / "home" / "drop"
    assert found["inbox"].is_dir()
    assert found["url"] == f"sqlite:///{tmp_path}/data/c.db"


def places(private: str, public: str) -> dict[str, object]:
    """A storage section of two folders."""
    storage = local_storage(root=public)
    storage["private"]["root"] = private
    return {"storage": storage}


@pytest.mark.parametrize(
    "changes",
    [
        places("site", "site"),
        places("site/private", "site"),
        places("var", "var/site"),
        places("var/../site/x", "site"),
        {"inbox": {"path": "site/inbox"}},
        {"inbox": {"path": "site"}},
        {"inbox": {"path": "."}},
        {**places("../away/private", "."), "inbox": {"path": "../away/inbox"}},
        {"catalog": {"url": "sqlite:///site/catalog.db"}},
    ],
    ids=json.dumps,
)
def test_nothing_private_lies_where_the_public_reads(
    empty: makers.Workspace, changes: dict[str, object]
) -> None:
    """Private storage, inbox, catalog and working files in public storage are refused."""
    empty.configure(**changes)
    with pytest.raises(UsageError) as caught:
        opened(empty)
    assert caught.value.remedy
    assert not empty.site.exists()
    assert not (empty.folder.parent / "away").exists()


def test_a_link_does_not_hide_that_places_touch(empty: makers.Workspace) -> None:
    """A public folder that is a link to the private one is the private one."""
    empty.private.mkdir(parents=True)
    empty.site.symlink_to(empty.private)
    with pytest.raises(UsageError):
        opened(empty)


def test_an_inbox_that_cannot_be_is_told_in_words(empty: makers.Workspace) -> None:
    """A file in the inbox's place is a mistake in the configuration, not a bug."""
    empty.file("drop", "a file")
    empty.configure(inbox={"path": "drop"})
    with pytest.raises(UsageError, match=r"inbox .*drop cannot be made"):
        opened(empty)


def test_own_templates_come_before_the_packaged(empty: makers.Workspace) -> None:
    """Without a templates folder the packaged ones count, with one both, the own ones first."""
    assert opened(empty)["templates"] == (packaged_templates(),)
    (empty.folder / "templates").mkdir()
    assert opened(empty)["templates"] == (empty.folder / "templates", packaged_templates())


def test_own_captions_change_what_is_said(published: makers.Workspace) -> None:
    """A clinic's caption template is what stands on its pages after the next run."""
    text = (packaged_templates() / "captions" / "default.en.yaml").read_text(encoding="utf-8")
    changed = text.replace("title:", "title: Our own words for it #", 1)
    assert changed != text
    published.file("templates/captions/default.en.yaml", changed)
    published.run()
    assert "Our own words for it" in published.page("massage--0042")


def test_reasons_are_said_in_words(empty: makers.Workspace) -> None:
    """The message catalogue is open, and what it lacks is still a sentence."""
    empty.configure(
        clinic={"name": "C", "url": "https://c.example/", "time_zone": "UTC", "language": "es"}
    )
    with empty.opened() as means:
        said = means.say(Reason("no_consent", facts={"code": "0042"}))
    assert "0042" in said.text
    assert " " in said.remedy


def test_the_time_and_the_speaker_are_what_was_given(empty: makers.Workspace) -> None:
    """Tests, and only they, bring their own clock; another person may speak with the same means."""
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    with open_workspace(empty.config, by="ann", now=lambda: moment) as means:
        assert (means.by, means.now()) == ("ann", moment)
        assert (speaking_as(means, "bob").by, speaking_as(means, "bob").catalog) == (
            "bob",
            means.catalog,
        )


def test_the_environment_overrules_the_file(
    empty: makers.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the environment counts, for instance the place of the catalog."""
    monkeypatch.setenv("CLINICMEDIA__CATALOG__URL", "sqlite:///other/c.db")
    assert opened(empty)["url"] == f"sqlite:///{empty.folder}/other/c.db"


def test_a_later_versions_executor_is_told(empty: makers.Workspace) -> None:
    """What this version cannot do is said before anything is opened."""
    empty.configure(executor={"kind": "dask", "address": "tcp://127.0.0.1:1"})
    with pytest.raises(UsageError, match="later version"):
        opened(empty)


def test_every_commit_writes_the_head_outside(published: makers.Workspace) -> None:
    """The head of the event log lies in private storage right after an act."""
    published.say("hold", "massage--0042", "--why", "a call")
    head = json.loads((published.private / "ledger" / "head.json").read_bytes())
    last = published.events()[-1]
    assert head == {"seq": last.seq, "hash": last.hash}


def test_what_a_dead_run_left_is_swept(empty: makers.Workspace) -> None:
    """A working folder of a killed process goes with the next opening; a live one stays."""
    code = (
        "import os, sys\nfrom pathlib import Path\n"
        "from pipeline.tools.scratch import scratch_folder\n"
        "with scratch_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'patient.jpg').write_bytes(b'x')\n    os._exit(9)\n"
    )
    scratch = empty.folder / "var" / "scratch"
    subprocess.run(
        [sys.executable, "-c", code, str(scratch)],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert list(scratch.rglob("patient.jpg"))
    with empty.opened():
        assert not list(scratch.rglob("patient.jpg"))


def test_a_database_that_is_away_is_told_at_its_first_use(empty: makers.Workspace) -> None:
    """Opening asks nothing of the database; the first question does, and fails in words."""
    empty.configure(catalog={"url": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"})
    with empty.opened() as means, pytest.raises(Unreachable), means.catalog.read():
        pass


def test_where_the_configuration_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As given, else from the environment, else config.yaml here."""
    monkeypatch.delenv("CLINICMEDIA_CONFIG", raising=False)
    assert config_path(None) == Path("config.yaml")
    monkeypatch.setenv("CLINICMEDIA_CONFIG", "/clinic/c.yaml")
    assert config_path(None) == Path("/clinic/c.yaml")
    assert config_path("mine.yaml") == Path("mine.yaml")
