-- Who has which record open or edits it. It informs and hinders nobody. What a connection said holds as long as the
-- connection: who crashes is gone with it, and nobody has to send a sign of life.

-- Whether this connection is there and belongs to that employee.
create or replace function crm.is_present(pid integer, employee_id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from pg_stat_get_activity(is_present.pid) a
      join pg_roles r on r.oid = a.usesysid
      join crm.employee e on e.login = r.rolname
    where e.id = is_present.employee_id);
end $$;

-- All places where the window of this connection is now, in place of what it said before:
-- [{"table_name": "customer", "row_id": 7, "is_editing": true}, ...]. Others hear of which rows, not of whom.
create or replace function crm.be_at(places jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  person bigint := crm.me();
  most constant integer := 200;
  changed record;
begin
  if person is null or jsonb_typeof(places) <> 'array' then return; end if;
  for changed in
    with wanted as (
      select x.table_name, x.row_id, bool_or(coalesce(x.is_editing, false)) as is_editing
      from (select * from jsonb_to_recordset(places) as y (table_name text, row_id bigint, is_editing boolean) limit most) x
      where journal.visible_row(x.table_name, x.row_id) is not null
      group by 1, 2
    ), gone as (
      delete from crm.presence p
      where p.pid = pg_backend_pid() and not exists (select from wanted w where (w.table_name, w.row_id) = (p.table_name, p.row_id))
         or p.pid <> pg_backend_pid() and not crm.is_present(p.pid, p.employee_id)
      returning p.table_name, p.row_id
    ), come as (
      insert into crm.presence as p (pid, employee_id, table_name, row_id, is_editing)
        select pg_backend_pid(), person, w.table_name, w.row_id, w.is_editing from wanted w
      on conflict (table_name, row_id, pid) do update set is_editing = excluded.is_editing, employee_id = excluded.employee_id
        where (p.is_editing, p.employee_id) is distinct from (excluded.is_editing, excluded.employee_id)
      returning p.table_name, p.row_id
    )
    select c.table_name, array_agg(distinct c.row_id) as ids
    from (select * from gone union all select * from come) c group by 1
  loop
    perform journal.notify('presence.' || changed.table_name, 'u', changed.ids);
  end loop;
end $$;
grant execute on function crm.be_at(jsonb) to crm_user;

-- The others at a record that the person may read.
create or replace function crm.who_is_at(table_name text, row_id bigint)
returns table (employee_id bigint, name text, is_editing boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if journal.visible_row(table_name, row_id) is null then return; end if;
  return query
    select p.employee_id, e.name::text, bool_or(p.is_editing)
    from crm.presence p join crm.employee e on e.id = p.employee_id
    where p.table_name = who_is_at.table_name and p.row_id = who_is_at.row_id
      and p.employee_id <> crm.me() and crm.is_present(p.pid, p.employee_id)
    group by 1, 2
    order by 3 desc, 2;
end $$;
grant execute on function crm.who_is_at(text, bigint) to crm_user;
