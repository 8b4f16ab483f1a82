"""What every run of the tests shares: in CI a skip is a failure, and a sample of the long tests.

`make long-sample` sets CLINICMEDIA_LONG_SECONDS: the long tests are shuffled by CLINICMEDIA_SEED
and no further one is begun when the time is up. A test that could go on for ever asks `budget_s`
how long it may, and `seed` where its dice begin. The servers that contracts are tested on are
started when the first test asks for them and stopped after the last.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from servers import Postgres, S3Service, postgresql, seaweedfs

_BEGUN = time.monotonic()
# A busy machine is no failure: pytest's own timeout bounds every test.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")


def _sample_s() -> float | None:
    """Seconds that a sample of the long tests may take, or None when this is no sample."""
    text = os.environ.get("CLINICMEDIA_LONG_SECONDS", "")
    return float(text) if text else None


def _seed() -> int:
    return int(os.environ.get("CLINICMEDIA_SEED") or 0)


@pytest.fixture
def seed() -> int:
    """Where dice begin: CLINICMEDIA_SEED, else 0. Print it in a failure's message."""
    return _seed()


@pytest.fixture
def budget_s() -> float:
    """Seconds that an open-ended test may go on: what is left of the sample, else 20 minutes."""
    limit = _sample_s()
    return 1200.0 if limit is None else max(5.0, limit - (time.monotonic() - _BEGUN))


@pytest.fixture(scope="session")
def s3_service() -> Iterator[S3Service]:
    """A real S3 service; boto3 finds its credentials, here and in child processes."""
    with seaweedfs() as service, pytest.MonkeyPatch.context() as patch:
        for name, value in service.environment().items():
            patch.setenv(name, value)
        yield service


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server."""
    with postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty PostgreSQL database, one for each test module."""
    with postgres.fresh_database() as url:
        yield url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shuffle the long tests of a sample; every process draws the same order."""
    if _sample_s() is not None:
        random.Random(_seed()).shuffle(items)  # noqa: S311 - an order of tests is no secret


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Leave out a long test (no result at all, not a pass) once the sample's time is up."""
    limit = _sample_s()
    late = limit is not None and time.monotonic() - _BEGUN > limit
    return True if late and item.get_closest_marker("long") else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must be installed (CI=true), a skipped test is a failed one."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if report.skipped:
        _fail_in_ci(report)
    return report


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
