-- What an undo would do, worked out in pg_temp.undo_plan: one row for each record the change set touched, with one
-- action ('restore', 'bring_back', 'remove'). What must stay is marked is_kept and told in pg_temp.undo_kept.
-- Each function is one step for all rows of a table at once; journal.undo in undo.sql calls them. The tables are
-- temporary so that the planner sees how many rows this undo has: with a wrong guess its joins take minutes.

create or replace aggregate journal.overlay(jsonb) (sfunc = jsonb_concat, stype = jsonb);

create or replace function journal.make_plan_tables() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  create temporary table undo_plan (
    table_name text not null,
    row_id bigint not null,
    action text not null,
    last_change_id bigint not null,
    image jsonb not null,                 -- what to restore, or the whole row to bring back
    waiting jsonb not null default '{}',  -- references to rows that must come back first
    is_kept boolean not null default false,
    is_late boolean not null default false,
    primary key (table_name, row_id)
  ) on commit drop;
  create temporary table undo_kept (
    table_name text not null,
    row_id bigint not null,
    fields text[] not null default '{}',
    why text not null,
    who text,
    at timestamptz
  ) on commit drop;
end $$;

-- Columns of one table that refer to another, both journaled.
create or replace function journal.references_between()
returns table (child text, reference text, parent text, is_required boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.table_name, a.attname::text, p.table_name, a.attnotnull
  from pg_constraint f
    join journal.subject c on f.conrelid = format('crm.%I', c.table_name)::regclass
    join journal.subject p on f.confrelid = format('crm.%I', p.table_name)::regclass
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
  where f.contype = 'f' and cardinality(f.conkey) = 1
$$;

-- Who changed the record last, and when.
create or replace function journal.latest_change(table_name text, row_id bigint, out who text, out at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(e.name, s.login), c.at
  from journal.change c join journal.change_set s on s.id = c.change_set_id left join crm.employee e on e.id = s.employee_id
  where c.table_name = $1 and c.row_id = $2
  order by c.id desc limit 1
$$;

-- Leaves in the plan only these records, the parts, files and comments that went with them, and the references to them
-- that became empty.
create or replace function journal.narrow_plan(only_table text, only_ids bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  with recursive link as materialized (
    select r.child, r.reference, r.parent, s.parent_column is not distinct from r.reference as is_part
    from journal.references_between() r join journal.subject s on s.table_name = r.child
  ), edge as materialized (
    select p.table_name, p.row_id, l.parent, (p.image ->> l.reference)::bigint as parent_id
    from pg_temp.undo_plan p join link l on l.child = p.table_name and (l.is_part or p.action = 'restore')
    where p.image ->> l.reference is not null
    union all
    select p.table_name, p.row_id, p.image ->> 'entity', (p.image ->> 'record_id')::bigint
    from pg_temp.undo_plan p join journal.subject s on s.table_name = p.table_name
    where s.rule = 'attached' and p.action = 'bring_back'
  ), wanted as (
    select only_table as table_name, unnest(only_ids) as row_id
    union
    select e.table_name, e.row_id from wanted w join edge e on e.parent = w.table_name and e.parent_id = w.row_id
  )
  delete from pg_temp.undo_plan p
  where not exists (select from wanted w where w.table_name = p.table_name and w.row_id = p.row_id);
end $$;

-- One row for each record. Its first change of a field in the set lost the value to restore: the earliest wins.
-- Without only_table: the whole change set.
create or replace function journal.plan_rows(target journal.change_set, only_table text, only_ids bigint[], dry_run boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name text;
begin
  insert into pg_temp.undo_plan (table_name, row_id, action, last_change_id, image)
    select c.table_name, c.row_id,
           case when (array_agg(c.operation order by c.id))[1] = 'I' then 'remove'
                when (array_agg(c.operation order by c.id desc))[1] = 'D' then 'bring_back' else 'restore' end,
           max(c.id), coalesce(journal.overlay(c.before order by c.id desc), '{}')
    from journal.change c join journal.subject s on s.table_name = c.table_name
    where c.change_set_id = target.id and c.at >= target.at
    group by c.table_name, c.row_id;
  if only_table is not null then perform journal.narrow_plan(only_table, only_ids); end if;
  analyze pg_temp.undo_plan;
  for name in select p.table_name from pg_temp.undo_plan p group by p.table_name having count(*) > 1000 loop
    execute format('analyze crm.%I (id)', name);  -- right after an import the planner may still take the table for empty
  end loop;
  for name in select s.table_name from journal.subject s join pg_temp.undo_plan p on p.table_name = s.table_name
      group by s.table_name, s.position order by s.position
  loop
    -- Nobody may change these rows between plan and deed.
    if not dry_run then
      execute format('select count(*) from (select from crm.%I t where t.id in (select p.row_id from pg_temp.undo_plan p
                        where p.table_name = $1) order by t.id for update of t) locked', name) using name;
    end if;
    execute format($step$
      delete from pg_temp.undo_plan p where p.table_name = $1 and p.action = 'remove'
        and not exists (select from crm.%1$I t where t.id = p.row_id) $step$, name) using name;
    -- What was brought back alone before needs no telling.
    execute format($step$
      delete from pg_temp.undo_plan p where p.table_name = $1 and p.action = 'bring_back'
        and exists (select from crm.%1$I t where t.id = p.row_id)
        and exists (select from journal.change c join journal.change_set s on s.id = c.change_set_id
                    where c.table_name = $1 and c.row_id = p.row_id and c.operation = 'I' and s.undoes = $2) $step$, name)
      using name, target.id;
    execute format($step$
      with changed as (
        update pg_temp.undo_plan p set is_kept = true
        where p.table_name = $1
          and (p.action = 'restore' and not exists (select from crm.%1$I t where t.id = p.row_id)
               or p.action = 'bring_back' and exists (select from crm.%1$I t where t.id = p.row_id))
        returning p.*)
      insert into pg_temp.undo_kept (table_name, row_id, fields, why, who, at)
        select c.table_name, c.row_id,
               case when c.action = 'restore' then array(select jsonb_object_keys(c.image)) else '{}' end,
               case when c.action = 'restore' then 'gone' else 'changed_since' end, l.who, l.at
        from changed c left join lateral journal.latest_change(c.table_name, c.row_id) l on true $step$, name) using name;
  end loop;
end $$;

-- Keeps each field that another change set has touched since, and each created row that another one has changed.
-- A change that was undone does not count, nor does its undo: along such a chain the signs of each field add up to 0.
create or replace function journal.keep_changed_since(target journal.change_set) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  with recursive later as materialized (
    select p.table_name, p.row_id, c.id, c.change_set_id, c.operation, c.before
    from pg_temp.undo_plan p join journal.change c on c.table_name = p.table_name and c.row_id = p.row_id
    where not p.is_kept and p.action in ('restore', 'remove')
      and c.at >= target.at and c.id > p.last_change_id and c.change_set_id <> target.id
  ), chain as (
    select distinct l.change_set_id as id, l.change_set_id as reached, 1 as sign from later l
    union all
    select c.id, s.undoes, -c.sign from chain c join journal.change_set s on s.id = c.reached where s.undoes is not null
  ), origin as (
    select c.id, c.reached as origin_id, c.sign from chain c join journal.change_set s on s.id = c.reached and s.undoes is null
  ), touched as (
    select l.table_name, l.row_id, f.field, max(l.id) as change_id
    from later l join origin o on o.id = l.change_set_id
      cross join lateral (
        select jsonb_object_keys(l.before) where l.operation = 'U' union all select '' where l.operation <> 'U') f (field)
    group by l.table_name, l.row_id, f.field, o.origin_id
    having sum(o.sign) <> 0
  ), held as (
    select t.table_name, t.row_id, array_agg(distinct t.field) as fields, max(t.change_id) as change_id
    from touched t join pg_temp.undo_plan p on p.table_name = t.table_name and p.row_id = t.row_id
    where p.action = 'remove' or p.image ? t.field
    group by t.table_name, t.row_id
  ), kept as (
    update pg_temp.undo_plan p
    set image = p.image - h.fields, is_kept = p.action = 'remove' or p.image - h.fields = '{}'
    from held h
    where p.table_name = h.table_name and p.row_id = h.row_id
    returning p.table_name, p.row_id, case when p.action = 'remove' then '{}' else h.fields end as fields, h.change_id
  )
  insert into pg_temp.undo_kept (table_name, row_id, fields, why, who, at)
    select k.table_name, k.row_id, k.fields, 'changed_since', coalesce(e.name, s.login), c.at
    from kept k
      join journal.change c on c.table_name = k.table_name and c.row_id = k.row_id and c.id = k.change_id and c.at >= target.at
      join journal.change_set s on s.id = c.change_set_id
      left join crm.employee e on e.id = s.employee_id;
end $$;

-- Keeps what the person may not do. To restore he needs the right to update, before and after. What he himself made
-- he may take back, whatever he may delete, and what he deleted he may bring back; for others' change sets he needs
-- the right to delete or to create. Parts go with their parents.
create or replace function journal.keep_forbidden(subject journal.subject, is_own boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  may_create boolean := crm.may(subject.entity, 'create');
  may_update boolean := crm.may(subject.entity, 'update');
  may_delete boolean := crm.may(subject.entity, 'delete');
  rights text := 'case q.action when ''restore'' then $3 when ''remove'' then $4 or $5 and $2 else $5 or $4 and $2 end';
  owner_after text := 'null::bigint';
begin
  if subject.rule = 'attached' then
    perform journal.keep_detached(subject, is_own);
    return;
  end if;
  if subject.rule = 'owned' then
    owner_after := format('r.%I', subject.owner_column);
    if subject.parent_table is not null then
      -- The parent may itself be on its way back; where it is gone for good, keep_dangling says so.
      select format('coalesce((select x.%1$I from crm.%2$I x where x.id = r.%3$I),
                              (select (y.image ->> %1$L)::bigint from pg_temp.undo_plan y where y.table_name = %2$L
                               and y.row_id = r.%3$I and y.action = ''bring_back'' and not y.is_kept))',
                    s.owner_column, s.table_name, subject.parent_column)
        into owner_after from journal.subject s where s.table_name = subject.parent_table;
    end if;
    rights := format($rights$
      case q.action
        when 'restore' then t.%2$I = any ($7) and (o.owner is null
                        or case when %3$L then o.owner = any ($7) else r.%2$I = any ($7) and o.owner = any ($9) end)
                        or (%3$L or t.%2$I = any ($7)) and t.%5$I = any ($10) and r.%5$I = any ($10) and r.%1$I = t.%1$I
        when 'remove' then $2 and (t.%1$I = any ($6) or t.%5$I = any ($11)) or t.%2$I = any ($8)
        else o.owner is null or o.owner = any ($6) or $2 and r.%2$I = any ($8)
      end
      or exists (select from pg_temp.undo_plan y where y.table_name = %4$L and y.row_id = r.%5$I
                 and y.action = q.action and y.action <> 'restore' and not y.is_kept)
      $rights$, subject.owner_column, subject.writer_column, subject.owner_column = subject.writer_column,
      subject.parent_table, coalesce(subject.parent_column, 'id'));
  end if;
  execute format($step$
    with forbidden as (
      select q.row_id
      from pg_temp.undo_plan q left join crm.%1$I t on t.id = q.row_id
        cross join lateral jsonb_populate_record(t, q.image) r
        cross join lateral (select %2$s as owner) o
      where q.table_name = $1 and not q.is_kept and (%3$s) is not true
    ), kept as (
      update pg_temp.undo_plan p set is_kept = true
      from forbidden f where p.table_name = $1 and p.row_id = f.row_id
      returning p.*)
    insert into pg_temp.undo_kept (table_name, row_id, fields, why)
      select k.table_name, k.row_id,
             case when k.action = 'restore' then array(select jsonb_object_keys(k.image)) else '{}' end, 'no_right'
      from kept k $step$, subject.table_name, owner_after, rights)
  using subject.table_name, is_own, may_update, may_delete, may_create,
        crm.owners_in_scope(subject.entity, 'create'), crm.owners_in_scope(subject.entity, 'update'),
        crm.owners_in_scope(subject.entity, 'delete'), crm.owners_in_scope(subject.entity, 'read'),
        crm.shared_for(crm.me(), subject.table_name, 'update'), crm.shared_for(crm.me(), subject.table_name, 'create');
end $$;

-- The same for what hangs on records: it goes and comes back with its record. Else his own he may take back as long as
-- he sees the record; what others did, who may change the record, unless it belongs to its author alone.
create or replace function journal.keep_detached(subject journal.subject, is_own boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format($step$
    with judged as (
      select q.row_id,
             case when q.action = 'bring_back' and not journal.record_is_there(r.entity, r.record_id) then 'parent_gone'
                  when %3$L then case when not crm.may_share(r.entity, r.record_id) then 'no_right' end
                  when $2 and journal.visible_row(r.entity, r.record_id) is not null then null
                  when not $2 and %2$L and journal.may_change(r.entity, r.record_id) then null
                  else 'no_right' end as why
      from pg_temp.undo_plan q left join crm.%1$I t on t.id = q.row_id
        cross join lateral jsonb_populate_record(t, q.image) r
      where q.table_name = $1 and not q.is_kept
        and not exists (select from pg_temp.undo_plan y where y.table_name = r.entity and y.row_id = r.record_id
                        and y.action = q.action and y.action <> 'restore' and not y.is_kept)
    ), kept as (
      update pg_temp.undo_plan p set is_kept = true
      from judged j where p.table_name = $1 and p.row_id = j.row_id and j.why is not null
      returning p.*, j.why)
    insert into pg_temp.undo_kept (table_name, row_id, fields, why)
      select k.table_name, k.row_id,
             case when k.action = 'restore' then array(select jsonb_object_keys(k.image)) else '{}' end, k.why
      from kept k $step$, subject.table_name, subject.writer_column is null,
    subject.table_name = 'share')
  using subject.table_name, is_own;
end $$;

-- Keeps what would break a unique key: the number of a deleted record may be in use again. Rows that this undo removes
-- do not count, nor for rows to bring back those that it restores, which happens before.
create or replace function journal.keep_conflicting(subject journal.subject) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  columns text[];
begin
  for columns in
    select array_agg(a.attname::text order by k.n)
    from pg_index i cross join unnest(i.indkey::int2[]) with ordinality k (attnum, n)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where i.indrelid = format('crm.%I', subject.table_name)::regclass
      and i.indisunique and not i.indisprimary and i.indpred is null and i.indexprs is null
    group by i.indexrelid
  loop
    execute format($step$
      with conflicting as (
        select q.row_id
        from pg_temp.undo_plan q left join crm.%1$I t on t.id = q.row_id
          cross join lateral jsonb_populate_record(t, q.image) r
          join crm.%1$I x on (%2$s) = (%3$s) and x.id <> q.row_id
        where q.table_name = $1 and not q.is_kept
          and (q.action = 'bring_back' or q.action = 'restore' and q.image ?| $2)
          and not exists (select from pg_temp.undo_plan y where y.table_name = $1 and y.row_id = x.id and not y.is_kept
                          and (y.action = 'remove' or q.action = 'bring_back' and y.image ?| $2))
      ), kept as (
        update pg_temp.undo_plan p
        set image = case when p.action = 'restore' then p.image - $2 else p.image end,
            is_kept = p.action = 'bring_back' or p.image - $2 = '{}'
        from conflicting c where p.table_name = $1 and p.row_id = c.row_id
        returning p.*)
      insert into pg_temp.undo_kept (table_name, row_id, fields, why)
        select k.table_name, k.row_id, $2, 'conflict' from kept k $step$,
      subject.table_name,
      (select string_agg(format('r.%I', c), ', ') from unnest(columns) c),
      (select string_agg(format('x.%I', c), ', ') from unnest(columns) c))
    using subject.table_name, columns;
  end loop;
end $$;

-- Looks whether everything is there that the row to restore or to bring back refers to. Where not, a field is left
-- alone or left empty, and a part whose parent is gone is kept. References to rows that come back wait until they did.
create or replace function journal.keep_dangling(subject journal.subject) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  link record;
begin
  for link in select r.* from journal.references_between() r where r.child = subject.table_name loop
    update pg_temp.undo_plan p
      set waiting = p.waiting || jsonb_build_object(link.reference, p.image -> link.reference), image = p.image - link.reference
      where p.table_name = subject.table_name and not p.is_kept and p.action = 'restore' and p.image ->> link.reference is not null
        and exists (select from pg_temp.undo_plan y where y.table_name = link.parent and y.row_id = (p.image ->> link.reference)::bigint
                    and y.action = 'bring_back' and not y.is_kept);
    execute format($step$
      with dangling as (
        update pg_temp.undo_plan p
        set image = case when p.action = 'restore' then p.image - $2 else p.image || jsonb_build_object($2, null) end,
            is_kept = p.action = 'bring_back' and $4 or p.action = 'restore' and p.image - $2 = '{}' and p.waiting = '{}'
        where p.table_name = $1 and not p.is_kept and p.action in ('restore', 'bring_back') and p.image ->> $2 is not null
          and not exists (select from crm.%1$I t where t.id = (p.image ->> $2)::bigint)
          and not exists (select from pg_temp.undo_plan y where y.table_name = $3 and y.row_id = (p.image ->> $2)::bigint
                          and y.action = 'bring_back' and not y.is_kept)
        returning p.*)
      insert into pg_temp.undo_kept (table_name, row_id, fields, why)
        select d.table_name, d.row_id, array[$2], case when d.action = 'bring_back' and $4 then 'parent_gone' else 'gone' end
        from dangling d $step$, link.parent)
    using subject.table_name, link.reference, link.parent, link.is_required;
  end loop;
end $$;

-- Keeps created rows that others have built on: rows outside this undo refer to them.
create or replace function journal.keep_built_on() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  link record;
  hanging text;
begin
  for link in
    select r.* from journal.references_between() r
    where r.parent in (select p.table_name from pg_temp.undo_plan p where p.action = 'remove' and not p.is_kept)
      -- What is not journaled goes with the row: made by triggers, or nobody else's business.
      and r.child not in (select s.table_name from journal.subject s where s.rule in ('closed', 'personal', 'shown'))
  loop
    execute format($step$
      with built_on as (
        select p.row_id, max(x.id) as by_id
        from pg_temp.undo_plan p join crm.%1$I x on x.%2$I = p.row_id
        where p.table_name = $1 and p.action = 'remove' and not p.is_kept
          and not exists (select from pg_temp.undo_plan y where y.table_name = $2 and y.row_id = x.id
                          and (y.action = 'remove' or not y.is_kept and (y.image ? $3 or y.waiting ? $3)))
        group by p.row_id
      ), kept as (
        update pg_temp.undo_plan p set is_kept = true from built_on b
        where p.table_name = $1 and p.row_id = b.row_id
        returning p.row_id, b.by_id)
      insert into pg_temp.undo_kept (table_name, row_id, why, who, at)
        select $1, k.row_id, 'built_on', l.who, l.at
        from kept k left join lateral journal.latest_change($2, k.by_id) l on true $step$, link.child, link.reference)
    using link.parent, link.child, link.reference;
  end loop;
  for hanging in select s.table_name from journal.subject s where s.rule = 'attached' loop
    execute format($step$
      with built_on as (
        select p.table_name, p.row_id, max(x.id) as by_id
        from pg_temp.undo_plan p join crm.%1$I x on x.entity = p.table_name and x.record_id = p.row_id
        where p.action = 'remove' and not p.is_kept
          and not exists (select from pg_temp.undo_plan y where y.table_name = $1 and y.row_id = x.id and y.action = 'remove')
        group by p.table_name, p.row_id
      ), kept as (
        update pg_temp.undo_plan p set is_kept = true from built_on b
        where p.table_name = b.table_name and p.row_id = b.row_id
        returning p.table_name, p.row_id, b.by_id)
      insert into pg_temp.undo_kept (table_name, row_id, why, who, at)
        select k.table_name, k.row_id, 'built_on', l.who, l.at
        from kept k left join lateral journal.latest_change($1, k.by_id) l on true $step$, hanging) using hanging;
  end loop;
end $$;

-- A created row that stays keeps what it refers to, and a parent that stays keeps its parts; so on until nothing moves.
create or replace function journal.keep_together() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  link record;
  moved bigint;
  moved_now bigint;
begin
  loop
    exit when not exists (select from pg_temp.undo_plan p where p.action = 'remove' and p.is_kept);
    moved := 0;
    for link in
      select r.child, r.reference, r.parent, s.parent_column is not distinct from r.reference as is_part
      from journal.references_between() r join journal.subject s on s.table_name = r.child
      where r.child in (select p.table_name from pg_temp.undo_plan p where p.action = 'remove')
        and r.parent in (select p.table_name from pg_temp.undo_plan p where p.action = 'remove')
    loop
      execute format($step$
        with pair as (
          select c.row_id as child_id, p.row_id as parent_id, c.is_kept as child_kept, p.is_kept as parent_kept
          from pg_temp.undo_plan c join crm.%1$I x on x.id = c.row_id
            join pg_temp.undo_plan p on p.table_name = $2 and p.row_id = x.%2$I and p.action = 'remove'
          where c.table_name = $1 and c.action = 'remove' and c.is_kept <> p.is_kept
        ), stays as (
          select $2 as table_name, parent_id as row_id from pair where child_kept
          union
          select $1, child_id from pair where parent_kept and $3
        ), kept as (
          update pg_temp.undo_plan p set is_kept = true from stays s
          where p.table_name = s.table_name and p.row_id = s.row_id
          returning p.table_name, p.row_id)
        insert into pg_temp.undo_kept (table_name, row_id, why) select k.table_name, k.row_id, 'part_kept' from kept k
        $step$, link.child, link.reference)
      using link.child, link.parent, link.is_part;
      get diagnostics moved_now = row_count;
      moved := moved + moved_now;
    end loop;
    exit when moved = 0;
  end loop;
end $$;

-- Marks created rows that can be removed only after others were restored, because those still refer to them; and what
-- the marked rows refer to themselves.
create or replace function journal.mark_late() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  link record;
  moved bigint;
  moved_now bigint;
begin
  loop
    moved := 0;
    for link in
      select r.* from journal.references_between() r
      where r.parent in (select p.table_name from pg_temp.undo_plan p where p.action = 'remove' and not p.is_kept)
        and r.child in (select p.table_name from pg_temp.undo_plan p where (p.is_late or p.action = 'restore') and not p.is_kept)
    loop
      execute format($step$
        update pg_temp.undo_plan p set is_late = true
        from pg_temp.undo_plan c join crm.%1$I x on x.id = c.row_id
        where c.table_name = $1 and not c.is_kept and (c.is_late or c.action = 'restore')
          and p.table_name = $2 and p.row_id = x.%2$I and p.action = 'remove' and not p.is_kept and not p.is_late
        $step$, link.child, link.reference)
      using link.child, link.parent;
      get diagnostics moved_now = row_count;
      moved := moved + moved_now;
    end loop;
    exit when moved = 0;
  end loop;
end $$;
