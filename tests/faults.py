"""The seam for faults: every effect of a command is counted, and at any one of them it can be hit.

An effect is what outlives the process: an object put or deleted, a commit of the catalog, a file
that is renamed, linked or removed, a job handed to a worker. Nothing of this lives in the product:
this script patches its classes and then gives the very same command line.

    python tests/faults.py --at 17 --when before [--act kill|stop] [--log FILE] -- run --once

`Runner` keeps such a script waiting with all imports done and forks a child for each command, so
that hundreds of runs with a kill each are a matter of seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).parent.parent
BEFORE, AFTER = "before", "after"
KILL, STOP = "kill", "stop"

Json = dict[str, Any]


@dataclass
class Seam:
    """Counts the effects below `root`, writes them down, and acts at the `at`-th.

    `at` may also be the beginning of an effect's or a note's words: the first one is it.
    """

    root: Path
    log: Path | None = None
    at: int | str | None = None
    when: str = BEFORE
    act: str = KILL
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def effect(self, what: str, detail: str) -> Iterator[Json]:
        """Stand around an effect; what is put into the yielded mapping is logged behind it."""
        with self.lock:
            self.count += 1
            number = self.count
        told: Json = {}
        self._reach(number, BEFORE, what, detail, {})
        yield told
        self._reach(number, AFTER, what, detail, told)

    def note(self, what: str, detail: str, **more: object) -> None:
        """Write something down that is no effect."""
        if self.log:
            line = {"what": what, "detail": detail, "t": time.monotonic_ns(), **more}
            handle = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(handle, f"{json.dumps(line)}\n".encode())
            os.close(handle)
        if "n" not in more and self.at and f"{what} {detail}".startswith(str(self.at)):
            self._act()

    def _reach(self, number: int, side: str, what: str, detail: str, told: Json) -> None:
        self.note(what, detail, n=number, side=side, **told)
        words = isinstance(self.at, str) and f"{what} {detail}".startswith(self.at)
        if (number == self.at or words) and side == self.when:
            self._act()

    def _act(self) -> None:
        self.at = None
        os.kill(os.getpid(), signal.SIGKILL if self.act == KILL else signal.SIGSTOP)


def arm(seam: Seam) -> None:
    """Patch the product's classes and the calls of `os`, for the rest of this process."""
    from pipeline.tools.catalog.engine import Catalog  # noqa: PLC0415 - the parent has no need
    from pipeline.tools.executors import Processes  # noqa: PLC0415 - the same
    from pipeline.tools.storage.local import LocalStorage  # noqa: PLC0415 - the same
    from pipeline.tools.storage.s3 import S3Storage  # noqa: PLC0415 - the same

    for storage in (LocalStorage, S3Storage):
        _arm_storage(seam, storage)
    _arm_catalog(seam, Catalog)
    submit = Processes.submit

    @functools.wraps(submit)
    def submitted(self: Any, job: Any, **more: Any) -> None:
        with seam.effect("submit", job.verb):
            submit(self, job, **more)

    Processes.submit = submitted  # type: ignore[method-assign] # a class of the product, on purpose
    for name in ("replace", "rename", "link"):
        _arm_call(seam, name, which=1)
    _arm_call(seam, "unlink", which=0)


def _arm_storage(seam: Seam, storage: type) -> None:
    put, delete = vars(storage)["put"], vars(storage)["delete"]

    @functools.wraps(put)
    def putting(self: Any, key: str, body: bytes | Path, **more: Any) -> Any:
        place = str(self.place.readers)
        told = body if isinstance(body, bytes) else Path(body).read_bytes()
        sha256 = hashlib.sha256(told).hexdigest()
        look = more.get("before_visible")

        def looking() -> None:
            # An upload begins when its last look at the epoch begins.
            begun = time.monotonic_ns()
            if look is not None:
                look()
            seam.note("upload", key, begun=begun, place=place, sha256=sha256)

        if look is not None:
            more["before_visible"] = looking
        with seam.effect(f"{place}.put", key) as after:
            after["sha256"] = sha256
            after["checked"] = look is not None
            return put(self, key, body, **more)

    @functools.wraps(delete)
    def deleting(self: Any, key: str) -> None:
        with seam.effect(f"{self.place.readers}.delete", key):
            delete(self, key)

    setattr(storage, "put", putting)  # noqa: B010 - a class of the product, on purpose
    setattr(storage, "delete", deleting)  # noqa: B010 - the same


def _arm_catalog(seam: Seam, catalog: type) -> None:
    write = vars(catalog)["write"]

    @contextlib.contextmanager
    def writing(self: Any, **more: Any) -> Iterator[Any]:
        with contextlib.ExitStack() as stack:
            transaction = stack.enter_context(write(self, **more))
            yield transaction
            with seam.effect("commit", "") as after:
                after["verbs"] = [event.verb for event in transaction.recorded]
                stack.close()

    setattr(catalog, "write", writing)  # noqa: B010 - a class of the product, on purpose


def _arm_call(seam: Seam, name: str, *, which: int) -> None:
    """Patch a call of `os` whose `which`-th argument is the name that changes."""
    call: Callable[..., None] = getattr(os, name)

    @functools.wraps(call)
    def called(*names: Any, **more: Any) -> None:
        path = Path(os.fsdecode(names[which]))
        inside = path.is_absolute() and path.is_relative_to(seam.root)
        if not inside or more.get("dir_fd") or (which == 0 and not os.path.lexists(path)):
            call(*names, **more)
            return
        with seam.effect(name, str(path.relative_to(seam.root))):
            call(*names, **more)

    setattr(os, name, called)


@dataclass(frozen=True)
class Ended:
    """How a command ended: with a code, by a signal (`killed`), or not yet (`stopped`)."""

    pid: int
    code: int | None
    killed: bool
    stopped: bool
    out: str
    err: str

    def json(self) -> Json:
        """What it printed with --json."""
        found: Json = json.loads(self.out)
        return found


class Runner:
    """A process that has everything imported and gives one command after the other, each forked."""

    def __init__(self, folder: Path, **environment: str) -> None:
        """Start it; what commands print is kept in files in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._server = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._pipe(self._server.stdin).close()
        self._server.wait(timeout=30)
        self._pipe(self._server.stdout).close()

    def run(self, config: Path, *words: str, **how: Any) -> Ended:
        """Give a command and wait for how it ends."""
        self.begin(config, *words, **how)
        return self.ended()

    def begin(
        self,
        config: Path,
        *words: str,
        now: datetime | None = None,
        wait_s: float | None = None,
        log: Path | None = None,
        at: int | str | None = None,
        when: str = BEFORE,
        act: str = KILL,
    ) -> None:
        """Begin a command, to be hit at an effect (see `Seam`); `wait_s` is its own patience."""
        self._ask(
            words=["--config", str(config), "--by", "Robin", *words],
            root=str(config.parent),
            out=str(self._folder / "out"),
            now=now.isoformat() if now else None,
            wait_s=wait_s,
            log=str(log) if log else None,
            at=at,
            when=when,
            act=act,
        )

    def resume(self, stopped: Ended) -> None:
        """Let a stopped command go on; `ended` tells how it ends."""
        self._ask(signal="SIGCONT", pid=stopped.pid, out=str(self._folder / "out"))

    def kill(self, stopped: Ended) -> Ended:
        """Kill a stopped command."""
        self._ask(signal="SIGKILL", pid=stopped.pid, out=str(self._folder / "out"))
        return self.ended()

    def ended(self) -> Ended:
        """Wait for the command that was begun."""
        line = self._pipe(self._server.stdout).readline()
        if not line:
            raise RuntimeError("the runner of commands is gone")
        told = json.loads(line)
        out = self._folder / "out"
        return Ended(
            out=out.with_suffix(".out").read_text(encoding="utf-8"),
            err=out.with_suffix(".err").read_text(encoding="utf-8"),
            **told,
        )

    def _ask(self, **what: object) -> None:
        pipe = self._pipe(self._server.stdin)
        pipe.write(f"{json.dumps(what)}\n")
        pipe.flush()

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        if pipe is None:
            raise RuntimeError("the runner has no pipe")
        return pipe


def _serve() -> None:
    """Fork a child for each command that comes in, and tell how each ended."""
    import alembic.command  # noqa: PLC0415 - a child would import it each time
    import alembic.config  # noqa: PLC0415, F401 - the same

    import pipeline.tools.storage.s3  # noqa: PLC0415, F401 - the same

    _warm_up(Path(sys.argv[2]))
    for line in sys.stdin:
        asked = json.loads(line)
        pid = asked.get("pid") or os.fork()
        if pid == 0:
            _child(asked)
        if asked.get("signal"):
            os.kill(pid, signal.Signals[asked["signal"]])
        _, status = os.waitpid(pid, os.WUNTRACED)
        told = {
            "pid": pid,
            "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "killed": os.WIFSIGNALED(status),
            "stopped": os.WIFSTOPPED(status),
        }
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()


def _warm_up(folder: Path) -> None:
    """Go the whole way once, so that every child is born with templates and fonts read."""
    import makers  # noqa: PLC0415 - only the server needs it

    clinic = makers.workspace(folder / "warm")
    clinic.sign(makers.record("0042"))
    clinic.drop("scar-care--0042", {"one.jpg": makers.photo("one")})
    clinic.run()
    shutil.rmtree(folder / "warm")


def _child(asked: Json) -> None:
    """Be the process of one command."""
    code = 99
    try:
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        for handle, ending in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{asked['out']}.{ending}", flags, 0o600), handle)
        log = Path(asked["log"]) if asked["log"] else None
        seam = Seam(Path(asked["root"]), log, asked["at"], asked["when"], asked["act"])
        code = _give(seam, asked["words"], now=asked["now"], wait_s=asked["wait_s"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _give(
    seam: Seam, words: list[str], *, now: str | None = None, wait_s: float | None = None
) -> int:
    """Give a command with the seam in place."""
    from jobs import cli  # noqa: PLC0415 - the parent of a runner has no need of it
    from jobs.commands import lanes  # noqa: PLC0415 - the same
    from jobs.workspace import open_workspace  # noqa: PLC0415 - the same

    if now:
        at = datetime.fromisoformat(now)
        setattr(cli, "open_workspace", functools.partial(open_workspace, now=lambda: at))  # noqa: B010 - a clock of ours
    if wait_s is not None:
        setattr(lanes, "WAIT_S", wait_s)  # noqa: B010 - a shorter patience
    arm(seam)
    return cli.main(words)


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--at", type=int)
    parser.add_argument("--when", choices=(BEFORE, AFTER), default=BEFORE)
    parser.add_argument("--act", choices=(KILL, STOP), default=KILL)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--root", type=Path, default=Path.cwd())
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    if options.serve:
        _serve()
        return 0
    seam = Seam(options.root.absolute(), options.log, options.at, options.when, options.act)
    return _give(seam, options.words)


if __name__ == "__main__":
    sys.exit(_main())
