-- What stands in a database beside its rows. Asked from outside by the check; the database itself has it as the
-- function journal.present(), to note what a custom field adds. Partitions of the journal are left out: they come and
-- go with the months.
with space as (select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ('crm', 'journal')),
relation as (
  select c.oid, format('%s.%s', s.nspname, c.relname) as name, c.relkind, c.relowner, c.relacl,
         c.relrowsecurity, c.relforcerowsecurity
  from pg_class c join space s on s.oid = c.relnamespace where not c.relispartition
)
select 'schema' as kind, nspname::text as name, format('%s %s', nspowner::regrole, nspacl) as definition from space
union all
select 'table', name, format('%s %s %s %s', relowner::regrole, relacl, relrowsecurity, relforcerowsecurity)
  from relation where relkind in ('r', 'p', 'v', 'm', 'S')
union all
select 'column', format('%s.%s', r.name, a.attname),
       format('%s %s %s %s', format_type(a.atttypid, a.atttypmod), a.attnotnull,
              pg_get_expr(d.adbin, d.adrelid), a.attacl)
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
  where r.relkind in ('r', 'p', 'v', 'm')
union all
select 'index', r.name, pg_get_indexdef(r.oid) from relation r where r.relkind in ('i', 'I')
union all
select 'constraint', format('%s.%s', r.name, k.conname), pg_get_constraintdef(k.oid)
  from relation r join pg_constraint k on k.conrelid = r.oid where k.contype in ('p', 'u', 'f', 'c')
union all
select 'policy', format('%s.%s', r.name, p.polname),
       format('%s %s %s using %s check %s', p.polcmd, p.polpermissive,
              array(select g::regrole::text from unnest(p.polroles) g order by 1),
              pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from relation r join pg_policy p on p.polrelid = r.oid
union all
select 'trigger', format('%s.%s', r.name, t.tgname), format('%s %s', t.tgenabled, pg_get_triggerdef(t.oid))
  from relation r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
union all
select 'function', p.oid::regprocedure::text,
       format('%s %s %s', p.proowner::regrole, p.proacl,
              case when p.prokind <> 'a' then md5(pg_get_functiondef(p.oid)) end)
  from pg_proc p join space s on s.oid = p.pronamespace
union all
select 'language', lanname::text, lanacl::text from pg_language where lanname in ('sql', 'plpgsql')
union all
select 'operator class', opcname::text, opckeytype::regtype::text
  from pg_opclass join space s on s.oid = opcnamespace
