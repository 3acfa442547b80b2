-- Alerts: each rule finds causes, a cause becomes an alert of whoever owns the record, and goes when the cause is gone.
-- The elected workstation has them evaluated for everybody; of one's own only those are told that still stand.

-- The records that give cause for a rule's warning, with their owners: among these alone, or among all (null).
create or replace function crm.alert_causes(rule crm.alert_rule, among bigint[])
returns table (owner_id bigint, entity text, record_id bigint, since date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  kind text := (select e.code from crm.dictionary_entry e where e.id = rule.kind_id);
  lost bigint := crm.choice('life_cycle', 'lost');
  today date := current_date;
begin
  if kind = 'quiet_customer' then
    return query
      select c.owner_id, 'customer', c.id, coalesce(c.last_contact_at::date, c.registered_on, c.created_at::date) + rule.days
      from crm.customer c
      where (among is null or c.id = any (among)) and (rule.level_id is null or c.level_id = rule.level_id)
        and not c.is_do_not_contact and c.life_cycle_id is distinct from lost
        and coalesce(c.last_contact_at::date, c.registered_on, c.created_at::date) + rule.days < today;
  elsif kind = 'birthday' then
    return query
      select k.owner_id, 'contact', k.id, d::date
      from generate_series(today, today + least(rule.days, 350), interval '1 day') d, crm.birthdays_on(d::date) b
      join crm.contact k on right(k.birthday, 5) = b.birthday and k.is_birthday_lunar = b.is_lunar and not k.has_left
      join crm.customer c on c.id = k.customer_id
      where (among is null or k.id = any (among)) and (rule.level_id is null or c.level_id = rule.level_id);
  elsif kind = 'stalled_deal' then
    return query
      select o.owner_id, 'opportunity', o.id, o.stalls_on + rule.days from crm.opportunity o
      where (among is null or o.id = any (among)) and o.stalls_on + rule.days <= today;
  elsif kind = 'lead_unanswered' then
    return query
      select l.owner_id, 'lead', l.id, l.respond_by::date + rule.days from crm.lead l
      where (among is null or l.id = any (among)) and l.respond_by + make_interval(days => rule.days) < now();
  elsif kind = 'task_overdue' then
    return query
      select t.owner_id, 'task', t.id, t.due_at::date + rule.days from crm.task t
      where (among is null or t.id = any (among)) and t.due_at + make_interval(days => rule.days) < now();
  elsif kind = 'request_late' then
    return query
      select s.owner_id, 'service_request', s.id, s.due_at::date + rule.days from crm.service_request s
      where (among is null or s.id = any (among)) and s.warn_at + make_interval(days => rule.days) < now()
        and s.due_at is not null;  -- as where there is warn_at, and that is in an index
  end if;
end $$;

-- All causes of rules of these kinds, at most a hundred of the latest for a person and rule: nobody would read more.
create or replace function crm.evaluate_alerts_of(kinds text[]) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  told bigint[];
begin
  with found as materialized (
    select r.id as rule_id, r.warns_owner, r.warns_superior, c.*
    from crm.alert_rule r cross join lateral crm.alert_causes(r, null) c
    where r.is_active and r.kind_id in (select crm.choice('alert_kind', k) from unnest(kinds) k)
  ), named as materialized (  -- whom a rule names is warned of what he may see
    select f.rule_id, n.employee_id, crm.owners_for(n.employee_id, f.entity, 'read') as owners
    from (select distinct rule_id, entity from found) f join crm.alert_rule r on r.id = f.rule_id
      cross join lateral (
        select r.employee_id where r.employee_id is not null
        union
        select m.employee_id from crm.group_member m where m.group_id = r.group_id) n
  ), causes as (
    select x.employee_id, f.rule_id, f.entity, f.record_id, f.since,
           row_number() over (partition by x.employee_id, f.rule_id order by f.since desc, f.record_id) as place
    from found f
      cross join lateral (
        select f.owner_id as employee_id where f.warns_owner
        union
        select e.superior_id from crm.employee e where f.warns_superior and e.id = f.owner_id
        union
        select n.employee_id from named n where n.rule_id = f.rule_id and f.owner_id = any (n.owners)) x
      join crm.employee p on p.id = x.employee_id and p.is_active and not p.is_pool
  ), kept as (
    select * from causes c where c.place <= 100
  ), gone as (
    delete from crm.alert a
      where a.rule_id in (select r.id from crm.alert_rule r
                          where not r.is_active or r.kind_id in (select crm.choice('alert_kind', k) from unnest(kinds) k))
        and not exists (select from kept k where (k.employee_id, k.rule_id, k.record_id) = (a.employee_id, a.rule_id, a.record_id))
      returning a.employee_id
  ), come as (
    insert into crm.alert as a (employee_id, rule_id, entity, record_id, since)
      select k.employee_id, k.rule_id, k.entity, k.record_id, k.since from kept k
      on conflict (employee_id, rule_id, record_id) do update set since = excluded.since where a.since <> excluded.since
      returning a.employee_id
  )
  select array_agg(distinct c.employee_id) into told from (select * from gone union all select * from come) c;
  if told is not null then perform journal.notify('alert', 'u', told); end if;
  return coalesce(cardinality(told), 0);
end $$;

create or replace function crm.evaluate_alerts() returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select crm.evaluate_alerts_of(array(
    select e.code from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id where d.code = 'alert_kind'))
$$;

-- What minutes count for.
create or replace function crm.evaluate_urgent_alerts() returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select crm.evaluate_alerts_of('{lead_unanswered,request_late}')
$$;

-- One's own alerts whose causes still stand: what was settled since they were evaluated is not told any more.
create or replace function crm.my_alerts() returns setof crm.alert
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  me bigint := crm.me();
begin
  return query
    with mine as (
      select a.rule_id, array_agg(a.record_id) as ids from crm.alert a where a.employee_id = me group by a.rule_id
    ), standing as (
      select m.rule_id, c.record_id from mine m join crm.alert_rule r on r.id = m.rule_id and r.is_active
      cross join lateral crm.alert_causes(r, m.ids) c
    )
    select a.* from crm.alert a
    where a.employee_id = me and (a.snoozed_until is null or a.snoozed_until <= current_date)
      and (a.rule_id, a.record_id) in (select s.rule_id, s.record_id from standing s)
    order by a.since desc, a.id;
end $$;
grant execute on function crm.my_alerts() to crm_user;
