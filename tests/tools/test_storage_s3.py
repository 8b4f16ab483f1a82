"""A storage in a bucket: headers, sums, versions, and what happens when the network fails."""

from __future__ import annotations

import hashlib
import io
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from servers import S3Service, faulty

from pipeline.rules.errors import ClinicmediaError, Unreachable, UsageError, VerificationFailed
from pipeline.tools.storage import AlreadyThere, Place, Readers, open_storage
from pipeline.tools.storage.s3 import S3Storage
from pipeline.tools.storage.s3_errors import plain

PART = 5 * 1024 * 1024
BIG = b"0123456789abcdef" * (PART // 16) + b"the end"


@pytest.fixture(scope="module")
def public_place(s3_service: S3Service) -> Place:
    """A public bucket; all above one part goes in parts."""
    return Place(
        kind="s3",
        readers=Readers.ANYONE,
        bucket=s3_service.public_bucket(),
        endpoint_url=s3_service.endpoint_url,
        multipart_bytes=PART,
        part_bytes=PART,
    )


@pytest.fixture(scope="module")
def storage(public_place: Place) -> S3Storage:
    """The public storage."""
    return S3Storage(public_place)


def through(service: S3Service, place: Place) -> S3Storage:
    """The same bucket, asked at the service's (faulty) address."""
    return S3Storage(replace(place, endpoint_url=service.endpoint_url))


def head(service: S3Service, place: Place, key: str) -> dict[str, Any]:
    """What the service says of an object, asked behind our own code."""
    answer = service.client().head_object(Bucket=place.bucket, Key=key, ChecksumMode="ENABLED")
    return dict(answer)


def test_what_readers_are_told(
    storage: S3Storage, public_place: Place, s3_service: S3Service
) -> None:
    """Content type and cache time arrive; no object may be cached longer than the place allows."""
    for key, body in (("head/a.json", b"{}"), ("head/a.mp4", BIG)):
        for asked_s, told_s in ((60, 60), (None, 3600), (86400, 3600), (0, 0)):
            storage.put(key, body, content_type="application/json", max_age_s=asked_s)
            with urllib.request.urlopen(storage.url(key)) as answer:  # noqa: S310 - our test server
                assert answer.headers["Content-Type"] == "application/json"
                assert answer.headers["Cache-Control"] == f"max-age={told_s}"
    assert head(s3_service, public_place, "head/a.json")["Metadata"] == {}
    noted = head(s3_service, public_place, "head/a.mp4")["Metadata"]
    assert noted == {"sha256": hashlib.sha256(BIG).hexdigest()}


def test_the_service_checks_and_keeps_the_sums(
    storage: S3Storage, public_place: Place, s3_service: S3Service
) -> None:
    """`stat` knows the sha256 of every object without reading it, in parts or not."""
    for key, body in (("sums/a.txt", b"hello"), ("sums/a.mp4", BIG)):
        storage.put(key, body, content_type="text/plain")
        stat = storage.stat(key)
        assert stat is not None
        assert (stat.size_bytes, stat.sha256) == (len(body), hashlib.sha256(body).hexdigest())
        assert head(s3_service, public_place, key)["ChecksumSHA256"]


def test_an_object_of_another_program_has_no_known_sum(
    storage: S3Storage, public_place: Place, s3_service: S3Service
) -> None:
    """Where no sum was kept, `if_absent` compares the bytes."""
    s3_service.client().put_object(Bucket=public_place.bucket, Key="other/a.txt", Body=b"hello")
    stat = storage.stat("other/a.txt")
    assert stat is not None
    assert stat.sha256 is None
    storage.put("other/a.txt", b"hello", content_type="text/plain", if_absent=True)
    with pytest.raises(AlreadyThere):
        storage.put("other/a.txt", b"hullo", content_type="text/plain", if_absent=True)


def test_private_objects_are_never_cached_and_encrypted_where_asked(s3_service: S3Service) -> None:
    """Private means `no-store`, and the encryption that the configuration names."""
    place = Place(
        kind="s3",
        readers=Readers.STAFF,
        bucket=s3_service.private_bucket(),
        endpoint_url=s3_service.endpoint_url,
        encrypt="AES256",
    )
    open_storage(place).put("a.txt", b"x", content_type="text/plain", max_age_s=60)
    answer = head(s3_service, place, "a.txt")
    assert answer["CacheControl"] == "private, no-store"
    assert answer["ServerSideEncryption"] == "AES256"
    open_storage(replace(place, encrypt="auto")).put("b.txt", b"x", content_type="text/plain")
    assert "ServerSideEncryption" not in head(s3_service, place, "b.txt")
    on_aws = S3Storage(replace(place, encrypt="auto", endpoint_url=None))
    assert on_aws._headers("text/plain", None)["ServerSideEncryption"] == "AES256"


def test_a_hidden_version_is_not_gone(public_place: Place, s3_service: S3Service) -> None:
    """Behind a delete marker the face is still readable: only `delete` makes it gone."""
    place = replace(public_place, bucket=s3_service.public_bucket())
    s3_service.keep_versions(place.bucket)
    storage = S3Storage(place)
    client = s3_service.client()
    for body in (b"face one", b"face two"):
        storage.put("a.mp4", body, content_type="video/mp4")
    storage.put("a.mp4.vtt", b"neighbour", content_type="text/vtt")
    client.delete_object(Bucket=place.bucket, Key="a.mp4")
    assert storage.stat("a.mp4") is None
    assert storage.anonymous_status("a.mp4") == 404
    assert not storage.absent("a.mp4")
    versions = client.list_object_versions(Bucket=place.bucket, Prefix="a.mp4")["Versions"]
    old = [v["VersionId"] for v in versions if v["Key"] == "a.mp4"]
    assert len(old) == 2
    storage.delete("a.mp4")
    assert storage.absent("a.mp4")
    left = client.list_object_versions(Bucket=place.bucket, Prefix="a.mp4")
    assert [v["Key"] for v in left["Versions"]] == ["a.mp4.vtt"]
    assert not left.get("DeleteMarkers")
    for version in old:
        with pytest.raises(ClientError):
            client.get_object(Bucket=place.bucket, Key="a.mp4", VersionId=version)


def test_uploads_of_others_are_aborted_by_prefix(
    storage: S3Storage, public_place: Place, s3_service: S3Service
) -> None:
    """A real unfinished upload is found and thrown away; one under another prefix stays."""
    client = s3_service.client()
    for key in ("abort/one/a.mp4", "abort/one/b.mp4", "abort/two/a.mp4"):
        upload = client.create_multipart_upload(Bucket=public_place.bucket, Key=key)["UploadId"]
        client.upload_part(
            Bucket=public_place.bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"x" * PART
        )
    assert storage.abort_uploads("abort/one/") == 2
    left = client.list_multipart_uploads(Bucket=public_place.bucket)["Uploads"]
    assert [upload["Key"] for upload in left] == ["abort/two/a.mp4"]
    assert storage.abort_uploads("abort/") == 1
    assert not client.list_multipart_uploads(Bucket=public_place.bucket).get("Uploads")


def test_folder_markers_are_no_objects_and_strangers_are(
    storage: S3Storage, public_place: Place, s3_service: S3Service
) -> None:
    """What a console or a Finder left is listed if a reader could ask for it, and removable."""
    client = s3_service.client()
    client.put_object(Bucket=public_place.bucket, Key="strange/", Body=b"")
    client.put_object(Bucket=public_place.bucket, Key="strange/.DS_Store", Body=b"x")
    assert list(storage.keys("strange/")) == ["strange/.DS_Store"]
    storage.delete("strange/.DS_Store")
    assert storage.absent("strange/.DS_Store")


@pytest.mark.parametrize("body", [b"hello", BIG])
def test_a_lost_answer_is_harmless(public_place: Place, s3_service: S3Service, body: bytes) -> None:
    """The service stored it, the answer got lost: the repeated request finds it done."""
    lost: list[str] = []

    def lose(verb: str, path: str) -> bool:
        final = "uploadId" in path if verb == "POST" else verb == "PUT" and "uploadId" not in path
        if final and not lost:
            lost.append(path)
            return True
        return False

    key = f"lost/{len(body)}"
    with faulty(s3_service, lose_answer=lose) as service:
        storage = through(service, public_place)
        storage.put(key, body, content_type="text/plain", if_absent=True)
    assert lost
    assert S3Storage(public_place).get(key) == body
    assert S3Storage(public_place).abort_uploads() == 0


def test_a_lost_answer_to_the_last_part(public_place: Place, s3_service: S3Service) -> None:
    """AWS says that the upload is unknown (404) once it was completed: we look for the object."""
    lost: list[str] = []

    def complete(verb: str, path: str) -> bool:
        return verb == "POST" and "uploadId" in path

    def lose(verb: str, path: str) -> bool:
        if complete(verb, path):
            lost.append(path)
        return complete(verb, path)

    def unknown(verb: str, path: str) -> int | None:
        return 404 if complete(verb, path) and lost else None

    with faulty(s3_service, instead=unknown, lose_answer=lose) as service:
        through(service, public_place).put("lost/late.mp4", BIG, content_type="video/mp4")
    assert len(lost) == 1
    assert S3Storage(public_place).get("lost/late.mp4") == BIG


def test_a_busy_service_is_asked_again_and_then_left_alone(
    public_place: Place, s3_service: S3Service
) -> None:
    """503 twice is got over; 503 for ever ends as Unreachable after a few tries."""
    asked: list[str] = []

    def busy(verb: str, path: str) -> int | None:
        asked.append(path)
        return 503 if verb == "PUT" and ("never" in path or len(asked) <= 2) else None

    with faulty(s3_service, instead=busy) as service:
        storage = through(service, public_place)
        storage.put("busy/soon.txt", b"x", content_type="text/plain")
        assert len(asked) == 3
        with pytest.raises(Unreachable, match="503"):
            storage.put("busy/never.txt", b"x", content_type="text/plain")
        assert len(asked) == 3 + 4
    assert S3Storage(public_place).absent("busy/never.txt")


def test_a_conflict_is_waited_for(public_place: Place, s3_service: S3Service) -> None:
    """409 means that another writer is at it: asked again, and in the end given up."""
    asked: list[str] = []

    def conflict(verb: str, path: str) -> int | None:
        asked.append(path)
        return 409 if verb == "PUT" and ("never" in path or len(asked) <= 2) else None

    with faulty(s3_service, instead=conflict) as service:
        storage = through(service, public_place)
        storage.put("conflict/soon.txt", b"x", content_type="text/plain", if_absent=True)
        assert len(asked) == 3
        with pytest.raises(Unreachable):
            storage.put("conflict/never.txt", b"x", content_type="text/plain", if_absent=True)


def test_a_service_without_versions(public_place: Place, s3_service: S3Service) -> None:
    """Where versions cannot be listed, the object itself is looked for and deleted."""
    with faulty(
        s3_service, instead=lambda _verb, path: 501 if "versions" in path else None
    ) as service:
        storage = through(service, public_place)
        storage.put("plain/a.txt", b"x", content_type="text/plain")
        assert not storage.absent("plain/a.txt")
        storage.delete("plain/a.txt")
        storage.delete("plain/a.txt")
        assert storage.absent("plain/a.txt")
    assert S3Storage(public_place).absent("plain/a.txt")


def test_who_may_not_list_versions_has_no_proof(public_place: Place, s3_service: S3Service) -> None:
    """A refusal is not taken for a service without versions."""

    def refuse(_verb: str, path: str) -> int | None:
        return 403 if "versions" in path else None

    with faulty(s3_service, instead=refuse) as service, pytest.raises(Unreachable, match="may not"):
        through(service, public_place).absent("plain/none.txt")


def test_a_download_that_breaks_off(
    public_place: Place, s3_service: S3Service, tmp_path: Path
) -> None:
    """A line that breaks in the middle of an object makes no file."""
    storage = S3Storage(public_place)
    storage.put("broken/a.bin", BIG, content_type="text/plain")
    lose = faulty(s3_service, lose_answer=lambda verb, _path: verb == "GET")
    with lose as service, pytest.raises(Unreachable):
        through(service, public_place).fetch("broken/a.bin", to=tmp_path / "copy")
    assert not list(tmp_path.iterdir())


class GrowingPath(type(Path())):  # type: ignore[misc] # the class of paths is chosen at run time
    """A file to which somebody still writes: each time it is opened there is more in it."""

    def open(self, *_: object, **__: object) -> io.FileIO:
        """Open it, longer than before."""
        with io.FileIO(self, "ab") as file:
            file.write(b"more")
        return io.FileIO(self, "rb")


@pytest.mark.parametrize("size_bytes", [1000, 2 * PART])
def test_a_file_that_changes_meanwhile_is_not_stored(
    storage: S3Storage, tmp_path: Path, size_bytes: int
) -> None:
    """The bytes sent are the bytes summed, or nothing is stored."""
    source = GrowingPath(tmp_path / "growing.mp4")
    Path(source).write_bytes(b"x" * size_bytes)
    with pytest.raises(VerificationFailed):
        storage.put("growing/a.mp4", source, content_type="video/mp4")
    assert storage.absent("growing/a.mp4")
    assert storage.abort_uploads("growing/") == 0


def test_wrong_credentials_are_told_without_telling_them(
    public_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused credentials say where to look, and the secret stands nowhere."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")
    storage = S3Storage(public_place)
    with pytest.raises(Unreachable, match="refused") as caught:
        storage.get("a.txt")
    assert "canary-secret" not in str(caught.value)
    assert "AWS credentials" in caught.value.remedy
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Unreachable, match="no credentials"):
        S3Storage(public_place).get("a.txt")


@pytest.mark.parametrize(
    ("status", "code", "exit_code", "says"),
    [
        (404, "NoSuchBucket", 4, "There is no bucket clinic"),
        (400, "ExpiredToken", 4, "were refused"),
        (403, "AccessDenied", 4, "may not do PutObject"),
        (403, "RequestTimeTooSkewed", 4, "clock"),
        (400, "BadDigest", 5, "arrived damaged"),
        (501, "NotImplemented", 4, "cannot do PutObject"),
        (503, "SlowDown", 4, "503 SlowDown"),
    ],
)
def test_refusals_in_plain_words(status: int, code: str, exit_code: int, says: str) -> None:
    """Each refusal says what is wrong, what to do, and ends the command with its exit code."""
    place = Place(
        kind="s3",
        readers=Readers.STAFF,
        bucket="clinic",
        endpoint_url="https://user:canary@s3.example/",
    )
    response = {"ResponseMetadata": {"HTTPStatusCode": status}, "Error": {"Code": code}}
    error: ClinicmediaError = plain(ClientError(response, "PutObject"), place=place)
    assert says in error.text
    assert error.remedy
    assert error.exit_code == exit_code
    assert "canary" not in str(error)


def test_addresses() -> None:
    """The host's name on AWS, a path elsewhere, and `base_url` before both."""
    place = Place(
        kind="s3", readers=Readers.ANYONE, bucket="clinic", prefix="site", region="eu-west-1"
    )
    for wanted, changed in (
        ("https://clinic.s3.eu-west-1.amazonaws.com/site/a/b.mp4", place),
        (
            "https://s3.eu-west-1.amazonaws.com/my.clinic/site/a/b.mp4",
            replace(place, bucket="my.clinic"),
        ),
        (
            "http://127.0.0.1:8333/clinic/site/a/b.mp4",
            replace(place, endpoint_url="http://127.0.0.1:8333"),
        ),
        ("https://media.example/a/b.mp4", replace(place, base_url="https://media.example/")),
    ):
        assert open_storage(changed).url("a/b.mp4") == wanted


def test_an_address_that_is_none() -> None:
    """A mistyped `endpoint_url` is an error of the configuration."""
    place = Place(kind="s3", readers=Readers.STAFF, bucket="a", endpoint_url="s3.example")
    with pytest.raises(UsageError):
        open_storage(place).get("a.txt")
