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

-- A plan over transition tables is made once a session, for as many rows as the first statement had, and a join of the
-- two can then take minutes. So changed rows are found by EXCEPT, which has no bad plan, and the rest goes by arrays and
-- indexes, even where the planner still takes a table for empty.

-- customer.last_contact_at
create or replace function crm.find_last_contact(customers bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
begin
  update crm.customer c set last_contact_at = (select max(a.happened_at) from crm.activity a where a.customer_id = c.id)
    where c.id = any (customers)
      and c.last_contact_at is distinct from (select max(a.happened_at) from crm.activity a where a.customer_id = c.id);
end $$;

create or replace function crm.last_contact_after_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.find_last_contact(array(select distinct n.customer_id from new_rows n));
  return null;
end $$;

create or replace function crm.last_contact_after_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.find_last_contact(array(
    select c.customer_id from (
      (select o.id, o.customer_id, o.happened_at from old_rows o except select n.id, n.customer_id, n.happened_at from new_rows n)
      union all
      (select n.id, n.customer_id, n.happened_at from new_rows n except select o.id, o.customer_id, o.happened_at from old_rows o)
    ) c group by c.customer_id));
  return null;
end $$;

create or replace function crm.last_contact_after_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.find_last_contact(array(select distinct o.customer_id from old_rows o));
  return null;
end $$;

create trigger last_contact_insert after insert on crm.activity
  referencing new table as new_rows for each statement execute function crm.last_contact_after_insert();
create trigger last_contact_update after update on crm.activity
  referencing old table as old_rows new table as new_rows for each statement execute function crm.last_contact_after_update();
create trigger last_contact_delete after delete on crm.activity
  referencing old table as old_rows for each statement execute function crm.last_contact_after_delete();

-- dictionary_entry.full_name and full_name_en: 广东广州天河; Tianhe, Guangzhou, Guangdong
create or replace function crm.fill_full_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  parent crm.dictionary_entry;
  english text := coalesce(nullif(new.name_en, ''), new.name);
begin
  select e.* into parent from crm.dictionary_entry e where e.id = new.parent_id;
  -- Beijing the city is not named again after Beijing the province.
  new.full_name := coalesce(nullif(parent.full_name, new.name), '') || new.name;
  new.full_name_en := concat_ws(', ', english, nullif(nullif(parent.full_name_en, english), ''));
  return new;
end $$;

-- One level a call: the update fires this trigger again for the next.
create or replace function crm.carry_full_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  renamed bigint[] := array(
    select c.id from (select n.id, n.full_name, n.full_name_en from new_rows n
                      except select o.id, o.full_name, o.full_name_en from old_rows o) c);
begin
  if renamed <> '{}' then
    update crm.dictionary_entry e
      set full_name = coalesce(nullif(p.full_name, e.name), '') || e.name,
          full_name_en = concat_ws(', ', coalesce(nullif(e.name_en, ''), e.name),
                                   nullif(nullif(p.full_name_en, coalesce(nullif(e.name_en, ''), e.name)), ''))
      from crm.dictionary_entry p
      where p.id = any (renamed) and e.parent_id = p.id;
  end if;
  return null;
end $$;

create trigger fill_full_name before insert on crm.dictionary_entry
  for each row execute function crm.fill_full_name();
create trigger fill_full_name_again before update of name, name_en, parent_id, full_name, full_name_en
  on crm.dictionary_entry
  for each row when (pg_trigger_depth() = 0) execute function crm.fill_full_name();
create trigger carry_full_name after update on crm.dictionary_entry
  referencing old table as old_rows new table as new_rows for each statement execute function crm.carry_full_name();

-- Choices that the program decides by are all there from the beginning: a firm names and colours them as it likes.
create or replace function crm.keep_fixed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from crm.dictionary d where d.is_fixed and d.id in (old.dictionary_id, new.dictionary_id))
     and (tg_op <> 'UPDATE' or (old.dictionary_id, old.code, old.is_active) is distinct from (new.dictionary_id, new.code, new.is_active)) then
    raise 'The entries of this dictionary are fixed.' using errcode = '42501', hint = 'They can be renamed and coloured.';
  end if;
  return coalesce(new, old);
end $$;
create trigger keep_fixed before insert or update or delete on crm.dictionary_entry
  for each row when (current_user <> 'crm_owner' and crm.me() is not null) execute function crm.keep_fixed();

-- Departments, and categories of products, are trees: what lay in itself would be found in none of them. What lies above is
-- locked on the way up, so that two who each put one into the other's do not both succeed.
create or replace function crm.keep_tree() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  over bigint := new.parent_id;
  passed bigint[] := '{}';
begin
  while over <> all (passed) loop  -- null at the top; what was put in a circle before this was kept has none
    if over = new.id then
      raise 'This cannot be part of itself.' using hint = 'Choose one that is not below it.';
    end if;
    passed := passed || over;
    execute format('select t.parent_id from crm.%I t where t.id = $1 for no key update', tg_table_name) into over using over;
  end loop;
  return new;
end $$;
create trigger keep_tree before update of parent_id on crm.department
  for each row when (new.parent_id is distinct from old.parent_id) execute function crm.keep_tree();
create trigger keep_tree before update of parent_id on crm.product_category
  for each row when (new.parent_id is distinct from old.parent_id) execute function crm.keep_tree();
