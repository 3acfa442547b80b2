-- Why somebody can or cannot see, change or delete a record: worked out of the same pieces as the policies (access.sql,
-- sharing.sql, db/guard.py), for anybody. Only who sees the record and who administers the rights may ask.

-- The names of the groups that grant somebody a verb as far as he has it.
create or replace function crm.granting_for(person bigint, entity text, verb text) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  scope smallint := crm.scope_for(person, entity, verb);
begin
  return array(
    select p.code::text from crm.permission_grant g join crm.group_member m on m.group_id = g.group_id
      join crm.permission_group p on p.id = g.group_id
    where m.employee_id = person and g.entity = granting_for.entity and scope > 0
      and case verb when 'read' then g.read_scope when 'create' then g.create_scope
                    when 'update' then g.update_scope when 'delete' then g.delete_scope end = scope
    order by p.code);
end $$;

-- By what a verb reaches an owner's records: own, all, pool, team, department or department_tree; null where it does not.
create or replace function crm.reach_for(person bigint, entity text, verb text, owner bigint) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  scope smallint := crm.scope_for(person, entity, verb);
begin
  if (owner = any (crm.owners_for(person, entity, verb))) is not true then return null; end if;
  if abs(owner) = person then return 'own'; end if;
  if scope = 5 then return 'all'; end if;
  if (select e.is_pool from crm.employee e where e.id = owner) then return 'pool'; end if;
  if owner in (with recursive team as (
                 select person as id union select e.id from crm.employee e join team t on e.superior_id = t.id)
               select t.id from team t) then return 'team'; end if;
  if (select o.department_id = p.department_id from crm.employee o, crm.employee p where o.id = owner and p.id = person) then
    return 'department';
  end if;
  return 'department_tree';
end $$;

-- The share by which a record is lent to somebody, the widest: who shared it, with which department, until when.
create or replace function crm.share_for(person bigint, table_name text, record_id bigint, for_writing boolean) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  reached text := table_name;
  root bigint := record_id;
begin
  loop
    select s.* into subject from journal.subject s where s.table_name = reached;
    exit when subject.parent_table is null;
    execute format('select t.%I from crm.%I t where t.id = $1', subject.parent_column, reached) into root using root;
    reached := subject.parent_table;
  end loop;
  return (
    with recursive above as (
      select e.department_id as id from crm.employee e where e.id = person
      union select d.parent_id from crm.department d join above a on a.id = d.id)
    select jsonb_build_object('by', b.name, 'at', s.shared_at, 'ends_at', s.ends_at, 'department', d.name)
    from crm.share s left join crm.employee b on b.id = s.shared_by_id left join crm.department d on d.id = s.department_id
    where s.entity = reached and s.record_id = root and (s.ends_at is null or s.ends_at > statement_timestamp())
      and (s.employee_id = person or s.department_id in (select a.id from above a)) and (s.may_write or not for_writing)
    order by s.may_write desc, s.employee_id is null limit 1);
end $$;

-- One row for each verb. reason is one of: gone, locked, everybody, granted, no_grant, own, team, department,
-- department_tree, all, pool, share, along, named, invited, private, out_of_scope, writer, unseen. scope is how far the
-- verb reaches for him, groups the codes of those that grant it, owner and writer whose it is.
create or replace function crm.why_for(person bigint, table_name text, record_id bigint)
returns table (verb text, may boolean, reason text, scope smallint, groups text[], owner text, writer text, share jsonb)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  image jsonb;
  owner_id bigint;
  writer_id bigint;
  key bigint;
  reach text;
  is_lent boolean;
  is_there boolean;
  has_writer boolean;
  sees boolean;
begin
  select s.* into subject from journal.subject s
    where s.table_name = why_for.table_name and s.rule in ('owned', 'common');
  if not found then return; end if;
  execute format('select to_jsonb(t) from crm.%I t where t.id = $1', subject.table_name) into image using record_id;
  owner_id := (image ->> subject.owner_column)::bigint;
  writer_id := (image ->> subject.writer_column)::bigint;
  key := (image ->> coalesce(subject.parent_column, 'id'))::bigint;
  has_writer := subject.writer_column is distinct from subject.owner_column;
  owner := (select e.name from crm.employee e where e.id = abs(owner_id));
  writer := case when has_writer then (select e.name from crm.employee e where e.id = writer_id) end;
  is_there := coalesce((select e.is_active and e.login is not null from crm.employee e where e.id = person), false);
  foreach verb in array array['read', 'create', 'update', 'delete'] loop
    scope := crm.scope_for(person, subject.entity, verb);
    groups := crm.granting_for(person, subject.entity, verb);
    share := null;
    reason := case when image is null then 'gone' when not is_there then 'locked'
                   when subject.rule = 'common' then case when verb = 'read' then 'everybody' when scope > 0 then 'granted'
                                                          else 'no_grant' end end;
    if reason is not null then
      may := reason in ('everybody', 'granted');
    elsif has_writer and verb in ('update', 'delete') then
      is_lent := verb = 'update' and key = any (crm.shared_for(person, subject.table_name, 'update'));
      reach := crm.reach_for(person, subject.entity, verb, writer_id);
      may := reach is not null and (is_lent or crm.reach_for(person, subject.entity, 'read', owner_id) is not null);
      reason := case when may then reach when scope = 0 then 'no_grant' when reach is null then 'writer' else 'unseen' end;
    else
      reach := crm.reach_for(person, subject.entity, verb, owner_id);
      is_lent := key = any (crm.shared_for(person, subject.table_name, verb));
      may := reach is not null or is_lent;
      if reach is null and is_lent then
        share := crm.share_for(person, subject.table_name, record_id, verb <> 'read');
      end if;
      reason := case when reach is not null then reach when share is not null then 'share'
                     when key = any (crm.invited_for(person, coalesce(subject.parent_table, subject.table_name))) then 'invited'
                     when is_lent and (image ->> subject.named_column)::bigint = person then 'named'
                     when is_lent then 'along' when scope = 0 then 'no_grant' when owner_id < 0 then 'private' else 'out_of_scope' end;
    end if;
    if verb = 'read' then
      sees := may;
    elsif verb <> 'create' and may and not sees then
      may := false;
      reason := 'unseen';
    end if;
    return next;
  end loop;
end $$;

-- Whether he may do this with a record, by whatever way.
create or replace function crm.may_for(person bigint, table_name text, record_id bigint, verb text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((select bool_or(w.may) from crm.why_for(person, table_name, record_id) w where w.verb = may_for.verb), false);
end $$;

create or replace function crm.check_may_ask_why(table_name text, record_id bigint) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.me() is null
     or not crm.may('permission_group', 'update') and journal.visible_row(table_name, record_id) is null then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
end $$;

create or replace function crm.why(table_name text, record_id bigint, person bigint)
returns table (verb text, may boolean, reason text, scope smallint, groups text[], owner text, writer text, share jsonb)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_ask_why(table_name, record_id);
  return query select * from crm.why_for(person, table_name, record_id);
end $$;
grant execute on function crm.why(text, bigint, bigint) to crm_user;

-- Everybody who sees the record now, with all verbs.
create or replace function crm.who_sees(table_name text, record_id bigint)
returns table (employee_id bigint, name text, department text,
               verb text, may boolean, reason text, scope smallint, groups text[], owner text, writer text, share jsonb)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_ask_why(table_name, record_id);
  return query
    select e.id, e.name::text, d.name::text, w.*
    from crm.employee e left join crm.department d on d.id = e.department_id
      cross join lateral crm.why_for(e.id, who_sees.table_name, who_sees.record_id) w
    where e.is_active and e.login is not null
      and exists (select from crm.why_for(e.id, who_sees.table_name, who_sees.record_id) x where x.verb = 'read' and x.may)
    order by e.sort_key, e.id, array_position(array['read', 'create', 'update', 'delete'], w.verb);
end $$;
grant execute on function crm.who_sees(text, bigint) to crm_user;

-- A record by its key or number, for who administers the rights; also one that he does not see himself: only what it is
-- called and whose it is.
create or replace function crm.find_for_why(table_name text, typed text) returns table (id bigint, name text, owner text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  has_code boolean;
begin
  if not crm.may('permission_group', 'update') then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  select s.* into subject from journal.subject s where s.table_name = find_for_why.table_name and s.rule in ('owned', 'common');
  if not found then return; end if;
  has_code := exists (select from pg_attribute a where a.attrelid = format('crm.%I', subject.table_name)::regclass and a.attname = 'code');
  return query execute format(
    'select t.id, t.%I::text, e.name::text from crm.%I t left join crm.employee e on e.id = %s where t.id = $1 %s order by t.id limit 20',
    subject.display_column, subject.table_name,
    case when subject.rule = 'owned' then format('t.%I', subject.owner_column) else 'null' end,
    case when has_code then 'or t.code = $2' else '' end)
  using case when typed ~ '^#?\d{1,18}$' then ltrim(typed, '#')::bigint end, typed;
end $$;
grant execute on function crm.find_for_why(text, text) to crm_user;
