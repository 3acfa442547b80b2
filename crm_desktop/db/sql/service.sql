-- The life of a service request. One update moves it; what follows from its state, and until when it is due, is kept here.
-- An undo puts back what it finds in the journal, so none of this is for the owner of the tables.

-- From which state a request may go to which: the one table of it, for triggers and program.
create or replace function crm.request_moves() returns table (from_state text, to_state text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select m.from_state, t.to_state
  from (values
    ('new',        '{dispatched, accepted, in_work, solved, cancelled}'::text[]),
    ('dispatched', '{accepted, in_work, refused, solved, cancelled, new}'),
    ('accepted',   '{in_work, waiting, solved, dispatched, refused, cancelled, new}'),
    ('in_work',    '{waiting, solved, dispatched, refused, cancelled, new}'),
    ('waiting',    '{in_work, solved, dispatched, cancelled, new}'),
    ('refused',    '{dispatched, accepted, in_work, solved, cancelled}'),
    ('reopened',   '{dispatched, accepted, in_work, waiting, solved, cancelled, new}'),
    ('solved',     '{closed, reopened}'),
    ('closed',     '{reopened}'),
    ('cancelled',  '{reopened}')
  ) m (from_state, targets), unnest(m.targets) t (to_state)
$$;
grant execute on function crm.request_moves() to crm_user;

-- How a request stands with its targets now: kept, missed (both solved), paused, breached, soon, on_time; null without any.
create or replace function crm.target_state(
  due_at timestamptz, warn_at timestamptz, waiting_since timestamptz, solved_at timestamptz, was_late boolean) returns text
language sql stable as $$
  select case
    when solved_at is not null then case when was_late then 'missed' else 'kept' end
    when waiting_since is not null then 'paused'
    when now() >= due_at then 'breached'
    when now() >= warn_at then 'soon'
    when due_at is not null then 'on_time'
  end
$$;
grant execute on function crm.target_state(timestamptz, timestamptz, timestamptz, timestamptz, boolean) to crm_user;

create or replace function crm.choice_code(choice bigint) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select e.code from crm.dictionary_entry e where e.id = choice);
end $$;

-- The request with the moments at which it is due, by its priority and without its pauses.
create or replace function crm.with_targets(request crm.service_request) returns crm.service_request
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  target crm.service_target;
  state text := crm.choice_code(request.state_id);
  allowed integer;
begin
  select t.* into target from crm.service_target t where t.priority_id = request.priority_id;
  request.response_due_at := crm.after_working_minutes(request.counted_from, target.response_minutes);
  request.solution_due_at := crm.after_working_minutes(request.counted_from, target.solution_minutes + request.waited_minutes);
  request.was_late := request.was_late or coalesce(
    request.responded_at > request.response_due_at or request.solved_at > request.solution_due_at, false);
  request.due_at := null;
  request.warn_at := null;
  if state not in ('waiting', 'solved', 'closed', 'cancelled') then
    if request.responded_at is null then
      request.due_at := least(request.response_due_at, request.solution_due_at);
      allowed := target.response_minutes * target.warn_percent / 100;
    else
      request.due_at := request.solution_due_at;
      allowed := target.solution_minutes * target.warn_percent / 100 + request.waited_minutes;
    end if;
    request.warn_at := least(crm.after_working_minutes(request.counted_from, allowed), request.due_at);
  end if;
  return request;
end $$;

create or replace function crm.enter_state(request crm.service_request, state text, at timestamptz) returns crm.service_request
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  pool bigint := crm.pool_owner();
begin
  request.state_since := at;
  if state in ('new', 'refused') then
    request.owner_id := pool;
  elsif state = 'dispatched' and request.owner_id = pool then
    raise 'Say who is to do it.';
  elsif state in ('accepted', 'in_work', 'waiting', 'solved') and request.owner_id = pool then
    request.owner_id := coalesce(crm.me(), pool);
  end if;
  if request.waiting_since is not null and state <> 'waiting' then
    request.waited_minutes := request.waited_minutes + crm.working_minutes(request.waiting_since, at);
    request.waiting_since := null;
  end if;
  if state in ('accepted', 'in_work', 'waiting', 'solved', 'closed') then
    request.responded_at := coalesce(request.responded_at, at);
  end if;
  if state in ('solved', 'closed') then
    request.solved_at := coalesce(request.solved_at, at);
  end if;
  if state in ('closed', 'cancelled') then
    request.closed_at := coalesce(request.closed_at, at);
  end if;
  if state = 'waiting' then
    request.waiting_since := at;
  elsif state = 'reopened' then
    request.solved_at := null;
    request.closed_at := null;
    request.responded_at := null;
    request.counted_from := at;
    request.waited_minutes := 0;
    request.times_reopened := request.times_reopened + 1;
    delete from crm.request_escalation x where x.request_id = request.id;  -- its targets begin anew
  end if;
  return request;
end $$;

-- The product of what is installed at the request's own customer. What stands at another one may be out of sight.
create or replace function crm.product_installed(request crm.service_request) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select p.product_id from crm.installed_product p
          where p.id = request.installed_product_id and p.customer_id = request.customer_id);
end $$;

create or replace function crm.begin_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  pool bigint := crm.pool_owner();
  state text := crm.choice_code(new.state_id);
begin
  new.product_id := coalesce(new.product_id, crm.product_installed(new));
  new.counted_from := new.reported_at;
  -- What is entered later than it happened says so by what was done: it needs no state.
  if state = 'new' and new.closed_at is not null then
    state := 'closed';
  elsif state = 'new' and new.solved_at is not null then
    state := 'solved';
  elsif state = 'new' and new.owner_id <> pool then
    state := case when new.owner_id = crm.me() then 'accepted' else 'dispatched' end;
  end if;
  new.state_id := crm.choice('request_state', state);
  new := crm.enter_state(new, state, case
    when state in ('solved', 'closed', 'cancelled') then coalesce(new.solved_at, new.closed_at, new.reported_at)
    else greatest(new.reported_at, now()) end);
  return crm.with_targets(new);
end $$;
create trigger begin_request before insert on crm.service_request
  for each row when (current_user <> 'crm_owner') execute function crm.begin_request();

create or replace function crm.keep_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  pool bigint := crm.pool_owner();
  was text := crm.choice_code(old.state_id);
  state text := crm.choice_code(new.state_id);
begin
  if new.installed_product_id is distinct from old.installed_product_id and new.product_id is not distinct from old.product_id then
    new.product_id := coalesce(crm.product_installed(new), new.product_id);
  end if;
  if new.reported_at <> old.reported_at and old.counted_from = old.reported_at then
    new.counted_from := new.reported_at;
  end if;
  if state = was and new.owner_id <> old.owner_id and was not in ('solved', 'closed', 'cancelled') then
    -- Given to somebody it is his to accept; taken, it is accepted; given back, it waits for somebody again.
    state := case when new.owner_id = pool then 'new' when new.owner_id = crm.me() then 'accepted' else 'dispatched' end;
  elsif state in (was, 'closed') and was in ('solved', 'closed') and new.satisfaction_id is distinct from old.satisfaction_id
      and new.satisfaction_id is not null then
    -- Whoever asks the customer means to close it; how content he is decides.
    new.revisited_at := coalesce(nullif(new.revisited_at, old.revisited_at), now());
    state := case when crm.choice_code(new.satisfaction_id) in ('1', '2') then 'reopened' else 'closed' end;
  end if;
  if state <> was then
    if not exists (select from crm.request_moves() m where m.from_state = was and m.to_state = state) then
      raise 'A request cannot go from its state to that one.';
    end if;
    if state = 'solved' then
      new.satisfaction_id := null;
      new.revisited_at := null;
    end if;
    if new.state_note is not distinct from old.state_note then
      new.state_note := null;
    end if;
    new.state_id := crm.choice('request_state', state);
    new := crm.enter_state(new, state, now());
  end if;
  return crm.with_targets(new);
end $$;
create trigger keep_request before update on crm.service_request
  for each row when (current_user <> 'crm_owner') execute function crm.keep_request();

create or replace function crm.begin_service_stay() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.service_stay (request_id, owner_id, state_id, engineer_id, entered_at, note)
    select n.id, n.owner_id, n.state_id, n.owner_id, n.state_since, n.state_note from new_rows n order by n.id;
  return null;
end $$;
create trigger begin_stay after insert on crm.service_request referencing new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.begin_service_stay();

create or replace function crm.change_service_stay() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved bigint[] := array(
    select c.id from (select n.id, n.state_id, n.owner_id, n.state_since from new_rows n
                      except select o.id, o.state_id, o.owner_id, o.state_since from old_rows o) c);
begin
  if moved <> '{}' then
    insert into crm.service_stay (request_id, owner_id, state_id, engineer_id, entered_at, note)
      select r.id, r.owner_id, r.state_id, r.owner_id, now(), r.state_note
      from crm.service_request r where r.id = any (moved) order by r.id;
  end if;
  return null;
end $$;
create trigger change_stay after update on crm.service_request referencing old table as old_rows new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.change_service_stay();

-- Other targets, or other working time, count for what is not over yet.
create or replace function crm.follow_targets() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update crm.service_request r
    set response_due_at = t.response_due_at, solution_due_at = t.solution_due_at, due_at = t.due_at, warn_at = t.warn_at
    from crm.service_request s cross join lateral crm.with_targets(s) t
    where s.id = r.id and (s.due_at is not null or s.waiting_since is not null)
      and (s.response_due_at, s.solution_due_at, s.due_at, s.warn_at)
          is distinct from (t.response_due_at, t.solution_due_at, t.due_at, t.warn_at);
end $$;

create or replace function crm.follow_service_target() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from changed_rows) then perform crm.follow_targets(); end if;
  return null;
end $$;
create trigger follow_new after insert on crm.service_target referencing new table as changed_rows
  for each statement execute function crm.follow_service_target();
create trigger follow_changed after update on crm.service_target referencing new table as changed_rows
  for each statement execute function crm.follow_service_target();
create trigger follow_gone after delete on crm.service_target referencing old table as changed_rows
  for each statement execute function crm.follow_service_target();
