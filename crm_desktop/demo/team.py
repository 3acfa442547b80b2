"""Puts the sample firm's people into a database: departments, employees, their groups and logins."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from crm_desktop.core.access import Group
from crm_desktop.db.scram import scram_verifier
from crm_desktop.demo.staff import Colleague, Department, Staff
from crm_desktop.demo.world import Seller, World
from crm_desktop.entities.organisation import EMPLOYEE
from crm_desktop.models import Department as DepartmentTable
from crm_desktop.models import Dictionary, DictionaryEntry, Employee, GroupMember, PermissionGroup, Setting
from crm_desktop.services.keys import derived_columns

PASSWORD = "demo"  # noqa: S105 - everybody's, and only on the embedded server
_MAKE_LOGIN = text(
    "select crm.create_login(:login, :verifier) where not exists (select from pg_roles where rolname = :login)"
)


def add_team(session: Session, firm: dict[str, Any], staff: Staff, today: datetime.date) -> World:
    """The world of the generator, once everybody is there."""
    for key in ("name", "address", "phone"):
        session.execute(update(Setting).where(Setting.key == f"firm_{key}").values(value=firm[key]))
    departments = _add_departments(session, staff.departments)
    employees = _add_employees(session, staff.colleagues, departments)
    _add_members(session, staff.colleagues, employees)
    verifier = scram_verifier(PASSWORD)
    for colleague in staff.colleagues:
        session.execute(_MAKE_LOGIN, {"login": colleague.login, "verifier": verifier})
    return World(
        today=today,
        choices=read_choices(session),
        sellers=_sellers(staff.colleagues, employees),
        engineers=tuple(employees[c.login] for c in staff.colleagues if c.title.endswith("工程师")),
        pool_id=session.scalars(select(Employee.id).where(Employee.is_pool)).one(),
    )


def _add_departments(session: Session, departments: list[Department]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for order, department in enumerate(departments):
        values = {"code": department.code, "name": department.name, "sort_order": order}
        values["parent_id"] = ids.get(department.parent_code)
        ids[department.code] = session.scalars(
            insert(DepartmentTable).values(values).returning(DepartmentTable.id)
        ).one()
    return ids


def _add_employees(session: Session, colleagues: list[Colleague], departments: dict[str, int]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for colleague in colleagues:
        values: dict[str, Any] = {
            "login": colleague.login,
            "name": colleague.name,
            "department_id": departments[colleague.department_code],
            "superior_id": ids.get(colleague.superior_login),
            "title": colleague.title,
            "phones": [colleague.phone],
            "email": colleague.email,
        }
        values |= derived_columns(EMPLOYEE, values)
        ids[colleague.login] = session.scalars(insert(Employee).values(values).returning(Employee.id)).one()
    return ids


def _add_members(session: Session, colleagues: list[Colleague], employees: dict[str, int]) -> None:
    groups = dict(session.execute(select(PermissionGroup.code, PermissionGroup.id)).all())
    members = [{"group_id": groups[c.group], "employee_id": employees[c.login]} for c in colleagues]
    session.execute(insert(GroupMember), members)


def read_choices(session: Session) -> dict[tuple[str, str], int]:
    """Ids of the entries of dictionaries, by the codes of both."""
    entries = select(Dictionary.code, DictionaryEntry.code, DictionaryEntry.id).join(DictionaryEntry.dictionary)
    return {(dictionary, code): id for dictionary, code, id in session.execute(entries)}


def _sellers(colleagues: list[Colleague], employees: dict[str, int]) -> tuple[Seller, ...]:
    selling = [c for c in colleagues if c.share and c.group in {Group.SALESPERSON, Group.SALES_MANAGER}]
    return tuple(
        Seller(
            employees[c.login], c.share,
            tuple(employees[m.login] for m in selling if m.department_code == c.department_code and m is not c),
        )
        for c in selling
    )  # fmt: skip
