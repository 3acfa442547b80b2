-- Who reaches whose records, worked out when a grant, a group, a superior or a department changes: every table of every
-- statement asks for it, and to work it out anew each time took 0.2 ms, seventeen times for the page of a customer.

-- Everybody within one scope; people who left count, since their records stay. The pool owner, to whom records without
-- owner belong, is in no department and no team, but in reach of those who may see all or work with the pool.
create or replace function crm.owners_within(person bigint, scope smallint, pool boolean) returns bigint[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    with recursive team as (
      select person as id where scope >= 1
      union
      select e.id from crm.employee e join team t on e.superior_id = t.id where scope >= 2
    ), branch as (
      select e.department_id as id from crm.employee e where e.id = person and scope >= 3
      union
      select d.id from crm.department d join branch b on d.parent_id = b.id where scope >= 4
    )
    select e.id from crm.employee e
    where case when e.is_pool then pool
               else scope = 5 or e.id in (select t.id from team t) or e.department_id in (select b.id from branch b) end
    order by e.id);
end $$;

-- Brings journal.reach up to date. Two who change rights at once wait for each other, and the second one sees what the
-- first one did: a snapshot that is kept for a whole transaction would not, so there it is refused.
-- Where records can be private, minus a person stands for what is his alone; where some are for everybody, 0 for those.
create or replace function crm.refresh_reach() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise 'Rights change in transactions that read what is committed.' using errcode = 'feature_not_supported';
  end if;
  perform pg_advisory_xact_lock(hashtext('crm.reach'));
  with marked as materialized (
    select s.entity, coalesce(bool_or('reader_id' in (s.owner_column, p.owner_column)), false) as has_private,
           coalesce(bool_or(s.owner_column = 'audience_id'), false) as has_public
    from journal.subject s left join journal.subject p on p.table_name = s.parent_table where s.rule = 'owned'
    group by s.entity
  ), granted as materialized (
    select m.employee_id, k.entity, v.verb, k.has_private, k.has_public and v.verb = 'read' as has_public,
           coalesce(max(case v.verb when 'read' then g.read_scope when 'create' then g.create_scope
                                    when 'update' then g.update_scope when 'delete' then g.delete_scope end), 0)::smallint as scope,
           coalesce(bool_or('pool' = any (g.functions)), false) and v.verb in ('read', 'update') as pool
    from crm.permission_grant g join marked k on k.entity = g.entity join crm.group_member m on m.group_id = g.group_id
    cross join unnest(array['read', 'create', 'update', 'delete']) v (verb)
    group by m.employee_id, k.entity, v.verb, k.has_private, k.has_public
  ), circle as materialized (
    select c.*, crm.owners_within(c.employee_id, c.scope, c.pool or c.scope = 5) as owner_ids
    from (select distinct g.employee_id, g.scope, g.pool from granted g where g.scope > 0 or g.pool) c
  ), due as materialized (
    select employee_id, entity, verb,
           case when scope > 0 and has_private then array[-employee_id] else '{}' end
           || case when scope > 0 and has_public then array[0::bigint] else '{}' end
           || c.owner_ids as owner_ids
    from granted g join circle c using (employee_id, scope, pool)
  ), gone as (
    delete from journal.reach r
    where not exists (select from due d where d.employee_id = r.employee_id and d.entity = r.entity and d.verb = r.verb
                                          and d.owner_ids <> '{}')
  )
  insert into journal.reach (employee_id, entity, verb, owner_ids)
  select d.employee_id, d.entity, d.verb, d.owner_ids
  from due d left join journal.reach r using (employee_id, entity, verb)
  where d.owner_ids <> '{}' and d.owner_ids is distinct from r.owner_ids
  on conflict (employee_id, entity, verb) do update set owner_ids = excluded.owner_ids;
end $$;

create or replace function crm.keep_reach() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.refresh_reach();
  return null;
end $$;

-- Named so that they come before all others, which may ask for it.
create trigger a_reach after insert or update or delete or truncate on crm.permission_grant
  for each statement execute function crm.keep_reach();
create trigger a_reach after insert or update or delete or truncate on crm.group_member
  for each statement execute function crm.keep_reach();
create trigger a_reach after insert or delete or truncate or update of superior_id, department_id, is_pool on crm.employee
  for each statement execute function crm.keep_reach();
create trigger a_reach after insert or delete or truncate or update of parent_id on crm.department
  for each statement execute function crm.keep_reach();
