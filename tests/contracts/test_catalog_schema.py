"""The migrations make the tables that the code names, and these hold whatever is legal."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from rows import NOW, add_asset, add_case, later, open_epoch

from pipeline.rules.inbox.naming import CaseName, read_case_name
from pipeline.rules.media import Artifact
from pipeline.tools.catalog import cases, consents, engine, events, publications, schema, work
from pipeline.tools.catalog.engine import Catalog
from pipeline.tools.documents import read_mapping
from pipeline.tools.templating import packaged_templates

GIB = 1 << 30


def test_migrations_make_what_the_code_names(catalog_url: str) -> None:
    """Tables, columns, types, indexes and constraints: no difference between the two."""
    catalog = Catalog(catalog_url)
    with catalog.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": schema.metadata}
        )
        assert compare_metadata(context, schema.metadata) == []
        inspector = sa.inspect(connection)
        assert set(inspector.get_table_names()) == {*schema.metadata.tables, "alembic_version"}
        for name, table in schema.metadata.tables.items():
            found = {each["name"]: each for each in inspector.get_columns(name)}
            assert found.keys() == set(table.columns.keys()), name
            for column in table.columns:
                assert found[column.name]["nullable"] == column.nullable, f"{name}.{column.name}"
            wanted = {tuple(sorted(key.column_keys)) for key in table.foreign_key_constraints}
            keys = inspector.get_foreign_keys(name)
            assert {tuple(sorted(key["constrained_columns"])) for key in keys} == wanted, name
            unique = {
                tuple(sorted(each.columns.keys()))
                for each in table.constraints
                if isinstance(each, sa.UniqueConstraint)
            }
            there = inspector.get_unique_constraints(name)
            assert {tuple(sorted(each["column_names"])) for each in there} == unique, name
    catalog.close()


def test_the_newest_migration_is_the_one_expected() -> None:
    """The revision that spares the start-up a look at the migrations is their last."""
    config = Config()
    folder = Path(engine.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_current_head() == engine.REVISION


def long_name() -> CaseName:
    """The longest case name that the inbox takes, with letters that need two bytes."""
    folder = f"{'t' * 118}--{'Å' * 38}--{'l' * 38}"
    assert len(folder.encode()) <= 255  # the longest name that a file system takes
    name = read_case_name(folder)
    assert isinstance(name, CaseName)
    assert len(name.slug) > 190
    return name


def test_the_longest_legal_names_are_kept(catalog: Catalog) -> None:
    """A case name at its limit, and codes, ids and words far beyond any usual length."""
    name, code = long_name(), secrets.token_hex(400)
    with catalog.write(by="b" * 500, now=NOW) as tx:
        case_id = add_case(
            tx,
            name.slug,
            slug=f"{name.treatment}-abcdefgh",
            treatment=name.treatment,
            subject=name.subject,
            folder="f" * 255,
            held_why="w" * 5000,
        )
        asset = add_asset(tx, case_id, file=f"{'d/' * 500}{'n' * 255}", view="v" * 255)
        cases.set_people(tx, asset, people=[code], rights=[code])
        consents.add(tx, consent=code, subject=code, body={"id": code, "subject": code})
        consents.revoke(tx, code, received_at=NOW)
        live = open_epoch(tx, case_id)
        key = f"cases/{name.treatment}-abcdefgh/{'r' * 200}-12345678.avif"
        publications.intend(tx, live.id, uploads=[(key, "0" * 64, 1)], within_s=1)
        work.add_problem(tx, file="p" * 255, code="c" * 80, facts={})
        work.take_lease(tx, f"publish-{live.id}", holder=f"{'h' * 64}:4194304:99#1", seconds=1)
        tx.event("received", case=name.slug)
    with catalog.read() as connection:
        row = cases.find(connection, name.slug)
        assert row is not None
        assert (row.subject, row.held_why) == (name.subject, "w" * 5000)
        assert [each.name for each in cases.concerning(connection, code)] == [name.slug]
        assert consents.newest(connection, code) is not None
        assert publications.intents_of(connection, live.id)[0].key == key
        assert [each.case for each in events.of_case(connection, name.slug)] == [name.slug]


def test_films_larger_than_two_gigabytes_are_kept(catalog: Catalog) -> None:
    """Sizes of originals, uploads and artifacts do not end where 32 bits do."""
    size = 90 * GIB
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        add_asset(tx, case_id, "f" * 64, size_bytes=size)
        publications.intend(tx, None, uploads=[("media/a.mp4", "f" * 64, size)], within_s=1)
        work.add_artifact(
            tx,
            Artifact("k" * 64, "f" * 64, size, 3840, 2160, "video/mp4", 36_000.0),
            originals=["f" * 64],
            versions={},
        )
    with catalog.read() as connection:
        assert cases.every_original(connection) == [("f" * 64, size)]
        assert publications.intents_of(connection, None)[0].size_bytes == size
        assert work.artifacts(connection, ["k" * 64])["k" * 64].size_bytes == size


@pytest.mark.parametrize("seconds", [0, 0.000001, 0.5, 3600.25, -86_400])
def test_instants_come_back_as_they_were(catalog: Catalog, seconds: float) -> None:
    """A time with microseconds is read back equal, aware and in UTC, and compares by time."""
    with catalog.write(by="a", now=NOW) as tx:
        add_case(tx, look_at=later(seconds))
    with catalog.read() as connection:
        (row,) = cases.every(connection)
        assert row.look_at == later(seconds)
        assert len(cases.due(connection, now=later(seconds))) == 1
        assert cases.due(connection, now=later(seconds - 0.000001)) == []


def test_words_in_any_script_come_back(catalog: Catalog) -> None:
    """Emoji, right-to-left letters and quotation marks survive in texts and in JSON."""
    words = 'Søren\'s "knee" 🦵 רגל 膝 \\ % {x} ; -- /* NULL'
    with catalog.write(by=words, now=NOW) as tx:
        add_case(tx, folder=words, reasons=[{"code": words}], states={words: {"until": None}})
        tx.event("said", data={"why": words})
    with catalog.read() as connection:
        (row,) = cases.every(connection)
        (event,) = events.all_events(connection)
    assert (row.folder, row.reasons, row.states) == (
        words,
        [{"code": words}],
        {words: {"until": None}},
    )
    assert (event.actor, event.data) == (words, {"why": words})


def test_reason_codes_fit(catalog: Catalog) -> None:
    """Every code of the message catalogue can be stored as a problem."""
    text = (packaged_templates() / "messages" / "en.yaml").read_text(encoding="utf-8")
    codes = read_mapping(text)
    with catalog.write(by="a", now=NOW) as tx:
        for code in codes:
            work.add_problem(tx, file="x", code=code, facts={})
    with catalog.read() as connection:
        assert {each.code for each in work.problems(connection)} == set(codes)
