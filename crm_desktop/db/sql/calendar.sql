-- Events: who reads them, when they occupy whom, and what everybody may know of that.

create or replace function crm.keep_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved interval;
begin
  new.reader_id := case when new.is_private then -new.owner_id else new.owner_id end;
  if new.rule is null then
    new.occurs_at := null;
  elsif new.occurs_at is null then
    new.occurs_at := array[new.starts_at];
  elsif tg_op = 'UPDATE' and new.starts_at <> old.starts_at and new.occurs_at = old.occurs_at then
    -- The program works occurrences out by the rule. Whoever writes only when it begins may move it within its day.
    moved := new.starts_at - old.starts_at;
    if moved not between interval '-1 day' and interval '1 day' or new.starts_at::date <> old.starts_at::date then
      raise 'An event that repeats is moved to another day in the calendar.' using errcode = 'P0001',
        hint = 'There you are asked whether you mean this one, this and those that follow, or all.';
    end if;
    new.occurs_at := array(select o.at + moved from unnest(new.occurs_at) o (at));
    new.exceptions := array(select x.at + moved from unnest(new.exceptions) x (at));
    new.additions := array(select a.at + moved from unnest(new.additions) a (at));
  end if;
  return new;
end $$;
create trigger keep_event before insert or update on crm.event for each row execute function crm.keep_event();

-- An event goes with the series it is one of. To whom it is only lent makes it no part of one that he may delete.
create or replace function crm.check_series() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
      select from crm.event s
      where s.id = new.series_id
        and s.owner_id in (new.owner_id, (select b.owner_id from crm.event b where b.id = old.series_id))) then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return new;
end $$;
create trigger check_series before update of series_id on crm.event
  for each row when (new.series_id is not null and new.series_id is distinct from old.series_id and current_user <> 'crm_owner')
  execute function crm.check_series();

-- What becomes private is no longer seen by those to whom others lent it than its organiser.
create or replace function crm.end_shares_of_private() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from crm.share s where s.entity = 'event' and s.record_id = new.id and s.shared_by_id is distinct from new.owner_id;
  return null;
end $$;
create trigger end_shares after update on crm.event
  for each row when (old.reader_id > 0 and new.reader_id < 0 and current_user <> 'crm_owner')
  execute function crm.end_shares_of_private();

-- Each person and resource of an event at each of its times. Who declined is free.
create or replace function crm.spread_events(events bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  declined bigint := crm.choice('event_answer', 'declined');
  taken json;
begin
  if events = '{}' then return; end if;
  delete from crm.event_occurrence o where o.event_id = any (events);
  -- The constraint keeps apart who books at the same moment; of what is booked already one says what, and when.
  select json_build_object('name', r.name, 'name_en', coalesce(r.name_en, r.name), 'at', t.at) into taken
    from crm.event_resource b join crm.event e on e.id = b.event_id join crm.resource r on r.id = b.resource_id
      cross join lateral unnest(coalesce(e.occurs_at, array[e.starts_at])) t (at)
      join crm.event_occurrence x on x.resource_id is not null
        and x.slot && crm.slot(b.resource_id, t.at, t.at + (e.ends_at - e.starts_at))
    where b.event_id = any (events) order by t.at limit 1;
  if taken is not null then
    raise exclusion_violation using message = 'The room or car is already booked at this time.', detail = taken::text;
  end if;
  insert into crm.event_occurrence (event_id, employee_id, resource_id, starts_at, ends_at, slot)
    select e.id, w.employee_id, w.resource_id, t.at, t.at + (e.ends_at - e.starts_at),
           crm.slot(coalesce(w.employee_id, w.resource_id), t.at, t.at + (e.ends_at - e.starts_at))
    from crm.event e
      cross join lateral (
        select e.owner_id as employee_id, null::bigint as resource_id
        union
        select p.employee_id, null from crm.event_participant p where p.event_id = e.id and p.answer_id <> declined
        union all
        select null, r.resource_id from crm.event_resource r where r.event_id = e.id) w
      cross join lateral unnest(coalesce(e.occurs_at, array[e.starts_at])) t (at)
    where e.id = any (events);
end $$;

-- Whose time it is and when, as one range: seconds, moved to where no other has his.
create or replace function crm.slot(whose bigint, starts_at timestamptz, ends_at timestamptz) returns int8range
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return int8range((whose << 40) + floor(extract(epoch from starts_at))::bigint,
                   (whose << 40) + ceil(extract(epoch from ends_at))::bigint);
end $$;

create or replace function crm.spread_new_events() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.spread_events(array(select n.id from new_rows n));
  return null;
end $$;
create trigger spread_new after insert on crm.event referencing new table as new_rows
  for each statement execute function crm.spread_new_events();

create or replace function crm.spread_changed_events() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.spread_events(array(
    select c.id from (
      select n.id, n.owner_id, n.starts_at, n.ends_at, n.occurs_at from new_rows n
      except select o.id, o.owner_id, o.starts_at, o.ends_at, o.occurs_at from old_rows o) c));
  return null;
end $$;
create trigger spread_changed after update on crm.event referencing old table as old_rows new table as new_rows
  for each statement execute function crm.spread_changed_events();

-- Participants and resources come and go: the whole event is spread again.
create or replace function crm.spread_events_of_parts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.spread_events(array(select distinct r.event_id from rows r));
  return null;
end $$;
create trigger spread_new after insert on crm.event_participant referencing new table as rows
  for each statement execute function crm.spread_events_of_parts();
create trigger spread_changed after update on crm.event_participant referencing new table as rows
  for each statement execute function crm.spread_events_of_parts();
create trigger spread_rest after delete on crm.event_participant referencing old table as rows
  for each statement execute function crm.spread_events_of_parts();
create trigger spread_new after insert on crm.event_resource referencing new table as rows
  for each statement execute function crm.spread_events_of_parts();
create trigger spread_changed after update on crm.event_resource referencing new table as rows
  for each statement execute function crm.spread_events_of_parts();
create trigger spread_rest after delete on crm.event_resource referencing old table as rows
  for each statement execute function crm.spread_events_of_parts();

-- When these people and resources are occupied between two moments: times only, which everybody in the firm may know, and
-- what the reader himself answered where he was asked. The words of an event are read from its own table, by right.
create or replace function crm.occupied(since timestamptz, until timestamptz, employees bigint[], resources bigint[])
returns table (event_id bigint, starts_at timestamptz, ends_at timestamptz, employee_ids bigint[], resource_ids bigint[],
               answer text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 2000 set jit = off as $$
declare
  me bigint := crm.me();
begin
  if me is null or since >= until then return; end if;
  return query
    with found as (
      select o.event_id, o.starts_at, o.ends_at,
             coalesce(array_agg(o.employee_id) filter (where o.employee_id is not null), '{}') as employee_ids,
             coalesce(array_agg(o.resource_id) filter (where o.resource_id is not null), '{}') as resource_ids
      from (
        select x.* from unnest(employees) e (id) join crm.event_occurrence x
          on x.slot && crm.slot(e.id, since, until) and x.employee_id is not null
        union all
        select x.* from unnest(resources) r (id) join crm.event_occurrence x
          on x.slot && crm.slot(r.id, since, until) and x.resource_id is not null) o
      group by o.event_id, o.starts_at, o.ends_at
    )
    select f.*, a.code::text
    from found f left join crm.event_participant p on p.event_id = f.event_id and p.employee_id = me
      left join crm.dictionary_entry a on a.id = p.answer_id;
end $$;
grant execute on function crm.occupied(timestamptz, timestamptz, bigint[], bigint[]) to crm_user;
