"""Somebody must always be able to give rights, whatever is saved or undone."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.models import Employee, GroupMember, PermissionGrant

DECIDING_TABLES = frozenset({Employee.__tablename__, GroupMember.__tablename__, PermissionGrant.__tablename__})
"""On which it depends who administers."""


class OwnRightsError(KnownError):
    """What was asked would take the asker's own right to give rights. He may say that he means it."""


def check_somebody_administers(session: Session, *, may_lose_own: bool = True) -> None:
    """At least one active employee with a login must be able to give rights, or nobody ever could again.

    Unless he ``may_lose_own``, the person of this session must be among them: else ``OwnRightsError``.
    """
    administrators = session.scalar(
        select(func.count())
        .select_from(GroupMember)
        .join(Employee, Employee.id == GroupMember.employee_id)
        .join(PermissionGrant, PermissionGrant.group_id == GroupMember.group_id)
        .where(
            Employee.is_active, Employee.login.is_not(None),
            PermissionGrant.entity == "permission_group", PermissionGrant.update_scope > 0,
        )
    )  # fmt: skip
    if not administrators:
        raise KnownError(
            _("Nobody could administer the program any more."), _("Make somebody else an administrator first.")
        )
    if not may_lose_own and not session.scalar(text("select crm.may('permission_group', 'update')")):
        raise OwnRightsError(
            _("You could not give rights any more yourself."),
            _("Only another administrator could give them back to you."),
        )
