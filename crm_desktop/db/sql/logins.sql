-- Logins of employees, for the administrator inside the workbench. Passwords arrive as SCRAM verifiers, so that no log
-- sees one. Only plain logins of this product are touched: members of crm_user and of nothing else, with no power of
-- their own. Whoever maintains the database (crm_owner's members, so superusers) may do all of it.

create or replace function crm.check_may_manage_logins(verb text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not crm.may('employee', verb) and not pg_has_role(session_user, 'crm_owner', 'member') then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
end $$;

create or replace function crm.check_verifier(verifier text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if verifier is null or verifier !~ '^SCRAM-SHA-256\$\d{4,7}:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' then
    raise 'The password must come as a SCRAM verifier.';
  end if;
end $$;

create or replace function crm.is_plain_login(login text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from pg_roles r join pg_auth_members m on m.member = r.oid
    where r.rolname = login and not (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls)
    having count(*) filter (where m.roleid = 'crm_user'::regrole) > 0 and count(*) filter (where m.roleid <> 'crm_user'::regrole) = 0);
end $$;

create or replace function crm.check_plain_login(login text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if login is null or not crm.is_plain_login(login) then
    raise 'There is no such login of this program.' using hint = 'Check how it is written.';
  end if;
end $$;

create or replace function crm.create_login(login text, verifier text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_manage_logins('create');
  perform crm.check_verifier(verifier);
  if login is null or login !~ '^[a-z][a-z0-9._-]{0,62}$' or login like 'pg\_%' or login in ('crm_owner', 'crm_user', 'postgres', 'public', 'none') then
    raise 'A login has small letters, digits, dots and hyphens, and begins with a letter.' using hint = 'Choose another login.';
  end if;
  -- Somebody of another database of this server: his password stays his own affair.
  if exists (select from pg_roles where rolname = login) then
    raise 'This login exists already on the server.' using hint = 'Choose another login.';
  end if;
  -- A workbench needs three connections; without a limit one person could take all of the office's.
  execute format('create role %I login inherit connection limit 20 password %L in role crm_user', login, verifier);
end $$;
grant execute on function crm.create_login(text, text) to crm_user;

create or replace function crm.set_login_password(login text, verifier text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.me() is null or login is distinct from session_user::text then perform crm.check_may_manage_logins('update'); end if;
  perform crm.check_verifier(verifier);
  perform crm.check_plain_login(login);
  execute format('alter role %I password %L', login, verifier);
end $$;
grant execute on function crm.set_login_password(text, text) to crm_user;

-- Who is signed in stays so until he leaves.
create or replace function crm.set_login_active(login text, active boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_manage_logins('update');
  perform crm.check_plain_login(login);
  execute format('alter role %I %s', login, case when active then 'login' else 'nologin' end);
end $$;
grant execute on function crm.set_login_active(text, boolean) to crm_user;

create or replace function crm.drop_login(login text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform crm.check_may_manage_logins('delete');
  perform crm.check_plain_login(login);
  execute format('drop role %I', login);
exception when dependent_objects_still_exist then
  raise 'Something in the database belongs to this login.' using hint = 'Lock the employee instead.';
end $$;
grant execute on function crm.drop_login(text) to crm_user;

-- A locked employee's login is locked with him. Rows are written before or without their login, too: nothing to do then.
create or replace function crm.follow_is_active() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.is_plain_login(new.login) then
    execute format('alter role %I %s', new.login, case when new.is_active then 'login' else 'nologin' end);
  end if;
  return null;
end $$;
create trigger follow_is_active after update of is_active on crm.employee
  for each row when (old.is_active <> new.is_active) execute function crm.follow_is_active();
