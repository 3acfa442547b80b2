"""``python -m tests.bench [--size 2300|100000|1000000 ...] [--json FILE]``: prints figures, fails nobody."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from crm_desktop.core.i18n import set_language
from crm_desktop.core.paths import ROOT
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.demo import SCALES, Demo, prepare_demo
from tests.bench.cases import Bench
from tests.bench.imports import Import, write_sheet
from tests.bench.measure import Figure

SALESPERSON, CLERK = "linping", "ouchunmei"
HOME = ROOT / "build" / "bench"
"""The sample firms are kept here between two runs."""


def main() -> int:
    """Measure all sizes asked for."""
    sizes = {scale.customers: name for name, scale in SCALES.items() if scale.customers}
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("--size", type=int, action="append", choices=sorted(sizes), help="customers")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    set_language("zh")
    found: dict[int, list[Figure]] = {}
    for size in options.size or [min(sizes)]:
        demo = prepare_demo(HOME, sizes[size], progress=lambda _done, _total: None)
        try:
            found[size] = measure(demo)
        finally:
            demo.server.stop()
        show(size, found[size])
    if options.json:
        document = {str(size): [_as_json(figure) for figure in figures] for size, figures in found.items()}
        options.json.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
    return 0


def measure(demo: Demo) -> list[Figure]:
    """All figures of one sample firm."""
    bench = Bench(_sign_in(demo, SALESPERSON), demo.address.url(demo.database, SALESPERSON, "demo"))
    try:
        figures = list(bench.figures())
    finally:
        bench.close()
    clerk = _sign_in(demo, CLERK)
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "客户.xlsx"
        write_sheet(sheet)
        figures += Import(clerk, demo.address.url(demo.database), sheet).figures()
    clerk.close()
    return figures


def _sign_in(demo: Demo, login: str) -> Gateway:
    return Gateway.connect(ConnectionAddress.from_url(demo.address.url(demo.database, login, "demo")))


def show(size: int, figures: list[Figure]) -> None:
    """A table for people."""
    print(f"\n{size:,} customers, {os.cpu_count()} cores")
    print(f"{'':36}{'ours ms':>10}{'best ms':>10}{'ratio':>8}{'limit':>7}{'statements':>12}{'most':>6}")
    for figure in figures:
        limit = f"{figure.limit:g}" if figure.limit else ""
        counted = str(figure.statements) if figure.statements else ""
        most = str(figure.most_statements) if figure.most_statements else ""
        mark = "" if figure.is_kept else "  over"
        print(
            f"{figure.name:36}{figure.ours:>10.2f}{figure.best:>10.2f}{figure.ratio:>8.2f}{limit:>7}"
            f"{counted:>12}{most:>6}{mark}"
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
        "kept": figure.is_kept,
    }


if __name__ == "__main__":
    sys.exit(main())
