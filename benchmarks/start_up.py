"""What starting costs: a worker is a new process for every original, a command for every word.

Prints the median wall time of each in interleaved rounds, and its ratio to Python starting with
nothing to do. Ratios matter, not seconds: machines differ. Run it with `make bench`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 9
WAYS = {
    "python with nothing to do (1.00)": ("-c", "pass"),
    "the worker, imported": ("-c", "import pipeline.steps.worker"),
    "the command line, --help": ("-m", "jobs", "--help"),
}


def wall_s(words: tuple[str, ...]) -> float:
    """Seconds until a Python with these arguments has ended; an error of its own ends this too."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun


def main() -> None:
    """Measure every way once a round, so that a busy moment hits all of them; print the table."""
    for words in WAYS.values():
        wall_s(words)  # the first start reads files that are not in memory yet
    rounds = [{way: wall_s(words) for way, words in WAYS.items()} for _ in range(ROUNDS)]
    medians = {way: statistics.median(each[way] for each in rounds) for way in WAYS}
    bare = next(iter(medians.values()))
    for way, seconds in medians.items():
        print(f"{seconds * 1000:7.0f} ms {seconds / bare:6.2f}  {way}")


if __name__ == "__main__":
    main()
