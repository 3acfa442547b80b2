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

-- Everybody whose records the verb reaches, see reach.sql. A higher scope contains the lower ones.
create or replace function crm.owners_for(person bigint, entity text, verb text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce((select r.owner_ids from journal.reach r
                   where r.employee_id = person and r.entity = owners_for.entity and r.verb = owners_for.verb), '{}');
end $$;

-- Asked for every table of every statement, so it calls nothing but me().
create or replace function crm.owners_in_scope(entity text, verb text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce((select r.owner_ids from journal.reach r where r.employee_id = crm.me()
                   and r.entity = owners_in_scope.entity and r.verb = owners_in_scope.verb), '{}');
end $$;
grant execute on function crm.owners_in_scope(text, text) to crm_user;

-- All scopes that contain somebody, so that a statement can repeat a small one as a literal: a hint for the planner only.
create or replace function crm.my_scopes() returns table (entity text, verb text, owner_ids bigint[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select r.entity, r.verb, r.owner_ids from journal.reach r where r.employee_id = crm.me();
end $$;
grant execute on function crm.my_scopes() to crm_user;
