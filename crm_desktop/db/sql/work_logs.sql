-- Work logs: what somebody's records say of his day, whom it is told to, and that it stands once it is submitted.

-- What somebody did between two moments, as text for others to read. Asked as whoever asks, so that it tells nothing
-- past his rights; what is private stays away.
create or replace function crm.deeds(person bigint, since timestamptz, until timestamptz)
returns table (at timestamptz, entity text, record_id bigint, title text, whose text, what text, what_en text)
language plpgsql stable set search_path = pg_catalog, pg_temp rows 50 as $$
begin
  return query
    with stage as (
      select distinct on (s.opportunity_id) s.* from crm.opportunity_stay s
      where s.moved_by_id = person and s.entered_at >= since and s.entered_at < until
      order by s.opportunity_id, s.entered_at desc, s.id desc
    ), step as (
      select distinct on (s.request_id) s.* from crm.service_stay s
      where s.moved_by_id = person and s.entered_at >= since and s.entered_at < until
      order by s.request_id, s.entered_at desc, s.id desc
    ), deed (at, entity, record_id, title, customer_id, whose, choice_id, what, what_en) as (
      select a.happened_at, 'activity', a.id, a.subject, a.customer_id, null::text, a.kind_id, null::text, null::text
      from crm.activity a
      where a.done_by_id = person and a.happened_at >= since and a.happened_at < until
      union all
      select f.happened_at, 'lead', f.lead_id, f.subject, null, l.name, f.kind_id, null, null
      from crm.lead_follow_up f join crm.lead l on l.id = f.lead_id
      where f.done_by_id = person and f.happened_at >= since and f.happened_at < until
        and l.state_id <> crm.choice('lead_state', 'converted')  -- then it is an activity
      union all
      select s.entered_at, 'opportunity', s.opportunity_id, o.name, o.customer_id, null, null, g.name,
             coalesce(g.name_en, g.name)
      from stage s join crm.opportunity o on o.id = s.opportunity_id join crm.sales_stage g on g.id = s.stage_id
      union all
      select s.entered_at, 'service_request', s.request_id, r.subject, r.customer_id, null, s.state_id, null, null
      from step s join crm.service_request r on r.id = s.request_id
      union all
      select o.starts_at, 'event', e.id, e.subject, e.customer_id, null, e.kind_id, null, null
      from crm.occupied(since, until, array[person], '{}') o join crm.event e on e.id = o.event_id
      where o.starts_at >= since and o.starts_at < least(until, now()) and not e.is_private
        and not exists (  -- of which an activity says what came of it
          select from crm.activity a where a.done_by_id = person and a.happened_at = o.starts_at
            and a.customer_id = e.customer_id and a.subject = e.subject)
      union all
      select t.done_at, 'task', t.id, t.subject, t.customer_id, null, t.state_id, null, null
      from crm.task t where t.owner_id = person and t.done_at >= since and t.done_at < until
      union all
      select f.added_at, f.entity, f.record_id, f.name, null, null, null, '文件', 'File'
      from crm.attachment f
      where f.added_by_id = person and f.added_at >= since and f.added_at < until and f.entity <> 'work_log'
    )
    select d.at, d.entity, d.record_id, d.title::text, coalesce(c.name, d.whose, '')::text,
           coalesce(k.name, d.what, '')::text, coalesce(k.name_en, k.name, d.what_en, '')::text
    from deed d left join crm.customer c on c.id = d.customer_id left join crm.dictionary_entry k on k.id = d.choice_id
    order by d.at, d.entity, d.record_id
    limit 500;
end $$;
grant execute on function crm.deeds(bigint, timestamptz, timestamptz) to crm_user;

-- The same for the days of a log, with what is left out of it.
create or replace function crm.deeds_of(log crm.work_log) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  zone text := crm.firm_zone();
begin
  return coalesce((
    select jsonb_agg(to_jsonb(d) || jsonb_build_object('is_left_out', d.entity || '/' || d.record_id = any (log.left_out)))
    from crm.deeds(log.owner_id, log.begins_on::timestamp at time zone zone,
                   (log.ends_on + 1)::timestamp at time zone zone) d), '[]');
end $$;
grant execute on function crm.deeds_of(crm.work_log) to crm_user;

-- The lines of a log: as they are now while it is a draft, then as they were when it was submitted.
create or replace function crm.work_log_lines(id bigint) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select coalesce(l.lines, crm.deeds_of(l)) from crm.work_log l where l.id = work_log_lines.id);
end $$;
grant execute on function crm.work_log_lines(bigint) to crm_user;

-- Also for an undo: nothing brings a log back to its writer on which somebody else has commented, or changes its words.
create or replace function crm.keep_log() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  kept constant text[] := array['version', 'updated_at', 'title', 'state_id', 'reader_id', 'lines', 'submitted_at'];
  draft constant bigint := crm.choice('work_log_state', 'draft');
  is_week boolean := new.kind_id = crm.choice('work_log_kind', 'week');
  is_answered boolean := false;
begin
  if not is_week and new.kind_id <> crm.choice('work_log_kind', 'day')
     or not exists (select from crm.dictionary_entry e join crm.dictionary_entry d on d.dictionary_id = e.dictionary_id
                    where e.id = new.state_id and d.id = draft) then
    raise check_violation;
  end if;
  if is_week then new.begins_on := date_trunc('week', new.begins_on)::date; end if;
  new.ends_on := new.begins_on + case when is_week then 6 else 0 end;
  new.title := (select e.name from crm.employee e where e.id = new.owner_id) || ' ' || new.begins_on
    || case when is_week then ' – ' || new.ends_on else '' end;
  if tg_op = 'INSERT' then
    if new.state_id <> draft then
      raise 'A new work log is a draft.' using errcode = 'P0001', hint = 'Submit it when it has been saved.';
    end if;
  else
    if new.owner_id <> old.owner_id then
      raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
    end if;
    is_answered := exists (select from crm.comment c
                           where c.entity = 'work_log' and c.record_id = new.id and c.author_id <> new.owner_id);
    if old.state_id <> draft and new.state_id = draft and is_answered then
      raise 'Somebody has commented on this work log, so it is not taken back any more.' using errcode = 'P0001',
        hint = 'Add what is missing as a comment.';
    end if;
    if old.state_id <> draft and new.state_id <> draft and to_jsonb(new) - kept <> to_jsonb(old) - kept then
      raise 'A work log that was submitted is changed no more.' using errcode = 'P0001',
        hint = 'Take it back first; that goes until somebody comments on it.';
    end if;
  end if;
  if new.state_id = draft then
    new.lines := null;
    new.submitted_at := null;
    new.reader_id := -new.owner_id;
  else
    new.state_id := crm.choice('work_log_state', case when is_answered then 'commented' else 'submitted' end);
    new.lines := coalesce(new.lines, '[]');
    new.submitted_at := coalesce(new.submitted_at, now());
    new.reader_id := new.owner_id;
  end if;
  return new;
end $$;
create trigger keep_log before insert or update on crm.work_log for each row execute function crm.keep_log();

-- After keep_log, and as the person himself.
create or replace function crm.take_deeds() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.lines := jsonb_path_query_array(crm.deeds_of(new), '$[*] ? (@.is_left_out == false)');
  return new;
end $$;
create trigger take_deeds before update of state_id on crm.work_log
  for each row when (old.submitted_at is null and new.submitted_at is not null and current_user <> 'crm_owner')
  execute function crm.take_deeds();

create or replace function crm.check_log_goes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  raise 'A work log that was submitted is not deleted.' using errcode = 'P0001',
    hint = 'Take it back first; that goes until somebody comments on it.';
end $$;
create trigger check_goes before delete on crm.work_log
  for each row when (old.submitted_at is not null and crm.me() is not null) execute function crm.check_log_goes();

create or replace function crm.tell_superior() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  superior bigint := (select s.id from crm.employee e join crm.employee s on s.id = e.superior_id
                      where e.id = new.owner_id and s.is_active and s.login is not null);
begin
  if superior is null or not crm.may_for(superior, 'work_log', new.id, 'read') then return null; end if;
  insert into crm.message (employee_id, kind, sender_id, body, entity, record_id)
    values (superior, 'submitted', new.owner_id, new.title, 'work_log', new.id);
  return null;
end $$;
create trigger tell_superior after update of state_id on crm.work_log
  for each row when (old.submitted_at is null and new.submitted_at is not null and current_user <> 'crm_owner')
  execute function crm.tell_superior();

-- Comments come and go, also by an undo: keep_log says what state that is.
create or replace function crm.answer_log() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update crm.work_log l set version = l.version + 1
    where l.submitted_at is not null and l.id in (select r.record_id from rows r where r.entity = 'work_log');
  return null;
end $$;
create trigger answer_log after insert on crm.comment referencing new table as rows
  for each statement execute function crm.answer_log();
create trigger answer_log_less after delete on crm.comment referencing old table as rows
  for each statement execute function crm.answer_log();

-- A comment is told to the writer, and to whoever has commented before, as long as he may read it.
create or replace function crm.tell_writer() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.message (employee_id, kind, sender_id, body, entity, record_id)
    select e.id, 'commented', r.author_id, r.body, 'work_log', l.id
    from rows r join crm.work_log l on r.entity = 'work_log' and l.id = r.record_id
      cross join lateral (
        select l.owner_id as id
        union select c.author_id from crm.comment c where c.entity = 'work_log' and c.record_id = l.id) w
      join crm.employee e on e.id = w.id and e.is_active and e.login is not null
    where w.id <> r.author_id and w.id <> all (r.mentions)  -- crm.tell_mentioned tells those
      and crm.may_for(e.id, 'work_log', l.id, 'read');
  return null;
end $$;
create trigger tell_writer after insert on crm.comment referencing new table as rows
  for each statement when (current_user <> 'crm_owner') execute function crm.tell_writer();

-- Who of those in reach has submitted his log that begins on a day, and who has not.
create or replace function crm.logs_of_team(day date, kind text)
returns table (employee_id bigint, name text, department text, log_id bigint, state text, summary text, submitted_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select e.id, e.name::text, coalesce(d.name, '')::text, l.id, s.code::text, coalesce(l.summary, ''), l.submitted_at
    from crm.employee e left join crm.department d on d.id = e.department_id
      left join crm.work_log l on l.owner_id = e.id and l.begins_on = day and l.kind_id = crm.choice('work_log_kind', kind)
        and l.submitted_at is not null
      left join crm.dictionary_entry s on s.id = l.state_id
    where e.id in (select unnest(crm.owners_in_scope('work_log', 'read'))) and e.id <> crm.me()
      and (e.is_active and e.login is not null or l.id is not null)
    order by d.sort_order nulls last, d.id, e.sort_key, e.id;
end $$;
grant execute on function crm.logs_of_team(date, text) to crm_user;
