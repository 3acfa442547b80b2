"""A TCP proxy between a test and a server, that can fall silent, hold its breath, or break the line."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterable
from typing import Self


class Proxy:
    """Listens on ``port`` of 127.0.0.1 and passes everything on to ``target`` while it is told nothing else."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._wake, self._waker = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._other: dict[socket.socket, socket.socket] = {}
        self._lock = threading.Lock()
        self._passing = threading.Event()
        self._passing.set()
        self._swallowing = False
        self._refusing = False
        self._breaks_at: tuple[bytes, bool] | None = None
        self._near: set[socket.socket] = set()
        self._doomed: set[socket.socket] = set()
        self._damaged: set[socket.socket] = set()
        self._lost: set[socket.socket] = set()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Hold everything back, but lose nothing; new connections wait."""
        self._passing.clear()
        self._waker.send(b"x")

    def swallow(self) -> None:
        """Lose everything from now on, as a pulled cable does: nobody is told."""
        self._swallowing = True

    def resume(self) -> None:
        """Pass on again. What was swallowed is lost, and a connection that lost something is broken."""
        self._swallowing = False
        with self._lock:
            self._shut(self._damaged & self._other.keys())
            self._damaged.clear()
        self._passing.set()

    def lose(self) -> None:
        """Swallow for ever what comes over the lines there are, which stay open; new ones are passed on."""
        with self._lock:
            self._lost |= self._other.keys()

    def cut(self) -> None:
        """Break all connections; new ones are welcome."""
        with self._lock:
            self._shut(self._other)

    def refuse(self) -> None:
        """Break all connections and let no new one in, as a server that is down."""
        self._refusing = True
        self.cut()

    def accept(self) -> None:
        """Let connections in again."""
        self._refusing = False

    def break_at(self, word: bytes, *, arrives: bool) -> None:
        """Break the next connection over which the client sends ``word``, once: before the server has it, or, where it
        ``arrives``, when the server answers.
        """
        self._breaks_at = word, arrives

    def close(self) -> None:
        """Break all connections and listen no more."""
        self._closed = True
        self._passing.set()
        self._waker.send(b"x")
        self._thread.join()
        for stream in (*self._other, self._listening, self._wake, self._waker):
            stream.close()
        self._selector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _run(self) -> None:
        while not self._closed:
            for key, _events in self._selector.select():
                self._passing.wait()
                if key.fileobj is self._wake:
                    self._wake.recv(100)
                elif key.fileobj is self._listening:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._other:
                    self._pass_on(key.fileobj)

    def _accept(self) -> None:
        near, _address = self._listening.accept()
        if self._refusing:
            near.close()
            return
        try:
            far = socket.create_connection(self._target, timeout=5)
        except OSError:
            near.close()
            return
        for stream in (near, far):
            self._selector.register(stream, selectors.EVENT_READ)
        with self._lock:
            self._other |= {near: far, far: near}
            self._near.add(near)

    def _pass_on(self, stream: socket.socket) -> None:
        other = self._other[stream]
        try:
            piece = stream.recv(65536)
            if piece and stream in self._lost:
                return
            if piece and self._swallowing:
                with self._lock:
                    self._damaged.add(stream)
            elif piece:
                piece = self._let_through(stream, other, piece)
                other.sendall(piece)
        except OSError:
            piece = b""
        if not piece:
            with self._lock:
                for end in (stream, other):
                    self._selector.unregister(end)
                    del self._other[end]
                    self._near.discard(end)
                    end.close()

    @staticmethod
    def _shut(streams: Iterable[socket.socket]) -> None:
        for stream in streams:
            with contextlib.suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)

    def _let_through(self, stream: socket.socket, other: socket.socket, piece: bytes) -> bytes:
        """What of a piece is passed on; nothing, and the line breaks."""
        if stream in self._doomed:  # the answer to the word
            return b""
        if self._breaks_at is not None and stream in self._near and self._breaks_at[0] in piece:
            arrives, self._breaks_at = self._breaks_at[1], None
            if not arrives:
                return b""
            self._doomed.add(other)
        return piece
