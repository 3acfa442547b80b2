"""``python -m tests.bench [--size 2300|100000|1000000 ...] [--part PART ...] [--json FILE]``

Prints figures, fails nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from crm_desktop.core.i18n import set_language
from crm_desktop.core.paths import ROOT
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.demo.prepare import Demo, prepare_demo
from crm_desktop.demo.scale import SCALES
from tests.bench.actions import ActionsBench
from tests.bench.bulk_edit import BulkEdit
from tests.bench.cases import Bench
from tests.bench.crowd import crowd_timings
from tests.bench.days import Days
from tests.bench.delay import Delay
from tests.bench.imports import Import, write_sheet
from tests.bench.measure import Figure
from tests.bench.reports import Reports
from tests.bench.sales_day import SalesDay
from tests.bench.seat import Seat
from tests.bench.service_day import ServiceDay
from tests.bench.start import start_timings
from tests.bench.window import Timing, WindowBench

SALESPERSON, ENGINEER, CLERK, ADMINISTRATOR = "linping", "shenguohua", "ouchunmei", "konghao"
PARTS = ("statements", "window", "days", "actions", "crowd")
ROUND_TRIP_SECONDS = 0.002
LONGEST_BLOCK_MS = 50
HOME = ROOT / "build" / "bench"
"""The sample firms are kept here between two runs."""


def main() -> int:
    """Measure all sizes asked for."""
    sizes = {scale.customers: name for name, scale in SCALES.items() if scale.customers}
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("--size", type=int, action="append", choices=sorted(sizes), help="customers")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    set_language("zh")
    parts = options.part or PARTS
    found: dict[str, list[dict[str, object]]] = {}
    for size in options.size or [min(sizes)]:
        demo = prepare_demo(HOME, sizes[size], progress=lambda _done, _total: None)
        figures: list[Figure] = []
        timings: list[Timing] = []
        try:
            if "statements" in parts:
                figures = measure(demo)
                show(size, figures)
            if "window" in parts:
                timings += start_timings(demo.address.url(demo.database, SALESPERSON, "demo"))
                timings += window_timings(demo)
            if "days" in parts:
                timings += days_timings(demo)
            if "actions" in parts:
                timings += actions_timings(demo)
            if "crowd" in parts:
                timings += crowd_timings(demo, ROUND_TRIP_SECONDS)
        finally:
            demo.server.stop()
        show_timings(size, timings)
        found[str(size)] = [*map(_as_json, figures), *map(asdict, timings)]
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=2), encoding="utf-8")
    return 0


def window_timings(demo: Demo) -> list[Timing]:
    """One salesperson's window, on this computer and over a network that takes 2 ms for each round trip."""
    found = []
    with Delay((demo.address.host, demo.address.port), ROUND_TRIP_SECONDS / 2) as network:
        for where, port in (("", demo.address.port), (", 2 ms away", network.port)):
            url = replace(demo.address, port=port).url(demo.database, SALESPERSON, "demo")
            window = WindowBench(ConnectionAddress.from_url(url))
            found += [replace(timing, name=timing.name + where) for timing in window.timings()]
            window.close()
    return found


def days_timings(demo: Demo) -> list[Timing]:
    """A salesperson's day, and that of the service desk."""
    found: list[Timing] = []
    for login, timings in ((SALESPERSON, Days.sales), (ENGINEER, Days.service)):
        window = WindowBench(_address(demo, login))
        found += timings(Days(window))
        window.close()
    return found


def actions_timings(demo: Demo) -> list[Timing]:
    """What a salesperson does in an hour, and the pages of an administrator."""
    found: list[Timing] = []
    for login in (SALESPERSON, ADMINISTRATOR):
        window = WindowBench(_address(demo, login))
        actions = ActionsBench(window)
        found += actions.blocks()
        if login == SALESPERSON:
            found += actions.hour()
        window.close()
    return found


def show_timings(size: int, timings: list[Timing]) -> None:
    """A table for people."""
    print(f"\n{size:,} customers: what people wait for")
    print(f"{'':56}{'':>10}{'limit':>7}{'longest block':>15}")
    for timing in timings:
        block = f"{timing.longest_block:.0f} ms" if timing.longest_block else ""
        block += " over" if timing.longest_block > LONGEST_BLOCK_MS else ""
        limit = f"{timing.limit:g}" if timing.limit else ""
        print(f"{timing.name:56}{timing.value:>10.1f}{limit:>7}{block:>15}  {timing.unit}")


def measure(demo: Demo) -> list[Figure]:
    """All figures of one sample firm."""
    seats: tuple[tuple[type[Seat], str], ...] = ((Bench, SALESPERSON), (SalesDay, SALESPERSON), (ServiceDay, ENGINEER))
    figures: list[Figure] = []
    for kind, login in seats:
        seat = kind(_sign_in(demo, login), demo.address.url(demo.database, login, "demo"))
        try:
            figures += seat.figures()
        finally:
            seat.close()
    clerk = _sign_in(demo, CLERK)
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "客户.xlsx"
        write_sheet(sheet)
        figures += Import(clerk, demo.address.url(demo.database), sheet).figures()
    figures += Reports(clerk, demo.address.url(demo.database, CLERK, "demo")).figures()
    figures += BulkEdit(clerk, demo.address.url(demo.database, CLERK, "demo")).figures()
    clerk.close()
    return figures


def _sign_in(demo: Demo, login: str) -> Gateway:
    return Gateway.connect(_address(demo, login))


def _address(demo: Demo, login: str) -> ConnectionAddress:
    return ConnectionAddress.from_url(demo.address.url(demo.database, login, "demo"))


def show(size: int, figures: list[Figure]) -> None:
    """A table for people."""
    print(f"\n{size:,} customers, {os.cpu_count()} cores")
    print(f"{'':36}{'ours ms':>10}{'best ms':>10}{'ratio':>8}{'limit':>7}{'statements':>12}{'most':>6}{'most ms':>9}")
    for figure in figures:
        limit = f"{figure.limit:g}" if figure.limit else ""
        counted = str(figure.statements) if figure.statements else ""
        most = str(figure.most_statements) if figure.most_statements else ""
        most_ms = f"{figure.most_ms:g}" if figure.most_ms else ""
        mark = "" if figure.is_kept else "  over"
        print(
            f"{figure.name:36}{figure.ours:>10.2f}{figure.best:>10.2f}{figure.ratio:>8.2f}{limit:>7}"
            f"{counted:>12}{most:>6}{most_ms:>9}{mark}"
        )


def _as_json(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "ours_ms": round(figure.ours, 3),
        "best_ms": round(figure.best, 3),
        "ratio": round(figure.ratio, 3),
        "limit": figure.limit or None,
        "statements": figure.statements,
        "most_statements": figure.most_statements or None,
        "most_ms": figure.most_ms or None,
        "kept": figure.is_kept,
    }


if __name__ == "__main__":
    sys.exit(main())
