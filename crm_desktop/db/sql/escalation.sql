-- What is about to breach its target, and what has breached it, is told to the superior of whoever has it: once each.

-- Requests that came near their target or passed it since then: nobody wrote them, but they stand otherwise in every list.
create or replace function crm.targets_passed(since timestamptz) returns bigint[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select r.id from crm.service_request r
    where r.due_at > since and r.solved_at is null and (r.due_at <= now() or r.warn_at > since and r.warn_at <= now())
    limit 201);
end $$;

-- Of what nobody has the superiors of those at the desk hear. Nobody is told of what he may not read, nor of what was
-- due over ten days ago: that is no news when the firm comes back from a holiday, and old logs are imported.
create or replace function crm.escalate_requests() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  pool bigint := crm.pool_owner();
  passed bigint[] := crm.targets_passed(coalesce((select x.done_for from crm.job x where x.key = 'escalation'), now()));
begin
  if passed <> '{}' then perform journal.notify('service_request', 'u', passed); end if;
  with late as (
    select r.id, r.owner_id, crm.target_state(r.due_at, r.warn_at, r.waiting_since, r.solved_at, r.was_late) as level,
           concat_ws(' · ', r.subject, c.name, nullif(e.name, (select p.name from crm.employee p where p.id = pool))) as what
    from crm.service_request r join crm.customer c on c.id = r.customer_id join crm.employee e on e.id = r.owner_id
    where r.due_at > now() - interval '10 days' and r.warn_at <= now() and r.solved_at is null
  ), news as materialized (
    select l.* from late l
    where not exists (select from crm.request_escalation x where x.request_id = l.id and x.level = l.level)
  ), desk as (
    select distinct e.superior_id from crm.group_member m join crm.permission_group g on g.id = m.group_id
    join crm.employee e on e.id = m.employee_id where g.code = 'service'
  ), concerned as (
    select n.*, e.superior_id from news n join crm.employee e on e.id = n.owner_id where n.owner_id <> pool
    union all select n.*, d.superior_id from news n cross join desk d where n.owner_id = pool
  ), superior as materialized (
    select s.id, crm.owners_for(s.id, 'service_request', 'read') as owners from crm.employee s
    where s.is_active and s.login is not null and s.id in (select c.superior_id from concerned c)
  ), heard as (  -- what else one may read takes long to find out, and is asked for the rest alone
    select c.id, c.level, c.what, s.id as superior_id from concerned c join superior s on s.id = c.superior_id
    where c.owner_id = any (s.owners) or crm.may_for(s.id, 'service_request', c.id, 'read')
  ), noted as (
    insert into crm.request_escalation (request_id, level) select distinct h.id, h.level from heard h
      on conflict (request_id, level) do nothing returning request_id, level
  )
  insert into crm.message (employee_id, kind, body, entity, record_id)
    select h.superior_id, 'request_' || h.level, h.what, 'service_request', h.id
    from heard h join noted n on (n.request_id, n.level) = (h.id, h.level);
end $$;
