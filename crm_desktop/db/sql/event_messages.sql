-- What people are told of events: that they are asked to one, that it was moved or does not take place, what was answered.
-- Each of them has one unread message of an event: what comes later replaces it.

-- What an event is called, when it is next, in the firm's time, and where, as messages about it say.
create or replace function crm.event_in_short(e crm.event) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  next_at timestamptz := (select min(o.at) from unnest(e.occurs_at) o (at) where o.at > now());
begin
  return concat_ws(' · ', e.subject,
                   to_char(coalesce(next_at, e.starts_at) at time zone crm.firm_zone(), 'YYYY-MM-DD HH24:MI'), nullif(e.place, ''));
end $$;

-- Tells these people, whoever does it and whoever has no login left out. An invitation that nobody has read stays one.
create or replace function crm.tell_of_event(what text, e crm.event, people bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told bigint[] := array(
    select p.id from crm.employee p where p.id = any (people) and p.id <> crm.me() and p.is_active and p.login is not null);
begin
  if told = '{}' or not exists (select from unnest(coalesce(e.occurs_at, array[e.starts_at])) o (at)
                                where o.at + (e.ends_at - e.starts_at) > now()) then return; end if;
  with unread as (
    delete from crm.message m where m.employee_id = any (told) and m.read_at is null and m.entity = 'event' and m.record_id = e.id
      and m.kind in ('invitation', 'moved', 'cancelled', 'released', 'restored')
      returning m.employee_id, m.kind)
  insert into crm.message (employee_id, kind, sender_id, body, entity, record_id)
    select t.id, case when what = 'moved' and exists (select from unread u where u.employee_id = t.id and u.kind = 'invitation')
                      then 'invitation' else what end,
           crm.me(), crm.event_in_short(e), 'event', e.id
    from unnest(told) t (id);
end $$;

-- Who has to do with an event: its organiser, and who takes part and has not declined.
create or replace function crm.people_of(e crm.event) returns bigint[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return array(select p.employee_id from crm.event_participant p
               where p.event_id = e.id and p.answer_id <> crm.choice('event_answer', 'declined')) || e.owner_id;
end $$;

-- Who is asked to an event is told; not again when it is changed for one time alone. An undo brings back what took place.
create or replace function crm.tell_invited() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked record;
begin
  for asked in
    select e as event, n.answer_id = crm.choice('event_answer', 'invited') as is_open, array_agg(n.employee_id) as people
    from new_rows n join crm.event e on e.id = n.event_id
    where n.employee_id <> e.owner_id and n.answer_id <> crm.choice('event_answer', 'declined')
    group by e.id, is_open
  loop
    if tg_argv[0] = 'undo' and not asked.is_open then
      perform crm.tell_of_event('restored', asked.event, asked.people);
    elsif asked.is_open and (asked.event).series_id is null then
      perform crm.tell_of_event('invitation', asked.event, asked.people);
    end if;
  end loop;
  return null;
end $$;
create trigger tell_invited after insert on crm.event_participant referencing new table as new_rows
  for each statement when (current_user <> 'crm_owner' and crm.me() is not null) execute function crm.tell_invited('');
create trigger tell_restored after insert on crm.event_participant referencing new table as new_rows
  for each statement when (current_user = 'crm_owner' and crm.me() is not null) execute function crm.tell_invited('undo');

-- Who need not come any more is told, too. Where the event itself is gone, that was said already.
create or replace function crm.tell_released() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone record;
begin
  for gone in
    select e as event, array_agg(o.employee_id) as people from old_rows o join crm.event e on e.id = o.event_id
    where o.answer_id <> crm.choice('event_answer', 'declined') group by e.id
  loop
    perform crm.tell_of_event('released', gone.event, gone.people);
  end loop;
  return null;
end $$;
create trigger tell_released after delete on crm.event_participant referencing old table as old_rows
  for each statement when (crm.me() is not null) execute function crm.tell_released();

-- Another time, place or rule. That a series ends earlier is told of the events that go; an undo of that is told here.
create or replace function crm.tell_moved() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved crm.event;
begin
  for moved in
    select n.* from new_rows n join old_rows o on o.id = n.id
    where n.starts_at <> o.starts_at or n.ends_at <> o.ends_at or n.place is distinct from o.place
      or crm.rule_without_end(n.rule) is distinct from crm.rule_without_end(o.rule)
      or tg_argv[0] = 'undo' and n.occurs_at is distinct from o.occurs_at
  loop
    perform crm.tell_of_event('moved', moved, crm.people_of(moved));
  end loop;
  return null;
end $$;
create or replace function crm.rule_without_end(rule text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return regexp_replace(rule, ';?(UNTIL|COUNT)=[^;]*', '', 'g');
end $$;
create trigger tell_moved after update on crm.event referencing old table as old_rows new table as new_rows
  for each statement when (current_user <> 'crm_owner' and crm.me() is not null) execute function crm.tell_moved('');
create trigger tell_put_back after update on crm.event referencing old table as old_rows new table as new_rows
  for each statement when (current_user = 'crm_owner' and crm.me() is not null) execute function crm.tell_moved('undo');

-- While it is known who takes part.
create or replace function crm.tell_cancelled() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.tell_of_event('cancelled', old, crm.people_of(old));
  return old;
end $$;
create trigger tell_cancelled before delete on crm.event
  for each row when (crm.me() is not null) execute function crm.tell_cancelled();

-- Nobody answers for others. What leaves its series, in one transaction with that, keeps the answers given to its organiser.
create or replace function crm.check_answer() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.answer_id <> crm.choice('event_answer', 'invited') and new.employee_id <> crm.me() and not exists (
      select from crm.event_participant p join crm.event e on e.id = p.event_id join crm.event n on n.id = new.event_id
      where p.employee_id = new.employee_id and p.answer_id = new.answer_id and e.owner_id = n.owner_id
        and e.rule is not null and e.updated_at >= now() and n.created_at >= now()
        and n.subject = e.subject and (n.series_id = e.id or n.rule is not null)) then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return new;
end $$;
create trigger check_answer before insert or update of answer_id on crm.event_participant
  for each row when (current_user <> 'crm_owner') execute function crm.check_answer();

-- What somebody answers who was asked to take part; he need not be allowed to change the event. Its organiser is told.
create or replace function crm.answer_invitation(event_id bigint, answer text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked crm.event;
begin
  update crm.event_participant p
    set answer_id = crm.choice('event_answer', answer), version = p.version + 1
    where p.event_id = answer_invitation.event_id and p.employee_id = crm.me();
  if not found then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  select * into asked from crm.event e where e.id = answer_invitation.event_id;
  if asked.owner_id <> crm.me() and answer in ('accepted', 'declined') then
    insert into crm.message (employee_id, kind, sender_id, body, entity, record_id)
      values (asked.owner_id, answer, crm.me(), crm.event_in_short(asked), 'event', asked.id);
  end if;
end $$;
grant execute on function crm.answer_invitation(bigint, text) to crm_user;
