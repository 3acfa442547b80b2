-- What administrators look at on the server: who is connected, how large everything is. crm_owner may read statistics
-- and end sessions (before/roles.sql); these functions hand on only what concerns this database and its employees.

create or replace function crm.check_may_look_after_server() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not crm.may('setting', 'update') then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
end $$;

create or replace function crm.connections()
returns table (pid integer, login text, name text, program text, address text, since timestamptz, active_at timestamptz,
               is_working boolean, is_employee boolean, is_mine boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_look_after_server();
  return query
    select a.pid, a.usename::text, coalesce(e.name, '')::text, a.application_name, coalesce(host(a.client_addr), ''),
           a.backend_start, coalesce(a.state_change, a.backend_start), coalesce(a.state = 'active', false),
           crm.is_plain_login(a.usename::text), a.usename = session_user
    from pg_stat_activity a left join crm.employee e on e.login = a.usename
    where a.datname = current_database() and a.backend_type = 'client backend'
    order by e.sort_key nulls last, a.usename, a.backend_start, a.pid;
end $$;
grant execute on function crm.connections() to crm_user;

-- Ends all connections of one employee's login to this database but the caller's own; returns how many were told to
-- go. What he had not saved yet stays on his PC.
create or replace function crm.end_connections(login text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_look_after_server();
  perform crm.check_plain_login(login);
  return (select count(*) filter (where pg_terminate_backend(a.pid))::int from pg_stat_activity a
          where a.usename = end_connections.login and a.datname = current_database()
            and a.backend_type = 'client backend' and a.pid <> pg_backend_pid());
end $$;
grant execute on function crm.end_connections(text) to crm_user;

-- Bytes of the database and of its largest tables with their indexes; the journal's months are one table.
create or replace function crm.sizes() returns table (name text, bytes bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_look_after_server();
  return query
    (select ''::text, pg_database_size(current_database()))
    union all
    (select case when c.relispartition then 'change' else c.relname::text end as table_name,
            sum(pg_total_relation_size(c.oid))::bigint as size
     from pg_class c
     where c.relnamespace in ('crm'::regnamespace, 'journal'::regnamespace) and c.relkind = 'r'
     group by 1 order by 2 desc, 1 limit 8);
end $$;
grant execute on function crm.sizes() to crm_user;

create or replace function crm.server_facts() returns table (started_at timestamptz, used_connections integer, most_connections integer)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_look_after_server();
  return query
    select pg_postmaster_start_time(), (select count(*)::int from pg_stat_activity a where a.backend_type = 'client backend'),
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int;
end $$;
grant execute on function crm.server_facts() to crm_user;
