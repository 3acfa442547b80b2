from __future__ import annotations

from pathlib import Path

import pytest
import vobject

from crm_desktop.core.names import split_person_name
from crm_desktop.reports.vcard import write_vcards
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("陈立", ("陈", "立")),
        ("欧阳修远", ("欧阳", "修远")),
        ("Amy van Dyke", ("Dyke", "Amy van")),
        ("司马", ("司", "马")),
    ],
)
def test_family_name_is_told_from_the_given_name(name: str, parts: tuple[str, str]) -> None:
    assert split_person_name(name) == parts


def test_a_card_is_read_back_as_it_was(tmp_path: Path) -> None:
    values = {
        "name": "陈立", "customer": Ref(1, "华工；医药,有限公司"), "title": "采购经理", "department_name": "采购部",
        "phones": ["19900001234", "020-55501102"], "email": "chen@hg.example", "fax": "020-55501103",
        "address": "天河路1号\n二楼", "birthday": "1970-05-12", "remark": "喜欢围棋; 不喝酒",
    }  # fmt: skip
    file = tmp_path / "a.vcf"
    assert write_vcards(file, [Record("contact", 1, 1, values), Record("contact", 2, 1, {"name": "苏敏"})]) == 2
    first, second = vobject.readComponents(file.read_text(encoding="utf-8"))
    assert (first.fn.value, first.n.value.family, first.n.value.given) == ("陈立", "陈", "立")
    assert first.org.value == ["华工；医药,有限公司", "采购部"]
    assert [(tel.value, tel.params["TYPE"]) for tel in first.contents["tel"]] == [
        ("19900001234", ["CELL"]),
        ("020-55501102", ["WORK"]),
        ("020-55501103", ["FAX"]),
    ]
    assert first.adr.value.street == "天河路1号\n二楼"
    assert (first.bday.value, first.note.value) == ("1970-05-12", "喜欢围棋; 不喝酒")
    assert second.fn.value == "苏敏"


def test_birthday_without_a_year_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.vcf"
    write_vcards(file, [Record("contact", 1, 1, {"name": "陈立", "birthday": "--05-12"})])
    assert "BDAY" not in file.read_text(encoding="utf-8")
