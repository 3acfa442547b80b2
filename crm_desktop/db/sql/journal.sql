-- The journal: what would otherwise be lost. An insert needs no values (the row has them), an update keeps the old
-- values of the changed fields, a delete the whole row. What a change wrote is known from the next change of the
-- same field, or from the row. Written by triggers only; nobody can update or delete here.

-- The partition of a month. Attaching waits for nobody who writes, and nobody who writes waits for it.
create or replace function journal.ensure_partition(moment timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set datestyle = iso as $$  -- CST is two zones
declare
  month timestamp := date_trunc('month', moment at time zone 'UTC');
  partition text := 'change_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('journal.' || partition) is not null then return; end if;
  lock table journal.change in share update exclusive mode;  -- unlike an advisory lock, nobody else can take it for long
  if to_regclass('journal.' || partition) is not null then return; end if;
  execute format('create table journal.%I (like journal.change including defaults)', partition);
  execute format('alter table journal.%I enable row level security, force row level security', partition);
  execute format('create policy owner_all on journal.%I to crm_owner using (true)', partition);
  execute format('alter table journal.change attach partition journal.%I for values from (%L) to (%L)', partition,
                 month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
end $$;

-- Those of this month and of as many months ahead.
create or replace function journal.make_partitions(months_ahead integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform journal.ensure_partition(clock_timestamp() + make_interval(months => n)) from generate_series(0, months_ahead) n;
end $$;

-- A new change set; all that this transaction writes from now on belongs to it.
create or replace function journal.open_change_set(kind text, label text, undoes bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened bigint;
begin
  perform journal.make_partitions(1);
  insert into journal.change_set (kind, label, undoes, login, employee_id, transaction_id, at)
    values (kind, label, undoes, session_user, crm.me(), pg_current_xact_id()::text::bigint, clock_timestamp())
    returning id into opened;
  perform set_config('crm.change_set', opened::text, true);
  return opened;
end $$;

-- What a service calls before it writes. Kinds and labels are the program's words; 'undo' is undo's own.
create or replace function journal.begin_change(kind text, label text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if kind in ('undo', 'sql') then raise 'the kinds undo and sql are the journal''s own'; end if;
  return journal.open_change_set(left(kind, 20), left(label, 500), null);
end $$;
grant execute on function journal.begin_change(text, text) to crm_user;

-- The transaction's change set, null where it has none. Anybody may set the variable, so it is believed only where it
-- names a change set that this very transaction opened.
create or replace function journal.named_change_set() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  named text := current_setting('crm.change_set', true);
  found_id bigint;
begin
  if named ~ '^\d{1,18}$' then
    select s.id into found_id from journal.change_set s
      where s.id = named::bigint and s.login = session_user
        and s.transaction_id = pg_current_xact_id()::text::bigint and s.at >= transaction_timestamp();
  end if;
  return found_id;
end $$;

-- The same; a bare statement opens one.
create or replace function journal.current_change_set() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(journal.named_change_set(), journal.open_change_set('sql', '', null));
end $$;

-- One message a statement: table, operation, ids and change set, never values, since everybody hears it. Past the limit
-- the listener is told to read again. By the change set a workbench knows its own change.
create or replace function journal.notify(table_name text, operation text, ids bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('crm', concat_ws(':', table_name, lower(operation),
    case when cardinality(ids) > 200 then '*' else array_to_string(ids, ',') end,
    journal.named_change_set()));
end $$;

create or replace function journal.record_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  ids bigint[] := array(select n.id from new_rows n limit 201);
  change_set bigint;
begin
  if ids = '{}' then return null; end if;
  change_set := journal.current_change_set();
  insert into journal.change (change_set_id, at, table_name, row_id, operation)
    select change_set, clock_timestamp(), tg_table_name, n.id, 'I' from new_rows n;
  perform journal.notify(tg_table_name, 'i', ids);
  return null;
end $$;

create or replace function journal.record_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  ids bigint[] := array(select o.id from old_rows o limit 201);
  change_set bigint;
begin
  if ids = '{}' then return null; end if;
  change_set := journal.current_change_set();
  insert into journal.change (change_set_id, at, table_name, row_id, operation, before)
    select change_set, clock_timestamp(), tg_table_name, o.id, 'D', to_jsonb(o) from old_rows o;
  perform journal.notify(tg_table_name, 'd', ids);
  return null;
end $$;

-- Arguments: the columns that are not stored because triggers or the program derive them.
-- What a trigger carried on to other rows is derived too: only told, not stored.
-- The plan is made once a session: without nested loops it fits any number of rows (rows.sql says more).
create or replace function journal.record_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_nestloop = off set jit = off as $$
declare
  ids bigint[] := array(select n.id from new_rows n limit 201);
  change_set bigint;
begin
  if ids = '{}' then return null; end if;
  if pg_trigger_depth() = 1 then
    change_set := journal.current_change_set();
    insert into journal.change (change_set_id, at, table_name, row_id, operation, before)
      select change_set, clock_timestamp(), tg_table_name, lost.id, 'U', lost.before
      from (
        select r.id, (select jsonb_object_agg(f.key, f.value) from jsonb_each(r.old) f
                      where r.new -> f.key is distinct from f.value) as before
        from (select o.id, to_jsonb(o) - tg_argv as old, to_jsonb(n) as new
              from old_rows o join new_rows n on n.id = o.id offset 0) r
        offset 0
      ) lost
      where lost.before is not null;
  end if;
  perform journal.notify(tg_table_name, 'u', ids);
  return null;
end $$;

-- Drops the months before the last keep_months, and the change sets that lie in them.
create or replace function journal.forget(keep_months integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first_kept text := to_char(now() at time zone 'UTC' - make_interval(months => keep_months), 'YYYY_MM');
  partition text;
begin
  if not crm.may('setting', 'update') then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  if keep_months < 1 then raise 'The journal must keep at least one month.'; end if;
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'journal.change'::regclass and c.relname < 'change_' || first_kept
  loop
    execute format('drop table journal.%I', partition);
  end loop;
  delete from journal.change_set s
    where s.at < to_timestamp(first_kept, 'YYYY_MM') and not exists (select from journal.change c where c.change_set_id = s.id);
  perform crm.forget_contents();
end $$;
grant execute on function journal.forget(integer) to crm_user;
