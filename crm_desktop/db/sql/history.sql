-- Reading the journal, with the reader's rights on the records themselves. Tables of the journal are closed to everybody.

-- Whether the record, or what it belongs to, is shared with the person.
create or replace function journal.is_lent(subject journal.subject, image jsonb, verb text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((image ->> coalesce(subject.parent_column, 'id'))::bigint
                  = any (crm.shared_for(crm.me(), subject.table_name, verb)), false);
end $$;

-- The row as it is, or as it was when it was deleted; null where the person may not read it.
create or replace function journal.visible_row(table_name text, row_id bigint) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  image jsonb;
begin
  select * into subject from journal.subject s where s.table_name = visible_row.table_name and s.rule not in ('personal', 'shown', 'closed');
  if not found or crm.me() is null then return null; end if;
  execute format('select to_jsonb(t) from crm.%I t where t.id = $1', subject.table_name) into image using row_id;
  if image is null then
    select c.before into image from journal.change c
      where c.table_name = subject.table_name and c.row_id = visible_row.row_id and c.operation = 'D'
      order by c.id desc limit 1;
  end if;
  if subject.rule = 'owned'
     and ((image ->> subject.owner_column)::bigint = any (crm.owners_in_scope(subject.entity, 'read'))) is not true
     and not journal.is_lent(subject, image, 'read') then
    return null;
  end if;
  if subject.table_name = 'announcement'
     and not crm.is_announced((image ->> 'department_id')::bigint, (image ->> 'author_id')::bigint) then
    return null;
  end if;
  if subject.rule = 'attached' and journal.visible_row(image ->> 'entity', (image ->> 'record_id')::bigint) is null then
    return null;
  end if;
  return image;
end $$;

-- What a row is called, or was when it was deleted; null where the person may not read it.
create or replace function journal.name_of(table_name text, row_id bigint) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select journal.visible_row(s.table_name, row_id) ->> s.display_column from journal.subject s
  where s.table_name = name_of.table_name;
$$;
grant execute on function journal.name_of(text, bigint) to crm_user;

-- All changes of one record, oldest first. What a change wrote is what the next change of the field lost, or what is
-- there now. After a creation: everything the record began with; before a deletion: everything it had.
create or replace function journal.history(table_name text, row_id bigint)
returns table (change_id bigint, change_set_id bigint, at timestamptz, employee_id bigint, login text, who text,
               kind text, label text, operation text, before jsonb, after jsonb)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  hidden text[] := array['version', 'created_at', 'updated_at', 'sort_key', 'search_text', 'search_grams', 'name_core',
                         'last_contact_at', 'full_name', 'full_name_en'];
  image jsonb := journal.visible_row(table_name, row_id) - hidden;
begin
  if image is null then return; end if;
  return query
    with of_row as (
      select c.id, c.at, c.change_set_id, c.operation, c.before - hidden as before from journal.change c
      where c.table_name = history.table_name and c.row_id = history.row_id
    ), field as (
      select r.id, r.operation, f.key, f.value from of_row r cross join jsonb_each(r.before) f
      union all
      select r.id, r.operation, k, null from of_row r cross join jsonb_object_keys(image) k where r.operation = 'I'
    ), followed as (
      select f.id, f.operation, f.key,
             coalesce(lead(f.value) over later, case when lead(f.id) over later is null then image -> f.key end) as value
      from field f window later as (partition by f.key order by f.id)
    ), written as (
      select f.id, jsonb_object_agg(f.key, f.value) as after from followed f
      where f.operation = 'U' or f.operation = 'I' and f.value <> 'null'
      group by f.id
    )
    select r.id, s.id, r.at, s.employee_id, s.login, e.name::text, s.kind, s.label, r.operation::text, r.before, w.after
    from of_row r join journal.change_set s on s.id = r.change_set_id
      left join written w on w.id = r.id
      left join crm.employee e on e.id = s.employee_id
    order by r.id;
end $$;
grant execute on function journal.history(text, bigint) to crm_user;

-- Change sets of one employee, or of everybody who changed only these entities. A label may name a record, so others'
-- are listed only where one of their first records is in reach.
create or replace function journal.list_change_sets(most integer, only_of bigint, entities text[])
returns table (id bigint, at timestamptz, kind text, label text, employee_id bigint, login text, who text,
               rows bigint, is_mine boolean, undoes bigint, undone_by bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  all_in_reach text[] := array(
    select g.entity from crm.my_grants() g
    where g.read_scope = 5 and -crm.me() <> all (crm.owners_in_scope(g.entity, 'read')));
begin
  return query
    select s.id, s.at, s.kind, s.label, s.employee_id, s.login, e.name::text, c.rows,
           coalesce(s.employee_id = crm.me(), false), s.undoes, s.undone_by
    from journal.change_set s
      left join crm.employee e on e.id = s.employee_id
      cross join lateral (
        select count(*) as rows, bool_and(coalesce(j.rule = 'attached' or j.entity = any (entities), false)) as may_see,
               bool_and(coalesce(j.entity = any (all_in_reach), false)) as is_in_reach
        from journal.change x left join journal.subject j on j.table_name = x.table_name
        where x.change_set_id = s.id and x.at >= s.at) c
    where (only_of is null or s.employee_id = only_of) and (c.rows > 0 or s.kind = 'export')
      and (s.employee_id = crm.me()
           or s.kind = 'export' and split_part(s.label, ':', 1) = any (entities)
           or c.may_see and (c.is_in_reach or exists (
             select from (select x.table_name, x.row_id from journal.change x
                          where x.change_set_id = s.id and x.at >= s.at order by x.id limit 10) x
             where journal.visible_row(x.table_name, x.row_id) is not null)))
    order by s.id desc
    limit most;
end $$;

-- The newest change sets of the person; those that changed nothing are not shown, but for exports.
create or replace function journal.my_change_sets(most integer)
returns table (id bigint, at timestamptz, kind text, label text, employee_id bigint, login text, who text,
               rows bigint, is_mine boolean, undoes bigint, undone_by bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.me() is null then return; end if;
  return query select * from journal.list_change_sets(most, crm.me(), '{}') x;
end $$;
grant execute on function journal.my_change_sets(integer) to crm_user;

-- The newest change sets of everybody: the person's own, and those he could undo by the function 'undo'.
create or replace function journal.change_sets(most integer)
returns table (id bigint, at timestamptz, kind text, label text, employee_id bigint, login text, who text,
               rows bigint, is_mine boolean, undoes bigint, undone_by bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  entities text[] := array(select g.entity from crm.my_grants() g where 'undo' = any (g.functions));
begin
  if entities = '{}' then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return query select * from journal.list_change_sets(most, null, entities) x;
end $$;
grant execute on function journal.change_sets(integer) to crm_user;

-- The recycle bin of an entity: deleted records that the person could read, newest first. Parts that went with their
-- parents are not listed: they come back with them.
create or replace function journal.deleted(entity text, most integer default 500)
returns table (row_id bigint, name text, at timestamptz, employee_id bigint, login text, who text, change_set_id bigint, image jsonb)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
begin
  select * into subject from journal.subject s where s.table_name = deleted.entity and s.rule in ('owned', 'common');
  if not found or crm.me() is null then return; end if;
  return query execute format($query$
    select c.row_id, c.before ->> %L, c.at, s.employee_id, s.login, e.name::text, s.id, c.before
    from (select distinct on (x.row_id) x.* from journal.change x
          where x.table_name = %L and x.operation = 'D' order by x.row_id, x.id desc) c
      join journal.change_set s on s.id = c.change_set_id left join crm.employee e on e.id = s.employee_id
    -- Looked up one by one: a join may take the table for empty right after an import, and then takes minutes.
    where (select t.id from crm.%I t where t.id = c.row_id) is null
      and (%L <> 'owned' or (c.before ->> %L)::bigint = any ($1)) and %s
    order by c.id desc limit $2 $query$,
    subject.display_column, subject.table_name, subject.table_name, subject.rule, subject.owner_column,
    case when subject.parent_table is null then 'true'
         else format('exists (select from crm.%I p where p.id = (c.before ->> %L)::bigint)',
                     subject.parent_table, subject.parent_column) end)
  using crm.owners_in_scope(subject.entity, 'read'), most;
end $$;
grant execute on function journal.deleted(text, integer) to crm_user;
