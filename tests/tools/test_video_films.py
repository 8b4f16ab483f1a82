"""Films as files: how many at once are asked for, and which of them count."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import films
import pytest
from samples import video

from pipeline.rules.errors import VerificationFailed
from pipeline.tools.video import ffmpeg, measure
from pipeline.tools.video.films import check, film_arguments, finish
from pipeline.tools.video.graph import Graph, Length

LENGTH = Length(Fraction(30), 45)


def test_sound_is_encoded_once_for_all_films() -> None:
    """Two films that share a track name it both, in one process."""
    facts = measure(video("plain"))
    outputs = [films.film(facts, key=key, sound="keep") for key in "ab"]
    graph = Graph("", {"a": "[p0]", "b": "[p1]"}, {"[s0]": ("a", "b")}, {})
    words = film_arguments(graph, outputs=outputs, length=LENGTH)
    assert words.count("[s0]") == 1
    assert words[-1].count("a:0") == 2
    assert film_arguments(graph, outputs=[], length=LENGTH) == []


def test_a_film_counts_when_it_is_as_planned(tmp_path: Path) -> None:
    """A good one gets its name; one of another length none at all."""
    facts = measure(video("plain"))
    made = films.made("plain", films.whole(facts), out=tmp_path)["film"]
    again = tmp_path / "0.mp4"
    again.write_bytes(Path(made.file).read_bytes())
    output = films.film(facts, key="again")
    with pytest.raises(VerificationFailed):
        finish(again, output, Length(Fraction(30), 46), films.RIGHTS, tmp_path)
    assert not (tmp_path / "again.mp4").exists()
    done = finish(again, output, LENGTH, films.RIGHTS, tmp_path)
    assert done.file == str(tmp_path / "again.mp4")
    assert done.artifact.duration_s == 1.5


@pytest.mark.parametrize(
    ("log", "error"),
    [
        (ffmpeg.Log(1, (), ("Conversion failed",), 0.0), VerificationFailed),
        (ffmpeg.Log(1, (), ("No space left on device",), 0.0), OSError),
        (ffmpeg.Log(-9, (), (), 0.0), MemoryError),
    ],
)
def test_a_run_that_failed_says_whose_fault_it_is(log: ffmpeg.Log, error: type[Exception]) -> None:
    """A full disk or a lack of memory is not the film's."""
    with pytest.raises(error):
        check(log)
    check(ffmpeg.Log(0, (), (), 1.5))
