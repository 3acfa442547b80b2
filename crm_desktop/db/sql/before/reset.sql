-- Run by the superuser before everything else: away with policies, triggers, functions and rights, whoever made them.
-- All are made again from this program's files, so that a database has exactly those. Tables and their rows stay.
revoke all on schema crm, journal from public, crm_user;
revoke all on all tables in schema crm, journal from public, crm_user;
revoke all on all sequences in schema crm, journal from public, crm_user;
revoke all on all routines in schema crm, journal from public, crm_user;

do $$
declare
  found record;
begin
  for found in select schemaname, tablename, policyname from pg_policies where schemaname in ('crm', 'journal') loop
    execute format('drop policy %I on %I.%I', found.policyname, found.schemaname, found.tablename);
  end loop;
  for found in
    select t.tgname, t.tgrelid::regclass as relation from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace in ('crm'::regnamespace, 'journal'::regnamespace)
  loop
    execute format('drop trigger %I on %s', found.tgname, found.relation);
  end loop;
  -- What defaults of columns and the search operator need stays; it is replaced in place.
  for found in
    select p.oid::regprocedure as routine,
           exists (select from pg_depend d where d.refobjid = p.oid and d.refclassid = 'pg_proc'::regclass) as is_needed
    from pg_proc p where p.pronamespace in ('crm'::regnamespace, 'journal'::regnamespace)
  loop
    if found.is_needed then
      execute format('alter routine %s owner to crm_owner', found.routine);
    else
      execute format('drop routine %s', found.routine);
    end if;
  end loop;
  -- Sequences of identity columns follow their tables.
  for found in
    select c.oid::regclass as relation, c.relkind from pg_class c
    where c.relnamespace in ('crm'::regnamespace, 'journal'::regnamespace) and c.relkind in ('r', 'p', 'S')
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i' and c.relkind = 'S')
  loop
    execute format('alter table %s owner to crm_owner', found.relation);
    if found.relkind <> 'S' then
      execute format('alter table %s enable row level security, force row level security', found.relation);
      execute format('create policy owner_all on %s to crm_owner using (true)', found.relation);
    end if;
  end loop;
end $$;
