-- Tasks: what follows from their state and their day, and the next one of those that repeat. An undo puts back what it
-- finds in the journal, so the triggers are not for the owner of the tables.

-- The moment that a day and an hour mean in the firm; without an hour the one that is said.
create or replace function crm.moment_of(day date, hour text, otherwise text) returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (day + coalesce(hour, otherwise)::interval) at time zone crm.firm_zone();
end $$;
grant execute on function crm.moment_of(date, text, text) to crm_user;

-- From which state a task may go to which others.
create or replace function crm.may_become(before text, state text) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return before = state or exists (
    select from (values
      ('open', array['working', 'done', 'cancelled', 'declined']),
      ('working', array['open', 'done', 'cancelled', 'declined']),
      ('done', array['open', 'working']),
      ('cancelled', array['open', 'working']),
      ('declined', array['open', 'working', 'cancelled'])) allowed (state, others)
    where allowed.state = before and may_become.state = any (allowed.others));
end $$;

create or replace function crm.keep_task() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  state text := (select e.code from crm.dictionary_entry e where e.id = new.state_id and e.dictionary_id =
                 (select d.id from crm.dictionary d where d.code = 'task_state'));
  before text := 'open';
  lines text[] := array(select btrim(l) from string_to_table(coalesce(new.checklist, ''), e'\n') l where btrim(l) <> '');
begin
  if state is null then raise check_violation; end if;
  if tg_op = 'UPDATE' then before := (select e.code from crm.dictionary_entry e where e.id = old.state_id); end if;
  if not crm.may_become(before, state) then
    raise 'A task cannot go there from where it stands.' using hint = 'Reopen it first.';
  end if;
  if state = 'declined' and before <> state then
    if new.owner_id is not distinct from new.given_by_id then
      raise 'You gave yourself this task, so there is nobody to give it back to.' using hint = 'Cancel it instead.';
    elsif coalesce(btrim(new.result), '') = '' then
      raise 'Say why the task is given back.' using hint = 'Write it into the feedback.';
    end if;
  end if;
  new.checked := array(select c from unnest(new.checked) c where c = any (lines));
  if state = 'done' then
    new.progress := 100;
  elsif lines <> '{}' then
    new.progress := least(100, 100 * cardinality(new.checked) / cardinality(lines));
  elsif before = 'done' and new.progress = 100 then
    new.progress := 0;
  end if;
  if state = 'open' and before = 'open' and new.progress > 0 and (tg_op = 'INSERT' or new.progress <> old.progress) then
    state := 'working';
    new.state_id := crm.choice('task_state', 'working');
  end if;
  if new.rule is not null then
    new.due_on := coalesce(new.due_on, (now() at time zone crm.firm_zone())::date);
    perform crm.next_by_rule(new.rule, new.due_on);
  end if;
  new.done_at := case when state = 'done' then coalesce(new.done_at, now()) end;
  new.due_at := case when state in ('open', 'working') then crm.moment_of(new.due_on, new.due_time, '24:00') end;
  new.told_at := coalesce(new.done_at, crm.moment_of(new.due_on, new.due_time, '00:00'), new.created_at);
  return new;
end $$;
create trigger keep_task before insert or update on crm.task
  for each row when (current_user <> 'crm_owner') execute function crm.keep_task();

-- The first day after another on which a rule of RFC 5545 has its next occurrence, null where it ends. Rules of days,
-- weeks, months and years with their usual parts; others are refused.
create or replace function crm.next_by_rule(rule text, day date) returns date
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  parts jsonb := (select coalesce(jsonb_object_agg(split_part(p, '=', 1), split_part(p, '=', 2)), '{}')
                  from string_to_table(upper(rule), ';') p where p <> '');
  freq text := parts ->> 'FREQ';
  every integer;
  months integer[];
  month_days integer[];
  days text[];
  last date := '9999-12-30';
  d date := day;
begin
  if freq not in ('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY') or freq is null
     or parts - '{FREQ,INTERVAL,BYDAY,BYMONTHDAY,BYMONTH,BYSETPOS,COUNT,UNTIL,WKST}'::text[] <> '{}'
     or coalesce(parts ->> 'WKST', 'MO') <> 'MO'
     or coalesce(parts ->> 'INTERVAL', '1') !~ '^[1-9]\d{0,2}$' or coalesce(parts ->> 'COUNT', '1') !~ '^\d{1,4}$'
     or coalesce(parts ->> 'BYMONTH', '1') !~ '^\d\d?(,\d\d?)*$'
     or coalesce(parts ->> 'BYMONTHDAY', '1') !~ '^-?\d\d?(,-?\d\d?)*$'
     or coalesce(parts ->> 'BYDAY', 'MO') !~ '^[+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU)(,[+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU))*$'
     or coalesce(parts ->> 'UNTIL', '20000101') !~ '^\d{8}(T\d{6}Z?)?$'
     or parts ? 'BYSETPOS' and (freq <> 'MONTHLY' or parts ->> 'BYSETPOS' !~ '^(-1|[1-5])$' or parts ->> 'BYDAY' !~ '^[A-Z]{2}$')
     or freq in ('DAILY', 'WEEKLY') and parts ->> 'BYDAY' ~ '\d' or freq = 'WEEKLY' and parts ? 'BYMONTHDAY'
     or freq = 'YEARLY' and (parts ? 'BYDAY' or parts ? 'BYMONTHDAY') and not parts ? 'BYMONTH' then
    raise 'A task cannot repeat by this rule.' using errcode = 'P0001', hint = 'Choose days, weeks, months or years.';
  end if;
  if parts ? 'COUNT' and (parts ->> 'COUNT')::integer <= 1 then return null; end if;
  every := coalesce((parts ->> 'INTERVAL')::integer, 1);
  months := string_to_array(parts ->> 'BYMONTH', ',');
  month_days := string_to_array(parts ->> 'BYMONTHDAY', ',');
  days := string_to_array(coalesce(parts ->> 'BYSETPOS', '') || translate(parts ->> 'BYDAY', '+', ''), ',');
  if length(parts ->> 'UNTIL') = 16 then
    last := ((parts ->> 'UNTIL')::timestamptz at time zone crm.firm_zone())::date;
  elsif parts ? 'UNTIL' then
    last := left(parts ->> 'UNTIL', 8)::date;
  end if;
  last := least(last, day + 366 * 8 * every);
  loop
    d := d + 1;
    exit when d > last;
    continue when months is not null and extract(month from d)::integer <> all (months)
      or month_days is not null and not crm.is_month_day(d, month_days)
      or days is not null and not crm.is_named_day(d, days);
    case freq
      when 'DAILY' then
        continue when (d - day) % every <> 0;
      when 'WEEKLY' then
        continue when ((date_trunc('week', d)::date - date_trunc('week', day)::date) / 7) % every <> 0
          or days is null and extract(dow from d) <> extract(dow from day);
      when 'MONTHLY' then
        continue when (extract(year from d) * 12 + extract(month from d) - extract(year from day) * 12
                       - extract(month from day))::integer % every <> 0
          or days is null and month_days is null and extract(day from d) <> extract(day from day);
      else
        continue when (extract(year from d) - extract(year from day))::integer % every <> 0
          or months is null and extract(month from d) <> extract(month from day)
          or days is null and month_days is null and extract(day from d) <> extract(day from day);
    end case;
    return d;
  end loop;
  return null;
end $$;

-- Whether it is one of these days of its month, counted from its end where they are negative.
create or replace function crm.is_month_day(d date, month_days integer[]) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  day integer := extract(day from d);
  length integer := extract(day from date_trunc('month', d) + interval '1 month - 1 day');
begin
  return day = any (month_days) or day - length - 1 = any (month_days);
end $$;

-- Whether it is one of these weekdays (MO), or the so manieth of its month (2MO, -1FR).
create or replace function crm.is_named_day(d date, days text[]) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  name text := (array['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])[extract(isodow from d)::integer];
  day integer := extract(day from d);
  length integer := extract(day from date_trunc('month', d) + interval '1 month - 1 day');
begin
  return name = any (days) or ((day + 6) / 7) || name = any (days) or (-((length - day) / 7 + 1)) || name = any (days);
end $$;

-- A rule with an end by number, after one of its occurrences.
create or replace function crm.rule_after_one(rule text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  left_over integer := (regexp_match(upper(rule), 'COUNT=(\d+)'))[1]::integer - 1;
begin
  return case when left_over is null then rule else regexp_replace(rule, 'COUNT=\d+', 'COUNT=' || left_over, 'i') end;
end $$;

-- The next one of a task that repeats, when it is done: once, whoever is done with it and how often. Days that have gone
-- meanwhile are left out.
create or replace function crm.make_next_task() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  today date := (now() at time zone crm.firm_zone())::date;
  day date := new.due_on;
  rule text := new.rule;
begin
  if new.state_id <> crm.choice('task_state', 'done') then return null; end if;
  loop
    day := crm.next_by_rule(rule, day);
    rule := crm.rule_after_one(rule);
    exit when day is null or day >= today;
  end loop;
  if day is null then return null; end if;
  insert into crm.task (subject, owner_id, given_by_id, due_on, due_time, due_at, told_at, priority_id, customer_id,
                        customer_owner_id, contact_id, opportunity_id, lead_id, request_id, description, checklist, rule,
                        follows_id)
    values (new.subject, new.owner_id, new.given_by_id, day, new.due_time, crm.moment_of(day, new.due_time, '24:00'),
            crm.moment_of(day, new.due_time, '00:00'), new.priority_id, new.customer_id, new.customer_owner_id,
            new.contact_id, new.opportunity_id, new.lead_id, new.request_id, new.description, new.checklist, rule, new.id)
    on conflict (follows_id) do nothing;
  return null;
end $$;
create trigger make_next after update of state_id on crm.task
  for each row when (old.state_id <> new.state_id and new.rule is not null and current_user <> 'crm_owner')
  execute function crm.make_next_task();

-- Who gets a task of somebody else's is told, but not of what comes by an import.
create or replace function crm.tell_doer() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and old.owner_id = new.owner_id or exists (
      select from journal.change_set c where c.id = journal.named_change_set() and c.kind = 'import') then
    return null;
  end if;
  insert into crm.message (employee_id, kind, sender_id, body, entity, record_id)
    select p.id, 'task_given', crm.me(), new.subject, 'task', new.id
    from crm.employee p where p.id = new.owner_id and p.is_active and p.login is not null;
  return null;
end $$;
create trigger tell_doer after insert or update of owner_id on crm.task
  for each row when (current_user <> 'crm_owner' and new.owner_id <> crm.me()) execute function crm.tell_doer();

-- Who gave a task is told when it is done or given back, and what he is answered meanwhile; once, in one unread message.
create or replace function crm.tell_giver() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  me bigint := crm.me();
  state text := (select e.code from crm.dictionary_entry e where e.id = new.state_id);
  what text := case when new.state_id <> old.state_id and state = 'done' then 'task_done'
                    when new.state_id <> old.state_id and state = 'declined' then 'task_returned'
                    when coalesce(btrim(new.result), '') <> '' and new.result is distinct from old.result then 'task_answered' end;
begin
  if not exists (select from crm.employee p where p.id = new.given_by_id and p.id <> me and p.is_active and p.login is not null) then
    return null;
  end if;
  delete from crm.message m where m.employee_id = new.given_by_id and m.read_at is null and m.entity = 'task' and m.record_id = new.id
    and m.kind like 'task\_%' and (what is not null or new.state_id <> old.state_id);
  if what is not null then
    insert into crm.message (employee_id, kind, sender_id, body, entity, record_id)
      values (new.given_by_id, what, me, concat_ws(' · ', new.subject, nullif(left(btrim(new.result), 5000), '')), 'task', new.id);
  end if;
  return null;
end $$;
create trigger tell_giver after update of state_id, result on crm.task
  for each row when (crm.me() is not null and (old.state_id <> new.state_id or old.result is distinct from new.result))
  execute function crm.tell_giver();
