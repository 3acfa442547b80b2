-- What waits for the person who asks, all of it in one value; his home page shows it. Asked as himself, under his rights.

-- Deals won in this month, quarter and year, what should be won in them, what is open, and activities of the month: of
-- some people, or of all in sight.
create or replace function crm.home_figures(people bigint[]) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  figures json;
begin
  execute format($figures$
    select json_build_array(
      coalesce(sum(o.amount) filter (where o.is_won and date_trunc('month', o.closed_on) = date_trunc('month', current_date)), 0)::text,
      coalesce(sum(o.amount) filter (where o.is_won and date_trunc('quarter', o.closed_on) = date_trunc('quarter', current_date)), 0)::text,
      coalesce(sum(o.amount) filter (where o.is_won), 0)::text,
      (select json_build_array(
         (sum(t.amount) filter (where t.begins_on = date_trunc('month', current_date)))::text,
         (sum(t.amount) filter (where date_trunc('quarter', t.begins_on) = date_trunc('quarter', current_date)))::text,
         sum(t.amount)::text)
       from crm.sales_target t
       where t.begins_on >= date_trunc('year', current_date)
         and t.begins_on < date_trunc('year', current_date) + interval '1 year' %3$s),
      count(*) filter (where not o.is_won),
      coalesce(sum(o.weighted_amount) filter (where not o.is_won), 0)::text,
      (select count(*) from crm.activity a where a.happened_at >= date_trunc('month', now())
        and a.happened_at < date_trunc('month', now()) + interval '1 month' %1$s))
    from (
      select o.amount, o.weighted_amount, o.closed_on, o.outcome_id = $1 as is_won from crm.opportunity o
      where (o.outcome_id = $2 or o.outcome_id = $1 and o.closed_on >= date_trunc('year', current_date)
        and o.closed_on < date_trunc('year', current_date) + interval '1 year') %2$s) o
  $figures$, case when people is not null then 'and a.done_by_id = any ($3)' end,
    case when people is not null then 'and o.owner_id = any ($3)' end,
    case when people is not null then 'and t.owner_id = any ($3)' end)
    into figures using crm.choice('outcome', 'won'), crm.choice('outcome', 'open'), people;
  return figures;
end $$;
grant execute on function crm.home_figures(bigint[]) to crm_user;

create or replace function crm.home(english boolean) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select row_to_json(h) from (
      with me as materialized (select crm.me() as id),
      open as materialized (select crm.choice('outcome', 'open') as id),
      scope as materialized (select crm.scope_of('opportunity', 'read') as width),
      above as (
        with recursive above as (
          select e.department_id as id from crm.employee e, me where e.id = me.id
          union
          select d.parent_id from crm.department d join above a on a.id = d.id)
        select id from above),
      department as materialized (  -- those of one's own and below, where one sees more than his own and not all are in it
        with recursive branch as (
          select e.department_id as id from crm.employee e, me where e.id = me.id
          union
          select d.id from crm.department d join branch b on d.parent_id = b.id)
        select s.people
        from (select array_agg(e.id) as people from crm.employee e where e.department_id in (select id from branch)) s, scope
        where cardinality(s.people) > 1 and (scope.width between 3 and 4 or scope.width = 5 and exists (
          select from crm.employee e where e.is_active and not e.is_pool and e.id <> all (s.people))))
      select
        (select json_agg(x) from (
          select a.id, case when english then coalesce(r.name_en, r.name) else r.name end as rule, k.id as kind_id,
                 case when english then coalesce(k.name_en, k.name) else k.name end as kind, coalesce(k.tone, '') as tone,
                 a.since, a.entity, a.record_id
          from crm.my_alerts() a join crm.alert_rule r on r.id = a.rule_id join crm.dictionary_entry k on k.id = r.kind_id
          limit 50) x) as alerts,
        (select json_agg(x) from (
          select m.id, m.kind, m.sender_id, coalesce(e.name, '') as sender, m.receivers, m.body, m.entity, m.record_id,
                 m.sent_at, m.read_at
          from crm.message m left join crm.employee e on e.id = m.sender_id
          where m.read_at is null order by m.sent_at desc, m.id desc limit 8) x) as messages,
        (select count(*) from crm.message m where m.read_at is null) as unread,
        (select json_agg(x) from (
          select a.id, a.title, coalesce(e.name, '') as author, a.valid_from, a.is_important,
                 exists (select from crm.announcement_reading r, me where r.announcement_id = a.id and r.employee_id = me.id)
                   as is_read
          from crm.announcement a left join crm.employee e on e.id = a.author_id
          where a.valid_from <= current_date and (a.valid_until is null or a.valid_until >= current_date)
            and (a.department_id is null or a.department_id in (select id from above))
          order by a.is_important desc, a.valid_from desc, a.id desc limit 8) x) as announcements,
        (select json_agg(x) from (
          select * from (
            select 'lead' as entity, l.id, l.name as title, coalesce(l.contact_name, '') as note, l.assigned_at as at,
                   case when l.respond_by < now() then 'bad' else '' end as tone
            from crm.lead l, me
            where l.owner_id = me.id and l.responded_at is null and l.ended_at is null
              and l.assigned_at > now() - interval '14 days'
              and (l.registered_by_id is distinct from me.id or l.assigned_at > l.created_at)  -- his own he knows
            union all
            select 'service_request', s.id, s.subject, c.name, s.state_since,
                   case when s.due_at < now() then 'bad' else '' end
            from crm.service_request s join crm.customer c on c.id = s.customer_id, me
            where s.owner_id = me.id and s.state_id = crm.choice('request_state', 'dispatched')) y
          order by y.at desc limit 8) x) as assignments,
        (select json_agg(x) from (
          select 'task' as entity, t.id, t.subject as title, coalesce(c.name, '') as note,
                 case when t.due_time is null then to_json(t.due_on) else to_json(t.due_at) end as at,
                 case when t.due_at < now() then 'bad' else '' end as tone
          from crm.task t left join crm.customer c on c.id = t.customer_id, me
          where t.owner_id = me.id and t.due_at < current_date + 2
          order by t.due_at, t.id limit 8) x) as tasks,
        (select json_agg(x) from (
          select 'contact' as entity, k.id, k.name as title, c.name as note, d::date as at, '' as tone
          from generate_series(current_date, current_date + 14, interval '1 day') d, crm.birthdays_on(d::date) b
          join crm.contact k on right(k.birthday, 5) = b.birthday and k.is_birthday_lunar = b.is_lunar and not k.has_left
          join crm.customer c on c.id = k.customer_id, me
          where k.owner_id = me.id order by d, k.id limit 8) x) as birthdays,
        (select json_agg(x) from (
          select 'service_request' as entity, s.id, s.subject as title, c.name as note, s.due_at as at,
                 case when s.due_at < now() then 'bad' when s.warn_at < now() then 'warn' else '' end as tone
          from crm.service_request s left join crm.customer c on c.id = s.customer_id, me
          where s.owner_id = me.id and s.solved_at is null and s.closed_at is null
            and s.state_id <> crm.choice('request_state', 'cancelled')
          order by s.due_at nulls last, s.id limit 8) x) as queue,
        (select json_agg(x) from (
          select * from (
            select 'opportunity' as entity, o.id, o.next_step as title, o.name as note, o.next_on as at
            from crm.opportunity o, me, open
            where o.owner_id = me.id and o.outcome_id = open.id and o.next_on <= current_date + 1
            union all
            select 'lead', l.id, l.next_step, l.name, l.next_on from crm.lead l, me
            where l.owner_id = me.id and l.ended_at is null and l.next_on <= current_date + 1) y
          cross join lateral (select case when y.at < current_date then 'bad' else '' end as tone) t
          order by y.at, y.id limit 8) x) as next_steps,
        (select json_agg(x) from (
          select r.entity, r.record_id from crm.recent_record r order by r.opened_at desc, r.id desc limit 8) x) as recent,
        (select json_agg(x) from (
          select s.entity, s.record_id from crm.star s order by s.starred_at desc, s.id desc limit 8) x) as starred,
        (select json_agg(x) from (
          select s.id, case when english then coalesce(s.name_en, s.name) else s.name end as stage, count(*) as count,
                 coalesce(sum(o.amount), 0)::text as amount
          from crm.opportunity o join crm.sales_stage s on s.id = o.stage_id
            join crm.sales_process p on p.id = s.process_id, me, open
          where o.owner_id = me.id and o.outcome_id = open.id
          group by s.id, p.sort_order, p.id order by p.sort_order, p.id, s.sort_order) x) as funnel,
        (select json_agg(x) from (
          select l.id, p.period, l.submitted_at is not null as is_submitted, k.id as state_id,
                 case when english then coalesce(k.name_en, k.name) else k.name end as state, coalesce(k.tone, '') as tone
          from me cross join (values ('day'), ('week')) p (period)
            join crm.work_log l on l.owner_id = me.id and l.kind_id = crm.choice('work_log_kind', p.period)
              and l.begins_on = date_trunc(p.period, now() at time zone crm.firm_zone())::date
            join crm.dictionary_entry k on k.id = l.state_id) x) as my_logs,
        (select json_agg(x) from (
          select 'work_log' as entity, l.id, l.title, split_part(l.summary, e'\n', 1) as note, l.submitted_at as at, '' as tone
          from me join crm.employee e on e.superior_id = me.id join crm.work_log l on l.owner_id = e.id
          where l.state_id = crm.choice('work_log_state', 'submitted') and l.submitted_at > now() - interval '14 days'
          order by l.submitted_at desc, l.id desc limit 8) x) as logs,
        (select crm.home_figures(array[me.id]) from me) as mine,
        (select crm.home_figures(d.people) from department d) as department,
        (select crm.home_figures(null) from scope
         where scope.width = 5 or not exists (select from department)
           and cardinality(crm.owners_in_scope('opportunity', 'read')) > 1) as everybody
  ) h);
end $$;
grant execute on function crm.home(boolean) to crm_user;
