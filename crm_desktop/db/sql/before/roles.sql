-- Run by the superuser on the whole server: the two roles that all its databases share. They are written only where
-- something is missing, since another database may be set up or upgraded at the same moment.
do $$
declare
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
  if version >= 16 and not exists (
      select from pg_auth_members where roleid = 'crm_user'::regrole and member = 'crm_owner'::regrole and admin_option) then
    execute 'grant crm_user to crm_owner with admin true, inherit false, set false';
  end if;
end $$
