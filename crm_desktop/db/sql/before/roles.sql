-- Run by the superuser on the whole server: the two roles that all its databases share. They are written only where
-- something is missing, since another database may be set up or upgraded at the same moment.
do $$
declare
  login text;
  version int := current_setting('server_version_num')::int / 10000;
begin
  perform pg_advisory_xact_lock(hashtext('crm.roles'));
  if not exists (select from pg_roles where rolname = 'crm_owner') then
    create role crm_owner nologin createrole;
  elsif exists (select from pg_roles where rolname = 'crm_owner'
                and (rolcanlogin or rolsuper or rolbypassrls or not rolcreaterole)) then
    alter role crm_owner nologin nosuperuser nobypassrls createrole;
  end if;
  if not exists (select from pg_roles where rolname = 'crm_user') then
    create role crm_user nologin;
  elsif exists (select from pg_roles where rolname = 'crm_user' and (rolcanlogin or rolsuper or rolbypassrls)) then
    alter role crm_user nologin nosuperuser nobypassrls;
  end if;
  -- For sql/server.sql: who is connected, and ending his session. Nobody can sign in as crm_owner.
  if not pg_has_role('crm_owner', 'pg_read_all_stats', 'usage') then grant pg_read_all_stats to crm_owner; end if;
  if not pg_has_role('crm_owner', 'pg_signal_backend', 'usage') then grant pg_signal_backend to crm_owner; end if;
  if version < 16 then return; end if;
  if not exists (select from pg_auth_members
                 where roleid = 'crm_user'::regrole and member = 'crm_owner'::regrole and admin_option) then
    execute 'grant crm_user to crm_owner with admin true, inherit false, set false';
  end if;
  -- Employees' logins that a superuser made, or that came from an older PostgreSQL: since 16 only who has the admin
  -- option on a role may change it, and the administrator's functions run as crm_owner.
  for login in
    select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.member
    where m.roleid = 'crm_user'::regrole and r.rolname <> 'crm_owner'
      and not (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls)
      and not exists (select from pg_auth_members a
                      where a.roleid = r.oid and a.member = 'crm_owner'::regrole and a.admin_option)
  loop
    execute format('grant %I to crm_owner with admin true, inherit false, set false', login);
  end loop;
end $$
