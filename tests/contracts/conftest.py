"""The catalog on each of its databases: `catalog` is empty, `catalog_url` was never opened.

Tables are made once for all tests that only want rows in them; who looks at the making, or damages
what was made, asks for `catalog_url`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from servers import Postgres

from pipeline.tools.catalog import schema
from pipeline.tools.catalog.engine import Catalog


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return str(request.param)


@pytest.fixture
def catalog_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nobody has opened yet."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'var' / 'catalog.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.fresh_database() as url:
        yield url


@pytest.fixture
def catalog(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog whose tables are made."""
    if database == "sqlite":
        file = tmp_path / "emptied.db"
        shutil.copyfile(request.getfixturevalue("made_file"), file)
        opened = Catalog(f"sqlite:///{file}")
    else:
        opened = Catalog(request.getfixturevalue("made_database"))
        _empty(opened.url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all the tables."""
    file = tmp_path_factory.mktemp("catalog") / "catalog.db"
    _make(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def made_database(postgres: Postgres) -> Iterator[str]:
    """A PostgreSQL database with all the tables."""
    with postgres.fresh_database() as url:
        _make(url)
        yield url


def _make(url: str) -> None:
    catalog = Catalog(url)
    with catalog.read():
        pass
    catalog.close()


def _empty(url: str) -> None:
    """Take all rows away, past the trigger that guards the event log."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("set local session_replication_role = replica"))
        tables = ", ".join(f'"{name}"' for name in schema.metadata.tables)
        connection.execute(sa.text(f"truncate {tables} restart identity"))
    engine.dispose()
