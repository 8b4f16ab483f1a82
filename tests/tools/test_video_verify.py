"""A film that is not as planned does not count, whatever is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from films import film, made, plain_film, whole
from readers import boxes
from samples import FRAMES, video

from pipeline.rules.errors import VerificationFailed
from pipeline.tools.video import measure
from pipeline.tools.video.rates import exact_rate
from pipeline.tools.video.verify import Planned, verify

PLANNED = Planned(320, 180, FRAMES, exact_rate(30.0), has_sound=True)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"frames": FRAMES + 1}, "frames instead of"),
        ({"frames": FRAMES - 1}, "frames instead of"),
        ({"width": 322}, "size 320x180"),
        ({"rate": exact_rate(25.0)}, "uneven"),
        ({"has_sound": False}, "tracks"),
    ],
)
def test_a_film_that_is_not_as_planned_does_not_count(
    change: dict[str, object],
    complaint: str,
    tmp_path: Path,
) -> None:
    """Each figure of the plan is compared with the file."""
    facts = measure(video("plain"))
    good = made("plain", whole(facts, film(facts, sound="keep")), out=tmp_path)["film"]
    verify(Path(good.file), planned=PLANNED)
    with pytest.raises(VerificationFailed, match=complaint):
        verify(Path(good.file), planned=replace(PLANNED, **change))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("plain", "colour tags"), ("odd", "codec"), ("anamorphic", "not square"), ("vfr", "frames"),
     ("named", "metadata"), ("webm", "cannot be read"), ("cut", "frames")],
)  # fmt: skip
def test_foreign_films_do_not_count(name: str, complaint: str) -> None:
    """Films that were not made like ours are seen through."""
    planned = replace(PLANNED, has_sound=name not in {"odd", "anamorphic"})
    with pytest.raises(VerificationFailed, match=complaint):
        verify(video(name), planned=planned)


def test_a_damaged_film_of_ours_does_not_count(tmp_path: Path) -> None:
    """Right boxes around pictures that cannot be decoded are found by decoding the ends."""
    path = plain_film("plain", out=tmp_path)
    body = bytearray(path.read_bytes())
    start = next(start for name, start, _ in boxes(bytes(body)) if name == "mdat")
    body[start + 900 : start + 2400] = bytes(range(250)) * 6
    path.write_bytes(body)
    with pytest.raises(VerificationFailed):
        verify(path, planned=replace(PLANNED, has_sound=False))
