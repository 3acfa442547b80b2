-- Work that nobody asks for: alerts, what is due, what is kept week by week. There is no server program; one workstation,
-- elected by a lock on its listening connection, calls crm.run_next_job() every minute, all others every ten. That a job is
-- done, and once for each time it is due, does not depend on the election: whoever calls, its row in crm.job is locked
-- while it is done.

-- All jobs: a function without arguments, done once in each minute, hour, day or week (Monday) of the firm's time zone.
-- It belongs to crm_owner and sees everything. Before it changes records it names that by journal.begin_change('job', ...).
create or replace function crm.jobs() returns table (key text, every text, work text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values ('alerts', 'hour', 'evaluate_alerts'), ('escalation', 'minute', 'escalate_requests'),
         ('leads', 'day', 'recycle_leads'), ('maintenance', 'day', 'request_maintenance'),
         ('urgent_alerts', 'minute', 'evaluate_urgent_alerts'),
         ('weekly_snapshot', 'week', 'take_snapshot')
$$;
insert into crm.job (key) select j.key from crm.jobs() j on conflict (key) do nothing;

-- A transaction in which nothing happens keeps others waiting: from a job that was begun in it, or from a whole table.
-- Programs let the server end theirs after five minutes (db/engine.py); who has told it not to is ended here. How many were.
create or replace function crm.end_idle_transactions(longer_than interval) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select count(*) filter (where pg_terminate_backend(a.pid, 5000)) from pg_stat_activity a
    where a.datname = current_database() and a.pid <> pg_backend_pid() and a.state like 'idle in transaction%'
      and a.state_change < clock_timestamp() - longer_than and crm.is_plain_login(a.usename::text));
end $$;

-- Does one job that is due, in this transaction; returns its key, null where none is. A job that fails leaves nothing
-- but its reason, and is tried again after ten minutes. So does one that waits for what somebody keeps locked.
create or replace function crm.run_next_job() returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off set lock_timeout = '10s' as $$
declare
  zone text;
  next record;
begin
  perform crm.end_idle_transactions('6 minutes');  -- before anything is read, which may be locked
  if crm.me() is null then return null; end if;
  zone := crm.firm_zone();
  select x.id, j.key, j.work, date_trunc(j.every, now() at time zone zone) at time zone zone as due into next
    from crm.job x join crm.jobs() j on j.key = x.key
    where (x.done_for is null or x.done_for < date_trunc(j.every, now() at time zone zone) at time zone zone)
      and (x.failure is null or x.ran_at < now() - interval '10 minutes')
    order by x.ran_at nulls first, j.key
    limit 1 for update of x skip locked;
  if not found then return null; end if;
  begin
    execute format('select crm.%I()', next.work);
    update crm.job x set done_for = next.due, ran_at = clock_timestamp(), failure = null where x.id = next.id;
  exception when others then
    update crm.job x set ran_at = clock_timestamp(), failure = left(sqlerrm, 500) where x.id = next.id;
  end;
  return next.key;
end $$;
grant execute on function crm.run_next_job() to crm_user;

-- What came to nothing at its last attempt, for those who look after the server.
create or replace function crm.failed_jobs() returns table (key text, ran_at timestamptz, failure text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select x.key::text, x.ran_at, x.failure from crm.job x
    where x.failure is not null and (crm.me() is null or crm.may('setting', 'update')) order by x.key;
end $$;
grant execute on function crm.failed_jobs() to crm_user;

-- The open opportunities as they are at the first sign-in of a week.
create or replace function crm.take_snapshot() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.opportunity_snapshot (week, opportunity_id, stage_id, category_id, amount, weighted_amount, expected_on)
    select date_trunc('week', now() at time zone crm.firm_zone())::date,
           o.id, o.stage_id, o.category_id, o.amount, o.weighted_amount, o.expected_on
    from crm.opportunity o where o.outcome_id = crm.choice('outcome', 'open')
    on conflict (week, opportunity_id) do nothing;
end $$;
-- The last week of which there is a snapshot on a day; before the first one, that. Which weeks there are is no secret.
create or replace function crm.snapshot_week(day date) returns date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    (select max(s.week) from crm.opportunity_snapshot s where s.week <= day),
    (select min(s.week) from crm.opportunity_snapshot s))
$$;
grant execute on function crm.snapshot_week(date) to crm_user;
-- Asked as the person himself, so that whatever decides about an opportunity decides about what it was.
create policy whoever_sees_the_opportunity on crm.opportunity_snapshot for select
  using (opportunity_id in (select o.id from crm.opportunity o));
grant select on crm.opportunity_snapshot to crm_user;
