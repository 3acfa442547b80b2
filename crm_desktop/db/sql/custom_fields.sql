-- Custom fields. A row of crm.custom_field is a column of a business table: inserting the row adds the column, deleting
-- it drops the column where nothing is in it. So rights, history and undo of definitions are those of every other table.
-- Names of columns are made here, never given: x_<kind or target>_<number>, which says the same in every database.

-- What 'alter table ... add column' needs to know of a kind; null for an unknown one.
create or replace function crm.custom_column_type(field crm.custom_field) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case field.kind
    when 'text' then 'varchar(300)'
    when 'long_text' then 'text'
    when 'email' then 'varchar(200)'
    when 'number' then format('numeric(18,4) check (%I <> ''NaN'')', field.column_name)
    when 'money' then format('numeric(18,2) check (%I <> ''NaN'')', field.column_name)
    -- Python knows the years 1 to 9999 only.
    when 'date' then format('date check (%1$I >= ''0001-01-02'' and %1$I < ''9999-12-31'')', field.column_name)
    when 'bool' then 'boolean not null default false'
    -- Deferrable, because undo brings rows back table by table, whatever refers to what.
    when 'choice' then 'bigint references crm.dictionary_entry (id) deferrable'
    when 'reference' then format('bigint references crm.%I (id) on delete set null deferrable', field.target)
  end
$$;

-- Refuses what is no business table. The journal knows them all.
create or replace function crm.check_custom_subject(name text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if name = 'custom_field' or not exists (
      select from journal.subject s where s.table_name = name and s.table_name = s.entity and s.rule in ('owned', 'common')) then
    raise 'There is no such kind of record.' using hint = 'Choose another.';
  end if;
end $$;

-- Before the row is there: its column's name, its place, and for a choice a dictionary of its own.
create or replace function crm.name_custom_field() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
begin
  perform pg_advisory_xact_lock(hashtext('crm.custom_field'));  -- two administrators: one after the other
  perform crm.check_custom_subject(new.entity);
  if (select count(*) from crm.custom_field f where f.entity = new.entity) >= 60 then
    raise 'A kind of record can have at most 60 fields of your own.' using hint = 'Delete one that holds nothing.';
  end if;
  if (new.kind = 'reference') <> (new.target is not null) then
    raise 'A reference needs a kind of record to refer to.' using hint = 'Choose one.';
  end if;
  if new.target is not null then perform crm.check_custom_subject(new.target); end if;
  new.column_name := concat_ws('_', 'x', case new.kind when 'reference' then new.target when 'long_text' then 'text' else new.kind end,
                               new.id, case when new.kind in ('choice', 'reference') then 'id' end);
  if crm.custom_column_type(new) is null then
    raise 'There is no such kind of field.' using hint = 'Choose another.';
  end if;
  if new.position is null then
    new.position := (select coalesce(max(f.position), 0) + 1 from crm.custom_field f where f.entity = new.entity);
  end if;
  if new.kind <> 'choice' then
    new.dictionary_id := null;
  elsif new.dictionary_id is null or not exists (
      select from crm.dictionary d where d.id = new.dictionary_id and d.code = crm.custom_dictionary(new)) then
    insert into crm.dictionary (code, name, name_en) values (crm.custom_dictionary(new), new.name, new.name_en)
      on conflict (code) do update set name = excluded.name returning id into new.dictionary_id;
  end if;
  return new;
end $$;

-- The code of a choice's own dictionary: x_choice_12.
create or replace function crm.custom_dictionary(field crm.custom_field) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 'x_choice_' || field.id
$$;

-- After the row is there, so that the policy has let it in.
create or replace function crm.add_custom_column() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '3s' as $$
begin
  execute format('alter table crm.%I add column %I %s', new.entity, new.column_name, crm.custom_column_type(new));
  if new.kind in ('choice', 'reference') then
    execute format('create index %1$I on crm.%2$I (%3$I) where %3$I is not null',
                   new.entity || '_' || new.column_name || '_idx', new.entity, new.column_name);
  end if;
  execute format('comment on column crm.%I.%I is %L', new.entity, new.column_name, new.name);
  perform crm.guard_custom_field(new);
  perform crm.expect_custom_field(new);
  return null;
exception when lock_not_available then
  raise 'Others are writing these records just now, so no field can be added.'
    using errcode = '55000', hint = 'A long import may be running. Try again in a moment.';
end $$;

-- The words of a field may change at any time, what it means may not: its column holds data.
create or replace function crm.keep_custom_column() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '3s' as $$
begin
  if (new.id, new.entity, new.column_name) is distinct from (old.id, old.entity, old.column_name)
     or (new.target, new.dictionary_id) is distinct from (old.target, old.dictionary_id)
     or new.kind <> old.kind and (old.kind, new.kind) is distinct from ('text', 'long_text') then
    raise 'The kind of a field cannot be changed: it holds data.'
      using hint = 'Add a new field of the other kind, and take the old one out of use.';
  end if;
  if new.kind <> old.kind then
    execute format('drop trigger if exists %I on crm.%I', 'fill_search_' || old.column_name, old.entity);
    execute format('alter table crm.%I alter column %I type text', new.entity, new.column_name);
    perform crm.expect_custom_field(new);
  end if;
  if (new.name, new.name_en) is distinct from (old.name, old.name_en) then
    update crm.dictionary d set name = new.name, name_en = new.name_en where d.id = new.dictionary_id;
  end if;
  return new;
exception when lock_not_available then
  raise 'Others are writing these records just now, so the field cannot be changed.'
    using errcode = '55000', hint = 'A long import may be running. Try again in a moment.';
end $$;

create or replace function crm.drop_custom_column() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '3s' as $$
declare
  is_used boolean;
begin
  execute format('lock table crm.%I in access exclusive mode', old.entity);
  execute format(case old.kind when 'bool' then 'select exists (select from crm.%I t where t.%I)'
                               else 'select exists (select from crm.%I t where t.%I is not null)' end,
                 old.entity, old.column_name) into is_used;
  if is_used then
    raise 'The field holds data, so it cannot be deleted.'
      using errcode = '55000', hint = 'Take it out of use: it disappears everywhere, and its data stay.';
  end if;
  execute format('drop trigger if exists %I on crm.%I', 'fill_search_' || old.column_name, old.entity);
  execute format('alter table crm.%I drop column %I', old.entity, old.column_name);
  perform crm.expect_custom_field(old);
  delete from crm.dictionary d where d.id = old.dictionary_id;
  return null;
exception when lock_not_available then
  raise 'Others are writing these records just now, so the field cannot be deleted.'
    using errcode = '55000', hint = 'A long import may be running. Try again in a moment.';
end $$;

-- Rights on the column, and search in it, as db/guard.py gives them to the program's own. Again after every upgrade, which
-- takes them away.
create or replace function crm.guard_custom_field(field crm.custom_field) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('grant insert (%1$I), update (%1$I) on crm.%2$I to crm_user', field.column_name, field.entity);
  if field.kind = 'text' and exists (
      select from pg_attribute a
      where a.attrelid = format('crm.%I', field.entity)::regclass and a.attname = 'search_grams' and not a.attisdropped) then
    execute format('create trigger %1$I before update on crm.%2$I for each row
                      when (old.search_grams is not distinct from new.search_grams and old.%3$I is distinct from new.%3$I)
                      execute function crm.fill_search()', 'fill_search_' || field.column_name, field.entity, field.column_name);
  end if;
end $$;

-- Lets 'server check' expect the column as it is now, or no longer.
create or replace function crm.expect_custom_field(field crm.custom_field) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  own text := field.entity || '_' || field.column_name;
  names text[] := array[format('crm.%s.%s', field.entity, field.column_name), format('crm.%s_idx', own),
                        format('crm.%s.%s_check', field.entity, own), format('crm.%s.%s_fkey', field.entity, own),
                        format('crm.%s.fill_search_%s', field.entity, field.column_name)];
begin
  delete from journal.expected e where e.name = any (names);
  insert into journal.expected (kind, name, definition)
    select p.kind, p.name, p.definition from journal.present() p where p.name = any (names);
end $$;

create trigger name_custom_field before insert on crm.custom_field for each row execute function crm.name_custom_field();
create trigger add_custom_column after insert on crm.custom_field for each row execute function crm.add_custom_column();
create trigger keep_custom_column before update on crm.custom_field for each row execute function crm.keep_custom_column();
create trigger drop_custom_column after delete on crm.custom_field for each row execute function crm.drop_custom_column();
