-- What triggers keep in rows by themselves: versions, latest contact, names with their parents' names. (Owners of parts:
-- db/guard.py.) Updates that a trigger carries on to other rows are no change of the person's: they raise no version.

create or replace function crm.raise_version() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.version := old.version + 1;
  return new;
end $$;

create or replace function crm.raise_version_and_time() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.version := old.version + 1;
  new.updated_at := clock_timestamp();
  return new;
end $$;

-- customer.last_contact_at. New activities can only raise the time; a change or deletion asks for the latest that is left.
create or replace function crm.raise_last_contact() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update crm.customer c set last_contact_at = a.latest
    from (select n.customer_id, max(n.happened_at) as latest from new_rows n group by n.customer_id) a
    where c.id = a.customer_id and (c.last_contact_at is null or c.last_contact_at < a.latest);
  return null;
end $$;

create or replace function crm.find_last_contact(customers bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update crm.customer c set last_contact_at = a.latest
    from (select t.id, (select max(x.happened_at) from crm.activity x where x.customer_id = t.id) as latest
          from unnest(customers) t (id)) a
    where c.id = a.id and c.last_contact_at is distinct from a.latest;
end $$;

create or replace function crm.lower_last_contact() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from old_rows) then
    perform crm.find_last_contact(array(select distinct o.customer_id from old_rows o));
  end if;
  return null;
end $$;

create or replace function crm.follow_last_contact() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved bigint[] := array(
    select o.customer_id from old_rows o join new_rows n on n.id = o.id
      where (o.customer_id, o.happened_at) is distinct from (n.customer_id, n.happened_at)
    union
    select n.customer_id from old_rows o join new_rows n on n.id = o.id where o.customer_id <> n.customer_id);
begin
  if moved <> '{}' then perform crm.find_last_contact(moved); end if;
  return null;
end $$;

create trigger last_contact_insert after insert on crm.activity
  referencing new table as new_rows for each statement execute function crm.raise_last_contact();
create trigger last_contact_update after update on crm.activity
  referencing old table as old_rows new table as new_rows for each statement execute function crm.follow_last_contact();
create trigger last_contact_delete after delete on crm.activity
  referencing old table as old_rows for each statement execute function crm.lower_last_contact();

-- dictionary_entry.full_name
create or replace function crm.fill_full_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Beijing the city is not named again after Beijing the province.
  new.full_name := coalesce((select nullif(e.full_name, new.name) from crm.dictionary_entry e where e.id = new.parent_id), '') || new.name;
  return new;
end $$;

-- One level a call: the update fires this trigger again for the next.
create or replace function crm.carry_full_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from old_rows o join new_rows n on n.id = o.id where o.full_name <> n.full_name) then
    update crm.dictionary_entry e set full_name = coalesce(nullif(n.full_name, e.name), '') || e.name
      from old_rows o join new_rows n on n.id = o.id
      where o.full_name <> n.full_name and e.parent_id = n.id;
  end if;
  return null;
end $$;

create trigger fill_full_name before insert on crm.dictionary_entry
  for each row execute function crm.fill_full_name();
create trigger fill_full_name_again before update of name, parent_id, full_name on crm.dictionary_entry
  for each row when (pg_trigger_depth() = 0) execute function crm.fill_full_name();
create trigger carry_full_name after update on crm.dictionary_entry
  referencing old table as old_rows new table as new_rows for each statement execute function crm.carry_full_name();
