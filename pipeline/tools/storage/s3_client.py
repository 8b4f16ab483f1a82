"""The conversation with an S3 service: boto3's client, its pages, its refusals.

Everything that goes wrong here ends in one of our errors; only what the caller was ready for comes
back as `RefusedError`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.rules.errors import Unreachable, UsageError
from pipeline.tools.storage import anonymous
from pipeline.tools.storage.blocks import BLOCK_BYTES
from pipeline.tools.storage.contract import Bucket, CorsRule, Place
from pipeline.tools.storage.s3_errors import NO_BUCKET, plain, told

CONNECT_S = 5
READ_S = 30
ATTEMPTS = 4

Fields = dict[str, Any]  # boto3 has no types; its requests and answers are these


class RefusedError(Exception):
    """The service answered with a status that the caller was ready for."""

    def __init__(self, status: int) -> None:
        """Keep the HTTP status."""
        super().__init__(str(status))
        self.status = status


class Client:
    """One bucket, asked through one boto3 client that all threads share."""

    def __init__(self, place: Place) -> None:
        """Remember the place; boto3's client is made at the first use."""
        self.place = place
        self._lock = threading.Lock()
        self._made: Any = None
        self._bucket_seen = False

    def ask(self, verb: str, *, expect: Collection[int] = (), **fields: object) -> Fields:
        """Call boto3; a status in `expect` raises `RefusedError`, all else ends in our errors."""
        try:
            answer: Fields = getattr(self._boto(), verb)(Bucket=self.place.bucket, **fields)
        except ClientError as error:
            status, code = told(error)
            if status in expect and code != "NoSuchBucket":
                raise RefusedError(status) from error
            raise plain(error, place=self.place) from error
        except BotoCoreError as error:
            raise plain(error, place=self.place) from error
        return answer

    def chunks(self, answer: Fields) -> Iterator[bytes]:
        """Yield the bytes of an object being read; boto3 checks the sum, where there is one."""
        with contextlib.closing(answer["Body"]) as body:
            try:
                yield from body.iter_chunks(BLOCK_BYTES)
            except BotoCoreError as error:
                raise plain(error, place=self.place) from error

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the name of every object that begins with the prefix."""
        fields: Fields = {"Prefix": prefix}
        while True:
            page = self.ask("list_objects_v2", **fields)
            yield from (entry["Key"] for entry in page.get("Contents", []))
            if not page.get("IsTruncated"):
                return
            fields["ContinuationToken"] = page["NextContinuationToken"]

    def versions(self, name: str) -> list[Fields]:
        """Return what names each version and delete marker of exactly this object.

        Raises:
            RefusedError: the service does not know versions (405 or 501).
        """
        found: list[Fields] = []
        fields: Fields = {"Prefix": name}
        while True:
            page = self.ask("list_object_versions", expect={405, 501}, **fields)
            entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            found += [{"VersionId": e["VersionId"]} for e in entries if e["Key"] == name]
            if not page.get("IsTruncated") or page.get("NextKeyMarker") != name:
                return found  # keys are listed in order: ours comes before all that it begins
            fields["KeyMarker"] = page["NextKeyMarker"]
            fields["VersionIdMarker"] = page["NextVersionIdMarker"]

    def uploads(self, prefix: str) -> list[tuple[str, str]]:
        """Return the name and the id of every unfinished upload below the prefix."""
        found: list[tuple[str, str]] = []
        fields: Fields = {"Prefix": prefix}
        while True:
            page = self.ask("list_multipart_uploads", **fields)
            found += [(entry["Key"], entry["UploadId"]) for entry in page.get("Uploads", [])]
            if not page.get("IsTruncated"):
                return [(name, upload) for name, upload in found if name.startswith(prefix)]
            fields["KeyMarker"] = page["NextKeyMarker"]
            fields["UploadIdMarker"] = page["NextUploadIdMarker"]

    def see_bucket(self) -> None:
        """Raise `Unreachable` unless the bucket is there; asked once in a client's life."""
        if not self._bucket_seen:
            try:
                self.ask("head_bucket", expect={404})
            except RefusedError as refusal:
                text = f"There is no bucket {self.place.bucket}."
                raise Unreachable(text, remedy=NO_BUCKET) from refusal
            self._bucket_seen = True

    def setup(self) -> Bucket:
        """Say how the bucket is set up, as far as we may know."""
        self.see_bucket()
        listing = anonymous.ask(f"{self.address()}/?list-type=2&max-keys=1")
        versioning = self._setting("get_bucket_versioning")
        locks = self._setting("get_object_lock_configuration")
        cors = self._setting("get_bucket_cors")
        return Bucket(
            versioning=None if versioning is None else versioning.get("Status", "Off"),
            locks=None if locks is None else "ObjectLockConfiguration" in locks,
            cors_rules=None if cors is None else _rules(cors),
            listing_status=None if listing is None else listing.status,
        )

    def address(self) -> str:
        """Return the bucket's REST address: the host's name on AWS, a path elsewhere."""
        endpoint = str(self._boto().meta.endpoint_url).rstrip("/")
        if self.place.endpoint_url or "." in self.place.bucket:
            return f"{endpoint}/{self.place.bucket}"
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{self.place.bucket}.{parts.netloc}"

    def _setting(self, verb: str) -> Fields | None:
        """Return a setting of the bucket, {} if it is not set, None if we may not know."""
        try:
            return self.ask(verb, expect={404})
        except RefusedError:
            return {}
        except Unreachable:
            return None

    def _boto(self) -> Any:  # noqa: ANN401 - boto3 has no types
        with self._lock:
            if self._made is None:
                self._made = _connect(self.place)
            return self._made


def _connect(place: Place) -> Any:  # noqa: ANN401 - boto3 has no types
    """Make the client: short waits, few retries, credentials from boto3's usual places."""
    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        s3={"addressing_style": "path" if place.endpoint_url else "auto"},
    )
    try:
        session = boto3.session.Session()
        # other services ignore the region, yet every request is signed for one
        region = place.region or session.region_name or "us-east-1"
        return session.client(
            "s3", region_name=region, endpoint_url=place.endpoint_url, config=config
        )
    except BotoCoreError as error:
        raise plain(error, place=place) from error
    except ValueError as error:
        raise UsageError(
            "`endpoint_url` of a storage is not an address.",
            remedy="Write it as https://host or https://host:port in config.yaml.",
        ) from error


def _rules(cors: Fields) -> tuple[CorsRule, ...]:
    return tuple(
        CorsRule(tuple(rule.get("AllowedOrigins", [])), tuple(rule.get("AllowedMethods", [])))
        for rule in cors.get("CORSRules", [])
    )
