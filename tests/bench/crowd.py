"""Many workbenches on one server: what they cost while nobody does anything, and what they get done together."""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from time import perf_counter, sleep

import psutil

from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.changes import ChangeListener
from crm_desktop.db.engine import Gateway
from crm_desktop.demo.prepare import Demo
from crm_desktop.services import listing, overview, search
from crm_desktop.services.listing import ListQuery, columns_of
from crm_desktop.services.records import fetch_record, save_record
from crm_desktop.ui.areas import CUSTOMERS
from tests.bench.delay import Delay
from tests.bench.window import Timing

WORKBENCHES, CLIENTS = 60, 10
IDLE_SECONDS, BUSY_SECONDS = 20, 10
TYPED = ("华工", "gzhgyy", "0205550", "医药", "shkj", "电子")


def crowd_timings(demo: Demo, round_trip: float) -> Iterator[Timing]:
    """Idle load, how fast a change reaches everybody, and operations a second, also so many seconds away."""
    yield from _idle(demo)
    yield _busy(demo)
    with Delay((demo.address.host, demo.address.port), round_trip / 2) as network:
        away = _busy(replace(demo, address=replace(demo.address, port=network.port)))
    yield replace(away, name=f"{away.name}, {round_trip * 1000:g} ms away")


def _url(demo: Demo, number: int) -> str:
    user = demo.users[number % len(demo.users)]
    return demo.address.url(demo.database, user.login, user.password)


def _idle(demo: Demo) -> Iterator[Timing]:
    heard = [threading.Event() for _number in range(WORKBENCHES)]
    with ExitStack() as stack:
        gateways = []
        for number in range(WORKBENCHES):
            address = ConnectionAddress.from_url(_url(demo, number))
            gateway = Gateway.connect(address)
            stack.callback(gateway.close)
            with gateway.read() as session:
                listing.fetch_counts(session, CUSTOMERS, gateway.person)
            gateways.append(gateway)
            listener = ChangeListener(
                address, lambda *_change, event=heard[number]: event.set(), lambda: None, lambda _state: None
            )
            listener.start()
            stack.callback(listener.stop)
        sleep(2)
        for event in heard:
            event.clear()
        server = _server(demo)
        before, begun = _seconds_used(server), perf_counter()
        sleep(IDLE_SECONDS)
        used = (_seconds_used(server) - before) / (perf_counter() - begun)
        yield Timing(f"{WORKBENCHES} idle workbenches, of a core of the server", used * 100, 2, unit="%")
        manager = next(one for one in gateways if "general_manager" in one.person.groups)
        with manager.read() as session:
            (row,) = listing.fetch_first_page(session, ListQuery(entity="customer"), manager.person, (), 1)
            record = fetch_record(session, "customer", row.id)
        begun = perf_counter()
        with manager.write() as session:
            save_record(session, record, {"remark": f"crowd {begun}"})
        for event in heard:
            event.wait(10)
        yield Timing(f"a change reaches all {WORKBENCHES}", (perf_counter() - begun) * 1000, 1000)


def _server(demo: Demo) -> psutil.Process:
    """The postmaster, found by the port it listens on."""
    for connection in psutil.net_connections("tcp4"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == demo.address.port and connection.pid:
            return psutil.Process(connection.pid)
    raise LookupError(f"nobody listens on {demo.address.port}")


def _seconds_used(process: psutil.Process) -> float:
    """Of the processor, by the server and all its backends."""
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))


def _busy(demo: Demo) -> Timing:
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    gate = context.Event()
    clients = [
        context.Process(target=_work, args=(_url(demo, number), number, gate, done)) for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for _client in clients:
        done.get()  # signed in
    gate.set()
    total = sum(done.get() for _client in clients)
    for client in clients:
        client.join()
    return Timing(f"{CLIENTS} clients together", total / BUSY_SECONDS, 200, unit="operations/s")


def _work(url: str, seed: int, gate: threading.Event, done: multiprocessing.Queue[int]) -> None:
    """List 40 %, search 30 %, open 20 %, edit 10 %, for a while, in a program that has done each once before."""
    chance = random.Random(seed)
    gateway = Gateway.connect(ConnectionAddress.from_url(url))
    person, query = gateway.person, ListQuery(entity="customer", preset="all")
    columns = columns_of(query.spec)
    with gateway.read() as session:
        ids = listing.fetch_ids(session, query, person)

    def look_at_list() -> None:
        with gateway.read() as session:
            listing.fetch_first_page(session, query, person, columns)

    def look_for_something() -> None:
        with gateway.read() as session:
            search.search(session, chance.choice(TYPED), person)

    def open_one() -> None:
        with gateway.read() as session:
            overview.fetch_overview(session, "customer", chance.choice(ids), person)

    def edit_one() -> None:
        with gateway.read() as session:
            record = fetch_record(session, "customer", chance.choice(ids))
        with gateway.write() as session:
            save_record(session, record, {"remark": f"{seed} {chance.random()}"})

    mix = {look_at_list: 40, look_for_something: 30, open_one: 20, edit_one: 10}
    for do in mix:
        do()
    done.put(0)
    gate.wait()
    count, end = 0, perf_counter() + BUSY_SECONDS
    while perf_counter() < end:
        (do,) = chance.choices(tuple(mix), tuple(mix.values()))
        do()
        count += 1
    gateway.close()
    done.put(count)
