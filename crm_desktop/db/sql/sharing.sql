-- Single records lent to an employee or to a department and those below it, to read or also to write. A share lends a
-- record, not a kind of work: it reaches as far as the person's groups let him do the same with records of his own.
-- It never lets anybody delete, give away or share on.

-- A person's department and those above it: what is lent to any of them is lent to him.
create or replace function crm.departments_for(person bigint) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    with recursive above as (
      select e.department_id as id from crm.employee e where e.id = person
      union
      select d.parent_id from crm.department d join above a on a.id = d.id)
    select a.id from above a where a.id is not null);
end $$;

-- The ways by which records come into sight beside their owner's scope, a function for each; along_for stands in
-- db/guard.py. All give keys.

-- What is lent.
create or replace function crm.lent_for(person bigint, table_name text, verb text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  departments bigint[] := crm.departments_for(person);
begin
  return array(
    select s.record_id from crm.share s
    where (s.employee_id = person or s.department_id = any (departments)) and s.entity = lent_for.table_name
      and (s.ends_at is null or s.ends_at > statement_timestamp())  -- not that of a transaction left open
      and (verb = 'read' or s.may_write));
end $$;

-- What he is asked to take part in, whatever he answered.
create or replace function crm.invited_for(person bigint, table_name text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  if table_name <> 'event' then return '{}'; end if;
  return array(select p.event_id from crm.event_participant p where p.employee_id = person);
end $$;

-- What names him, such as a lead that he registered and somebody else follows up.
create or replace function crm.named_for(person bigint, subject journal.subject) returns bigint[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  named bigint[];
begin
  if subject.named_column is null then return '{}'; end if;
  execute format('select array(select t.id from crm.%1$I t where t.%2$I = $1 and t.%2$I <> t.%3$I)',
                 subject.table_name, subject.named_column, subject.owner_column) into named using person;
  return named;
end $$;

-- What comes into his sight one by one, and not by whom it lies at.
create or replace function crm.singly_for(person bigint, subject journal.subject, verb text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_keys bigint[] := crm.lent_for(person, subject.table_name, verb);
begin
  if verb = 'read' then found_keys := found_keys || crm.invited_for(person, subject.table_name); end if;
  if verb = 'read' or subject.named_may_write then found_keys := found_keys || crm.named_for(person, subject); end if;
  return found_keys;
end $$;

-- All of these for a verb on a table; for a part, keys of its parents. To make and change parts takes a share to write.
create or replace function crm.shared_for(person bigint, table_name text, verb text) returns bigint[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  subject journal.subject;
  parent journal.subject;
  found_keys bigint[];
begin
  if verb = 'delete' then return '{}'; end if;
  select s.* into subject from journal.subject s where s.table_name = shared_for.table_name and s.rule = 'owned';
  if not found then return '{}'; end if;
  if subject.parent_table is null then
    if verb = 'create' then return '{}'; end if;
    found_keys := crm.singly_for(person, subject, verb);
    if verb = 'read' then found_keys := found_keys || crm.along_for(person, table_name); end if;
  else
    select s.* into parent from journal.subject s where s.table_name = subject.parent_table;
    found_keys := crm.shared_for(person, parent.table_name, case verb when 'read' then 'read' else 'update' end);
    if found_keys <> '{}' and parent.parent_table is not null then
      execute format('select array(select p.id from crm.%I p where p.%I = any ($1))', parent.table_name, parent.parent_column)
        into found_keys using found_keys;
    end if;
  end if;
  if found_keys = '{}' or crm.scope_for(person, subject.entity, verb) = 0 then return '{}'; end if;
  return found_keys;
end $$;

-- For policies: without what lies along, thousands of records, of which the policy asks in the row itself.
create or replace function crm.shared_with_me(table_name text, verb text) returns setof bigint
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp rows 10 as $$
declare
  me bigint := crm.me();
  subject journal.subject;
begin
  select s.* into subject from journal.subject s
    where s.table_name = shared_with_me.table_name and s.along_table is not null and shared_with_me.verb in ('read', 'update');
  if not found then
    return query select unnest(crm.shared_for(me, table_name, verb));
  elsif crm.scope_for(me, subject.entity, verb) > 0 then
    return query select unnest(crm.singly_for(me, subject, verb));
  end if;
end $$;
grant execute on function crm.shared_with_me(text, text) to crm_user;

-- Who may change a record by right of its owner may share it; to whom it is only lent may not.
create or replace function crm.may_share(entity text, record_id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  owner bigint;
begin
  select s.* into subject from journal.subject s
    where s.table_name = may_share.entity and s.rule = 'owned' and s.parent_table is null;
  if not found then return false; end if;
  execute format('select t.%I from crm.%I t where t.id = $1', subject.owner_column, subject.table_name)
    into owner using record_id;
  return coalesce(owner = any (crm.owners_in_scope(subject.entity, 'update'))
                  and owner = any (crm.owners_in_scope(subject.entity, 'read')), false);
end $$;
grant execute on function crm.may_share(text, bigint) to crm_user;

-- A record changes hands only between owners within the person's own scope: a share or a writer's right does not reach.
create or replace function crm.check_owner() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  owners bigint[] := array(
    select o.owner_id from (select r.id, r.owner_id from old_rows r except select r.id, r.owner_id from new_rows r) o
    union
    select n.owner_id from (select r.id, r.owner_id from new_rows r except select r.id, r.owner_id from old_rows r) n);
begin
  if owners <> '{}' and not owners <@ crm.owners_in_scope(tg_table_name, tg_argv[0]) then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return null;
end $$;

-- When a record changes hands, what its owner or a person at the pool had lent to himself ends: otherwise he would keep
-- it against the will of who took it from him. Who gives it away himself may stay, by a share of the same transaction.
-- The same for what he had lent to a department he is in, where he could not lend it any more.
create or replace function crm.end_own_shares() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved bigint[] := array(
    select c.id from (select n.id, n.owner_id from new_rows n except select o.id, o.owner_id from old_rows o) c);
begin
  if moved <> '{}' then
    delete from crm.share s
      where s.entity = tg_table_name and s.record_id = any (moved)
        and (s.shared_by_id, s.shared_at) is distinct from (crm.me(), transaction_timestamp())
        and (s.employee_id = s.shared_by_id
             or s.department_id in (
                 with recursive above as (
                   select e.department_id as id from crm.employee e where e.id = s.shared_by_id
                   union
                   select d.parent_id from crm.department d join above a on a.id = d.id)
                 select a.id from above a)
             and not exists (
               select from new_rows n
               where n.id = s.record_id and n.owner_id = any (crm.owners_for(s.shared_by_id, tg_table_name, 'update'))));
  end if;
  return null;
end $$;

-- Who shares it, and when, is nobody's to say. The lock lets a share wait for whoever is giving the record to somebody
-- else, or him for the share: then end_own_shares finds it.
create or replace function crm.sign_share() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.may_share(new.entity, new.record_id) then
    execute format('select from crm.%I t where t.id = $1 for share', new.entity) using new.record_id;
  end if;
  if not crm.may_share(new.entity, new.record_id) then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  new.shared_by_id := crm.me();
  new.shared_at := transaction_timestamp();
  return new;
end $$;
create trigger sign_share before insert on crm.share
  for each row when (current_user <> 'crm_owner' and crm.me() is not null) execute function crm.sign_share();

-- A new or ended share is told as a change of the record, so that lists and pages look again.
create or replace function crm.tell_of_share() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told record;
begin
  for told in select r.entity, array_agg(distinct r.record_id) as ids from rows r group by r.entity loop
    perform journal.notify(told.entity, 'u', told.ids);
  end loop;
  return null;
end $$;
create trigger tell_of_new after insert on crm.share referencing new table as rows
  for each statement execute function crm.tell_of_share();
create trigger tell_of_other after update on crm.share referencing new table as rows
  for each statement execute function crm.tell_of_share();
create trigger tell_of_end after delete on crm.share referencing old table as rows
  for each statement execute function crm.tell_of_share();

-- The tables of which somebody has shared rows with the person. Parts come with what they belong to.
create or replace function crm.shared_tables() returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    with recursive shared as (
      select s.table_name, s.entity from journal.subject s
      where s.rule = 'owned' and s.parent_table is null and crm.shared_for(crm.me(), s.table_name, 'read') <> '{}'
      union all
      select s.table_name, s.entity from journal.subject s join shared on shared.table_name = s.parent_table
      where s.rule = 'owned' and crm.scope_for(crm.me(), s.entity, 'read') > 0
    )
    select shared.table_name from shared order by 1);
end $$;
grant execute on function crm.shared_tables() to crm_user;

-- The shares of a record that were taken back or ran out, the latest first, for who sees the record.
create or replace function crm.ended_shares(entity text, record_id bigint)
returns table (whom text, is_department boolean, may_write boolean, shared_at timestamptz, ended_at timestamptz, ended_by text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if journal.visible_row(entity, record_id) is null then return; end if;
  return query
    with ended as (
      select s.employee_id, s.department_id, s.may_write, s.shared_at, s.ends_at as ended_at, null::bigint as ended_by_id
      from crm.share s
      where s.entity = ended_shares.entity and s.record_id = ended_shares.record_id and s.ends_at <= statement_timestamp()
      union all
      select (c.before ->> 'employee_id')::bigint, (c.before ->> 'department_id')::bigint, (c.before ->> 'may_write')::boolean,
             (c.before ->> 'shared_at')::timestamptz, c.at, g.employee_id
      from journal.change c join journal.change_set g on g.id = c.change_set_id
      where c.table_name = 'share' and c.operation = 'D' and c.before ->> 'entity' = ended_shares.entity
        and (c.before ->> 'record_id')::bigint = ended_shares.record_id
        and not exists (select from crm.share s where s.id = c.row_id)
    )
    select coalesce(d.name, e.name)::text, d.id is not null, x.may_write, x.shared_at, x.ended_at, b.name::text
    from ended x left join crm.employee e on e.id = x.employee_id left join crm.department d on d.id = x.department_id
      left join crm.employee b on b.id = x.ended_by_id
    where coalesce(e.id, d.id) is not null
    order by x.ended_at desc;
end $$;
grant execute on function crm.ended_shares(text, bigint) to crm_user;
