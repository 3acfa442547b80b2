-- What the signed-in person may do. Policies call these once per statement (InitPlan), never once per row.
-- They may run in several processes at once (parallel safe): what reads a million rows is divided among processors.
-- The person is session_user: a security definer function and SET ROLE do not change it.
-- A plan for any argument is as good as one for each, and planning would cost more than the first answers.

-- His widest grant for each entity. Null scopes do not occur; an entity without grant has no row.
create or replace function crm.my_grants()
returns table (entity text, read_scope smallint, create_scope smallint, update_scope smallint, delete_scope smallint, functions text[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select g.entity::text, max(g.read_scope), max(g.create_scope), max(g.update_scope), max(g.delete_scope),
           array(select distinct f from crm.permission_grant x
                 join crm.group_member y on y.group_id = x.group_id and y.employee_id = crm.me()
                 cross join unnest(x.functions) f where x.entity = g.entity order by f)
    from crm.permission_grant g join crm.group_member m on m.group_id = g.group_id
    where m.employee_id = crm.me()
    group by g.entity;
end $$;
grant execute on function crm.my_grants() to crm_user;

-- core.access.Scope of a verb (read, create, update, delete) for somebody; 0 without a grant. What ends in _for is for
-- the functions here: they answer about anybody, so nobody may call them himself.
create or replace function crm.scope_for(person bigint, entity text, verb text) returns smallint
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce((
    select max(case scope_for.verb when 'read' then g.read_scope when 'create' then g.create_scope
                                   when 'update' then g.update_scope when 'delete' then g.delete_scope end)
    from crm.permission_grant g join crm.group_member m on m.group_id = g.group_id
    where m.employee_id = scope_for.person and g.entity = scope_for.entity), 0);
end $$;

create or replace function crm.scope_of(entity text, verb text) returns smallint
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
begin
  return crm.scope_for(crm.me(), entity, verb);
end $$;
grant execute on function crm.scope_of(text, text) to crm_user;

create or replace function crm.may(entity text, verb text) returns boolean
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
begin
  return crm.scope_of(entity, verb) > 0;
end $$;
grant execute on function crm.may(text, text) to crm_user;

create or replace function crm.function_for(person bigint, entity text, function text) returns boolean
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from crm.permission_grant g join crm.group_member m on m.group_id = g.group_id
    where m.employee_id = function_for.person and g.entity = function_for.entity
      and function_for.function = any (g.functions));
end $$;

create or replace function crm.has_function(entity text, function text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return crm.function_for(crm.me(), entity, function);
end $$;
grant execute on function crm.has_function(text, text) to crm_user;

-- How far the verb reaches: the scope, whether to the pool, and whether some records can be private or for everybody.
-- Asked for every table of every statement, so it calls nothing: each call costs as much as a look into a small table.
create or replace function crm.reach_for(
  person bigint, entity text, verb text, out scope smallint, out pool boolean, out has_private boolean, out has_public boolean)
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  select coalesce(max(case verb when 'read' then g.read_scope when 'create' then g.create_scope
                                when 'update' then g.update_scope when 'delete' then g.delete_scope end), 0),
         coalesce(bool_or('pool' = any (g.functions)), false) and verb in ('read', 'update')
    into scope, pool
    from crm.permission_grant g join crm.group_member m on m.group_id = g.group_id
    where m.employee_id = person and g.entity = reach_for.entity;
  pool := pool or scope = 5;
  select scope > 0 and coalesce(bool_or('reader_id' in (s.owner_column, p.owner_column)), false),
         scope > 0 and verb = 'read' and coalesce(bool_or(s.owner_column = 'audience_id'), false)
    into has_private, has_public
    from journal.subject s left join journal.subject p on p.table_name = s.parent_table where s.entity = reach_for.entity;
end $$;

-- Everybody in this reach; people who left count, since their records stay. Nobody is null: records without owner belong
-- to the pool owner, who is in no department and no team, but in reach of those who may see all or work with the pool.
-- Where records can be private, minus a person stands for what is his alone; where some are for everybody, 0 stands for
-- those. Teams and departments are looked through only where the scope has them: most people reach themselves.
create or replace function crm.owners_within(
  person bigint, scope smallint, pool boolean, has_private boolean, has_public boolean) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  own bigint[] := array_remove(array[case when has_private then -person end, case when has_public then 0 end], null);
begin
  if scope < 2 then
    return own || array(select e.id from crm.employee e where case when e.is_pool then pool else e.id = person and scope = 1 end
                        order by e.id);
  end if;
  return own || array(
    with recursive team as (
      select person as id
      union
      select e.id from crm.employee e join team t on e.superior_id = t.id
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

-- Everybody whose records the verb reaches. A higher scope contains the lower ones.
create or replace function crm.owners_for(person bigint, entity text, verb text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  reach record := crm.reach_for(person, entity, verb);
begin
  return crm.owners_within(person, reach.scope, reach.pool, reach.has_private, reach.has_public);
end $$;

create or replace function crm.owners_in_scope(entity text, verb text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
begin
  return crm.owners_for(crm.me(), entity, verb);
end $$;
grant execute on function crm.owners_in_scope(text, text) to crm_user;

-- All scopes that contain somebody, so that a statement can repeat a small one as a literal: a hint for the planner only.
-- Many reach equally far: who is in reach is looked up once for each way.
create or replace function crm.my_scopes() returns table (entity text, verb text, owner_ids bigint[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    with reach as materialized (
      select e.entity, v.verb, r.*
      from (select distinct j.entity from journal.subject j where j.rule = 'owned') e
      cross join unnest(array['read', 'create', 'update', 'delete']) v (verb)
      cross join lateral crm.reach_for(crm.me(), e.entity, v.verb) r
      where r.scope > 0 or r.pool
    ), owners as materialized (
      select w.*, crm.owners_within(crm.me(), w.scope, w.pool, w.has_private, w.has_public) as owner_ids
      from (select distinct r.scope, r.pool, r.has_private, r.has_public from reach r) w
    )
    select r.entity, r.verb, o.owner_ids
    from reach r join owners o using (scope, pool, has_private, has_public);
end $$;
grant execute on function crm.my_scopes() to crm_user;
