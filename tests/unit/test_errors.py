"""Errors of the system in the user's language."""

from __future__ import annotations

import errno
import os

import pytest

from crm_desktop.core.errors import system_reason
from crm_desktop.core.i18n import set_language


def _refused(number: int) -> OSError:
    return OSError(number, os.strerror(number), "C:/合同.xlsx")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "不存在"),
        (errno.EACCES, "没有访问权限"),
        (errno.ENOSPC, "磁盘已满"),
        (errno.EISDIR, "同名的文件夹"),
    ],
)
def test_usual_reasons_are_told_in_the_users_language(number: int, words: str) -> None:
    set_language("zh")
    try:
        assert words in system_reason(_refused(number))
    finally:
        set_language("en")


def test_unusual_reasons_are_told_in_the_systems_words() -> None:
    assert system_reason(_refused(errno.EXDEV)) == os.strerror(errno.EXDEV)
