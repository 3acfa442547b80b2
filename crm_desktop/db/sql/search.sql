-- Search columns of rows that plain SQL writes or undo restores. The program computes them itself (core/text.py), with
-- pinyin, which SQL cannot. What is filled in here carries the token '=?', by which the program finds it and completes it.

create or replace function crm.normalise(value text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select lower(trim(regexp_replace(normalize(value, nfkc), '\s+', ' ', 'g')))
$$;
grant execute on function crm.normalise(text) to crm_user;

create or replace function crm.digits(phone text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select regexp_replace(regexp_replace(trim(normalize(phone, nfkc)), '^(\+|00)86[\s-]*', ''), '\D+', '', 'g')
$$;

-- For tables with name and phones; code, login, short_name, email and custom texts are read where the table has them.
-- Leaves alone what already contains the new values: the program wrote it.
create or replace function crm.fill_search() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  row_values jsonb := to_jsonb(new);
  name text := crm.normalise(coalesce(row_values ->> 'name', row_values ->> 'subject', row_values ->> 'serial'));
  email text := crm.normalise(row_values ->> 'email');
  phones text[] := array(select distinct crm.digits(p)
                         from jsonb_array_elements_text(coalesce(row_values -> 'phones', '[]')) p where crm.digits(p) <> '');
  lines text[] := array(
    select distinct line
    from unnest(array[name, crm.normalise(row_values ->> 'short_name'),
                      crm.normalise(row_values ->> 'code'), crm.normalise(row_values ->> 'login'),
                      crm.normalise(row_values ->> 'product_model'), crm.normalise(row_values ->> 'specification'), email] || phones
                || array(select crm.normalise(row_values ->> p) from unnest(array['keywords', 'problem', 'solution']) p
                         where row_values ? 'keywords')
                || array(select crm.normalise(f.value) from jsonb_each_text(row_values) f where f.key ~ '^x_text_\d+$')) line
    where line <> '');
begin
  if tg_op = 'UPDATE' and string_to_array(new.search_text, E'\n') @> lines then return new; end if;
  if row_values ? 'name_core' then
    if tg_op = 'UPDATE' or new.name_core = '' then new.name_core := name; end if;
  end if;
  new.sort_key := left(name, 16);
  new.search_text := array_to_string(lines, E'\n');
  new.search_grams := array(
    select substr(line, start, length) from unnest(lines) line
      cross join unnest(array[1, 2, 4]) length
      cross join generate_series(1, length(line) - length + 1) start
      where substr(line, start, length) <> ' ' and (length < 4 or octet_length(substr(line, start, 4)) = 4)
    union select '=' || p from unnest(phones) p where length(p) >= 7
    union select '=' || email where email <> ''
    union select '=?');
  return new;
end $$;

-- The number that the database gives to a new row is not known yet when the program computes its search columns.
create or replace function crm.add_number() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  line text := crm.normalise(new.code);
begin
  new.search_text := new.search_text || E'\n' || line;
  new.search_grams := array(
    select unnest(new.search_grams)
    union select substr(line, start, length) from unnest(array[1, 2, 4]) length
      cross join generate_series(1, length(line) - length + 1) start
    where length < 4 or octet_length(substr(line, start, 4)) = 4);
  return new;
end $$;

-- Pieces that many rows of a large table have: what is typed of these is looked for among the first rows instead, since
-- the index would collect a good part of the table. From a sample of some hundred rows, whose they are does not matter:
-- what so many have is nobody's secret.
create or replace function crm.common_pieces() returns table (table_name text, pieces text[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  rows_in_sample constant int := 600;
  share constant real := 0.01;
  indexed text;
  size real;
begin
  if crm.me() is null then return; end if;
  for table_name, indexed, size in
    select t.relname, pg_get_indexdef(i.indexrelid, 1, true), t.reltuples
    from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where t.relnamespace = 'crm'::regnamespace and x.relname = t.relname || '_search_idx' and t.reltuples > 30000
  loop
    execute format(
      'with sample as (select %s as pieces from crm.%I tablesample system (%s))'
      ' select array(select piece from sample, unnest(pieces) piece where piece not like ''owner %%'' group by piece'
      ' having count(*) >= %s * (select count(*) from sample))',
      indexed, table_name, 100.0 * rows_in_sample / size, share) into pieces;
    return next;
  end loop;
end $$;
grant execute on function crm.common_pieces() to crm_user;
