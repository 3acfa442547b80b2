"""Import of 10,000 customers with contacts from xlsx, against reading with calamine and COPY of the same rows."""

from __future__ import annotations

import io
import itertools
import random
from pathlib import Path

import openpyxl
import psycopg2
from python_calamine import CalamineWorkbook

from crm_desktop.db.engine import Gateway
from crm_desktop.services import journal
from importers import run
from importers.records import read_records
from tests.bench.measure import Figure, once

ROWS = 10_000
TURNS = 3
_BRANDS = "华金瑞信远天盛海中科明泰恒达隆捷凌源润安丰通联创德佳博鸿宇"
_TRADES = ("医药", "机械", "电子", "贸易", "化工", "建材", "食品", "科技", "家具", "物流", "服装", "印刷")
_LABELS = [
    "客户编号", "客户名称", "行业", "客户类型", "地区", "地址", "电话", "联系人", "手机", "级别", "登记日期", "备注",
]  # fmt: skip
_TABLES = {
    "crm.customer": "code like 'BX%'",
    "crm.contact": "customer_id in (select id from crm.customer where code like 'BX%')",
}


def write_sheet(path: Path) -> None:
    """A sheet of 10,000 customers, each with a contact."""
    chance = random.Random(7)
    names = [f"东山{''.join(p)}{t}有限公司" for p in itertools.permutations(_BRANDS, 3) for t in _TRADES]
    chance.shuffle(names)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("客户")
    sheet.append(_LABELS)
    for number, name in enumerate(names[:ROWS]):
        person = chance.choice("陈李王张刘") + chance.choice("立敏强芳军丽")
        row = [f"BX{number:05}", name, "工业制造", "直接客户", "广东省广州市天河区", f"天河路{number}号"]
        sheet.append([*row, f"020-5550{number:04}", person, f"1990{number:07}", "B", "2024-03-05", ""])
    book.save(path)


class Import:
    """The same file, imported and undone as often as it is measured."""

    def __init__(self, gateway: Gateway, superuser_url: str, path: Path) -> None:
        self.gateway, self.superuser_url, self.path = gateway, superuser_url, path
        self._last: run.Result | None = None

    def figures(self) -> list[Figure]:
        """Import and undo, the best of three turns each."""
        self._import()
        rows = self._rows()
        undone = [once(self._undo)]
        imported, copied = [], []
        for _turn in range(TURNS):
            copied.append(once(lambda: self._copy(rows)))
            imported.append(once(self._import))
            undone.append(once(self._undo))
        return [
            Figure("import 10,000 customers from xlsx", min(imported), min(copied), 6, 0, 0),
            Figure("undo of that import", min(undone), min(copied), 0, 0, 0),
        ]

    def _import(self) -> None:
        source = run.open_file(self.path).chosen()
        with self.gateway.long_write() as session:
            self._last = run.import_records(session, self.gateway.person, read_records(source.pairs), source)
        assert self._last.written.created == {"customer": ROWS, "contact": ROWS}, self._last.written

    def _undo(self) -> None:
        assert self._last is not None
        assert self._last.written.change_set is not None
        with self.gateway.long_write() as session:
            journal.undo(session, self._last.written.change_set)

    def _rows(self) -> dict[str, str]:
        """What the import wrote, as COPY wrote it out."""
        written = {}
        with psycopg2.connect(self.superuser_url) as connection, connection.cursor() as cursor:
            for table, where in _TABLES.items():
                stream = io.StringIO()
                cursor.copy_expert(f"copy (select * from {table} where {where} order by id) to stdout", stream)
                written[table] = stream.getvalue()
        connection.close()
        return written

    def _copy(self, rows: dict[str, str]) -> None:
        """The least that can be done: read the cells, COPY finished rows into the same tables."""
        CalamineWorkbook.from_path(self.path).get_sheet_by_index(0).to_python()
        connection = psycopg2.connect(self.superuser_url)
        with connection.cursor() as cursor:
            for table, lines in rows.items():
                cursor.copy_expert(f"copy {table} from stdin", io.StringIO(lines))
        connection.rollback()  # after all the work: what is measured does not stay
        connection.close()
