-- Maintenance plans: what customers own is maintained every so many months. Some days before, a request is made for it that
-- nobody has yet; when that is solved, the plan goes on.

-- So many days before, a request is made.
create or replace function crm.maintenance_ahead() returns integer
language sql immutable as $$ select 14 $$;
grant execute on function crm.maintenance_ahead() to crm_user;

-- A plan begins a whole period from today, unless somebody says when. An undo says it.
create or replace function crm.begin_maintenance() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.next_maintenance_on := coalesce(
    new.next_maintenance_on,
    (now() at time zone crm.firm_zone())::date + make_interval(months => new.maintenance_months));
  return new;
end $$;
create trigger begin_maintenance before insert or update of maintenance_months, next_maintenance_on on crm.installed_product
  for each row when (current_user <> 'crm_owner' and new.next_maintenance_on is null and new.maintenance_months is not null)
  execute function crm.begin_maintenance();

-- One request for each day that is due, which nobody has yet, also where it was deleted since; none while another one of the
-- same plan is open. Its targets count from that day on, not from today.
create or replace function crm.request_maintenance() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  zone text := crm.firm_zone();
  made bigint[];
  due bigint[] := array(
    select p.id from crm.installed_product p
    where p.maintenance_months is not null
      and p.next_maintenance_on <= (now() at time zone zone)::date + crm.maintenance_ahead()
      and not exists (select from crm.maintenance_request m
                      where m.installed_product_id = p.id and m.due_on = p.next_maintenance_on)
      and not exists (select from crm.maintenance_request m join crm.service_request r on r.id = m.request_id
                      where m.installed_product_id = p.id and r.solved_at is null and r.closed_at is null)
    order by p.next_maintenance_on, p.id limit 2000);  -- takes some seconds; the rest tomorrow
begin
  if due = '{}' then return; end if;
  perform journal.begin_change('job', '');
  with new_one as (
    insert into crm.service_request (
      subject, customer_id, installed_product_id, product_id, type_id,
      counted_from, response_due_at, solution_due_at, due_at, warn_at)
    select left(concat_ws('：', e.name, concat_ws(' ', w.name, p.serial)), 200), p.customer_id, p.id, p.product_id, e.id,
           t.counted_from, t.response_due_at, t.solution_due_at, t.due_at, t.warn_at
    from crm.installed_product p
      left join crm.product w on w.id = p.product_id
      join crm.dictionary_entry e on e.id = coalesce(crm.choice('request_type', 'maintenance'), crm.choice('request_type', 'request'))
      cross join lateral crm.with_targets(jsonb_populate_record(null::crm.service_request, jsonb_build_object(
        'state_id', crm.choice('request_state', 'new'), 'priority_id', crm.choice('priority', 'normal'), 'waited_minutes', 0,
        'counted_from', greatest(now(), p.next_maintenance_on::timestamp at time zone zone)))) t
    where p.id = any (due) order by p.next_maintenance_on, p.id
    returning id, installed_product_id
  ), noted as (
    insert into crm.maintenance_request (installed_product_id, due_on, request_id)
    select p.id, p.next_maintenance_on, n.id from new_one n join crm.installed_product p on p.id = n.installed_product_id
    order by n.id
    returning request_id
  )
  select array_agg(n.request_id) into made from noted n;
  insert into crm.service_stay (request_id, owner_id, state_id, engineer_id, moved_by_id)
    select r.id, r.owner_id, r.state_id, r.owner_id, null from crm.service_request r where r.id = any (made) order by r.id;
end $$;

-- Once such a request is solved the plan goes on a whole period from that day. Nothing else says what was there before, so
-- an undo must find it.
create or replace function crm.go_on_with_maintenance() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  zone text := crm.firm_zone();
  done record;
begin
  for done in
    select p.id, p.next_maintenance_on as was,
           (s.solved_at at time zone zone + make_interval(months => p.maintenance_months))::date as next_on
    from (select n.id, n.solved_at from new_rows n except select o.id, o.solved_at from old_rows o) s
      join crm.maintenance_request m on m.request_id = s.id
      join crm.installed_product p on p.id = m.installed_product_id
    where s.solved_at is not null and p.maintenance_months is not null
    order by p.id
  loop
    insert into journal.change (change_set_id, at, table_name, row_id, operation, before)
      values (journal.current_change_set(), clock_timestamp(), 'installed_product', done.id, 'U',
              jsonb_build_object('next_maintenance_on', done.was));
    update crm.installed_product p set next_maintenance_on = done.next_on, version = p.version + 1 where p.id = done.id;
  end loop;
  return null;
end $$;
create trigger go_on_with_maintenance after update on crm.service_request
  referencing old table as old_rows new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.go_on_with_maintenance();
