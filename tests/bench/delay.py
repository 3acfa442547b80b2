"""A network between client and server that takes its time."""

from __future__ import annotations

import socket
import threading
from time import sleep
from typing import Self


class Delay:
    """Passes everything on to ``target``, each way ``seconds`` later. Listens on ``port`` of 127.0.0.1."""

    def __init__(self, target: tuple[str, int], seconds: float) -> None:
        self._target, self._seconds = target, seconds
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listening.accept()
            except OSError:
                return  # closed
            far = socket.create_connection(self._target)
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while piece := one.recv(1 << 18):
                sleep(self._seconds)
                other.sendall(piece)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            other.close()
