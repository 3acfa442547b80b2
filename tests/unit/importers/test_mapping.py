from __future__ import annotations

import json
from pathlib import Path

import pytest

from importers.labels import TARGETS, label_key, target
from importers.layout import Table, find_tables
from importers.mapping import choose, fingerprint, guess, recipe, with_recipe
from importers.readers import Book, Row, Sheet
from importers.records import Records, read_records


def table_of(*rows: Row) -> Table:
    (table,) = find_tables(Book(Path("list.xlsx"), (Sheet("S", list(rows)),)))
    return table


def meanings(*rows: Row) -> list[str]:
    return [f"{found.target.entity}.{found.target.field}" if found.target else "" for found in guess(table_of(*rows))]


def records_of(*rows: Row) -> Records:
    table = table_of(*rows)
    return read_records([(table, guess(table))])


def test_no_label_stands_for_two_targets() -> None:
    keys = [label_key(label) for found in TARGETS for label in set(map(label_key, found.labels))]
    assert len(keys) == len(set(keys))


def test_every_guess_says_why() -> None:
    table = table_of(["客户名称", "序号", "某列", "电话"], ["甲公司", 1, "乙", "020-55501102"])
    assert all(found.reason for found in guess(table))


@pytest.mark.parametrize(
    ("rows", "meant"),
    [
        ([["客户名称", "手机"], ["甲公司", "19900001111"]], ["customer.name", "customer.phones"]),
        (
            [["客户名称", "联系人", "手机"], ["甲公司", "王海", "19900001111"]],
            ["customer.name", "contact.name", "contact.phones"],
        ),
        (
            [["Company", "Contact Person", "E-Mail"], ["A Ltd", "Ann Lee", "ann.lee@a.example"]],
            ["customer.name", "contact.name", "contact.email"],
        ),
        (
            [["Company", "Contact Person", "E-Mail"], ["A Ltd", "Ann Lee", "info@a.example"]],
            ["customer.name", "contact.name", "customer.email"],
        ),
        ([["单位", "贵公司联系电话"], ["甲公司", "020-55501102"]], ["customer.name", "customer.phones"]),
        ([["客户名称*", "地 址\n"], ["甲公司", "广州"]], ["customer.name", "customer.address"]),
        ([["客户名称", "类别"], ["甲公司", "准客户"]], ["customer.name", "customer.life_cycle"]),
        ([["客户名称", "类别"], ["甲公司", "经销商"]], ["customer.name", "customer.type"]),
    ],
)
def test_labels_neighbours_and_values_give_the_meaning(rows: list[Row], meant: list[str]) -> None:
    assert meanings(*rows) == meant


def test_values_give_the_meaning_of_unknown_labels() -> None:
    assert meanings(
        ["客户名称", "甲栏", "乙栏", "丙栏", "丁栏"],
        ["甲公司", "020-55501102", "a@x.example", "广州天河", "红"],
        ["乙公司", "19900001234", "b@x.example", "江苏南京", "蓝"],
    ) == ["customer.name", "customer.phones", "customer.email", "customer.region", "customer.more"]


def test_contacts_in_numbered_columns_are_several_people() -> None:
    (record,) = records_of(
        ["客户名称", "联系人1", "联系人1电话", "联系人2", "联系人2电话"],
        ["甲公司", "王海", "19900001111", "李明", "19900002222"],
    ).records
    assert record.parts == [
        {"name": "王海", "phones": ["19900001111"], "is_main": True},
        {"name": "李明", "phones": ["19900002222"]},
    ]


def test_correction_by_the_user_is_kept_as_a_recipe_for_files_of_the_same_shape() -> None:
    first = table_of(["客户名称", "甲栏", "销量"], ["甲公司", "20-10-16", 5])
    chosen = choose(guess(first), 1, target("customer", "registered_on"))
    kept = json.loads(json.dumps(recipe(chosen)))
    kept["甲栏"]["order"] = "dmy"
    second = table_of(["客户名称", "甲栏", "销量"], ["乙公司", "21-10-16", 6], ["丙公司", "22-10-16", 7])
    assert fingerprint(first) == fingerprint(second)
    again = with_recipe(guess(second), kept)
    assert (again[1].target, again[1].order, again[1].score) == (target("customer", "registered_on"), "dmy", 1)
    assert again[2] == guess(second)[2] or again[2].reason == "kept from an earlier import"
    assert fingerprint(table_of(["客户名称", "乙栏"], ["甲公司", 1])) != fingerprint(first)


def test_column_nobody_knows_is_kept_in_the_remark() -> None:
    (record, _other) = records_of(
        ["客户名称", "电话", "备注", "颜色"],
        ["甲公司", "020-55501102", "老客户", "红"],
        ["乙公司", "020-55501103", None, "蓝"],
    ).records
    assert record.values["remark"] == "老客户\n颜色: 红"
    assert record.extra == [("颜色", "红")]


def test_second_contact_below_a_company_belongs_to_it() -> None:
    found = records_of(
        ["序号", "客户名称", "联系人", "手机"],
        [1, "甲公司", "王海", "19900001111"],
        [None, None, "李明", "19900002222"],
        [2, None, "张三", "19900003333"],
        [3, None, None, None],
        [4, "乙公司", "赵云", None],
    )
    assert found.continued == ["S!3"]
    assert [reject.at for reject in found.rejects] == ["S!4"]
    assert [contact["name"] for contact in found.records[0].parts] == ["王海", "李明"]
    assert found.records[0].sources == ["S!2", "S!3"]
    assert found.records[0].part_rows == ["S!2", "S!3"]


def test_what_a_later_row_says_otherwise_is_kept_in_the_remark() -> None:
    (record,) = records_of(
        ["客户名称", "电话", "业务员", "地址"],
        ["甲有限公司", "020-55501102", "谢启明", "广州市天河区1号"],
        ["甲公司", "020-55501102、55501103", "林平", "广州市天河区 1号"],
    ).records
    assert record.values["owner"] == "谢启明"
    assert record.values["phones"] == ["020-55501102"]
    assert record.values["remark"] == "电话: 020-55501103\n业务员: 林平"


def test_people_of_the_same_name_are_one_customer_only_with_the_same_number() -> None:
    found = records_of(
        ["姓", "名", "单位", "移动电话"],
        ["王", "海", None, "19900001111"],
        ["王", "海", None, "19900002222"],
        ["王", "海", None, "19900001111"],
    )
    assert [(record.values["type"], record.values["name"]) for record in found.records] == [("个人客户", "王海")] * 2
    assert [(one.at, one.of) for one in found.duplicates] == [("S!4", "S!2")]


def test_row_with_more_cells_than_columns_is_rejected() -> None:
    found = records_of(
        ["客户名称", "电话"], ["甲公司", "020-55501102"], ["乙公司", "020-55501103", "多出来"], ["丙公司", None]
    )
    assert [(reject.at, reject.reason) for reject in found.rejects] == [("S!3", "3 columns instead of 2")]


def test_cell_that_cannot_be_read_is_named_and_left_empty() -> None:
    (record,) = records_of(["客户名称", "登记日期", "电话"], ["甲公司", "去年底", "020-55501102"]).records
    assert record.values.keys() == {"name", "phones"}
    assert record.warnings == ["S!2, 登记日期: “去年底” is no day; the field stays empty"]


def test_words_beside_telephone_numbers_are_not_lost() -> None:
    (record,) = records_of(["客户名称", "电话"], ["甲公司", "020-55501102 财务部"]).records
    assert record.values["phones"] == ["020-55501102"]
    assert record.values["remark"] == "电话: 财务部"
