"""The sample firm's departments and employees: its own 28 people, and more sales departments in the larger scales."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from crm_desktop.core import text
from crm_desktop.core.access import Group
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.names import Names
from crm_desktop.demo.scale import Scale

_Person = tuple[str, str, str, str, str, str, float]
_PEOPLE_A_DEPARTMENT = 11
_NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")


class Department(NamedTuple):
    """``parent_code`` is empty at the top."""

    code: str
    name: str
    parent_code: str


class Colleague(NamedTuple):
    """An employee. ``share`` weighs how many customers are his."""

    login: str
    name: str
    department_code: str
    title: str
    group: str
    superior_login: str
    share: float
    phone: str
    email: str


class Staff(NamedTuple):
    """Parents and superiors come first in both lists."""

    departments: list[Department]
    colleagues: list[Colleague]


def build_staff(words: dict[str, Any], names: Names, scale: Scale, dice: Dice) -> Staff:
    """Everybody who works at the sample firm of this scale."""
    departments = [Department(*row) for row in words["departments"]]
    people: list[_Person] = [tuple(row) for row in words["staff"]]
    first = 1 + sum(department.code.startswith("XS") for department in departments)
    taken = {person[0] for person in people}
    for number in range(first, first + scale.more_departments):
        department = Department(f"XS{number}", f"销售{_numeral(number)}部", departments[0].code)
        departments.append(department)
        people.extend(_sales_department(department, people[0][0], names, taken, dice))
    return Staff(departments, [Colleague(*person, names.mobile(), f"{person[0]}@suijie.example") for person in people])


def _sales_department(
    department: Department, director: str, names: Names, taken: set[str], dice: Dice
) -> Iterator[_Person]:
    manager = director
    for position in range(_PEOPLE_A_DEPARTMENT):
        name = names.person()
        login = "".join(text.pinyin(name))
        while login in taken:
            login = f"{login.rstrip('0123456789')}{dice.randrange(1000)}"
        taken.add(login)
        if position == 0:
            yield login, name, department.code, f"{department.name}经理", Group.SALES_MANAGER.value, director, 5.0
            manager = login
        elif position == 1:
            yield login, name, department.code, "销售内勤", Group.CLERK.value, manager, 0.0
        else:
            share = dice.paretovariate(1.2)  # a few have most, some hardly any
            yield login, name, department.code, "销售", Group.SALESPERSON.value, manager, min(share, 30)


def _numeral(number: int) -> str:
    """三 for 3, 十六 for 16."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("" if tens == 1 else _NUMERALS[tens]) + "十") + _NUMERALS[ones]
