"""A seller's line to the server that can be refused, cut and let in again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from crm_desktop.db.address import Host
from crm_desktop.db.engine import Gateway
from tests.db.conftest import SignIn
from tests.db.proxy import Proxy
from tests.ui.desk import Desk


@pytest.fixture
def behind(sign_in: SignIn) -> Iterator[tuple[Gateway, Proxy]]:
    """A seller whose line to the server runs through a proxy."""
    direct = sign_in("seller")
    host = direct.address.hosts[0]
    proxy = Proxy((host.address, host.port))
    gateway = Gateway.connect(replace(direct.address, hosts=(Host("127.0.0.1", proxy.port),)))
    yield gateway, proxy
    gateway.close()
    if not proxy._closed:
        proxy.close()


def server_comes_back(desk: Desk, proxy: Proxy) -> None:
    proxy.accept()
    desk.tasks.server_is_back()
    desk.qtbot.waitUntil(lambda: desk.tasks.waiting_count == 0 and not desk.tasks.busy)
    desk.settle()
