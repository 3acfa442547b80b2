"""The firm itself: departments, employees, permission groups and what they are granted."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import POLICY, Base, Guard, Searchable, Timed


class Department(Timed, Base):
    """A node of the firm's department tree."""

    __tablename__ = "department"
    __table_args__ = {"comment": "Departments, a tree", "info": {POLICY: Guard(rule="common", entity="department")}}
    order = "sort_order"

    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("crm.department.id"), index=True)
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))

    parent: Mapped[Department | None] = relationship(remote_side="Department.id")


class Employee(Searchable, Timed, Base):
    """Somebody who works here. ``login`` is his PostgreSQL role; the pool owner has none."""

    __tablename__ = "employee"
    __table_args__ = (
        Index("employee_pool_key", "is_pool", unique=True, postgresql_where=text("is_pool")),
        {
            "comment": "Employees; each login is a PostgreSQL role",
            "info": {POLICY: Guard(rule="common", entity="employee")},
        },
    )
    order = "sort_key"

    login: Mapped[str | None] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("crm.department.id"), index=True)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("crm.employee.id"), index=True)
    title: Mapped[str | None] = mapped_column(String(100), comment="Position in the firm")
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info={"kind": "phones"})
    email: Mapped[str | None] = mapped_column(String(200), info={"kind": "email"})
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), comment="False: locked, cannot sign in")
    is_pool: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="The one owner of records without owner"
    )

    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    superior: Mapped[Employee | None] = relationship(remote_side="Employee.id", foreign_keys=[superior_id])


class PermissionGroup(Timed, Base):
    """A set of rights that employees are given by membership."""

    __tablename__ = "permission_group"
    __table_args__ = {"comment": "Permission groups", "info": {POLICY: Guard(rule="common", entity="permission_group")}}
    display = ("name", "name_en")

    code: Mapped[str] = mapped_column(String(40), unique=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    is_builtin: Mapped[bool] = mapped_column(server_default=text("false"))


class GroupMember(Base):
    """One employee in one permission group."""

    __tablename__ = "group_member"
    __table_args__ = (
        UniqueConstraint("group_id", "employee_id"),
        {
            "comment": "Who is in which permission group",
            "info": {POLICY: Guard(rule="common", entity="permission_group")},
        },
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("crm.permission_group.id", ondelete="CASCADE"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id", ondelete="CASCADE"), index=True)

    group: Mapped[PermissionGroup] = relationship()
    employee: Mapped[Employee] = relationship()


class PermissionGrant(Base):
    """What one group may do with one entity; scopes are numbers of ``core.access.Scope``."""

    __tablename__ = "permission_grant"
    __table_args__ = (
        UniqueConstraint("group_id", "entity"),
        {
            "comment": "Entity x verb x scope by group",
            "info": {POLICY: Guard(rule="common", entity="permission_group")},
        },
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("crm.permission_group.id", ondelete="CASCADE"))
    entity: Mapped[str] = mapped_column(String(40))
    read_scope: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    create_scope: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    update_scope: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    delete_scope: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    functions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")

    group: Mapped[PermissionGroup] = relationship()
