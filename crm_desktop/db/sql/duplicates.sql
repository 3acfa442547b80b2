-- Who is already there. Records out of the asker's sight are told of too, without their id: otherwise two salespeople
-- register the same customer. What he learns of them is that they exist and whose they are, nothing else; and only by
-- a whole name, number or address (a token with '='), never by pieces of them.
create or replace function crm.find_duplicates(name_core text, tax_no text, tokens text[], except_id bigint)
returns table (id bigint, name text, code text, owner text, reason text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  sight bigint[] := crm.owners_in_scope('customer', 'read');
  lent bigint[] := crm.shared_for(crm.me(), 'customer', 'read');
  whole text[] := array(select t from unnest(tokens) t where t like '=%' and t <> '=?');
begin
  if not crm.may('customer', 'create') and not crm.may('customer', 'update') then return; end if;
  return query
    with found as (
      select c.id, 1 as rank, 'name' as reason from crm.customer c
        where find_duplicates.name_core <> '' and c.name_core = find_duplicates.name_core
      union all
      select c.id, 2, 'tax_no' from crm.customer c where find_duplicates.tax_no <> '' and c.tax_no = find_duplicates.tax_no
      union all
      select c.id, 3, case when t like '%@%' then 'email' else 'phone' end from unnest(whole) t
        cross join lateral (
          select x.id from crm.customer x
          where crm.owned_grams(x.search_grams, x.owner_id) operator(crm.@>>) array[t] limit 5) c
      union all
      select k.customer_id, 4, case when t like '%@%' then 'email' else 'phone' end from unnest(whole) t
        cross join lateral (
          select x.customer_id from crm.contact x
          where crm.owned_grams(x.search_grams, x.owner_id) operator(crm.@>>) array[t] limit 5) k
    ), best as (
      select distinct on (f.id) f.id, f.rank, f.reason from found f where f.id is distinct from except_id order by f.id, f.rank
    )
    select case when seen.yes then c.id end, case when seen.yes then c.name::text end,
           case when seen.yes then c.code::text end, e.name::text, b.reason
    from best b join crm.customer c on c.id = b.id join crm.employee e on e.id = c.owner_id
    cross join lateral (select c.owner_id = any (sight) or c.id = any (lent) as yes) seen
    order by b.rank, c.sort_key limit 10;
end $$;
grant execute on function crm.find_duplicates(text, text, text[], bigint) to crm_user;

-- Ids for many new rows at once, so that their parts can be written together with them.
create or replace function crm.reserve_ids(table_name text, count integer) returns bigint[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.me() is null or count not between 1 and 1000000 then raise insufficient_privilege; end if;
  return array(select nextval(pg_get_serial_sequence(format('crm.%I', table_name), 'id')) from generate_series(1, count));
end $$;
grant execute on function crm.reserve_ids(text, integer) to crm_user;

-- So many numbers, for an import of rows that have none.
create or replace function crm.next_numbers(entity text, count integer) returns text[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not crm.may(entity, 'create') or count not between 1 and 1000000 then raise insufficient_privilege; end if;
  return array(select crm.next_number(entity) from generate_series(1, count));
end $$;
grant execute on function crm.next_numbers(text, integer) to crm_user;

-- Which of these numbers are used already, also out of the asker's sight: a unique key would tell him one by one.
drop function if exists crm.taken_codes(text[]);
create or replace function crm.taken_codes(entity text, codes text[]) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  taken text[];
begin
  if not crm.may(entity, 'create') then return '{}'; end if;
  execute format('select array(select t.code::text from crm.%I t where t.code = any ($1))', entity) into taken using codes;
  return taken;
end $$;
grant execute on function crm.taken_codes(text, text[]) to crm_user;
