"""Custom fields come in with sheets, and go out with lists and cards."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pypdfium2
from openpyxl import load_workbook
from sqlalchemy import text

from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key
from crm_desktop.reports.cards import print_card
from crm_desktop.reports.lists import export_list
from crm_desktop.services import listing, records
from crm_desktop.services.listing import ListQuery
from crm_desktop.spec import Ref
from importers import run
from importers.records import read_records
from tests.db.custom import add, admin, create, key_of

__all__ = ["admin"]


def test_a_sheet_fills_custom_fields_by_their_names_in_both_languages(admin: Gateway, tmp_path: Path) -> None:
    grade = add(admin, "customer", "choice", "合作等级", choices=["高", "低"])
    partner = add(admin, "customer", "reference", "介绍客户", target="customer")
    fields = {
        "数量甲": add(admin, "customer", "number", "数量甲"),
        "Signed": add(admin, "customer", "bool", "已签约", name_en="Signed"),
        "签约日期": add(admin, "customer", "date", "签约日期"),
        "合作等级": grade,
        "介绍客户": partner,
    }
    wechat = add(admin, "contact", "text", "微信号码")
    keys = {heading: key_of(field) for heading, field in fields.items()}
    known = create(admin, "customer", name="珠海华工医药有限公司")
    sheet = tmp_path / "客户.csv"
    lines = [
        "客户名称,联系人,微信号码,数量甲,Signed,签约日期,合作等级,介绍客户",
        "广州恒大商贸,李四,lisi88,12.5,是,2026-03-05,低,珠海华工医药有限公司",
        "深圳大华,王五,ww,x,否,,最高,某某",
    ]
    sheet.write_text("\n".join(lines), encoding="utf-8")
    source = run.open_file(sheet).chosen()
    for created in (2, 0):
        with admin.long_write() as session:
            result = run.import_records(session, admin.person, read_records(source.pairs), source)
        assert result.written.created.get("customer", 0) == created
    assert source.mapping["Signed"] == f"customer.{keys['Signed']}"
    assert source.mapping["微信号码"] == f"contact.{key_of(wechat)}"
    with admin.read() as session:
        first, second = (
            records.fetch_record(session, "customer", admin_id)
            for admin_id in session.execute(
                text("select id from crm.customer where name in ('广州恒大商贸', '深圳大华') order by id")
            ).scalars()
        )
        contacts = listing.fetch_first_page(
            session,
            ListQuery(entity="contact", parent_id=first.id),
            admin.person,
            listing.columns_of(by_key("contact"), [key_of(wechat)]),
        )
    assert first.values[keys["数量甲"]] == Decimal("12.5")
    assert first.values[keys["Signed"]] is True
    assert first.values[keys["签约日期"]] == datetime.date(2026, 3, 5)
    assert first.values[keys["合作等级"]].label == "低"
    assert first.values[keys["介绍客户"]].id == known.id
    assert [row.values[key_of(wechat)] for row in contacts] == ["lisi88"]
    assert second.values[keys["合作等级"]] is None
    assert "合作等级: 最高" in str(second.values["remark"])
    assert "介绍客户: 某某" in str(second.values["remark"])


def test_a_list_with_custom_columns_is_exported(admin: Gateway, tmp_path: Path) -> None:
    number, choice = (
        add(admin, "customer", "number", "数量甲"),
        add(admin, "customer", "choice", "等级甲", choices=["高"]),
    )
    with admin.read() as session:
        (entry,) = session.execute(
            text("select id from crm.dictionary_entry where dictionary_id = :id"),
            {"id": choice.values["dictionary"].id},
        ).scalars()
    record = create(
        admin, "customer", name="广州恒大商贸", **{key_of(number): Decimal("2.5"), key_of(choice): Ref(entry, "高")}
    )
    spec = by_key("customer")
    columns = listing.columns_of(spec, ["name", key_of(number), key_of(choice)])
    query = ListQuery(entity="customer", typed="hdsm")
    for ending in (".xlsx", ".csv"):
        with admin.long_write() as session:
            export_list(session, query, admin.person, columns, tmp_path / f"list{ending}", lambda *_step: None)
    assert "广州恒大商贸,2.5000,高" in (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    (sheet,) = load_workbook(tmp_path / "list.xlsx")
    assert [cell.value for cell in list(sheet.rows)[-1]][:3] == ["广州恒大商贸", 2.5, "高"]
    card = tmp_path / "card.pdf"
    with admin.read() as session:
        print_card(session, "customer", record.id, admin.person, card)
    with pypdfium2.PdfDocument(card) as document:
        words = document[0].get_textpage().get_text_bounded()
    assert "等级甲" in words
    assert "2.5" in words
