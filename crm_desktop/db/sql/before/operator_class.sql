-- Run by the superuser before the tables exist: extension, and search under row security.
-- PostgreSQL uses an index below a policy only for leakproof operators, and its own array operators are not.
-- This one is: it tells nobody anything about rows he may not see. Nothing in pg_catalog is altered.
create extension if not exists btree_gin with schema public;

create or replace function crm.grams_contain(text[], text[]) returns bool
  language internal immutable strict leakproof parallel safe as 'arraycontains';

do $$ begin
  if to_regoperator('crm.@>>(text[],text[])') is null then
    create operator crm.@>> (
      leftarg = text[], rightarg = text[], function = crm.grams_contain, restrict = contsel, join = contjoinsel
    );
  end if;
  if not exists (select from pg_opclass where opcname = 'gram_ops' and opcnamespace = 'crm'::regnamespace) then
    create operator class crm.gram_ops for type text[] using gin as
      operator 2 crm.@>> (text[], text[]),
      function 1 bttextcmp(text, text),
      function 2 ginarrayextract(anyarray, internal, internal),
      function 3 ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal),
      function 4 ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal),
      function 6 ginarraytriconsistent(internal, smallint, anyarray, integer, internal, internal, internal),
      storage text;
  end if;
end $$;
alter function crm.grams_contain(text[], text[]) owner to crm_owner;
grant execute on function crm.grams_contain(text[], text[]) to crm_user, crm_owner;
