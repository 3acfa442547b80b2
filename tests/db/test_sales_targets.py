"""Sales targets: set from a sheet and from the year before, by managers for their people."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from crm_desktop.core.errors import NoRightError
from crm_desktop.db.errors import RefusedValueError
from crm_desktop.entities.sales_reports import PERFORMANCE
from crm_desktop.services import journal, sales_targets
from crm_desktop.services.analysis import fetch_report
from crm_desktop.services.analysis_parameters import Parameters
from crm_desktop.services.records import FieldsError
from crm_desktop.spec import Ref
from importers.plan import Fate, OnMatch
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.db.test_import_plain import do_import, rows, write_csv
from tests.ui.desk import create

__all__ = ["own_database", "sign_in", "template"]
ALL = """
    select e.name, t.year, t.month, t.amount, t.title
    from crm.sales_target t join crm.employee e on e.id = t.owner_id where t.year > 2001 order by t.year, e.name
"""


def test_a_sheet_sets_them_and_they_go_on_into_the_next_year(sign_in: SignIn, tmp_path: Path) -> None:
    manager, today = sign_in("manager"), datetime.date.today()
    sheet = write_csv(
        tmp_path / "目标.csv", "员工,年份,月,金额", f"seller,{today.year},{today.month}月,10万",
        f"junior,{today.year}年,2,5000", "seller,2030,13,1", "nobody,2030,1,1",
    )  # fmt: skip
    assert [reject.row for reject in do_import(manager, "sales_target", sheet).rejects] == [4, 5]
    first = [("junior", today.year, 2, 5_000, f"junior {today.year}-02"),
             ("seller", today.year, today.month, 100_000, f"seller {today:%Y-%m}")]  # fmt: skip
    assert rows(manager, ALL) == first
    again = write_csv(
        tmp_path / "又.csv", "员工,年份,月,金额", f"seller,{today.year},{today.month},9", f"clerk,{today.year},1,1"
    )
    met = do_import(manager, "sales_target", again, OnMatch.UPDATE)
    assert ([row.fate for row in met.plan.rows], len(met.rejects)) == ([Fate.UPDATE, Fate.REJECT], 1)
    first[1] = (*first[1][:3], 9, first[1][4])
    assert rows(manager, ALL) == first
    ids = [id_ for (id_,) in rows(manager, "select id from crm.sales_target where year > 2001")]
    with manager.write() as session:
        change_set, count = sales_targets.copy_on(session, ids, "")
    assert count == len(first)
    second = [(name, year + 1, *rest, title.replace(str(year), str(year + 1))) for name, year, *rest, title in first]
    assert rows(manager, ALL) == [*first, *second]
    with manager.write() as session:
        assert sales_targets.copy_on(session, ids, "")[1] == 0, "what is there stays"
        journal.undo(session, change_set)
    assert rows(manager, ALL) == first
    with manager.read() as session:
        asked = Parameters(by="owner", period="this_year")
        report = fetch_report(session, PERFORMANCE, asked, manager.person)
    place = [one.key for one in report.measures].index("target")
    told = {row.label: row.numbers[place].value for row in report.rows if row.numbers[place].value}
    assert told == {"seller": 9, "junior": 5_000}


def test_only_managers_set_them_one_a_month(sign_in: SignIn) -> None:
    manager, seller = sign_in("manager"), sign_in("seller")
    junior, clerk = (Ref(sign_in(one).person.id, one) for one in ("junior", "clerk"))
    create(manager, "sales_target", owner=junior, year=2030, month=1, amount=Decimal(1))
    assert [row[:3] for row in rows(seller, ALL)] == [("junior", 2030, 1)]
    for somebody, owner in ((seller, junior), (manager, clerk), (sign_in("clerk"), junior)):
        with pytest.raises(NoRightError):
            create(somebody, "sales_target", owner=owner, year=2030, month=2, amount=Decimal(1))
    for month, amount in ((1, 1), (13, 1), (2, -1)):
        with pytest.raises((FieldsError, RefusedValueError)):
            create(manager, "sales_target", owner=junior, year=2030, month=month, amount=Decimal(amount))
