"""Asking as a stranger: redirects, silence and broken answers are told apart from a no."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from pipeline.tools.storage import Answer
from pipeline.tools.storage.anonymous import ask


@contextmanager
def saying(answer: bytes, *, requests: list[bytes] | None = None) -> Iterator[str]:
    """A server that says exactly these bytes to whoever comes, then hangs up."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    request = line.recv(10_000)
                    if requests is not None:
                        requests.append(request)
                    line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a.txt"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Answer(200, b"hi")),
        (b"HTTP/1.1 206 Partial\r\nContent-Length: 2\r\n\r\nhi", Answer(200, b"hi")),
        (b"HTTP/1.1 416 Range\r\nContent-Length: 0\r\n\r\n", Answer(200, b"")),
        (b"HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone", Answer(404, b"gone")),
        (b"HTTP/1.1 410 No\r\nContent-Length: 0\r\n\r\n", Answer(410, b"")),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", Answer(500, b"")),
        (b"HTTP/1.1 404 No\r\nContent-Length: 400\r\n\r\nbroken off", Answer(404, b"broken off")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000, Answer(200, b"x" * 512)),
        (b"", None),
        (b"SSH-2.0-OpenSSH_9.6\r\n", None),
    ],
)
def test_answers(answer: bytes, expected: Answer | None) -> None:
    """A status is a status; a line that breaks, or another language, is no answer."""
    with saying(answer) as url:
        assert ask(url) == expected


def test_redirects_are_not_followed() -> None:
    """An address that sends readers elsewhere is answered by its own status."""
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") as elsewhere:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"
        with saying(moved.encode()) as url:
            assert ask(url) == Answer(302, b"")


def test_silence_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and never speaks is no answer, within the limit."""
    monkeypatch.setattr("pipeline.tools.storage.anonymous.TIMEOUT_S", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        assert ask(f"http://127.0.0.1:{server.getsockname()[1]}/a.txt") is None


def test_no_credentials_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stranger brings nothing along that names us."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    requests: list[bytes] = []
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", requests=requests) as url:
        ask(url)
    (request,) = requests
    head = request.lower()
    check: Callable[[bytes], bool] = head.__contains__
    assert not any(map(check, (b"authorization", b"canary", b"cookie")))
    assert b"range: bytes=0-511" in head
