"""Trying a storage out: what `doctor` is told about good and bad ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from servers import S3Service, faulty, web_server

from pipeline.rules.errors import Unreachable
from pipeline.tools.storage import Place, Readers, open_storage
from pipeline.tools.storage.contract import Bucket, CorsRule
from pipeline.tools.storage.probe import Trip, cors_allows, public_round_trip, round_trip


def place_in(service: S3Service, bucket: str, readers: Readers) -> Place:
    """A storage in a bucket of the service."""
    return Place(kind="s3", readers=readers, bucket=bucket, endpoint_url=service.endpoint_url)


def test_a_good_folder(tmp_path: Path) -> None:
    """It keeps what it is given, refuses to replace, and nothing is left afterwards."""
    place = Place(kind="local", readers=Readers.ANYONE, root=tmp_path / "site")
    assert round_trip(open_storage(place), folder="doctor") == Trip(refuses_to_replace=True)
    assert not list((tmp_path / "site").iterdir())
    with web_server(tmp_path / "site") as base_url:
        seen = public_round_trip(open_storage(replace(place, base_url=base_url)), folder="doctor")
    assert seen == Trip(refuses_to_replace=True, anonymous_status=200, anonymous_same=True)


def test_a_web_server_that_serves_another_folder(tmp_path: Path) -> None:
    """A `base_url` that does not show the storage is found out."""
    (tmp_path / "other").mkdir()
    with web_server(tmp_path / "other") as base_url:
        place = Place(
            kind="local", readers=Readers.ANYONE, root=tmp_path / "site", base_url=base_url
        )
        trip = public_round_trip(open_storage(place), folder="doctor")
    assert trip == Trip(refuses_to_replace=True, anonymous_status=404, anonymous_same=False)


def test_public_and_private_buckets(s3_service: S3Service) -> None:
    """Strangers read the public one, never the private one; nothing is left in either."""
    public = open_storage(place_in(s3_service, s3_service.public_bucket(), Readers.ANYONE))
    private = open_storage(place_in(s3_service, s3_service.private_bucket(), Readers.STAFF))
    assert public_round_trip(public, folder="doctor") == Trip(
        refuses_to_replace=True, anonymous_status=200, anonymous_same=True
    )
    assert public_round_trip(private, folder="doctor") == Trip(
        refuses_to_replace=True, anonymous_status=403, anonymous_same=False
    )
    assert not list(public.keys())
    assert not list(private.keys())


def test_how_a_bucket_is_set_up(s3_service: S3Service) -> None:
    """Versions, locks, the rule for pages of other sites, and that nobody may list the keys."""
    name = s3_service.public_bucket()
    place = place_in(s3_service, name, Readers.ANYONE)
    bare = open_storage(place).bucket()
    assert bare == Bucket(versioning="Off", locks=False, cors_rules=(), listing_status=403)
    assert cors_allows(bare) is False
    rule = {"AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["*"]}
    s3_service.client().put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    s3_service.keep_versions(name)
    ready = open_storage(place).bucket()
    assert ready is not None
    assert ready.versioning == "Enabled"
    assert cors_allows(ready) is True
    with pytest.raises(Unreachable):
        open_storage(replace(place, bucket="no-such-bucket")).bucket()


def test_what_may_not_be_asked_is_not_known(s3_service: S3Service) -> None:
    """Credentials that may only write objects cannot read the settings: that is no red light."""
    name = s3_service.public_bucket()
    settings = ("?versioning", "?object-lock", "?cors")
    with faulty(
        s3_service, instead=lambda _verb, path: 403 if path.endswith(settings) else None
    ) as service:
        bucket = open_storage(place_in(service, name, Readers.ANYONE)).bucket()
    assert bucket == Bucket(versioning=None, locks=None, cors_rules=None, listing_status=403)
    assert cors_allows(bucket) is None


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((), False),
        ((CorsRule(("*",), ("GET", "HEAD")),), True),
        ((CorsRule(("*",), ("GET",)),), False),
        ((CorsRule(("https://clinic.example",), ("GET", "HEAD")),), False),
        ((CorsRule(("https://a.example",), ("GET",)), CorsRule(("*",), ("HEAD", "GET"))), True),
    ],
)
def test_the_rule_for_other_sites(rules: tuple[CorsRule, ...], expected: bool) -> None:  # noqa: FBT001 - a row's
    """Any origin, GET and HEAD, in one rule."""
    bucket = Bucket(versioning="Off", locks=False, cors_rules=rules, listing_status=403)
    assert cors_allows(bucket) is expected
