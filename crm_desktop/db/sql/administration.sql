-- What an administrator looks at before he decides: how far somebody's rights reach now, what an employee owns, where an
-- entry of a dictionary is chosen, what the journal holds. Only numbers come back, also of what he does not see himself.

create or replace function crm.check_may_administer(entity text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not crm.may(entity, 'update') then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
end $$;

-- How many rows of a table somebody reaches with each verb, worked out of the same pieces as the policies (why.sql).
-- No row for a table that is no record's.
create or replace function crm.reach_counts(table_name text, person bigint)
returns table (may_read bigint, may_update bigint, may_delete bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  has_writer boolean;
begin
  perform crm.check_may_administer('permission_group');
  select s.* into subject from journal.subject s
    where s.table_name = reach_counts.table_name and s.rule in ('owned', 'common');
  if not found then return; end if;
  if not exists (select from crm.employee e where e.id = person and e.is_active and e.login is not null) then
    return query select 0::bigint, 0::bigint, 0::bigint;
  elsif subject.rule = 'common' then
    return query execute format('select n, case when $1 then n else 0 end, case when $2 then n else 0 end
                                 from (select count(*) as n from crm.%I) c', subject.table_name)
      using crm.scope_for(person, subject.entity, 'update') > 0, crm.scope_for(person, subject.entity, 'delete') > 0;
  else
    has_writer := subject.writer_column is distinct from subject.owner_column;
    return query execute format($count$
      select count(*),
             count(*) filter (where case when %4$L then t.%2$I = any ($3) and (t.%1$I = any ($1) or t.%3$I = any ($5))
                                         else t.%1$I = any ($3) or t.%3$I = any ($5) end),
             count(*) filter (where t.%2$I = any ($4) and (not %4$L or t.%1$I = any ($1)))
      from crm.%5$I t where t.%1$I = any ($1) or t.%3$I = any ($2)
      $count$, subject.owner_column, subject.writer_column, coalesce(subject.parent_column, 'id'), has_writer,
      subject.table_name)
    using crm.owners_for(person, subject.entity, 'read'), crm.shared_for(person, subject.table_name, 'read'),
          crm.owners_for(person, subject.entity, 'update'), crm.owners_for(person, subject.entity, 'delete'),
          crm.shared_for(person, subject.table_name, 'update');
  end if;
end $$;
grant execute on function crm.reach_counts(text, bigint) to crm_user;

-- How many records of each kind belong to an employee; parts go with their parents and are not counted.
create or replace function crm.owned_counts(person bigint) returns table (table_name text, owned bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
begin
  perform crm.check_may_administer('employee');
  for subject in select s.* from journal.subject s where s.rule = 'owned' and s.parent_table is null order by s.position loop
    return query execute format('select $1, count(*) from crm.%I t where t.%I in ($2, -$2)', subject.table_name, subject.owner_column)
      using subject.table_name::text, person;
  end loop;
end $$;
grant execute on function crm.owned_counts(bigint) to crm_user;

-- Where each entry of a dictionary is chosen: the column, and in how many rows. Entries that nobody chose have no row;
-- what is below an entry in a tree does not count.
create or replace function crm.entry_uses(dictionary bigint)
returns table (entry_id bigint, table_name text, column_name text, uses bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  used record;
  entries bigint[] := array(select e.id from crm.dictionary_entry e where e.dictionary_id = dictionary);
begin
  perform crm.check_may_administer('dictionary');
  for used in
    select c.relname::text as table_name, a.attname::text as column_name
    from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[1]
    where f.contype = 'f' and f.confrelid = 'crm.dictionary_entry'::regclass and c.relname <> 'dictionary_entry'
    order by 1, 2
  loop
    return query execute format('select t.%2$I, $1, $2, count(*) from crm.%1$I t where t.%2$I = any ($3) group by t.%2$I',
                                used.table_name, used.column_name)
      using used.table_name, used.column_name, entries;
  end loop;
end $$;
grant execute on function crm.entry_uses(bigint) to crm_user;

-- The months that the journal holds, the oldest first: as 2026-11, bytes, changes.
create or replace function journal.months() returns table (month text, bytes bigint, changes bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  partition text;
begin
  perform crm.check_may_administer('setting');
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'journal.change'::regclass and c.relname ~ '^change_\d{4}_\d\d$' order by 1
  loop
    return query execute format('select $1, pg_total_relation_size($2), count(*) from journal.%I having count(*) > 0', partition)
      using translate(substr(partition, 8), '_', '-'), format('journal.%I', partition)::regclass;
  end loop;
end $$;
grant execute on function journal.months() to crm_user;

-- At the end of every transaction somebody must be able to give rights, also after a group or an employee was deleted.
-- Whoever maintains the database (crm_owner's members, so superusers) may leave it without.
create or replace function crm.keep_administrator() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not pg_has_role(session_user, 'crm_owner', 'member') and not exists (
    select from crm.permission_grant g join crm.group_member m on m.group_id = g.group_id join crm.employee e on e.id = m.employee_id
    where g.entity = 'permission_group' and g.update_scope > 0 and e.is_active and e.login is not null)
  then
    raise 'Nobody could administer the program any more.' using hint = 'Make somebody else an administrator first.';
  end if;
  return null;
end $$;
create constraint trigger keep_administrator after delete on crm.group_member
  deferrable initially deferred for each row execute function crm.keep_administrator();
create constraint trigger keep_administrator after delete on crm.permission_grant
  deferrable initially deferred for each row execute function crm.keep_administrator();
