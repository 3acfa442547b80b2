"""The main job from end to end: a legacy sheet in, found, edited, printed, exported, and taken back again."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest

from crm_desktop.cli import connection
from crm_desktop.core.settings import Profile, save_profiles
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.services.records import fetch_record, save_record
from tests.e2e.conftest import ROOT, Crm, SampleFirm

LEGACY = Path(__file__).resolve().parents[1] / "data/legacy"
SHEET = LEGACY / "客户资料汇总表.xlsx"
CLERK, SALESPERSON = "ouchunmei", "gaoxiaodong"
CLERK_NAME, SALESPERSON_NAME = "区春梅", "高晓东"
NAME, INITIALS = "广州澜宏货运代理公司", "lhhydl"
DELETED = "广州润源装饰工程有限公司"
NOTHING = {"customer": 0, "contact": 0}
EXPECTED = json.loads((LEGACY / "expected.json").read_text(encoding="utf-8"))["files"]


@pytest.fixture
def clerk(firm: SampleFirm, crm: Crm) -> Crm:
    return lambda *arguments: crm("--url", firm.url(CLERK), *arguments)


@pytest.fixture
def salesperson(firm: SampleFirm, crm: Crm) -> Crm:
    return lambda *arguments: crm(*arguments, "--url", firm.url(SALESPERSON))


def edit(firm: SampleFirm, customer_id: int, **changes: Any) -> None:
    gateway = Gateway.connect(ConnectionAddress.from_url(firm.url(SALESPERSON)))
    with gateway.write() as session:
        save_record(session, fetch_record(session, "customer", customer_id), changes)
    gateway.close()


def words_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    words = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return words


def test_sheet_comes_in_is_worked_on_and_goes_again(
    firm: SampleFirm, clerk: Crm, salesperson: Crm, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.xlsx"
    foreseen = clerk("import", "customer", SHEET, "--dry-run", "--json").json
    done = clerk("import", "customer", SHEET, "--rejects", rejects, "--json").json

    expected = EXPECTED[SHEET.name]
    assert done["created"] == {"customer": 900, "contact": 1346}
    assert foreseen == done | {"change_set": None}
    assert [f"{row['sheet']}!{row['row']}" for row in done["rejected"]] == [row["at"] for row in expected["rejects"]]
    assert len(done["warnings"]) == expected["counts"]["warnings"]
    assert done["mapping"]["客户名称"] == "customer.name"
    assert sum(sheet.max_row - 1 for sheet in openpyxl.load_workbook(rejects).worksheets) == 5

    hits = salesperson("search", INITIALS, "--json").json
    assert [hit["title"] for hit in hits] == [NAME]
    customer = hits[0]["id"]
    edit(firm, customer, remark="老客户，春节前拜访")
    changes = clerk("history", "customer", customer, "--json").json
    assert [(c["who"], c["kind"]) for c in changes] == [(SALESPERSON_NAME, "edit"), (CLERK_NAME, "import")]
    assert changes[0]["fields"] == [{"field": "remark", "label": "Remark", "before": "", "after": "老客户，春节前拜访"}]

    again = clerk("import", "customer", SHEET, "--json").json
    assert (again["created"], again["updated"], again["skipped"]) == (NOTHING, NOTHING, 900)

    rehearsed = clerk("undo", done["change_set"], "--dry-run", "--json").json
    undone = clerk("undo", done["change_set"], "--json").json
    assert undone == rehearsed | {"change_set": undone["change_set"]}
    assert undone["removed"]["customer"] == 899
    assert [(k["name"], k["who"]) for k in undone["kept"] if k["entity"] == "customer"] == [(NAME, SALESPERSON_NAME)]
    assert [hit["title"] for hit in clerk("search", NAME, "--json").json] == [NAME]
    assert clerk("search", DELETED, "--json").json == []


def test_card_is_printed_in_both_languages(clerk: Crm, tmp_path: Path) -> None:
    found = clerk("search", "hgyy", "--json").json[0]
    assert "华工医药" in found["title"]
    for language, words in (("zh", ("编号", "联系人", "地址")), ("en", ("No.", "Contacts", "Address"))):
        card = tmp_path / f"{language}.pdf"
        answer = clerk("--lang", language, "print", "customer", found["id"], card)
        assert answer.code == 0, answer.err
        printed = words_of(card)
        assert [word for word in (found["title"], *words) if word not in printed] == []


def test_list_is_printed_and_exported_by_who_may(clerk: Crm, salesperson: Crm, tmp_path: Path) -> None:
    sheet, table, own = tmp_path / "客户.xlsx", tmp_path / "客户.csv", tmp_path / "我的客户.pdf"
    assert clerk("export", "customer", sheet).code == 0
    assert clerk("export", "customer", table, "--view", "all").code == 0
    assert clerk("export", "customer", table, "--view", "nonsense").code == 2
    assert salesperson("export", "customer", own, "--view", "mine").code == 0
    refused = salesperson("export", "customer", sheet)
    assert (refused.code, refused.out) == (1, "")
    assert "no right to export" in refused.err

    labels, *rows = openpyxl.load_workbook(sheet).worksheets[0].values
    customers = [dict(zip(labels, row, strict=True)) for row in rows]
    assert len(customers) >= 2300
    with table.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["Customer name"] for row in csv.DictReader(stream)] == [
            customer["Customer name"] for customer in customers
        ]
    printed = words_of(own)
    mine = [customer["No."] for customer in customers if customer["Owner"] == SALESPERSON_NAME]
    assert len(mine) > 20
    assert [number for number in mine if number not in printed] == []


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if name.startswith("broken/")))
def test_broken_file_is_read_or_refused_in_one_sentence(clerk: Crm, name: str) -> None:
    expected = EXPECTED[name]
    how = ["--on-match", "create", "--dry-run", "--json"]
    if expected["outcome"] == "ask":
        asked = clerk("import", "customer", LEGACY / name, *how)
        assert asked.code == 1
        assert all(str(row) in asked.err for row in expected["candidates"])
        how += ["--sheet", f"Sheet1!{expected['candidates'][-1]}"]
    answer = clerk("import", "customer", LEGACY / name, *how)
    if expected["outcome"] == "refuse":
        assert (answer.code, answer.out) == (1, "")
        assert len(answer.err.splitlines()) == 1
    else:
        counts, doubtful = expected["counts"], len(expected.get("either", ()))
        assert answer.json["created"]["customer"] - counts["customers"] in range(doubtful + 1)


def test_csv_export_of_formulas_is_harmless(clerk: Crm, tmp_path: Path) -> None:
    done = clerk("import", "customer", LEGACY / "broken/公式注入.xlsx", "--on-match", "create", "--json").json
    target = tmp_path / "customers.csv"
    assert clerk("export", "customer", target).code == 0
    assert clerk("undo", done["change_set"]).code == 0
    with target.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert any("cmd|" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "@", "+")) and not cell[1:].isdigit()] == []


def test_mapping_and_order_of_days_are_taken_from_the_user(clerk: Crm, tmp_path: Path) -> None:
    sheet, mapping, card = tmp_path / "sheet.csv", tmp_path / "mapping.json", tmp_path / "card.pdf"
    lines = "Company,Day,Phone", "Odd Firm Ltd.,03/04/2019,020-55501234", "Even Firm Ltd.,05/06/2019,020-55501235"
    sheet.write_text("\n".join(lines), encoding="utf-8")
    chosen = {"Company": "customer.name", "Day": "customer.registered_on", "Phone": ""}
    mapping.write_text(json.dumps(chosen), encoding="utf-8")
    how = ["--mapping", mapping, "--date-order", "dmy"]
    done = clerk("import", "customer", sheet, *how, "--json").json
    assert done["mapping"] == chosen
    found = clerk("search", "Odd Firm", "--json").json[0]
    assert clerk("print", "customer", found["id"], card).code == 0
    assert clerk("undo", done["change_set"]).code == 0
    assert "2019-04-03" in words_of(card)


def test_result_in_words_is_short_and_ends_with_the_way_back(clerk: Crm, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    nameless = [f",广州市天河路{n}号,020-5550{n:04}" for n in range(30)]
    sheet.write_text("\n".join(["客户名称,地址,电话", "卡尔商行,广州市,020-55501234", *nameless]), encoding="utf-8")
    lines = clerk("import", "customer", sheet).out.splitlines()
    assert lines[0] == "New: 1 customer, 0 contacts"
    assert len([line for line in lines if line.endswith("no customer name")]) == 20
    assert lines[2] == "Rejected: 3: no customer name"
    assert lines[-2] == "… and 10 more"
    assert clerk("undo", lines[-1].removeprefix("Undo with: crm-desktop undo ")).code == 0


def test_profile_of_the_workbench_names_the_server(firm: SampleFirm, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    save_profiles([Profile("办公室", port=firm.facts["port"], database=firm.facts["database"], login=CLERK)])
    monkeypatch.setattr(connection, "password_for", lambda profile: "demo" if profile.login == CLERK else None)
    assert crm("search", "hgyy", "--profile", "办公室", "--json").json
    assert crm("--profile", "办公室", "search", "hgyy", "--json").json


def test_json_is_alone_on_stdout_also_in_a_process_of_its_own(firm: SampleFirm, process: Crm) -> None:
    arguments = ["import", "customer", SHEET, "--dry-run", "--json"]
    answer = process(*arguments, CRM_URL=firm.url(CLERK))
    assert answer.json["change_set"] is None
    assert answer.err.strip()  # how far it is


def test_closed_pipe_ends_it_without_a_word(firm: SampleFirm) -> None:
    command = [sys.executable, "-m", "crm_desktop", "--url", firm.url(CLERK), "search", "gs", "--limit", "1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_list_of_products_comes_in_and_goes_again(clerk: Crm, tmp_path: Path) -> None:
    sheet, rejects = tmp_path / "产品.csv", tmp_path / "未导入.xlsx"
    sheet.write_text("产品编号,品名,单价\nKJ-1,空气净化器,2980\nKJ-2,,1\n", encoding="utf-8")
    lines = clerk("import", "product", sheet, "--rejects", rejects).out.splitlines()
    assert lines[:3] == ["New: 1 product", "Updated: 0 products", "Rejected: 3: Product name is missing."]
    assert rejects.stat().st_size > 0
    assert clerk("undo", lines[-1].removeprefix("Undo with: crm-desktop undo ")).code == 0
    assert clerk("import", "employee", sheet).code != 0
