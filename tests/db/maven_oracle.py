"""What the reports must say of the public pipeline, computed from its files without the program."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

Deal = dict[str, str]
Sums = dict[str, tuple[int, int]]
"""How many and how much, by name."""


class Maven:
    """The files in a folder."""

    def __init__(self, folder: Path) -> None:
        def rows(name: str) -> list[Deal]:
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        self.deals = rows("sales_pipeline")
        teams = {row["sales_agent"]: row for row in rows("sales_teams")}
        sectors = {row["account"]: row["sector"] for row in rows("accounts")}
        for deal in self.deals:
            deal["product"] = deal["product"].replace("GTXPro", "GTX Pro")
            deal["manager"] = teams[deal["sales_agent"]]["manager"]
            deal["office"] = teams[deal["sales_agent"]]["regional_office"]
            deal["sector"] = sectors.get(deal["account"], "")
            _day, month, year = map(int, (deal["close_date"] or "0-0-0").split("-"))
            deal["quarter"] = f"20{year}, quarter {(month + 2) // 3}"

    def of(self, stage: str) -> Iterator[Deal]:
        """The deals in a stage."""
        return (deal for deal in self.deals if deal["deal_stage"] == stage)

    def gathered(self, stage: str, by: str | Callable[[Deal], str]) -> Sums:
        """The deals in a stage by a column."""
        count: Counter[str] = Counter()
        value: Counter[str] = Counter()
        for deal in self.of(stage):
            name = deal[by] if isinstance(by, str) else by(deal)
            count[name] += 1
            value[name] += int(deal["close_value"] or 0)
        return {name: (count[name], value[name]) for name in count}

    def rates(self, by: str) -> dict[str, Decimal]:
        """How many of a hundred decided deals were won, to two places."""
        won, lost = self.gathered("Won", by), self.gathered("Lost", by)
        decided = {name: won.get(name, (0, 0))[0] + lost.get(name, (0, 0))[0] for name in won | lost}
        found: dict[str, Decimal] = defaultdict(Decimal)
        for name, count in decided.items():
            found[name] = round(Decimal(100 * won.get(name, (0, 0))[0]) / count + Decimal("1e-12"), 2)
        return dict(found)
