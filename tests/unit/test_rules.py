"""The project's own checks find what they are for."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages import Catalog

from tests.rules import files, words


def _catalogue(**texts: str) -> Catalog:
    catalogue = Catalog(locale="zh_CN")
    for text, translation in texts.items():
        catalogue.add(text, translation)
    return catalogue


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        ({}, "untranslated: 'Customer'"),
        ({"Customer": ""}, "untranslated: 'Customer'"),
        ({"Customer": "客户", "Client": "客户"}, "stale: 'Client'"),
        ({"Customer": "客户{name}"}, "unknown value in the translation: 'Customer' -> '客户{name}'"),
    ],
)
def test_incomplete_catalogue_is_found(translated: dict[str, str], fault: str) -> None:
    assert words.find_faults(_catalogue(Customer=""), _catalogue(**translated)) == [fault]


def test_fuzzy_translation_is_found() -> None:
    guessed = Catalog(locale="zh_CN")
    guessed.add("Customer", "客户", flags={"fuzzy"})
    assert words.find_faults(_catalogue(Customer=""), guessed) == ["fuzzy: 'Customer'"]


def test_complete_catalogue_has_no_fault() -> None:
    assert words.find_faults(_catalogue(Customer=""), _catalogue(Customer="客户")) == []


def test_long_module_is_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("pass\n" * 501, encoding="utf-8")
    assert files.find_faults(tmp_path, ["long.py"]) == ["long.py: 501 lines, more than 500"]


@pytest.mark.parametrize("line", ["--extra-index-url=somewhere", "-i somewhere", "six @ https://somewhere/six"])
def test_package_index_in_the_lock_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.lock").write_text(f"six==1.17.0\n{line}\n", encoding="utf-8")
    assert files.find_faults(tmp_path, ["requirements.lock"]) == ["requirements.lock: names a package index"]
