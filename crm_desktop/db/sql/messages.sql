-- Messages are copies, one for each receiver and one for the sender: nobody reads or changes another's.

-- Sends to people, to departments with those below them, and to permission groups; how many got it. Whoever has no login
-- any more gets nothing, the sender himself neither. It may name a record that the sender sees.
create or replace function crm.send_message(body text, employees bigint[], departments bigint[], groups bigint[],
                                            entity text, record_id bigint) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  me bigint := crm.me();
  receivers bigint[];
  names text;
begin
  if me is null then raise insufficient_privilege; end if;
  if entity is not null and journal.visible_row(entity, record_id) is null then raise insufficient_privilege; end if;
  receivers := array(
    with recursive below as (
      select d.id from crm.department d where d.id = any (departments)
      union
      select d.id from crm.department d join below b on d.parent_id = b.id)
    select e.id from crm.employee e
    where e.is_active and e.login is not null and not e.is_pool and e.id <> me
      and (e.id = any (employees) or e.department_id in (select b.id from below b)
           or exists (select from crm.group_member g where g.employee_id = e.id and g.group_id = any (groups)))
    order by e.sort_key, e.id);
  if receivers = '{}' then return 0; end if;
  names := left((select string_agg(e.name, '、' order by e.sort_key, e.id) from crm.employee e where e.id = any (receivers)), 300);
  insert into crm.message (employee_id, is_sent, sender_id, receivers, body, entity, record_id, read_at)
    select me, true, me, names, send_message.body, send_message.entity, send_message.record_id, now()
    union all
    select r, false, me, names, send_message.body, send_message.entity, send_message.record_id, null from unnest(receivers) r;
  return cardinality(receivers);
end $$;
grant execute on function crm.send_message(text, bigint[], bigint[], bigint[], text, bigint) to crm_user;

-- Everybody hears for whom something came, was read or went, never what: each looks only where it was for him.
create or replace function crm.tell_of_messages() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  people bigint[] := array(select distinct r.employee_id from rows r);
begin
  if people <> '{}' then perform journal.notify('message', 'i', people); end if;
  return null;
end $$;
create trigger tell_of_new after insert on crm.message referencing new table as rows
  for each statement execute function crm.tell_of_messages();
create trigger tell_of_read after update on crm.message referencing new table as rows
  for each statement execute function crm.tell_of_messages();
create trigger tell_of_gone after delete on crm.message referencing old table as rows
  for each statement execute function crm.tell_of_messages();

-- One's own copies are read, or gone.
create or replace function crm.mark_messages(ids bigint[], are_gone boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  me bigint := crm.me();
begin
  if are_gone then
    delete from crm.message m where m.id = any (ids) and m.employee_id = me;
  else
    update crm.message m set read_at = now() where m.id = any (ids) and m.employee_id = me and m.read_at is null;
  end if;
end $$;
grant execute on function crm.mark_messages(bigint[], boolean) to crm_user;

-- Who is named in a comment is told, where he may see the record.
create or replace function crm.tell_mentioned() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.message (employee_id, kind, sender_id, body, entity, record_id)
    select distinct e.id, 'mention', n.author_id, n.body, n.entity, n.record_id
    from new_rows n cross join unnest(n.mentions) m join crm.employee e on e.id = m and e.is_active and e.id <> n.author_id
    where crm.may_for(e.id, n.entity, n.record_id, 'read');
  return null;
end $$;
create trigger tell_mentioned after insert on crm.comment referencing new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.tell_mentioned();

-- Who is to know what is announced to a department: its people and those below it, who wrote it, who may change it.
create or replace function crm.is_announced(department bigint, author bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return department is null or author = crm.me() or crm.may('announcement', 'update')
    or department = any (crm.departments_for(crm.me()));
end $$;
grant execute on function crm.is_announced(bigint, bigint) to crm_user;
-- To nobody by name: any member could remove a policy to crm_user with DROP OWNED BY crm_user.
create policy whoever_is_to_know on crm.announcement as restrictive for select
  using (current_user = 'crm_owner' or crm.is_announced(department_id, author_id));

-- Somebody has read an announcement that is meant for him.
create or replace function crm.note_announcement_read(id bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.me() is null then raise insufficient_privilege; end if;
  insert into crm.announcement_reading (announcement_id, employee_id)
    select a.id, crm.me() from crm.announcement a
      where a.id = note_announcement_read.id and crm.is_announced(a.department_id, a.author_id)
    on conflict (announcement_id, employee_id) do nothing;
end $$;
grant execute on function crm.note_announcement_read(bigint) to crm_user;
