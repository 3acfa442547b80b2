-- Leads: what follows from their state and their owner, who gets those that nobody owns, what falls back into the pool.
-- An undo puts back what it finds in the journal, so the triggers on the lead itself are not for the owner of the tables.

create or replace function crm.pool_owner() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select e.id from crm.employee e where e.is_pool);
end $$;

-- Until when whoever gets a lead now should first take care of it: so many working hours.
create or replace function crm.lead_respond_by() returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  hours numeric := (crm.firm_setting('lead_response_hours', '8') #>> '{}')::numeric;
begin
  return crm.after_working_minutes(now(), (least(hours, 10000) * 60)::integer);
end $$;

create or replace function crm.keep_lead() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  state text := (select e.code from crm.dictionary_entry e where e.id = new.state_id and e.dictionary_id =
                 (select d.id from crm.dictionary d where d.code = 'lead_state'));
  before text := '';
begin
  if state is null then raise check_violation; end if;
  if tg_op = 'UPDATE' then before := (select e.code from crm.dictionary_entry e where e.id = old.state_id); end if;
  if before = 'converted' and state <> before then
    raise 'A lead that became a customer stays one.' using hint = 'Undo its conversion instead.';
  end if;
  if state = 'converted' and new.customer_id is null then
    raise 'A lead is converted by making it a customer.' using hint = 'Use “Convert”.';
  end if;
  if state = 'dropped' and new.reason_id is null then
    raise 'Say why the lead is dropped.' using hint = 'Choose a reason.';
  end if;
  if state <> 'dropped' then new.reason_id := null; end if;
  if tg_op = 'INSERT' or new.owner_id <> old.owner_id then
    new.assigned_at := case when new.owner_id <> crm.pool_owner() then now() end;
    new.respond_by := case when new.owner_id <> crm.pool_owner() and new.responded_at is null then crm.lead_respond_by() end;
  end if;
  if state <> 'new' and new.responded_at is null then
    new.responded_at := now();
    new.is_in_time := new.respond_by is null or now() <= new.respond_by;
  end if;
  if new.responded_at is not null then new.respond_by := null; end if;
  if state in ('converted', 'dropped') then
    new.ended_at := coalesce(new.ended_at, now());
    new.next_step := null;
    new.next_on := null;
  else
    new.ended_at := null;
  end if;
  return new;
end $$;
create trigger keep_lead before insert or update of state_id, owner_id, reason_id, customer_id on crm.lead
  for each row when (current_user <> 'crm_owner') execute function crm.keep_lead();

-- Gives leads that nobody owns and nobody has begun to people, by the first rule that fits. A rule is locked while it
-- gives, so that two at once are not given to the same person in turn. Who got them, each lead's receiver once.
create or replace function crm.give_leads(ids bigint[]) returns bigint[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  waiting crm.lead;
  rule crm.lead_rule;
  receiver bigint;
  receivers bigint[] := '{}';
begin
  if not exists (select from crm.lead_rule r where r.is_active) then return receivers; end if;
  for waiting in select l.* from crm.lead l where l.id = any (ids) and l.owner_id = crm.pool_owner()
                   and l.state_id = crm.choice('lead_state', 'new') order by l.id for no key update loop
    select r.* into rule from crm.lead_rule r
      where r.is_active and (r.industry_id is null or r.industry_id = waiting.industry_id)
        and (r.source_id is null or r.source_id = waiting.source_id)
        and (r.region_id is null or r.region_id in (
          with recursive above as (
            select e.id, e.parent_id from crm.dictionary_entry e where e.id = waiting.region_id
            union
            select e.id, e.parent_id from crm.dictionary_entry e join above a on a.parent_id = e.id)
          select a.id from above a))
        and exists (select from crm.lead_rule_member m join crm.employee e on e.id = m.employee_id
                    where m.rule_id = r.id and e.is_active)
      order by r.sort_order, r.id limit 1 for no key update;
    if not found then continue; end if;
    select m.employee_id into receiver from crm.lead_rule_member m join crm.employee e on e.id = m.employee_id
      where m.rule_id = rule.id and e.is_active
      order by case when rule.method_id = crm.choice('lead_method', 'least_busy') then (
                 select count(*) from crm.lead l
                 where l.owner_id = m.employee_id and l.ended_at is null) end,
               m.given_at nulls first, m.id limit 1;
    update crm.lead_rule_member m set given_at = clock_timestamp() where m.rule_id = rule.id and m.employee_id = receiver;
    update crm.lead l set owner_id = receiver, assigned_at = now(), respond_by = crm.lead_respond_by() where l.id = waiting.id;
    receivers := receivers || receiver;
  end loop;
  return receivers;
end $$;

-- The same for whom asks, among those without owner that he may change.
create or replace function crm.assign_leads_by_rule(ids bigint[]) returns bigint[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not crm.pool_owner() = any (crm.owners_in_scope('lead', 'update')) then raise insufficient_privilege; end if;
  return crm.give_leads(ids);
end $$;
grant execute on function crm.assign_leads_by_rule(bigint[]) to crm_user;

create or replace function crm.give_new_leads() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.give_leads(array(select n.id from new_rows n where n.owner_id = crm.pool_owner()));
  return null;
end $$;
create trigger give_new after insert on crm.lead referencing new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.give_new_leads();

-- What its owner has not followed up for as many days as the firm allows falls back into the pool; how many did.
create or replace function crm.recycle_leads() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  days integer := least((crm.firm_setting('lead_recycle_days', '0') #>> '{}')::numeric, 10000);
  idle bigint[];
begin
  if days <= 0 then return 0; end if;
  idle := array(
    select l.id from crm.lead l
    where l.ended_at is null and l.owner_id <> crm.pool_owner()
      and greatest(l.assigned_at, l.last_contact_at, l.updated_at) < now() - make_interval(days => days)
    order by l.id for update);
  if idle = '{}' then return 0; end if;
  perform journal.begin_change('recycle', '');
  update crm.lead l
    set owner_id = crm.pool_owner(), state_id = crm.choice('lead_state', 'new'), recycled_at = now(),
        assigned_at = null, respond_by = null, responded_at = null, is_in_time = null
    where l.id = any (idle);
  return cardinality(idle);
end $$;

-- A first follow-up takes up a lead. That it was new follows from nothing else, so an undo must find it.
create or replace function crm.begin_lead() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  begun bigint[] := array(
    select distinct l.id from new_rows n join crm.lead l on l.id = n.lead_id
    where l.state_id = crm.choice('lead_state', 'new') and n.done_by_id = crm.me());
begin
  if begun <> '{}' then
    insert into journal.change (change_set_id, at, table_name, row_id, operation, before)
      select journal.current_change_set(), clock_timestamp(), 'lead', l.id, 'U',
             jsonb_build_object('state_id', l.state_id, 'responded_at', l.responded_at, 'is_in_time', l.is_in_time,
                                'respond_by', l.respond_by)
      from crm.lead l where l.id = any (begun) order by l.id;
    update crm.lead l set state_id = crm.choice('lead_state', 'working'), responded_at = now(), respond_by = null,
          is_in_time = l.respond_by is null or now() <= l.respond_by, version = l.version + 1
      where l.id = any (begun);
  end if;
  return null;
end $$;
create trigger begin_lead after insert on crm.lead_follow_up referencing new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.begin_lead();

create or replace function crm.touch_lead() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  touched bigint := case when tg_op = 'DELETE' then old.lead_id else new.lead_id end;
begin
  update crm.lead l set last_contact_at = (select max(f.happened_at) from crm.lead_follow_up f where f.lead_id = l.id)
    where l.id = touched;
  return null;
end $$;
create trigger touch_lead after insert or update of happened_at or delete on crm.lead_follow_up
  for each row execute function crm.touch_lead();

-- Leads still open, or ended within a year, that may be the same as one that is typed: as with customers, those out of
-- sight are told of by their owner's name alone, and only by a whole name, number or address.
create or replace function crm.find_lead_duplicates(name_core text, tokens text[], except_id bigint)
returns table (id bigint, name text, code text, owner text, reason text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  sight bigint[] := crm.owners_in_scope('lead', 'read');
  lent bigint[] := crm.shared_for(crm.me(), 'lead', 'read');
  whole text[] := array(select t from unnest(tokens) t where t like '=%' and t <> '=?');
begin
  if not crm.may('lead', 'create') and not crm.may('lead', 'update') then return; end if;
  return query
    with found as (
      select l.id, 1 as rank, 'name' as reason from crm.lead l
        where find_lead_duplicates.name_core <> '' and l.name_core = find_lead_duplicates.name_core
      union all
      select x.id, 2, case when t like '%@%' then 'email' else 'phone' end from unnest(whole) t
        cross join lateral (
          select l.id from crm.lead l
          where crm.owned_grams(l.search_grams, l.owner_id) operator(crm.@>>) array[t] limit 5) x
    ), best as (
      select distinct on (f.id) f.id, f.rank, f.reason from found f where f.id is distinct from except_id order by f.id, f.rank
    )
    select case when seen.yes then l.id end, case when seen.yes then l.name::text end,
           case when seen.yes then l.code::text end, e.name::text, b.reason
    from best b join crm.lead l on l.id = b.id join crm.employee e on e.id = l.owner_id
    cross join lateral (select l.owner_id = any (sight) or l.id = any (lent) as yes) seen
    where l.ended_at is null or l.ended_at > now() - interval '1 year'
    order by b.rank, l.sort_key limit 10;
end $$;
grant execute on function crm.find_lead_duplicates(text, text[], bigint) to crm_user;
