-- Files at records: a content is written by one transaction in pieces, sealed when a file is attached, kept as long as a
-- file or the journal refers to it. Nobody names a content that he did not just write, and nobody sees hashes: who could
-- ask for one would learn that somebody else has the same file.

-- What files, comments and the like hang on. record_in_sight and record_open_to_change ask as the person himself, so
-- that the policies of the record's own table decide (db/guard.py makes them); these two ask for the journal.
create or replace function journal.record_is_there(entity text, record_id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  is_there boolean;
begin
  if not exists (select from journal.subject s where s.table_name = record_is_there.entity) then return false; end if;
  execute format('select exists (select from crm.%I t where t.id = $1)', entity) into is_there using record_id;
  return is_there;
end $$;

create or replace function journal.may_change(entity text, record_id bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject journal.subject;
  image jsonb;
begin
  select s.* into subject from journal.subject s where s.table_name = may_change.entity;
  if not found or subject.rule not in ('owned', 'common') then return false; end if;
  if subject.rule = 'common' then return crm.may(subject.entity, 'update'); end if;
  image := journal.visible_row(entity, record_id);
  return coalesce((image ->> subject.writer_column)::bigint = any (crm.owners_in_scope(subject.entity, 'update')), false)
      or subject.writer_column = subject.owner_column and journal.is_lent(subject, image, 'update');
end $$;

-- Bytes at most in one file: the firm's setting, in megabytes.
create or replace function crm.attachment_limit() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((select s.value::text::numeric from crm.setting s
                   where s.key = 'attachment_limit_mb' and jsonb_typeof(s.value) = 'number'), 20) * 1048576;
end $$;
grant execute on function crm.attachment_limit() to crm_user;

create or replace function crm.begin_content() returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  begun bigint;
begin
  if crm.me() is null then raise insufficient_privilege; end if;
  insert into crm.attachment_content (transaction_id) values (pg_current_xact_id()::text::bigint) returning id into begun;
  return begun;
end $$;
grant execute on function crm.begin_content() to crm_user;

-- Pieces come in their order, each but the last with 256 kB: whoever has the same bytes gets these pieces to read.
create or replace function crm.add_piece(content bigint, "position" integer, bytes bytea) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  whole constant bigint := 262144;
  written bigint;
begin
  update crm.attachment_content c set size = c.size + length(bytes)
    where c.id = content and c.hash is null and c.transaction_id = pg_current_xact_id()::text::bigint
      and c.size = add_piece."position" * whole and length(bytes) between 1 and whole
    returning c.size into written;
  if written is null then raise insufficient_privilege; end if;
  if written > crm.attachment_limit() then
    raise 'The file is larger than the firm allows.' using hint = 'The administrator sets the limit.';
  end if;
  insert into crm.attachment_piece (content_id, position, bytes) values (content, add_piece."position", add_piece.bytes);
end $$;
grant execute on function crm.add_piece(bigint, integer, bytea) to crm_user;

-- The same bytes are there once; nobody is told whether they were there before.
create or replace function crm.seal_content() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  written crm.attachment_content;
  digest bytea;
  known bigint;
begin
  select c.* into written from crm.attachment_content c
    where c.id = new.content_id and c.hash is null and c.transaction_id = pg_current_xact_id()::text::bigint;
  if not found then raise insufficient_privilege; end if;
  select sha256(coalesce(string_agg(sha256(p.bytes), '' order by p.position), '')) into digest
    from crm.attachment_piece p where p.content_id = written.id;
  perform pg_advisory_xact_lock(hashtext('crm.attachment_content'), hashtext(encode(digest, 'hex')));
  select c.id into known from crm.attachment_content c where c.hash = digest for key share;
  if found then
    delete from crm.attachment_content c where c.id = written.id;
    new.content_id := known;
  else
    update crm.attachment_content c set hash = digest, transaction_id = null where c.id = written.id;
  end if;
  new.size := written.size;
  new.added_by_id := crm.me();
  new.added_at := now();
  return new;
end $$;
create trigger seal_content before insert on crm.attachment
  for each row when (current_user <> 'crm_owner') execute function crm.seal_content();

-- The bytes of the files that the person may see.
create policy may_read on crm.attachment_piece for select
  using (exists (select from crm.attachment a where a.content_id = attachment_piece.content_id));
grant select on crm.attachment_piece to crm_user;

-- What hangs on a record goes with it, in the same change set.
create or replace function crm.remove_attached() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  removed bigint[] := array(select o.id from old_rows o);
begin
  if exists (select from crm.attachment a where a.entity = tg_table_name and a.record_id = any (removed)) then
    delete from crm.attachment a where a.entity = tg_table_name and a.record_id = any (removed);
  end if;
  if exists (select from crm.comment c where c.entity = tg_table_name and c.record_id = any (removed)) then
    delete from crm.comment c where c.entity = tg_table_name and c.record_id = any (removed);
  end if;
  if exists (select from crm.share s where s.entity = tg_table_name and s.record_id = any (removed)) then
    delete from crm.share s where s.entity = tg_table_name and s.record_id = any (removed);
  end if;
  return null;
end $$;

-- Away with contents that no file has and the journal cannot bring back, and with what was begun and never attached.
create or replace function crm.forget_contents() returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  forgotten bigint;
begin
  if not crm.may('setting', 'update') then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  with kept as materialized (
    select (c.before ->> 'content_id')::bigint as id from journal.change c
    where c.table_name = 'attachment' and c.operation = 'D'
  ), unused as (
    select c.id from crm.attachment_content c
    where not exists (select from crm.attachment a where a.content_id = c.id)
      and not exists (select from kept k where k.id = c.id)
      and (c.hash is not null or c.begun_at < now() - interval '1 day')
    for update skip locked
  )
  delete from crm.attachment_content c using unused u where c.id = u.id;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
grant execute on function crm.forget_contents() to crm_user;
