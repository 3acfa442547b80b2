"""From each table's ``Guard`` to its policies, triggers and grants, as SQL. Executes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ARRAY, TIMESTAMP, Column, Date, Numeric, Table

from crm_desktop.models import CUSTOM, KEPT, POLICY, Base, Guard

DERIVED = (
    "version", "updated_at", "sort_key", "search_text", "search_grams", "name_core", "last_contact_at", "full_name",
    "full_name_en",
)  # fmt: skip
"""Columns that triggers or the program keep. The journal does not store their changes."""
_SEARCHED = ("name", "short_name", "code", "login", "email", "phones", "product_model", "specification",
             "subject", "serial", "keywords", "problem", "solution")  # fmt: skip
_RECORDS = ("owned", "common")
"""Rules of tables whose rows are records, on which files and comments can hang."""
_JOURNAL_TABLES = ("change_set", "change", "subject", "expected", "reach")

_CARRIED_OWNER = """
-- The row carries the owner of what it belongs to, whatever the statement said; the policy then judges that owner. The
-- lock lets a row that is added while its parent changes hands wait for the new owner. The policy refuses 0, nobody.
create or replace function crm.{row}_take_{owner}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select p.{parent_owner} into new.{owner} from crm.{parent} p where p.id = new.{reference} for no key update;
  if not found then new.{owner} := {nobody}; end if;
  return new;
end $$;
create or replace function crm.{row}_follow_{owner}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  moved bigint[] := array(
    select c.id from (
      select n.id, n.{parent_owner} from new_rows n except select o.id, o.{parent_owner} from old_rows o) c);
begin
  if moved <> '{{}}' then
    update crm.{row} p set {owner} = c.{parent_owner}
      from crm.{parent} c where c.id = any (moved) and p.{reference} = c.id and p.{owner} <> c.{parent_owner};
  end if;
  return null;
end $$;
create trigger keep_{owner} before insert or update of {reference}, {owner} on crm.{row}
  for each row when (pg_trigger_depth() = 0) execute function crm.{row}_take_{owner}();
create trigger carry_{owner}_to_{row} after update on crm.{parent}
  referencing old table as old_rows new table as new_rows
  for each statement execute function crm.{row}_follow_{owner}();
"""
_ALONG_IN_SIGHT = """
-- Who lets a record lie at another one must see that one: else he would learn whose it is, and keep it from being
-- deleted. Asked as the person himself. A record whose place has gone out of his sight since then may stay there.
create or replace function crm.{row}_sees_{reference}() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  named bigint[] := case tg_op
    when 'INSERT' then array(select distinct n.{reference} from new_rows n where n.{reference} is not null) end;
begin
  if tg_op = 'UPDATE' then
    named := array(
      select distinct c.{reference} from (
        select n.id, n.{reference} from new_rows n except select o.id, o.{reference} from old_rows o) c
      where c.{reference} is not null);
  end if;
  if named <> '{{}}' and cardinality(named) > (select count(*) from crm.{parent} p where p.id = any (named)) then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return null;
end $$;
create trigger check_{reference}_of_new after insert on crm.{row} referencing new table as new_rows
  for each statement when (current_user <> 'crm_owner' and crm.me() is not null)
  execute function crm.{row}_sees_{reference}();
create trigger check_{reference} after update on crm.{row} referencing old table as old_rows new table as new_rows
  for each statement when (current_user <> 'crm_owner' and crm.me() is not null)
  execute function crm.{row}_sees_{reference}();
"""
_RECORD_FUNCTIONS = """
-- Asked as the person himself, so that the policies of the record's own table decide, whatever they are.
create or replace function crm.record_in_sight(entity text, record_id bigint) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  case entity
{sight}
  else return false;
  end case;
end $$;
grant execute on function crm.record_in_sight(text, bigint) to crm_user;
-- To lock a row takes the right to change it. The lock keeps the record from being deleted meanwhile.
create or replace function crm.record_open_to_change(entity text, record_id bigint) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  case entity
{change}
  else return false;
  end case;
  return found;
end $$;
grant execute on function crm.record_open_to_change(text, bigint) to crm_user;
"""
_ALONG_FOR = """
-- What lies at a record whose owner he reaches with his right to read records like it, or at one that is lent to him.
-- Who sees all needs none of it, and what is private lies at nothing. Each table has its own statement, planned once.
create or replace function crm.along_for(person bigint, table_name text) returns bigint[]
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  owners bigint[];
  lent bigint[];
begin
  case table_name
{tables}
  else return '{{}}';
  end case;
end $$;
"""
_ALONG_ONE = """
  when '{row}' then
    if crm.scope_for(person, '{entity}', 'read') = 5 then return '{{}}'; end if;
    owners := crm.owners_for(person, '{entity}', 'read');
    lent := crm.shared_for(person, '{parent}', 'read');
    return array(
      select t.id from crm.{row} t
      where t.{along} = any (owners) and t.{along} <> t.{owner} and t.{owner} <> all (owners) and t.{owner} > 0
      union all
      select t.id from crm.{row} t where t.{reference} = any (lent) and t.{owner} > 0);"""


def guarded_tables() -> dict[str, tuple[Table, Guard]]:
    """Every business table with its guard, by name, parents before what refers to them or hangs on them."""
    tables = [(table, table.info[POLICY]) for table in Base.metadata.sorted_tables]
    tables.sort(key=lambda pair: pair[1].rule == "attached")
    return {table.name: (table, guard) for table, guard in tables}


def guard_statements() -> Iterator[str]:
    """All that makes the tables of both schemas safe, journaled and heard of."""
    yield _record_functions()
    yield _along_for()
    for table, guard in guarded_tables().values():
        yield from _row_security(f"crm.{table.name}")
        yield from _policies(table.name, guard)
        yield from _triggers(table, guard)
        yield from _privileges(table, guard)
        yield from _known_years(table)
        yield from _sound_values(table)
    for name in ("crm.alembic_version", *(f"journal.{table}" for table in _JOURNAL_TABLES)):
        yield from _row_security(name)
    for name in ("crm.alembic_version", "journal.expected"):
        yield f"create policy everybody_reads on {name} for select using (true)"
        yield f"grant select on {name} to crm_user"
    yield "grant usage on schema crm, journal to crm_user"


def _record_functions() -> str:
    names = [name for name, (_table, guard) in guarded_tables().items() if guard.rule in _RECORDS]
    sight = "  when '{0}' then return exists (select from crm.{0} t where t.id = record_id);"
    change = "  when '{0}' then perform from crm.{0} t where t.id = record_id for key share;"
    return _RECORD_FUNCTIONS.format(
        sight="\n".join(map(sight.format, names)), change="\n".join(map(change.format, names))
    )


def _along_for() -> str:
    tables = [
        _ALONG_ONE.format(
            row=name, entity=guard.entity, parent=guard.along_table, along=guard.along_owner_column,
            reference=guard.along_column, owner=guard.judged_column,
        )
        for name, (_table, guard) in guarded_tables().items()
        if guard.along_table is not None
    ]  # fmt: skip
    return _ALONG_FOR.format(tables="".join(tables))


def _shipped(table: Table) -> Iterator[Column[Any]]:
    """Without the columns that some administrator added: ``sql/custom_fields.sql`` guards those."""
    return (column for column in table.columns if CUSTOM not in column.info)


def _known_years(table: Table) -> Iterator[str]:
    """Python knows the years 1 to 9999 only: one row beyond them, and nobody's list would open."""
    conditions = [
        f"'0001-01-02' <= {all_of}({column.name}) and '9999-12-31' > {all_of}({column.name})"
        for column in _shipped(table)
        for all_of in (["all "] if isinstance(column.type, ARRAY) else [""])
        if isinstance(getattr(column.type, "item_type", column.type), Date | TIMESTAMP)
    ]
    if conditions:
        within = " and ".join(conditions)
        yield f"alter table crm.{table.name} drop constraint if exists {table.name}_years_check"
        # Not valid: only what is written from now on is looked at, so that an upgrade reads no whole table.
        yield f"alter table crm.{table.name} add constraint {table.name}_years_check check ({within}) not valid"


def _sound_values(table: Table) -> Iterator[str]:
    """One amount that is not a number, and every sum it goes into is none either; lists hold texts and nothing else."""
    conditions = [f"{column.name} <> 'NaN'" for column in _shipped(table) if isinstance(column.type, Numeric)] + [
        f"coalesce(array_ndims({column.name}), 1) = 1 and array_position({column.name}, null) is null"
        for column in _shipped(table)
        if isinstance(column.type, ARRAY) and column.name not in DERIVED
    ]
    if conditions:
        name = f"{table.name}_values_check"
        yield f"alter table crm.{table.name} drop constraint if exists {name}"
        yield f"alter table crm.{table.name} add constraint {name} check ({' and '.join(conditions)}) not valid"


def _privileges(table: Table, guard: Guard) -> Iterator[str]:
    """Keys never change and versions begin at 1: the journal and every save rely on both. Nobody says when it was."""
    if guard.rule == "closed":
        return
    kept = {"id", "version", "created_at", "updated_at"}
    names = [c.name for c in _shipped(table) if c.name not in kept and not c.info.keys() & KEPT]
    new = ["id", *names] if guard.rule == "owned" else names
    names = list(guard.editable or names)
    yield f"revoke all on crm.{table.name} from crm_user"
    if guard.editable == ():
        yield f"grant select on crm.{table.name} to crm_user"
        return
    yield (
        f"grant select, delete, insert ({', '.join(new)}), update ({', '.join([*names, 'version'])}) "
        f"on crm.{table.name} to crm_user"
    )


def _row_security(name: str) -> Iterator[str]:
    yield f"alter table {name} enable row level security, force row level security"
    yield f"drop policy if exists owner_all on {name}"  # reset.sql made it for the tables that were there before
    yield f"create policy owner_all on {name} to crm_owner using (true)"


def _policies(table: str, guard: Guard) -> Iterator[str]:
    if guard.rule == "closed":
        return
    read, create, update, delete = (condition(guard, verb) for verb in ("read", "create", "update", "delete"))
    # To nobody by name: any member could remove a policy to crm_user with DROP OWNED BY crm_user. The grants say who.
    yield f"create policy may_read on crm.{table} for select using ({read})"
    yield f"create policy may_create on crm.{table} for insert with check ({create})"
    yield f"create policy may_update on crm.{table} for update using ({update}) with check ({update})"
    yield f"create policy may_delete on crm.{table} for delete using ({delete})"


def condition(guard: Guard, verb: str) -> str:  # noqa: PLR0911 - a rule each
    """What a row must meet for this person's ``verb``, as SQL over the table's bare columns.

    Never a flag in an OR and never a coalesce: either costs 10 to 1,000 times.
    """
    match guard.rule:
        case "owned":
            return _owned(guard, verb)
        case "common" if verb == "read":
            return "(select crm.me()) is not null"
        case "common":
            return f"(select crm.may('{guard.entity}', '{verb}'))"
        case "personal":
            return f"{guard.owner_column} = (select crm.me())"
        case "attached":
            return _attached(guard, verb)
        case "shown":
            return _shown(guard, verb)
        case "closed":
            return "false"


def may_change_hands(guard: Guard) -> str:
    """What an owned row must meet so that this person may give it to another owner: a share does not reach so far."""
    return _within(guard, guard.judged_column, "read" if guard.writer_column else "update")


def _owned(guard: Guard, verb: str) -> str:
    """In scope, or lent to him: the record itself, or what a part belongs to. Nothing lent is ever deleted."""
    key = guard.parent_column or "id"
    lent = f"{key} in (select crm.shared_with_me('{guard.entity}', '{verb}'))"
    if guard.writer_column and verb == "delete":  # he must see it too, before and after
        return f"{_within(guard, guard.writer_column, verb)} and {_within(guard, guard.judged_column, 'read')}"
    if guard.writer_column and verb == "update":
        return (
            f"{_within(guard, guard.writer_column, verb)} and ({_within(guard, guard.judged_column, 'read')} or {lent})"
        )
    if verb == "delete":
        return _within(guard, guard.judged_column, verb)
    if guard.named_column and verb == "read":  # said twice: a new row is not among those of the function yet
        lent += f" or {guard.named_column} = (select crm.me()) and (select crm.may('{guard.entity}', 'read'))"
    if guard.along_table and verb == "read":  # as crm.along_for says it of all rows; what is private lies at nothing
        lent += (
            f" or {guard.judged_column} > 0 and ({_within(guard, guard.along_owner_column, verb)}"
            f" or {guard.along_column} in (select crm.shared_with_me('{guard.along_table}', 'read')))"
            f" and (select crm.may('{guard.entity}', 'read'))"
        )
    return f"{_within(guard, guard.judged_column, verb)} or {lent}"


def _attached(guard: Guard, verb: str) -> str:
    if verb == "read":
        return "crm.record_in_sight(entity, record_id)"
    if guard.is_for_owners:
        return "crm.may_share(entity, record_id)"
    if guard.writer_column:
        return f"{guard.writer_column} = (select crm.me()) and crm.record_in_sight(entity, record_id)"
    return "crm.record_open_to_change(entity, record_id)"


def _shown(guard: Guard, verb: str) -> str:
    """Tables of some hundred rows, so that a function for each row costs nothing."""
    mine, shown = f"{guard.owner_column} = (select crm.me())", "(is_for_everybody or group_ids <> '{}')"
    shown_to_me = f"{shown} and (is_for_everybody or group_ids && (select crm.my_groups())::bigint[])"
    may_show = "crm.has_function(entity, 'share_views')"
    if verb == "read":
        return f"{mine} or (select crm.me()) is not null and {shown_to_me}"
    if verb == "create":
        return f"{mine} and (not {shown} or {may_show})"
    if verb == "update":  # before and after: who shows something to others must be allowed to
        return f"{mine} and not {shown} or {may_show} and ({mine} or {shown_to_me})"
    return f"{mine} or {may_show} and {shown_to_me}"


def _within(guard: Guard, column: str | None, verb: str) -> str:
    """Hashed once a statement: an array is searched from its beginning for every row, which doubles the time of whoever
    sees two hundred people's rows.
    """
    return f"{column} in (select unnest(crm.owners_in_scope('{guard.entity}', '{verb}')))"


def _triggers(table: Table, guard: Guard) -> Iterator[str]:
    name, columns = table.name, table.columns
    raise_version = "raise_version_and_time" if "updated_at" in columns else "raise_version"
    yield (
        f"create trigger raise_version before update on crm.{name} for each row "
        f"when (pg_trigger_depth() = 0 and old.* is distinct from new.*) execute function crm.{raise_version}()"
    )
    if "search_grams" in columns:
        yield from _search_triggers(table)
    hidden = [column for column in DERIVED if column in columns]
    if guard.parent_table:
        hidden.append(str(guard.owner_column))
        yield _carried_owner(name, guard.owner_column, guard.parent_column, guard.parent_table, nobody="0")
    if guard.reader_column:
        hidden.append(guard.reader_column)
    if guard.along_table:
        hidden.append(str(guard.along_owner_column))
        yield _carried_owner(name, guard.along_owner_column, guard.along_column, guard.along_table, nobody="null")
        yield _ALONG_IN_SIGHT.format(row=name, reference=guard.along_column, parent=guard.along_table)
    if guard.rule == "owned":  # of all other tables nobody may name the key
        yield (
            f"create trigger check_keys after insert on crm.{name} referencing new table as new_rows for each statement"
            " when (current_user <> 'crm_owner' and crm.me() is not null) execute function crm.check_keys()"
        )
        verb = "read" if guard.writer_column else "update"
        yield (
            f"create trigger check_owner after update on crm.{name} "
            "referencing old table as old_rows new table as new_rows for each statement "
            f"when (current_user <> 'crm_owner' and crm.me() is not null) execute function crm.check_owner('{verb}')"
        )
    if guard.rule == "owned" and not guard.parent_table:
        yield (
            f"create trigger end_own_shares after update on crm.{name} "
            "referencing old table as old_rows new table as new_rows for each statement "
            "when (current_user <> 'crm_owner') execute function crm.end_own_shares()"
        )
    if guard.rule in _RECORDS:
        yield (
            f"create trigger remove_attached after delete on crm.{name} referencing old table as old_rows "
            "for each statement execute function crm.remove_attached()"
        )
    if guard.rule not in {"personal", "shown", "closed"}:  # how somebody arranged his lists is nobody's history
        yield from _journal_triggers(name, hidden)


def _carried_owner(row: str, owner: str | None, reference: str | None, parent: str, *, nobody: str) -> str:
    parent_owner = guarded_tables()[parent][1].judged_column
    return _CARRIED_OWNER.format(
        row=row, owner=owner, reference=reference, parent=parent, parent_owner=parent_owner, nobody=nobody
    )


def _search_triggers(table: Table) -> Iterator[str]:
    """The program fills the search columns; this is for rows that plain SQL writes."""
    changed = " or ".join(f"old.{c} is distinct from new.{c}" for c in _SEARCHED if c in table.columns)
    yield (
        f"create trigger fill_search before insert on crm.{table.name} for each row "
        "when (new.search_grams is null) execute function crm.fill_search()"
    )
    yield (
        f"create trigger fill_search_again before update on crm.{table.name} for each row "
        f"when (old.search_grams is not distinct from new.search_grams and ({changed})) "
        "execute function crm.fill_search()"
    )
    if "code" in table.columns:
        yield (
            f"create trigger add_number before insert on crm.{table.name} for each row "
            "when (position(lower(new.code) in new.search_text) = 0 and new.search_grams is not null) "
            "execute function crm.add_number()"
        )


def _journal_triggers(table: str, hidden: list[str]) -> Iterator[str]:
    arguments = ", ".join(f"'{column}'" for column in hidden)
    for verb, rows, given in (
        ("insert", "new table as new_rows", ""),
        ("update", "old table as old_rows new table as new_rows", arguments),
        ("delete", "old table as old_rows", ""),
    ):
        yield (
            f"create trigger journal_{verb} after {verb} on crm.{table} referencing {rows} "
            f"for each statement execute function journal.record_{verb}({given})"
        )
