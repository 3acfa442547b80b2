-- Reminders: which there are from the beginning, with whom they go, and who is told that his are others now. The ids in
-- these messages are those of the people, so that each program knows at once whether it is meant.

create or replace function crm.tell_of_new_reminders() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform journal.notify('reminder', tg_op, array(select distinct r.employee_id from new_rows r));
  return null;
end $$;
create or replace function crm.tell_of_old_reminders() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform journal.notify('reminder', tg_op, array(select distinct r.employee_id from old_rows r));
  return null;
end $$;
create trigger tell_new after insert on crm.reminder referencing new table as new_rows
  for each statement execute function crm.tell_of_new_reminders();
create trigger tell_changed after update on crm.reminder referencing new table as new_rows
  for each statement execute function crm.tell_of_new_reminders();
create trigger tell_old after delete on crm.reminder referencing old table as old_rows
  for each statement execute function crm.tell_of_old_reminders();

-- Of an event that is still to come its organiser is reminded a quarter of an hour before, and asked what came of it where
-- it is about a customer.
create or replace function crm.remind_of_new_events() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.reminder (employee_id, event_id, minutes, is_question)
    select n.owner_id, n.id, case when q.is_question then 0 else 15 end, q.is_question
    from new_rows n cross join (values (false), (true)) q (is_question)
    where (n.ends_at > now() or n.rule is not null) and not n.is_all_day
      and (not q.is_question or n.customer_id is not null) order by n.id;
  return null;
end $$;
create trigger remind_of_new after insert on crm.event referencing new table as new_rows
  for each statement execute function crm.remind_of_new_events();

-- The same for whom he asks to it.
create or replace function crm.remind_participants() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.reminder (employee_id, event_id, minutes)
    select n.employee_id, n.event_id, 15 from new_rows n join crm.event e on e.id = n.event_id
    where (e.ends_at > now() or e.rule is not null) and not e.is_all_day and n.employee_id <> e.owner_id order by n.id;
  return null;
end $$;
create trigger remind after insert on crm.event_participant referencing new table as new_rows
  for each statement execute function crm.remind_participants();

-- An event that is moved or given away takes its reminders along, and asks as soon as it is about a customer.
create or replace function crm.carry_event_to_reminders() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  given bigint[];
  changed bigint[] := array(
    select c.id from (
      select n.id, n.owner_id, n.starts_at, n.ends_at, n.occurs_at, n.customer_id, n.subject, n.outcome from new_rows n
      except
      select o.id, o.owner_id, o.starts_at, o.ends_at, o.occurs_at, o.customer_id, o.subject, o.outcome from old_rows o) c);
begin
  if changed = '{}' then return null; end if;
  given := array(select c.id from (select n.id, n.owner_id from new_rows n except select o.id, o.owner_id from old_rows o) c);
  if given <> '{}' then
    update crm.reminder r set employee_id = now.owner_id from old_rows o, crm.event now
      where o.id = any (given) and now.id = o.id and r.event_id = o.id and r.employee_id = o.owner_id;
  end if;
  insert into crm.reminder (employee_id, event_id, minutes, is_question)
    select n.owner_id, n.id, 0, true from new_rows n
    where n.id = any (changed) and n.customer_id is not null and n.outcome is null and not n.is_all_day
      and (n.ends_at > now() or n.rule is not null)
      and not exists (select from crm.reminder r where r.event_id = n.id and r.is_question);
  perform journal.notify('reminder', 'u', array(select distinct r.employee_id from crm.reminder r where r.event_id = any (changed)));
  return null;
end $$;
create trigger carry_to_reminders after update on crm.event referencing old table as old_rows new table as new_rows
  for each statement execute function crm.carry_event_to_reminders();

-- What becomes an event of its own out of a series takes along how long before everybody is reminded. It was made in this
-- transaction: of no other are the reminders anybody's but their own people's.
create or replace function crm.copy_reminders(from_id bigint, to_id bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if journal.visible_row('event', from_id) is null
     or not exists (select from crm.event e where e.id = to_id and e.created_at = now())
     or not crm.may_for(crm.me(), 'event', to_id, 'update') then
    raise insufficient_privilege;
  end if;
  delete from crm.reminder r where r.event_id = to_id;
  insert into crm.reminder (employee_id, event_id, minutes, is_question, done_through)
    select r.employee_id, to_id, r.minutes, r.is_question, r.done_through from crm.reminder r
    where r.event_id = from_id and r.minutes is not null order by r.id;
end $$;
grant execute on function crm.copy_reminders(bigint, bigint) to crm_user;

-- Who has a task is reminded when it is due: on its day at nine, or at its hour.
create or replace function crm.remind_of_new_tasks() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.reminder (employee_id, task_id, minutes)
    select n.owner_id, n.id, 0 from new_rows n
    where n.due_at > now() or n.due_on is null order by n.id;
  return null;
end $$;
create trigger remind_of_new after insert on crm.task referencing new table as new_rows
  for each statement execute function crm.remind_of_new_tasks();

create or replace function crm.carry_task_to_reminders() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  given bigint[];
  changed bigint[] := array(
    select c.id from (
      select n.id, n.owner_id, n.due_on, n.due_time, n.due_at, n.subject from new_rows n
      except select o.id, o.owner_id, o.due_on, o.due_time, o.due_at, o.subject from old_rows o) c);
begin
  if changed = '{}' then return null; end if;
  given := array(select c.id from (select n.id, n.owner_id from new_rows n except select o.id, o.owner_id from old_rows o) c);
  if given <> '{}' then
    update crm.reminder r set employee_id = now.owner_id from old_rows o, crm.task now
      where o.id = any (given) and now.id = o.id and r.task_id = o.id and r.employee_id = o.owner_id;
  end if;
  perform journal.notify('reminder', 'u', array(select distinct r.employee_id from crm.reminder r where r.task_id = any (changed)));
  return null;
end $$;
create trigger carry_to_reminders after update on crm.task referencing old table as old_rows new table as new_rows
  for each statement execute function crm.carry_task_to_reminders();

-- The moments of one's own reminders that are not done with, up to one: what each is of, when that begins, and when one
-- is to be told. Asked as the person himself, so that the policies of events and tasks decide.
create or replace function crm.my_reminders(until timestamptz)
returns table (id bigint, event_id bigint, task_id bigint, is_question boolean, title text, begins_at timestamptz,
               remind_at timestamptz, snoozed_until timestamptz, customer_id bigint, customer text, place text)
language plpgsql stable set search_path = pg_catalog, pg_temp rows 20 set jit = off as $$
begin
  return query
    select r.id, r.event_id, r.task_id, r.is_question, coalesce(e.subject, t.subject)::text, m.begins_at, m.remind_at,
           r.snoozed_until, c.id, c.name::text, e.place::text
    from crm.reminder r
      left join crm.event e on e.id = r.event_id
      left join crm.task t on t.id = r.task_id and t.due_at is not null
      left join crm.customer c on c.id = coalesce(e.customer_id, t.customer_id)
      cross join lateral (
        select b.at as begins_at,
               case when r.is_question then b.at + (e.ends_at - e.starts_at) + make_interval(mins => r.minutes)
                    else coalesce(r.at, b.at - make_interval(mins => r.minutes)) end as remind_at
        from unnest(case when e.id is not null then coalesce(e.occurs_at, array[e.starts_at])
                         else array[crm.moment_of(t.due_on, t.due_time, '09:00')] end) b (at)
        where b.at is not null) m
    where r.employee_id = (select crm.me()) and (e.id is not null or t.id is not null)
      and m.remind_at <= until
      and (m.remind_at > r.done_through or r.done_through is null and greatest(m.begins_at, m.remind_at) >= r.created_at)
      and (not r.is_question or c.id is not null and e.outcome is null)
      and not exists (select from crm.event_participant p where p.event_id = e.id and p.employee_id = r.employee_id
                        and p.answer_id = (select crm.choice('event_answer', 'declined')))
    order by m.remind_at, r.id;
end $$;
grant execute on function crm.my_reminders(timestamptz) to crm_user;
