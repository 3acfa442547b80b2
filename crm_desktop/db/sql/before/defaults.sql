-- Run by the owner before the tables exist, because defaults of columns call these functions.

-- The active employee of this session; null for everybody else, who then sees nothing.
create or replace function crm.me() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Names of roles have a collation of their own, with which the index of logins would be of no use.
  return (select e.id from crm.employee e where e.login = session_user::text collate "default" and e.is_active);
end $$;
grant execute on function crm.me() to crm_user;

-- The next free number of an entity. Numbers that an import or a person already used are passed over.
create or replace function crm.next_number(entity text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  counted bigint;
  number text;
begin
  if entity <> 'customer' then raise 'no numbers are counted for %', entity; end if;
  loop
    counted := nextval('crm.customer_number');
    number := 'C' || lpad(counted::text, greatest(6, length(counted::text)), '0');
    exit when not exists (select from crm.customer c where c.code = number);
  end loop;
  return number;
end $$;
grant execute on function crm.next_number(text) to crm_user;
