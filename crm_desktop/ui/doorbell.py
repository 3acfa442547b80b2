"""One workbench for each person of this computer: a second start rings at the first, and hands it a link to open."""

from __future__ import annotations

import secrets
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from crm_desktop.core.paths import state_home

WAIT_MS = 2000
MOST = 4096
"""Bytes of a message; what is longer is no link."""
_HEARD = b"heard\n"


def ring(message: str) -> bool:
    """Hand ``message`` to the workbench that runs already; False where none answers."""
    socket = QLocalSocket()
    socket.connectToServer(_known_name())
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(message.encode()[: MOST - 1] + b"\n")
    socket.flush()
    answered = socket.waitForReadyRead(WAIT_MS)  # one that hangs does not keep anybody from starting another
    socket.abort()
    return answered


class Doorbell(QObject):
    """Announces what other starts hand over, from ``listen`` on."""

    rung = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)

    def listen(self) -> bool:
        """Begin; False where the system does not let us, which costs nothing but this."""
        if before := _known_name():
            QLocalServer.removeServer(before)  # left by one that was killed
        name = f"crm-desktop-{secrets.token_hex(8)}"
        is_listening = self._server.listen(name)
        if is_listening:
            _place().write_text(name, encoding="utf-8")
        return is_listening

    def close(self) -> None:
        """Answer nobody any more."""
        self._server.close()

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._hear(socket))
            if socket.canReadLine():
                self._hear(socket)

    def _hear(self, socket: QLocalSocket) -> None:
        if socket.canReadLine():
            message = bytes(socket.readLine(MOST).data()).decode(errors="replace").strip()
            socket.write(_HEARD)
            socket.flush()
            self.rung.emit(message)
        elif socket.bytesAvailable() > MOST:
            socket.abort()


def _place() -> Path:
    return state_home() / "doorbell"


def _known_name() -> str:
    """Of the bell that rang last at this place of local state. It is made by chance: a name that could be guessed,
    another user of this computer could take first, and whoever starts would believe that his workbench runs.
    """
    place = _place()
    return place.read_text(encoding="utf-8", errors="replace")[:64] if place.exists() else ""
