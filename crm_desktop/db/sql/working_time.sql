-- Working time: the week plan of the firm's settings without its holidays, with its make-up days. It is written out from
-- 2000 to 2049, piece by piece with what was worked before, so that each question is one look into an index. Moments
-- before count as the beginning, what would end later has no end (null).

create or replace function crm.firm_setting(key text, otherwise jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  value jsonb := (select s.value from crm.setting s where s.key = firm_setting.key);
begin
  return case when jsonb_typeof(value) = jsonb_typeof(otherwise) then value else otherwise end;
end $$;

-- A time of day as settings hold it; the other one where somebody wrote something else by SQL.
create or replace function crm.firm_clock(key text, otherwise time) returns time
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  written text := crm.firm_setting(key, to_jsonb(otherwise::text)) #>> '{}';
begin
  return case when written = '' then null when written ~ '^([01]\d|2[0-3]):[0-5]\d(:00)?$' then written::time else otherwise end;
end $$;

create or replace function crm.firm_zone() returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  written text := crm.firm_setting('time_zone', '"Asia/Shanghai"') #>> '{}';
begin
  perform now() at time zone written;
  return written;
exception when invalid_parameter_value then
  return 'Asia/Shanghai';
end $$;
grant execute on function crm.firm_zone() to crm_user;

create or replace function crm.write_out_working_time() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  zone text := crm.firm_zone();
  week jsonb := crm.firm_setting('working_days', '[1, 2, 3, 4, 5]');
  opens time := coalesce(crm.firm_clock('working_from', '09:00'), '09:00');
  closes time := coalesce(crm.firm_clock('working_to', '18:00'), '18:00');
  lunch_from time := crm.firm_clock('lunch_from', '12:00');
  lunch_to time := crm.firm_clock('lunch_to', '13:00');
begin
  if lunch_from is null or lunch_to is null or not (opens < lunch_from and lunch_from < lunch_to and lunch_to < closes) then
    lunch_from := closes;  -- no break
    lunch_to := closes;
  end if;
  lock table crm.working_time in share row exclusive mode;
  delete from crm.working_time;
  insert into crm.working_time (begins_at, ends_at, seconds_before)
    select p.begins_at, p.ends_at,
           coalesce(sum(extract(epoch from p.ends_at - p.begins_at)) over (order by p.begins_at rows between unbounded preceding and 1 preceding), 0)
    from (
      select (d.day + piece.begins) at time zone zone as begins_at, (d.day + piece.ends) at time zone zone as ends_at
      from generate_series(date '2000-01-01', date '2049-12-31', interval '1 day') s(moment)
      cross join lateral (select s.moment::date as day) d
      left join crm.special_day special on special.day = d.day
      cross join (values (opens, lunch_from), (lunch_to, closes)) piece (begins, ends)
      where piece.begins < piece.ends
        and coalesce(special.is_working, week @> to_jsonb(extract(isodow from d.day)::integer))
    ) p
    where p.begins_at < p.ends_at
    order by p.begins_at;
  perform crm.follow_targets();
end $$;

-- No secret, so that counting by it takes no change of role, which would cost more than the look itself. Names are written
-- in full for the same reason: no search path is set.
create policy everybody_reads on crm.working_time for select using (true);
grant select on crm.working_time to crm_user;

-- Seconds worked from the beginning of 2000 to a moment.
create or replace function crm.worked_until(moment timestamptz) returns bigint
language plpgsql stable parallel safe strict as $$
begin
  return coalesce((
    select w.seconds_before + floor(extract(epoch from least(moment, w.ends_at) - w.begins_at))
    from crm.working_time w where w.begins_at <= moment order by w.begins_at desc limit 1), 0);
end $$;
grant execute on function crm.worked_until(timestamptz) to crm_user;

-- Whole working minutes from one moment to another; less than none where the second one is earlier.
create or replace function crm.working_minutes(since timestamptz, until timestamptz) returns integer
language sql stable parallel safe strict as $$
  select ((crm.worked_until(until) - crm.worked_until(since)) / 60)::integer
$$;
grant execute on function crm.working_minutes(timestamptz, timestamptz) to crm_user;

-- The first moment at which so many minutes will have been worked since another one.
create or replace function crm.after_working_minutes(since timestamptz, minutes integer) returns timestamptz
language plpgsql stable parallel safe strict as $$
declare
  wanted bigint := crm.worked_until(since) + minutes * 60::bigint;
begin
  if minutes <= 0 then return since; end if;
  return (
    select p.reached from (
      select w.begins_at + make_interval(secs => wanted - w.seconds_before) as reached, w.ends_at
      from crm.working_time w where w.seconds_before < wanted order by w.seconds_before desc limit 1) p
    where p.reached <= p.ends_at);
end $$;
grant execute on function crm.after_working_minutes(timestamptz, integer) to crm_user;

create or replace function crm.follow_special_days() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from changed_rows) then perform crm.write_out_working_time(); end if;
  return null;
end $$;
create trigger follow_new after insert on crm.special_day referencing new table as changed_rows
  for each statement execute function crm.follow_special_days();
create trigger follow_changed after update on crm.special_day referencing new table as changed_rows
  for each statement execute function crm.follow_special_days();
create trigger follow_gone after delete on crm.special_day referencing old table as changed_rows
  for each statement execute function crm.follow_special_days();

create or replace function crm.follow_week_plan() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from changed_rows c
             where c.key in ('working_days', 'working_from', 'working_to', 'lunch_from', 'lunch_to', 'time_zone')) then
    perform crm.write_out_working_time();
  end if;
  return null;
end $$;
create trigger follow_new_settings after insert on crm.setting referencing new table as changed_rows
  for each statement execute function crm.follow_week_plan();
create trigger follow_settings after update on crm.setting referencing new table as changed_rows
  for each statement execute function crm.follow_week_plan();
create trigger follow_old_settings after delete on crm.setting referencing old table as changed_rows
  for each statement execute function crm.follow_week_plan();
