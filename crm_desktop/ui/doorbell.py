"""One workbench for each person of this computer: a second start rings at the first, and hands it a link to open."""

from __future__ import annotations

import getpass
import hashlib

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
    socket.connectToServer(_name())
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
        QLocalServer.removeServer(_name())  # left by one that was killed
        return self._server.listen(_name())

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


def _name() -> str:
    """One for each person and place of local state."""
    told = f"{getpass.getuser()} {state_home()}"
    return f"crm-desktop-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
