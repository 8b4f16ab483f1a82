"""Cards and cases of the public pages as JSON values, as a publication keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.rules.media import Kind, Role
from pipeline.rules.public.site import (
    CaseCard,
    Comparison,
    PublicCase,
    PublicFile,
    PublicMedia,
    Track,
)

Wire = Mapping[str, Any]


def to_wire(value: CaseCard | PublicCase) -> dict[str, Any]:
    """Return a card or a case as JSON values."""
    wire: dict[str, Any] = json.loads(json.dumps(asdict(value), default=datetime.isoformat))
    return wire


def card_from(wire: Wire) -> CaseCard:
    """Read a card back."""
    return CaseCard(
        **{
            **wire,
            **_instants(wire),
            "pictures": tuple(tuple(_file(one) for one in each) for each in wire["pictures"]),
            "video": _file(wire["video"]) if wire["video"] else None,
            "poster": _file(wire["poster"]) if wire["poster"] else None,
        }
    )


def case_from(wire: Wire) -> PublicCase:
    """Read a case back."""
    share = wire["share_image"]
    return PublicCase(
        **{
            **wire,
            **_instants(wire),
            "media": tuple(_medium(each) for each in wire["media"]),
            "comparisons": tuple(_comparison(each) for each in wire["comparisons"]),
            "share_image": _file(share) if share else None,
            "credits": tuple(wire["credits"]),
        }
    )


def _instants(wire: Wire) -> dict[str, datetime | None]:
    expires = wire["expires"]
    return {
        "published": datetime.fromisoformat(wire["published"]),
        "modified": datetime.fromisoformat(wire["modified"]),
        "expires": datetime.fromisoformat(expires) if expires else None,
    }


def _file(wire: Wire) -> PublicFile:
    return PublicFile(**wire)


def _medium(wire: Wire) -> PublicMedia:
    return PublicMedia(
        **{
            **wire,
            "role": Role(wire["role"]),
            "kind": Kind(wire["kind"]),
            "files": tuple(_file(each) for each in wire["files"]),
            "poster": _file(wire["poster"]) if wire["poster"] else None,
            "tracks": tuple(Track(**each) for each in wire["tracks"]),
        }
    )


def _comparison(wire: Wire) -> Comparison:
    return Comparison(
        **{
            **wire,
            "kind": Kind(wire["kind"]),
            "before": _medium(wire["before"]),
            "after": _medium(wire["after"]),
            "files": tuple(_file(each) for each in wire["files"]),
        }
    )
