"""What every database gets at ``init`` and at every upgrade: choice lists, permission groups, the pool owner, settings.

It adds what is missing and never touches what is there: the firm may have renamed, recoloured or restricted it. Rights
are given once: what the database remembers to have been given, and lacks, the administrator took away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Grant, Group, Scope
from crm_desktop.core.paths import RESOURCES
from crm_desktop.core.text import search_keys
from crm_desktop.entities import ADMINISTERED, ALL_ENTITIES
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.models import (
    Dictionary,
    Employee,
    PermissionGrant,
    PermissionGroup,
    SalesProcess,
    SalesStage,
    ServiceTarget,
    Setting,
)
from crm_desktop.services.grants import grant_row
from crm_desktop.services.special_days import add_special_days

POOL_NAME = "公海"
_GROUP_NAMES = {
    Group.ADMINISTRATOR: "系统管理员",
    Group.GENERAL_MANAGER: "总经理",
    Group.SALES_MANAGER: "销售经理",
    Group.SALESPERSON: "销售人员",
    Group.SERVICE: "客服人员",
    Group.CLERK: "文员",
}
_TARGETS = {"urgent": (30, 240), "high": (60, 480), "normal": (240, 960), "low": (480, 2400)}
"""Working minutes to answer and to solve a service request, by its priority."""
_SETTINGS = {"firm_name": "", "firm_address": "", "firm_phone": ""}
_GIVEN = "given_rights"
"""Setting: the functions that each shipped group was once given, by group and entity."""
Given = dict[str, dict[str, list[str]]]
_ADD_GRANTS = insert(PermissionGrant).on_conflict_do_nothing(
    index_elements=[PermissionGrant.group_id, PermissionGrant.entity]
)
_ADD_FUNCTIONS = (
    update(PermissionGrant)
    .where(PermissionGrant.group_id == bindparam("of_group"), PermissionGrant.entity == bindparam("of_entity"))
    .values(functions=PermissionGrant.functions + bindparam("added", type_=ARRAY(Text)))
)
_REMEMBER = text("""
    insert into crm.setting as s (key, value) values (:key, :value)
    on conflict (key) do update set value = excluded.value where s.value <> excluded.value
""").bindparams(bindparam("value", type_=JSONB))
_ALERTS_GIVEN = "given_alert_rules"
_ADD_ALERT_RULES = text("""
    insert into crm.alert_rule (name, name_en, kind_id, days, level_id, sort_order, warns_superior)
    select r.name, r.name_en, crm.choice('alert_kind', r.kind), r.days, crm.choice('level', r.level), r.place,
           r.kind = 'request_late'
    from (values
      ('A 类客户三十天未联系', 'A customers not contacted for 30 days', 'quiet_customer', 30, 'a', 1),
      ('B 类客户六十天未联系', 'B customers not contacted for 60 days', 'quiet_customer', 60, 'b', 2),
      ('七天内生日', 'Birthdays within 7 days', 'birthday', 7, null, 3),
      ('商机停滞', 'Stalled deals', 'stalled_deal', 0, null, 4),
      ('线索响应超时', 'Leads not answered', 'lead_unanswered', 0, null, 5),
      ('任务逾期', 'Tasks overdue', 'task_overdue', 0, null, 6),
      ('服务时限临近或已超时', 'Service targets near or passed', 'request_late', 0, null, 7)
    ) r (name, name_en, kind, days, level, place)
""")
_ADD_ENTRIES = text("""
    insert into crm.dictionary_entry (dictionary_id, parent_id, code, name, name_en, tone, sort_order)
    select d.id, parent.id, new.code, new.name, new.name_en, nullif(new.tone, ''), new.sort_order
    from unnest(cast(:dictionary as text[]), cast(:parent_code as text[]), cast(:code as text[]), cast(:name as text[]),
                cast(:name_en as text[]), cast(:tone as text[]), cast(:sort_order as int[]))
         as new (dictionary, parent_code, code, name, name_en, tone, sort_order)
    join crm.dictionary d on d.code = new.dictionary
    left join crm.dictionary_entry parent on parent.dictionary_id = d.id and parent.code = new.parent_code
    where not exists (select from crm.dictionary_entry e where e.dictionary_id = d.id and e.code = new.code)
    order by new.sort_order
""")


class _Entry(NamedTuple):
    dictionary: str
    parent_code: str
    code: str
    name: str
    name_en: str
    tone: str
    sort_order: int


def read_lists() -> dict[str, Any]:
    """The shipped lists by code, as they stand in ``resources/dictionaries.toml``."""
    return tomllib.loads((RESOURCES / "dictionaries.toml").read_text(encoding="utf-8"))


def seed(session: Session) -> None:
    """Add whatever a database needs and lacks. The session's role must be above row security."""
    _add_dictionaries(session, read_lists())
    _add_groups(session)
    _add_pool_owner(session)
    _add_sales_process(session)
    add_special_days(session)
    _add_service_targets(session)
    _add_alert_rules(session)
    session.execute(
        insert(Setting).on_conflict_do_nothing(index_elements=[Setting.key]),
        [{"key": key, "value": value} for key, value in _SETTINGS.items()],
    )


def _add_alert_rules(session: Session) -> None:
    """Once: what the firm has deleted or changed stays so."""
    if session.scalar(select(Setting.id).where(Setting.key == _ALERTS_GIVEN)) is None:
        session.execute(_ADD_ALERT_RULES)
        session.execute(_REMEMBER, {"key": _ALERTS_GIVEN, "value": True})


def _add_dictionaries(session: Session, lists: Mapping[str, Any]) -> None:
    session.execute(
        insert(Dictionary).on_conflict_do_nothing(index_elements=[Dictionary.code]),
        [
            {"code": code, **{key: shipped.get(key, False) for key in ("name", "name_en", "is_fixed")}}
            for code, shipped in lists.items()
        ],
    )
    regions = list(_region_entries())
    # Parents first: an entry takes its full name from the parent's.
    for depth in sorted({_depth(entry) for entry in regions}):
        _add_entries(session, [entry for entry in regions if _depth(entry) == depth])
    _add_entries(session, list(_plain_entries(lists)))


def _depth(entry: _Entry) -> int:
    """0 for provinces (codes of two digits), 1 for cities, 2 for the rest."""
    return min(len(entry.parent_code) // 2, 2)


def _region_entries() -> Iterator[_Entry]:
    from crm_desktop.services.regions import read_regions  # with all that spells Chinese, once for a database

    for order, region in enumerate(read_regions()):
        yield _Entry("region", region.parent_code, region.code, region.name, region.name_en, "", order)


def _plain_entries(lists: Mapping[str, Any]) -> Iterator[_Entry]:
    for dictionary, shipped in lists.items():
        for order, (code, name, name_en, *tone) in enumerate(shipped["entries"]):
            yield _Entry(dictionary, "", code, name, name_en, "".join(tone), order)


def _add_entries(session: Session, entries: list[_Entry]) -> None:
    columns = zip(*entries, strict=True)
    session.execute(_ADD_ENTRIES, {key: list(column) for key, column in zip(_Entry._fields, columns, strict=True)})


def _add_groups(session: Session) -> None:
    """The shipped groups, and of their rights those that this database has never been given."""
    session.execute(
        insert(PermissionGroup).on_conflict_do_nothing(index_elements=[PermissionGroup.code]),
        [{"code": g.value, "name": _GROUP_NAMES[g], "name_en": g.label, "is_builtin": True} for g in Group],
    )
    group_ids = dict(session.execute(select(PermissionGroup.code, PermissionGroup.id)).all())
    given = session.scalar(select(Setting.value).where(Setting.key == _GIVEN)) or _found_given(session)
    grants, functions = [], []
    for entity, group, grant in _shipped_grants():
        before = given.setdefault(group, {}).get(entity)
        if before is None:
            grants.append(grant_row(group_ids[group], entity, grant))
        elif added := grant.functions.difference(before):
            functions.append({"of_group": group_ids[group], "of_entity": entity, "added": sorted(added)})
        given[group][entity] = sorted(grant.functions.union(before or ()))
    if grants:
        session.execute(_ADD_GRANTS, grants)
    if functions:
        session.connection().execute(_ADD_FUNCTIONS, functions)
    session.execute(_REMEMBER, {"key": _GIVEN, "value": given})


def _found_given(session: Session) -> Given:
    """What a database that does not remember has been given: entities and functions that any group ever had."""
    rows = session.execute(select(PermissionGrant.entity, PermissionGrant.functions)).all()
    entities = {entity for entity, _functions in rows}
    functions = {function for _entity, of_row in rows for function in of_row}
    given: Given = {}
    for entity, group, grant in _shipped_grants():
        if entity in entities:
            given.setdefault(group, {})[entity] = sorted(functions & grant.functions)
    return given


def _shipped_grants() -> Iterator[tuple[str, Group, Grant]]:
    for spec in ALL_ENTITIES:
        for group, grant in spec.access.items():
            yield spec.key, group, grant
    for group, grant in ADMINISTERED.items():
        yield "setting", group, grant
    for group, grant in CUSTOMER.access.items():
        if Function.IMPORT in grant.functions:
            yield "import_recipe", group, Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL)


def _add_sales_process(session: Session) -> None:
    """Where the firm has none: it may have its own by now."""
    if session.scalar(select(SalesProcess.id).limit(1)) is not None:
        return
    shipped = tomllib.loads((RESOURCES / "sales_processes.toml").read_text(encoding="utf-8"))
    for number, process in enumerate(shipped["process"]):
        names = {key: process[key] for key in ("name", "name_en")}
        id_ = session.scalar(insert(SalesProcess).values(**names, is_default=number == 0).returning(SalesProcess.id))
        stages = [_stage(session, stage) for stage in process["stages"]]
        session.execute(insert(SalesStage), [{**s, "process_id": id_, "sort_order": n} for n, s in enumerate(stages)])


def _stage(session: Session, line: list[Any]) -> dict[str, Any]:
    """A line of the file as a row."""
    name, name_en, probability, outcome, category, days_allowed, checklist = line
    return {
        "name": name,
        "name_en": name_en,
        "probability": probability,
        "outcome_id": _choice(session, "outcome", outcome),
        "category_id": _choice(session, "forecast_category", category),
        "days_allowed": days_allowed or None,
        "checklist": "\n".join(checklist) or None,
    }


def _add_service_targets(session: Session) -> None:
    """Where the firm has none: the times that small firms promise."""
    if session.scalar(select(ServiceTarget.id).limit(1)) is None:
        rows = [
            {
                "priority_id": _choice(session, "priority", code),
                "response_minutes": response,
                "solution_minutes": solution,
            }
            for code, (response, solution) in _TARGETS.items()
        ]
        session.execute(insert(ServiceTarget).values(rows))


def _choice(session: Session, dictionary: str, code: str) -> int | None:
    return session.scalar(select(func.crm.choice(dictionary, code)))


def _add_pool_owner(session: Session) -> None:
    is_there = select(Employee.id).where(Employee.is_pool).exists()
    values = {"name": POOL_NAME, "is_pool": True, **search_keys(POOL_NAME)._asdict()}
    session.execute(insert(Employee).from_select(list(values), select(*map(literal, values.values())).where(~is_there)))
