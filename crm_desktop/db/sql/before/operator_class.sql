-- Run by the superuser before the tables exist: extension, and search under row security.
-- PostgreSQL uses an index below a policy only for leakproof operators, and its own array operators are not.
-- These are: they tell nobody anything about rows he may not see. Nothing in pg_catalog is altered.
create or replace function crm.grams_contain(text[], text[]) returns bool
  language internal immutable strict leakproof parallel safe as 'arraycontains';
create or replace function crm.grams_overlap(text[], text[]) returns bool
  language internal immutable strict leakproof parallel safe as 'arrayoverlap';

do $$ begin
  if to_regoperator('crm.@>>(text[],text[])') is null then
    create operator crm.@>> (
      leftarg = text[], rightarg = text[], function = crm.grams_contain, restrict = eqsel, join = contjoinsel
    );
  end if;
  alter operator crm.@>> (text[], text[]) set (restrict = eqsel);  -- found rows are few: nothing beside this index helps
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
  if to_regoperator('crm.&&&(text[],text[])') is null then
    create operator crm.&&& (leftarg = text[], rightarg = text[], function = crm.grams_overlap, restrict = eqsel);
    alter operator family crm.gram_ops using gin add operator 1 crm.&&& (text[], text[]);
  end if;
end $$;

-- What is indexed: a row's grams and its owner's, so that one index answers whoever asks. Who sees little looks for all
-- the pieces and any of the owners in one walk through it; who sees much for the pieces alone, and each row found is
-- judged by the policy. As an index over the column itself, the owners would be looked up one by one, 205 for a manager.
create or replace function crm.owned_grams(grams text[], owner_id bigint) returns text[]
language plpgsql immutable leakproof parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return grams || ('owner ' || owner_id);
end $$;
alter function crm.owned_grams(text[], bigint) owner to crm_owner;
grant execute on function crm.owned_grams(text[], bigint) to crm_user, crm_owner;

-- The same of a line that is stored without its grams: its pieces of two characters, and of four letters or digits.
create or replace function crm.owned_pieces(line text, owner_id bigint) returns text[]
language plpgsql immutable leakproof parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  text text := lower(normalize(line, nfkc));
  size int := length(text);
  found text[] := array['owner ' || owner_id];
  four text;
begin
  for n in 1 .. size - 1 loop
    found := found || substr(text, n, 2);
    four := substr(text, n, 4);
    if octet_length(four) = 4 and n <= size - 3 then found := found || four; end if;
  end loop;
  return found;
end $$;
alter function crm.owned_pieces(text, bigint) owner to crm_owner;
grant execute on function crm.owned_pieces(text, bigint) to crm_user, crm_owner;
alter function crm.grams_contain(text[], text[]) owner to crm_owner;
alter function crm.grams_overlap(text[], text[]) owner to crm_owner;
grant execute on function crm.grams_contain(text[], text[]), crm.grams_overlap(text[], text[]) to crm_user, crm_owner;
