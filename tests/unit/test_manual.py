"""The manual speaks with the words of the screen, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from crm_desktop.core.paths import RESOURCES, ROOT

MANUAL = ROOT / "docs" / "manual"
NOT_ON_THE_SCREEN = {
    "quotes",
    "转801",
    "打印机老是卡纸",
    "广东华工医药有限公司",
    "销售一部",
    "张三 138…，李四 139…",
    "张三 138…, 李四 139…",
}
MADE_OF_PARTS = {
    "新建员工",
    "New employee",
    "新建线索",
    "New lead",
    "新建知识文章",
    "新建备忘录",
    "New knowledge article",
    "New memo",
    "新建活动…",
    "New activity…",
    "导入……个客户",
    "Import … customers",
    "···",
    "…",
}


def _words(*, translated: bool) -> list[str]:
    with (RESOURCES / "locale" / "zh_CN" / "LC_MESSAGES" / "crm_desktop.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    words = [message.string if translated else message.id for message in messages]
    return [word for one in words if one for word in ([one] if isinstance(one, str) else one)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_in_quotes_are_those_of_the_screen(language: str) -> None:
    screen = _words(translated=language == "zh")
    text = (MANUAL / f"{language}.md").read_text(encoding="utf-8")
    quoted = {" ".join(word.split()) for word in re.findall("“([^”]+)”", text)} - NOT_ON_THE_SCREEN - MADE_OF_PARTS
    assert quoted
    assert [word for word in quoted if not any(word.rstrip("… ") in one for one in screen)] == []


@pytest.mark.parametrize("page", [*MANUAL.glob("*.md"), ROOT / "README.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert link[1:] in headings if link.startswith("#") else (page.parent / link).exists(), link
