-- Run by the owner before the tables exist, because defaults of columns call these functions.

-- The active employee of this session; null for everybody else, who then sees nothing.
create or replace function crm.me() returns bigint
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Names of roles have a collation of their own, with which the index of logins would be of no use.
  return (select e.id from crm.employee e where e.login = session_user::text collate "default" and e.is_active);
end $$;
grant execute on function crm.me() to crm_user;

-- The next free number of an entity. Numbers that an import or a person already used are passed over.
create or replace function crm.next_number(entity text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  letter text := case entity when 'customer' then 'C' when 'product' then 'P' when 'opportunity' then 'O' when 'lead' then 'L'
                             when 'service_request' then 'S' when 'knowledge_article' then 'K' end;
  counted bigint;
  number text;
  is_used boolean;
begin
  if letter is null then raise 'no numbers are counted for %', entity; end if;
  loop
    counted := nextval(format('crm.%I', entity || '_number')::regclass);
    number := letter || lpad(counted::text, greatest(6, length(counted::text)), '0');
    execute format('select exists (select from crm.%I t where t.code = $1)', entity) into is_used using number;
    exit when not is_used;
  end loop;
  return number;
end $$;
grant execute on function crm.next_number(text) to crm_user;

-- An entry of a dictionary by their codes.
create or replace function crm.choice(dictionary text, code text) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select e.id from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id
          where d.code = choice.dictionary and e.code = choice.code);
end $$;
grant execute on function crm.choice(text, text) to crm_user;

-- Who has what nobody has.
create or replace function crm.pool_owner() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select e.id from crm.employee e where e.is_pool);
end $$;
grant execute on function crm.pool_owner() to crm_user;

-- The stage in which an opportunity begins where nobody names one.
create or replace function crm.first_sales_stage() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select s.id from crm.sales_stage s join crm.sales_process p on p.id = s.process_id
          order by p.is_default desc, p.is_active desc, p.sort_order, p.id, s.sort_order, s.id limit 1);
end $$;
grant execute on function crm.first_sales_stage() to crm_user;
