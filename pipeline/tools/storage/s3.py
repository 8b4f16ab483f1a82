"""A storage in an S3 bucket (AWS or any service that speaks its language).

Single PUTs carry their SHA-256, which the service checks and keeps. Of an object in parts it can
only keep a sum of sums, so the object's own is kept beside it, as metadata named `sha256`.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from pipeline.rules.errors import Unreachable, VerificationFailed
from pipeline.tools.storage import anonymous
from pipeline.tools.storage.blocks import blocks, copied, opened, received
from pipeline.tools.storage.contract import (
    AlreadyThere,
    Answer,
    Bucket,
    NotThere,
    Place,
    Readers,
    Stat,
    Stored,
    checked_key,
    checked_name,
)
from pipeline.tools.storage.nesting import folder
from pipeline.tools.storage.s3_client import Client, Fields, RefusedError

_CONFLICT_WAITS_S = (0.1, 0.2, 0.4, 0.8, 1.6)
_MOST_PARTS = 10_000
_SUM = "sha256"


class S3Storage:
    """The contract of `Storage`, kept by a bucket, or by a prefix in one."""

    def __init__(self, place: Place) -> None:
        """Remember the place; nothing is asked before the first use."""
        self.place = place
        self._folder = folder(place.prefix)
        self._client = Client(place)

    def put(
        self,
        key: str,
        body: bytes | Path,
        *,
        content_type: str,
        max_age_s: int | None = None,
        if_absent: bool = False,
        before_visible: Callable[[], None] | None = None,
    ) -> Stored:
        """See `Storage.put`."""
        checked_key(key)
        with opened(body) as source:
            stored = Stored(key, *copied(blocks(source)))
        fields = self._headers(content_type, max_age_s)
        look = before_visible or _nothing
        condition = {"IfNoneMatch": "*"} if if_absent else {}
        if stored.size_bytes <= self.place.multipart_bytes:
            look()
            self._put_whole(stored, body, fields=fields | condition)
        elif not (if_absent and self._held(stored)):
            self._put_parts(stored, body, fields=fields, condition=condition, look=look)
        return stored

    def get(self, key: str) -> bytes:
        """See `Storage.get`."""
        return b"".join(self._client.chunks(self._reading(key)))

    def fetch(self, key: str, *, to: Path, sha256: str | None = None) -> Stored:
        """See `Storage.fetch`."""
        answer = self._reading(key)
        parts = self._client.chunks(answer)
        return received(parts, key=key, to=to, allowed=[sha256, _recorded(answer)])

    def stat(self, key: str) -> Stat | None:
        """See `Storage.stat`."""
        name = self._name(key)
        try:
            head = self._client.ask("head_object", expect={404}, Key=name, ChecksumMode="ENABLED")
        except RefusedError:
            self._client.see_bucket()  # the answer does not say whether the bucket is missing
            return None
        return Stat(key, int(head["ContentLength"]), _recorded(head))

    def sha256(self, key: str) -> str:
        """See `Storage.sha256`."""
        return copied(self._client.chunks(self._reading(key)))[1]

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Storage.keys`; the empty folder markers that consoles make are left out."""
        for name in self._client.names(self._folder + prefix):
            if not name.endswith("/"):
                yield name.removeprefix(self._folder)

    def delete(self, key: str) -> None:
        """See `Storage.delete`: each version by its id, delete markers too."""
        for version in self._versions(key):
            self._client.ask("delete_object", Key=self._name(key), **version)

    def absent(self, key: str) -> bool:
        """See `Storage.absent`."""
        return not self._versions(key)

    def abort_uploads(self, prefix: str = "") -> int:
        """See `Storage.abort_uploads`; looked for again, since parts on their way come after."""
        aborted = set()
        for _ in range(3):
            uploads = self._client.uploads(self._folder + prefix)
            for name, upload in uploads:
                self._abort(name, upload)
            if not uploads:
                break
            aborted.update(uploads)
        return len(aborted)

    def sweep(self) -> int:
        """See `Storage.sweep`: a bucket does not tell whether an upload's sender lives."""
        return 0

    def url(self, key: str) -> str:
        """See `Storage.url`."""
        base = self.place.base_url or f"{self._client.address()}/{self._folder}"
        return f"{base.rstrip('/')}/{quote(checked_name(key))}"

    def anonymous_get(self, key: str) -> Answer | None:
        """See `Storage.anonymous_get`."""
        return anonymous.ask(self.url(key))

    def anonymous_status(self, key: str) -> int | None:
        """See `Storage.anonymous_status`."""
        answer = self.anonymous_get(key)
        return None if answer is None else answer.status

    def bucket(self) -> Bucket:
        """See `Storage.bucket`."""
        return self._client.setup()

    def _name(self, key: str) -> str:
        return self._folder + checked_name(key)

    def _headers(self, content_type: str, max_age_s: int | None) -> Fields:
        """Return what readers are told with the object, and how it is kept."""
        if self.place.readers is Readers.ANYONE:
            longest_s = self.place.max_age_s
            age_s = longest_s if max_age_s is None else min(max_age_s, longest_s)
            return {"ContentType": content_type, "CacheControl": f"max-age={age_s}"}
        fields = {"ContentType": content_type, "CacheControl": "private, no-store"}
        wish = self.place.encrypt
        if wish == "auto":
            wish = "none" if self.place.endpoint_url else "AES256"
        return fields if wish == "none" else fields | {"ServerSideEncryption": wish}

    def _put_whole(self, stored: Stored, body: bytes | Path, *, fields: Fields) -> None:
        """Send one PUT; another writer in the same instant (409) is waited for."""
        checksum = _base64(bytes.fromhex(stored.sha256))
        for wait_s in _CONFLICT_WAITS_S:
            try:
                with opened(body) as source:
                    self._client.ask(
                        "put_object",
                        expect={409, 412},
                        Key=self._folder + stored.key,
                        Body=source,
                        ChecksumSHA256=checksum,
                        **fields,
                    )
            except RefusedError as refusal:
                if refusal.status == 412 and self._held(stored):
                    return
            else:
                return
            time.sleep(wait_s)
        raise Unreachable(f"Others keep writing and deleting {stored.key}.")

    def _held(self, stored: Stored) -> bool:
        """Tell whether these bytes are there already; other bytes raise `AlreadyThere`."""
        found = self.stat(stored.key)
        if found is None:
            return False
        if (found.sha256 or self.sha256(stored.key)) != stored.sha256:
            raise AlreadyThere(f"Other bytes lie under {stored.key} already.")
        return True

    def _put_parts(
        self,
        stored: Stored,
        body: bytes | Path,
        *,
        fields: Fields,
        condition: Fields,
        look: Callable[[], None],
    ) -> None:
        """Send the object in parts; completing it is the one moment of visibility."""
        name = self._folder + stored.key
        fields = fields | {"ChecksumAlgorithm": "SHA256", "Metadata": {_SUM: stored.sha256}}
        upload = self._client.ask("create_multipart_upload", Key=name, **fields)["UploadId"]
        try:
            parts = list(self._sent(stored, body, name=name, upload=upload))
            look()
            self._complete(stored, parts, upload=upload, condition=condition)
        except BaseException:
            # if this fails too, `abort_uploads` finds the upload later
            with contextlib.suppress(Unreachable):
                self._abort(name, upload)
            raise

    def _sent(
        self, stored: Stored, body: bytes | Path, *, name: str, upload: str
    ) -> Iterator[Fields]:
        """Send the parts one by one; yield what completing the upload must name."""
        part_bytes = max(self.place.part_bytes, -(-stored.size_bytes // _MOST_PARTS))
        whole = hashlib.sha256()
        with opened(body) as source:
            for number, part in enumerate(blocks(source, block_bytes=part_bytes), start=1):
                whole.update(part)
                checksum = _base64(hashlib.sha256(part).digest())
                answer = self._client.ask(
                    "upload_part",
                    Key=name,
                    UploadId=upload,
                    PartNumber=number,
                    Body=part,
                    ChecksumSHA256=checksum,
                )
                yield {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}
        if whole.hexdigest() != stored.sha256:
            raise VerificationFailed(f"The file for {stored.key} changed while it was stored.")

    def _complete(
        self, stored: Stored, parts: list[Fields], *, upload: str, condition: Fields
    ) -> None:
        """Make the object visible."""
        name = self._folder + stored.key
        try:
            self._client.ask(
                "complete_multipart_upload",
                expect={404, 412},
                Key=name,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
                **condition,
            )
        except RefusedError as refusal:
            if refusal.status == 412 and self._held(stored):
                self._abort(name, upload)
                return
            found = self.stat(stored.key)  # 404 too when it was done and the answer got lost
            if found is None or found.sha256 != stored.sha256:
                raise Unreachable(f"Storing {stored.key} was called off.") from refusal

    def _abort(self, name: str, upload: str) -> None:
        with contextlib.suppress(RefusedError):
            self._client.ask("abort_multipart_upload", expect={404}, Key=name, UploadId=upload)

    def _reading(self, key: str) -> Fields:
        """Start reading the object."""
        try:
            return self._client.ask("get_object", expect={404}, Key=self._name(key))
        except RefusedError:
            raise NotThere(f"The stored object {key} is not there.") from None

    def _versions(self, key: str) -> list[Fields]:
        """Name every version; a service without versions has the object or has not."""
        try:
            return self._client.versions(self._name(key))
        except RefusedError:
            return [] if self.stat(key) is None else [{}]


def _nothing() -> None:
    """Look at nothing before the object becomes visible."""


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


def _recorded(answer: Fields) -> str | None:
    """Return the object's sum as recorded with it; a sum of sums ("…-3") is none."""
    checksum = str(answer.get("ChecksumSHA256", ""))
    if checksum and "-" not in checksum:
        return base64.b64decode(checksum).hex()
    noted = answer.get("Metadata", {}).get(_SUM)
    return str(noted) if noted else None
