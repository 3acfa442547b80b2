"""Warnings that many rows share are said once."""

from __future__ import annotations

from importers.common_warnings import common_warnings
from importers.plan import Fate, PlannedRow


def test_a_warning_of_many_rows_is_said_once_with_its_rows_the_most_common_first() -> None:
    rows = [
        PlannedRow("S!2", "甲", Fate.CREATE, warnings=("S!2, 日期: “x” is no day",)),
        PlannedRow("S!3", "乙", Fate.CREATE, warnings=("Owner “何” is not known here",)),
        PlannedRow("S!4", "丙", Fate.CREATE, warnings=("S!4, 日期: “y” is no day", "Owner “何” is not known here")),
        PlannedRow("S!5", "丁", Fate.CREATE, warnings=("S!5, 日期: “x” is no day",)),
        PlannedRow("S!6", "戊", Fate.CREATE, warnings=("S!6, 日期: “x” is no day",)),
    ]
    assert common_warnings(rows) == [
        ("日期: “x” is no day", ["S!2", "S!5", "S!6"]),
        ("Owner “何” is not known here", ["S!3", "S!4"]),
        ("日期: “y” is no day", ["S!4"]),
    ]
