-- Whether one of the person's own transactions was committed, asked after its answer was lost. The number of the
-- transaction is compared too: a crashed server may give numbers of change sets again.
create or replace function journal.was_committed(change_set bigint, transaction bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from journal.change_set s
    where s.id = change_set and s.transaction_id = transaction and s.login = session_user);
end $$;
grant execute on function journal.was_committed(bigint, bigint) to crm_user;
