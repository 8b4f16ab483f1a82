"""Trying a storage out: what `doctor` wants to know before anything of a patient's is stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from pipeline.rules.errors import VerificationFailed
from pipeline.tools.storage.contract import AlreadyThere, Bucket, CorsRule, Storage

CORS_RULE = CorsRule(origins=("*",), methods=("GET", "HEAD"))


@dataclass(frozen=True, slots=True)
class Trip:
    """What a round trip showed.

    `refuses_to_replace` tells whether the store keeps "only if absent"; `anonymous_status` is
    what a stranger was told who asked for the object while it was there (None: nobody answered,
    or nobody was asked), `anonymous_same` whether he got our bytes.
    """

    refuses_to_replace: bool
    anonymous_status: int | None = None
    anonymous_same: bool = False


def round_trip(storage: Storage, *, folder: str) -> Trip:
    """Store, list, read and remove an object of random bytes under a random key in `folder`.

    Raises:
        VerificationFailed: the store does not give back what it was given.
        Unreachable: it does not answer, or refuses us.
    """
    return _trip(storage, key=f"{folder}/{secrets.token_hex(16)}.txt", asking=False)


def public_round_trip(storage: Storage, *, folder: str) -> Trip:
    """Do the same and, while the object is there, ask for it as a stranger."""
    return _trip(storage, key=f"{folder}/{secrets.token_hex(16)}.txt", asking=True)


def cors_allows(bucket: Bucket) -> bool | None:
    """Tell whether pages of any site may load media (`CORS_RULE`); None if we may not know."""
    if bucket.cors_rules is None:
        return None
    return any(
        "*" in rule.origins and set(CORS_RULE.methods) <= set(rule.methods)
        for rule in bucket.cors_rules
    )


def _trip(storage: Storage, *, key: str, asking: bool) -> Trip:
    body = secrets.token_hex(32).encode("ascii")
    try:
        storage.put(key, body, content_type="text/plain", max_age_s=0, if_absent=True)
        _expect(storage.get(key) == body, "gives back other bytes than it was given")
        _expect(key in storage.keys(key), "does not list what it was given")
        answer = storage.anonymous_get(key) if asking else None
        trip = Trip(
            refuses_to_replace=_refuses_to_replace(storage, key),
            anonymous_status=None if answer is None else answer.status,
            anonymous_same=answer is not None and answer.body_start == body,
        )
    finally:
        storage.delete(key)
    _expect(storage.absent(key), "still has what was deleted")
    return trip


def _refuses_to_replace(storage: Storage, key: str) -> bool:
    try:
        storage.put(key, b"other", content_type="text/plain", max_age_s=0, if_absent=True)
    except AlreadyThere:
        return True
    return False


def _expect(condition: bool, says: str) -> None:  # noqa: FBT001 - reads like an assertion
    if not condition:
        raise VerificationFailed(
            f"The storage {says}.", remedy="Do not use this storage; choose another service."
        )
