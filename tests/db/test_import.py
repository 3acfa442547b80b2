"""Imports into a database of their own: what every row becomes, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import CancelledError, KnownError, NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import journal
from crm_desktop.services.records import fetch_record, save_record
from importers import run
from importers.plan import FILL_IN, Fate, MatchRule, OnMatch
from importers.records import read_records
from tests.db.conftest import SignIn

LEGACY = Path(__file__).parents[1] / "data" / "legacy"
SHEET = LEGACY / "客户资料汇总表.xlsx"


def do_import(gateway: Gateway, path: Path, rule: MatchRule = FILL_IN, **how: Any) -> run.Result:
    source = run.open_file(path).chosen()
    with gateway.long_write() as session:
        return run.import_records(session, gateway.person, read_records(source.pairs), source, rule, **how)


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def count(gateway: Gateway, statement: str) -> int:
    with gateway.read() as session:
        return int(session.execute(text(statement)).scalar_one())


def find(gateway: Gateway, name: str) -> int:
    with gateway.read() as session:
        return int(session.execute(text("select id from crm.customer where name = :name"), {"name": name}).scalar_one())


def test_real_sheet_comes_in_whole_and_goes_again(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    before = count(clerk, "select count(*) from crm.customer")
    result = do_import(clerk, SHEET)
    assert result.written.created == {"customer": 900, "contact": 1346}
    assert len(result.rejects) == 5
    assert count(clerk, "select count(*) from crm.customer") == before + 900
    with clerk.write() as session:
        assert result.written.change_set is not None
        undone = journal.undo(session, result.written.change_set)
    assert dict(undone.removed) == {"customer": 900, "contact": 1346}
    assert undone.kept == ()
    assert count(clerk, "select count(*) from crm.customer") == before


def test_undo_keeps_and_lists_what_a_colleague_edited(sign_in: SignIn) -> None:
    clerk, director = sign_in("clerk"), sign_in("director")
    result = do_import(clerk, SHEET)
    edited = find(clerk, "广州润源装饰工程有限公司")
    with director.read() as session:
        base = fetch_record(session, "customer", edited)
    with director.write() as session:
        save_record(session, base, {"remark": "edited by the director"})
    with clerk.write() as session:
        assert result.written.change_set is not None
        undone = journal.undo(session, result.written.change_set)
    assert undone.removed["customer"] == 899
    assert {(kept.entity, kept.name, kept.who) for kept in undone.kept if kept.entity == "customer"} == {
        ("customer", "广州润源装饰工程有限公司", "director")
    }
    assert find(clerk, "广州润源装饰工程有限公司") == edited


def test_second_import_of_the_same_sheet_changes_nothing(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    do_import(clerk, SHEET)
    again = do_import(clerk, SHEET)
    assert again.written.change_set is None
    assert again.plan.count(Fate.UNCHANGED) == 900


def test_fill_only_fills_what_is_empty_and_update_replaces(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    do_import(
        clerk, write_csv(tmp_path / "a.csv", "客户名称,传真,邮编", "甲有限公司,020-1,", "乙有限公司,020-2,510000")
    )
    file = write_csv(tmp_path / "b.csv", "客户名称,传真,邮编", "甲公司,020-9,510001", "乙有限公司,020-2,510000")
    filled = do_import(clerk, file)
    with clerk.read() as session:
        record = fetch_record(session, "customer", find(clerk, "甲有限公司"))
    assert (record.values["fax"], record.values["postcode"]) == ("020-1", "510001")
    assert [row.fate for row in filled.plan.rows] == [Fate.UPDATE, Fate.UNCHANGED]
    do_import(clerk, file, MatchRule(OnMatch.UPDATE))
    with clerk.read() as session:
        assert fetch_record(session, "customer", record.id).values["fax"] == "020-9"


def test_new_contacts_join_a_customer_that_is_there(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    do_import(clerk, write_csv(tmp_path / "a.csv", "客户名称,联系人,手机", "甲有限公司,陈立,19900001111"))
    result = do_import(clerk, write_csv(tmp_path / "b.csv", "客户名称,联系人,手机", "甲有限公司,苏敏,19900002222"))
    assert result.written.created == {"customer": 0, "contact": 1}
    assert count(clerk, "select count(*) from crm.contact where name in ('陈立', '苏敏') and is_main") == 1


def test_skip_leaves_and_create_doubles(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    file = write_csv(tmp_path / "a.csv", "客户编号,客户名称", "K1,甲有限公司")
    do_import(clerk, file)
    assert do_import(clerk, file, MatchRule(OnMatch.SKIP)).written.change_set is None
    doubled = do_import(clerk, file, MatchRule(OnMatch.CREATE))
    assert doubled.written.created["customer"] == 1
    assert any("K1" in warning for warning in doubled.plan.rows[0].warnings)


def test_single_rows_are_decided_otherwise_than_the_rule(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    do_import(clerk, write_csv(tmp_path / "a.csv", "客户名称,传真", "甲有限公司,020-1", "乙有限公司,020-2"))
    file = write_csv(tmp_path / "b.csv", "客户名称,传真,邮编", "甲有限公司,020-8,510001", "乙有限公司,020-9,510002")
    left, replaced = (record.at for record in read_records(run.open_file(file).chosen().pairs).records)
    rule = FILL_IN.deciding(left, OnMatch.SKIP).deciding(replaced, OnMatch.UPDATE)
    result = do_import(clerk, file, rule)
    assert [(row.fate, row.is_decided) for row in result.plan.rows] == [(Fate.SKIP, True), (Fate.UPDATE, True)]
    with clerk.read() as session:
        records = [fetch_record(session, "customer", find(clerk, name)) for name in ("甲有限公司", "乙有限公司")]
    assert [(r.values["fax"], r.values["postcode"]) for r in records] == [("020-1", None), ("020-9", "510002")]
    assert FILL_IN.decisions == {}
    assert rule.deciding(left, OnMatch.FILL).deciding(replaced, OnMatch.FILL) == FILL_IN


def test_unknown_words_stay_in_the_remark(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    result = do_import(clerk, write_csv(tmp_path / "a.csv", "客户名称,行业,业务员", "甲有限公司,航天,张无忌"))
    with clerk.read() as session:
        remark = fetch_record(session, "customer", find(clerk, "甲有限公司")).values["remark"]
    assert "航天" in remark
    assert "张无忌" in remark
    assert len(result.plan.rows[0].warnings) == 2


def test_parent_companies_are_found_in_the_file_and_in_the_database(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    do_import(clerk, write_csv(tmp_path / "a.csv", "客户名称,传真", "老集团,020-1"))
    lines = (
        "客户名称,上级单位,传真",
        "丙有限公司,丁集团有限公司,1",
        "丁集团有限公司,老集团,2",
        "戊有限公司,没有这家,3",
    )
    do_import(clerk, write_csv(tmp_path / "b.csv", *lines))
    with clerk.read() as session:
        parents = {
            name: fetch_record(session, "customer", find(clerk, name)).values["parent"]
            for name in ("丙有限公司", "丁集团有限公司", "戊有限公司")
        }
    assert [ref.label if ref else None for ref in parents.values()] == ["丁集团有限公司", "老集团", None]


def test_a_person_without_the_function_may_not_import(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with pytest.raises(NoRightError):
        do_import(seller, SHEET)


def test_foreign_customers_are_skipped_and_foreign_owners_not_given(sign_in: SignIn, tmp_path: Path) -> None:
    manager, director = sign_in("manager"), sign_in("director")
    do_import(director, write_csv(tmp_path / "a.csv", "客户编号,客户名称,业务员", "K7,甲有限公司,desk"))
    result = do_import(manager, write_csv(tmp_path / "b.csv", "客户编号,客户名称,业务员", "K7,乙有限公司,desk"))
    row = result.plan.rows[0]
    assert row.fate is Fate.CREATE
    assert row.values["owner"].id == manager.person.id
    assert row.values["code"] != "K7"
    do_import(manager, write_csv(tmp_path / "c.csv", "客户编号,客户名称,备注", "K8,丙有限公司,常客"))
    file = write_csv(tmp_path / "d.csv", "客户编号,客户名称,传真,业务员", "K8,丙有限公司,020-1,desk")
    met = do_import(manager, file, MatchRule(OnMatch.UPDATE))
    assert [(one.fate, [*one.values]) for one in met.plan.rows] == [(Fate.UPDATE, ["fax"])]  # his own remark stays


def test_cancelled_import_leaves_nothing(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    before = count(clerk, "select count(*) from crm.customer"), count(clerk, "select count(*) from crm.contact")

    def stop(done: int, _total: int, what: str) -> None:
        if what == "Updating" and done:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        do_import(clerk, SHEET, progress=stop)
    assert (
        count(clerk, "select count(*) from crm.customer"),
        count(clerk, "select count(*) from crm.contact"),
    ) == before
    with clerk.read() as session:
        assert [s for s in journal.fetch_change_sets(session) if s.kind == "import"] == []


def test_mapping_is_kept_for_the_next_file_of_the_same_shape(sign_in: SignIn, tmp_path: Path) -> None:
    director = sign_in("director")
    header = "客户名称,暗号,备注"
    opened = run.open_file(write_csv(tmp_path / "a.csv", header, "甲有限公司,0201,x", "乙有限公司,0202,y"))
    source = run.with_mapping(opened, {"暗号": "customer.fax"}, None).chosen()
    with director.long_write() as session:
        run.import_records(session, director.person, read_records(source.pairs), source)
        run.save_recipes(session, source)
    later = run.open_file(write_csv(tmp_path / "b.csv", header, "丙有限公司,0203,z", "丁有限公司,0204,z"))
    with director.read() as session:
        later = run.with_saved_recipes(session, later)
    assert later.chosen().mapping["暗号"] == "customer.fax"


def test_two_tables_in_a_sheet_are_asked_about() -> None:
    with pytest.raises(KnownError) as caught:
        run.open_file(LEGACY / "broken" / "两个表头.xlsx").chosen()
    assert "2, 14" in caught.value.message
    source = run.open_file(LEGACY / "broken" / "两个表头.xlsx").chosen("Sheet1!14")
    assert len(read_records(source.pairs).records) == 18


def test_numbers_and_days_that_no_column_holds_stay_in_the_remark(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    sheet = write_csv(
        tmp_path / "a.csv",
        "客户名称,员工人数,年营业额,成立日期",
        "佛山大数有限公司,19900001234,99999999999999999999,9999-12-31",
        "佛山小数有限公司,12,500000,2003-05-06",
    )
    result = do_import(clerk, sheet)
    assert result.written.created["customer"] == 2
    with clerk.read() as session:
        record = fetch_record(session, "customer", find(clerk, "佛山大数有限公司"))
    assert [record.values[key] for key in ("employee_count", "annual_revenue", "founded_on")] == [None, None, None]
    assert all(text in record.values["remark"] for text in ("19900001234", "99999999999999999999", "9999-12-31"))
    assert len(result.plan.rows[0].warnings) == 3
