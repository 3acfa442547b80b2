-- Undo of a change set. It restores each field that nobody has changed since, brings deleted records back with their
-- ids and keys, removes created ones unless somebody has changed or built on them, and tells what it kept and why.
-- It is itself a change set, which can be undone again. The steps of the plan are in undo_plan.sql.

create or replace function journal.remove_rows(late boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name text;
begin
  for name in select s.table_name from journal.subject s order by s.position desc loop
    if exists (select from pg_temp.undo_plan p
               where p.table_name = name and p.action = 'remove' and not p.is_kept and p.is_late = late) then
      execute format('delete from crm.%I t using pg_temp.undo_plan p where t.id = p.row_id and p.table_name = $1
                        and p.action = ''remove'' and not p.is_kept and p.is_late = $2', name) using name, late;
    end if;
  end loop;
end $$;

-- source: 'image' for what can be restored at once, 'waiting' for references to rows that had to come back first. In
-- portions, since what triggers compare of more would not stay in memory.
create or replace function journal.restore_fields(source text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name text;
  columns text[];
  portion record;
begin
  for name in select s.table_name from journal.subject s order by s.position loop
    execute format($step$
      select array_agg(distinct a.attname::text) from pg_temp.undo_plan p cross join lateral jsonb_object_keys(p.%I) k
        join pg_attribute a on a.attrelid = $2::regclass and a.attname = k and a.attnum > 0
      where p.table_name = $1 and p.action = 'restore' and not p.is_kept $step$, source)
    into columns using name, format('crm.%I', name);
    continue when columns is null;
    for portion in
      select min(n.row_id) as first, max(n.row_id) as last
      from (select p.row_id, (row_number() over (order by p.row_id) - 1) / 5000 as number
            from pg_temp.undo_plan p where p.table_name = name and p.action = 'restore' and not p.is_kept) n
      group by n.number order by n.number
    loop
      execute format($step$
        update crm.%1$I t set %2$s
        from pg_temp.undo_plan p join crm.%1$I o on o.id = p.row_id
          cross join lateral jsonb_populate_record(o, p.%3$I) r
        where t.id = p.row_id and p.table_name = $1 and p.action = 'restore' and not p.is_kept and p.%3$I <> '{}'
          and p.row_id between $2 and $3 $step$,
        name, (select string_agg(format('%1$I = r.%1$I', c), ', ') from unnest(columns) c), source)
      using name, portion.first, portion.last;
    end loop;
  end loop;
end $$;

-- Columns that came after the row was deleted get their defaults; a JSON null is no missing value.
create or replace function journal.bring_rows_back() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name text;
  columns text;
  expressions text;
begin
  for name in
    select s.table_name from journal.subject s
    where exists (select from pg_temp.undo_plan p where p.table_name = s.table_name and p.action = 'bring_back' and not p.is_kept)
    order by s.position
  loop
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum),
           string_agg(case when not a.attnotnull or a.attidentity <> '' then format('r.%I', a.attname)
                           when d.adbin is not null then format('coalesce(r.%I, (%s)::%s)', a.attname, pg_get_expr(d.adbin, d.adrelid), a.atttypid::regtype)
                           when a.atttypid = 'jsonb'::regtype then format('coalesce(r.%I, ''null'')', a.attname)
                           else format('r.%I', a.attname) end, ', ' order by a.attnum)
      into columns, expressions
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = format('crm.%I', name)::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
    execute format($step$
      insert into crm.%1$I (%2$s) overriding system value
      select %3$s from pg_temp.undo_plan p cross join lateral jsonb_populate_record(null::crm.%1$I, p.image) r
      where p.table_name = $1 and p.action = 'bring_back' and not p.is_kept
      order by r.id $step$, name, columns, expressions)
    using name;
  end loop;
end $$;

-- The kept rows by their names, as they are or were; without a name where the person may not see the row.
create or replace function journal.describe_kept() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  part jsonb;
  kept jsonb := '[]';
begin
  for subject in select s.* from journal.subject s
      where s.table_name in (select k.table_name from pg_temp.undo_kept k) order by s.position
  loop
    execute format($step$
      select jsonb_agg(jsonb_build_object(
               'table', k.table_name, 'id', k.row_id, 'name', case when %3$s then coalesce(t.%2$I::text, p.image ->> %2$L) end,
               'fields', k.fields, 'why', k.why, 'who', k.who, 'at', k.at) order by k.row_id, k.fields)
      from pg_temp.undo_kept k
        join pg_temp.undo_plan p on p.table_name = k.table_name and p.row_id = k.row_id
        left join crm.%1$I t on t.id = k.row_id
      where k.table_name = $1 $step$, subject.table_name, subject.display_column,
      case subject.rule
        when 'owned' then format('(coalesce(t.%1$I, (p.image ->> %1$L)::bigint) = any ($2)
                                   or coalesce(t.%2$I, (p.image ->> %2$L)::bigint) = any ($3))',
                                 subject.owner_column, coalesce(subject.parent_column, 'id'))
        when 'attached' then 'journal.visible_row($1, k.row_id) is not null'
        else 'true' end)
    into part using subject.table_name, crm.owners_in_scope(subject.entity, 'read'),
                    crm.shared_for(crm.me(), subject.table_name, 'read');
    kept := kept || part;
  end loop;
  return kept;
end $$;

create or replace function journal.describe_done() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    with done as (
      select p.table_name, p.action, count(*) as rows,
             sum((select count(*) from jsonb_object_keys(p.image || p.waiting))) filter (where p.action = 'restore') as fields
      from pg_temp.undo_plan p where not p.is_kept
      group by p.table_name, p.action)
    select jsonb_build_object(
      'restored', coalesce(jsonb_object_agg(d.table_name, jsonb_build_object('fields', d.fields, 'rows', d.rows))
                           filter (where d.action = 'restore'), '{}'),
      'brought_back', coalesce(jsonb_object_agg(d.table_name, d.rows) filter (where d.action = 'bring_back'), '{}'),
      'removed', coalesce(jsonb_object_agg(d.table_name, d.rows) filter (where d.action = 'remove'), '{}'))
    from done d);
end $$;

-- An undo that is undone again puts what it undid into force; and so on down the chain.
create or replace function journal.mark_undone(target journal.change_set, undo_id bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  step journal.change_set := target;
  taker bigint := undo_id;
begin
  loop
    update journal.change_set s set undone_by = taker where s.id = step.id;
    exit when step.undoes is null;
    taker := case when taker is null then step.id end;
    select s.* into step from journal.change_set s where s.id = step.undoes;
  end loop;
end $$;

-- What hangs on records is undone by who may change the record; only of what he does not see he is not even told why not.
create or replace function journal.check_may_undo(target journal.change_set) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  tables text[] := array(select distinct c.table_name from journal.change c
                         where c.change_set_id = target.id and c.at >= target.at);
begin
  if crm.me() is null or target.employee_id is distinct from crm.me() and (
      exists (
        select from unnest(tables) t (name) left join journal.subject s on s.table_name = t.name
        where s.rule is distinct from 'attached'  -- keep_detached asks for each row
          and not coalesce(crm.has_function(s.entity, 'undo'), false))
      or (select bool_and(s.rule = 'attached') from journal.subject s where s.table_name = any (tables))
        and not exists (
          select from (select c.table_name, c.row_id from journal.change c
                       where c.change_set_id = target.id and c.at >= target.at order by c.id limit 10) c
          where journal.visible_row(c.table_name, c.row_id) is not null)) then
    raise 'You have no right to undo what others did.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  if target.undone_by is not null then
    raise 'This has been undone already.' using errcode = '55000', hint = 'To do it again, undo the undo.';
  end if;
end $$;

-- A dry run only finds out what would happen.
create or replace function journal.undo_at_once(target journal.change_set, only_table text, only_ids bigint[], dry_run boolean) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  undo_id bigint := journal.open_change_set('undo', target.label, target.id);
  subject journal.subject;
  result jsonb;
begin
  perform journal.make_plan_tables();
  perform journal.plan_rows(target, only_table, only_ids, dry_run);
  perform journal.keep_changed_since(target);
  for subject in select s.* from journal.subject s
      where s.table_name in (select p.table_name from pg_temp.undo_plan p)
      order by s.position  -- parents first: their parts follow them
  loop
    perform journal.keep_forbidden(subject, target.employee_id is not distinct from crm.me());
    perform journal.keep_conflicting(subject);
    perform journal.keep_dangling(subject);
  end loop;
  perform journal.keep_built_on();
  perform journal.keep_together();
  perform journal.mark_late();
  result := journal.describe_done() || jsonb_build_object('kept', journal.describe_kept(), 'change_set', undo_id);
  if dry_run then return result; end if;
  set constraints all deferred;  -- custom references point anywhere
  perform journal.remove_rows(late => false);
  perform journal.restore_fields('image');
  perform journal.bring_rows_back();
  perform journal.restore_fields('waiting');
  perform journal.remove_rows(late => true);
  set constraints all immediate;
  if only_table is null then perform journal.mark_undone(target, undo_id); end if;
  drop table pg_temp.undo_plan, pg_temp.undo_kept;
  return result;
end $$;

-- Null where there is no such change set, else
-- {"change_set": id or null, "restored": {table: {"fields": n, "rows": n}}, "brought_back": {table: n}, "removed": {table: n},
--  "kept": [{"table", "id", "name", "fields", "why", "who", "at"}]}; why is one of changed_since, built_on, part_kept,
-- no_right, gone, conflict, parent_gone. The new change set is null, and nothing written, in a dry run and where all is kept.
-- With only_table: these records alone with their parts, as the recycle bin brings them back; the rest can follow later.
create or replace function journal.undo(change_set bigint, dry_run boolean default false, only_table text default null,
                                        only_ids bigint[] default '{}') returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  target journal.change_set;
  result jsonb;
begin
  select s.* into target from journal.change_set s where s.id = change_set for update;
  if not found then return null; end if;
  perform journal.check_may_undo(target);
  begin
    result := journal.undo_at_once(target, only_table, only_ids, dry_run);
    if dry_run or result -> 'restored' = '{}' and result -> 'brought_back' = '{}' and result -> 'removed' = '{}' then
      result := result || '{"change_set": null}';
      raise sqlstate 'CR000';
    end if;
  exception when sqlstate 'CR000' then
    null;  -- the block's writes are rolled back, the result is not
  end;
  return result;
end $$;
grant execute on function journal.undo(bigint, boolean, text, bigint[]) to crm_user;
