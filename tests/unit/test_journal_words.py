"""What a change set is called: its kind, and what it was done to."""

from __future__ import annotations

import pytest

from crm_desktop.services.journal import describe


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("customer:3 customers", "Bulk edit: 3 customers"),
        ("customer:1,200 个客户", "Bulk edit: 1,200 customers"),
        ("customer:1 customer", "Bulk edit: 1 customer"),
        ("customer:3 M", "Bulk edit: Customer 3 M"),
        ("customer:360 安全", "Bulk edit: Customer 360 安全"),
        ("something older", "Bulk edit: something older"),
    ],
)
def test_records_that_are_counted_are_not_named_twice(label: str, words: str) -> None:
    assert describe("bulk", label) == words
