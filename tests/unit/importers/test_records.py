from __future__ import annotations

import functools
import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crm_desktop.core.i18n import set_language
from importers.layout import find_tables
from importers.mapping import guess
from importers.readers import read_book
from importers.records import Record, Records, read_records
from importers.values.regions import Region
from tests.unit.importers.legacy import DATA, FILES, LEGACY, rows_named

CUSTOMER_LISTS = [
    "客户资料汇总表.xlsx",
    "准客户登记.xls",
    "客户名单_GBK.csv",
    "客户名单_分号.csv",
    "客户名单_制表符.txt",
    "客户一览.docx",
    "outlook_contacts.csv",
    "Outlook联系人.CSV",
    "google_contacts.csv",
    "broken/网页导出.xlsx",
    "broken/制表符文本.xls",
    "broken/满格式.xlsx",
    "broken/两个表头.xlsx",
    "broken/公式注入.xlsx",
]
TEXT_FIELDS = (
    *("name", "short_name", "code", "type", "industry", "address", "postcode"),
    *("email", "website", "tax_no", "owner", "source", "level"),
)
KEPT_ELSEWHERE = {"status", "follow_ups"}
"""Of the truth, what is a line of the remark until a later import makes records of it."""


@functools.cache
def read(name: str) -> Records:
    tables = find_tables(read_book(LEGACY / name))
    if FILES[name]["outcome"] == "ask":
        tables = tables[-1:]
    return read_records((table, guess(table)) for table in tables)


def truth(name: str) -> list[dict[str, Any]]:
    path = LEGACY / "expected" / f"{name.replace('/', '_')}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def folded(text: object) -> str:
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


def digits(text: object) -> str:
    return re.sub(r"\D", "", str(text))


def told(region: Region) -> dict[str, str]:
    parts = {"country": region.country, "province": region.province, "city": region.city, "district": region.district}
    return {part: name for part, name in parts.items() if name}


def note_of(record: Record) -> str:
    """The remark without the lines of columns that have no field."""
    lines = {f"{label}: {text}" for label, text in record.extra}
    remark = str(record.values.get("remark", ""))
    for text in sorted(lines, key=len, reverse=True):
        remark = remark.replace(text, "")
    return folded(remark)


def comparable(record: Record) -> dict[str, Any]:
    """A record of ours, in the words and forms of the truth."""
    values: dict[str, Any] = record.values
    found: dict[str, Any] = {name: folded(values[name]) for name in TEXT_FIELDS if name in values}
    found |= {name: str(values[name]) for name in ("registered_on", "first_deal_on") if name in values}
    found |= {name: list(map(digits, values[name])) for name in ("phones",) if values.get(name)}
    found |= {"total_amount": values["total_amount"]} if "total_amount" in values else {}
    found |= {"region": told(values["region"])} if "region" in values else {}
    found |= {"lifecycle": values["life_cycle"]} if "life_cycle" in values else {}
    found |= {"fax": digits(values["fax"])} if "fax" in values else {}
    found |= {"note": note_of(record)} if note_of(record) else {}
    contacts = [
        contact | ({"at": at} if at != record.at else {})
        for contact, at in zip(record.parts, record.part_rows, strict=True)
    ]
    return found | {"at": record.at, "contacts": list(map(with_digits, contacts))}


def with_digits(contact: dict[str, Any]) -> dict[str, Any]:
    return contact | ({"phones": list(map(digits, contact["phones"]))} if "phones" in contact else {})


def wanted(entry: dict[str, Any]) -> dict[str, Any]:
    """A record of the truth, in the form it is compared in."""
    found = {name: value for name, value in entry.items() if name not in KEPT_ELSEWHERE | {"key"}}
    for name in (*TEXT_FIELDS, "note"):
        if name in found:
            found[name] = folded(found[name])
    if "phones" in found:
        found["phones"] = list(map(digits, found["phones"]))
    if "fax" in found:
        found["fax"] = digits(found["fax"])
    found["contacts"] = list(map(with_digits, entry.get("contacts", [])))
    return found


@pytest.mark.parametrize("name", CUSTOMER_LISTS)
def test_every_customer_is_read_field_by_field(name: str) -> None:
    doubtful = rows_named(name, "either")
    recovered = {
        entry["at"]: entry["if_recovered"] for entry in FILES[name].get("rejects", []) if "if_recovered" in entry
    }
    found = {record.at: comparable(record) for record in read(name).records if record.at not in doubtful}
    expected = {entry["at"]: wanted(entry) for entry in truth(name)}
    expected |= {at: wanted(entry | {"at": at}) for at, entry in recovered.items() if at in found}
    assert found.keys() == expected.keys()
    different = {at: (found[at], expected[at]) for at in expected if found[at] != expected[at]}
    assert not different


@pytest.mark.parametrize(
    ("name", "language"), [("contacts.vcf", "zh"), ("contacts.vcf", "en"), ("客户登记表.docx", "en")]
)
def test_cards_and_forms_are_read_field_by_field(name: str, language: str) -> None:
    set_language(language)
    read.cache_clear()
    found = read(name)
    assert (found.rejects, found.warnings, found.duplicates) == ([], [], [])
    assert [without_places(comparable(one)) for one in found.records] == [
        without_places(wanted(entry)) for entry in truth(name)
    ]


def without_places(record: dict[str, Any]) -> dict[str, Any]:
    contacts = [{key: value for key, value in contact.items() if key != "at"} for contact in record["contacts"]]
    return {key: value for key, value in record.items() if key != "at"} | {"contacts": contacts}


@pytest.mark.parametrize("name", CUSTOMER_LISTS)
def test_rejects_duplicates_continuations_and_warnings_are_those_of_the_truth(name: str) -> None:
    found = read(name)
    must = {entry["at"] for entry in FILES[name].get("rejects", []) if "if_recovered" not in entry}
    may = rows_named(name, "rejects") | rows_named(name, "either")
    assert must <= {reject.at for reject in found.rejects} <= must | may
    assert {duplicate.at for duplicate in found.duplicates} == rows_named(name, "duplicates")
    assert found.continued == FILES[name].get("continued", [])
    assert {(warning.at, warning.text) for warning in found.warnings} == {
        (entry["at"], entry["text"]) for entry in FILES[name].get("warnings", [])
    }


@pytest.mark.parametrize("name", [name for name in CUSTOMER_LISTS if FILES[name].get("lookalikes")])
def test_companies_that_only_look_alike_stay_two(name: str) -> None:
    names = {folded(record.values["name"]) for record in read(name).records}
    for pair in FILES[name]["lookalikes"]:
        keys = {entry["key"] for entry in truth(name)}
        assert pair["key"] not in keys or folded(pair["name"]) in names


def test_clean_english_export_is_read() -> None:
    found = {f"accounts.csv!{record.at}": comparable(record) for record in read("accounts.csv").records}
    assert len(found) == FILES["accounts.csv"]["counts"]["customers"]
    for entry in truth("accounts.csv"):
        expected = wanted(entry | {"contacts": []}) | {"at": entry["at"].removeprefix("accounts.csv!")}
        assert found[entry["at"]] == expected


def test_public_data_set_is_read_with_revenue_in_millions() -> None:
    tables = find_tables(read_book(DATA / "maven-crm/accounts.csv"))
    found = read_records((table, guess(table)) for table in tables)
    assert (len(found.records), found.rejects, found.warnings, found.duplicates) == (85, [], [], [])
    assert found.records[0].values == {
        "name": "Acme Corporation",
        "industry": "technolgy",
        "founded_on": date(1996, 1, 1),
        "annual_revenue": Decimal(1100040000),
        "employee_count": 2822,
        "region": Region(country="United States"),
    }
    parents = [record.values["parent"] for record in found.records if "parent" in record.values]
    assert (len(parents), parents[0]) == (15, "Acme Corporation")
