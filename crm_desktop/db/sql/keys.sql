-- Keys of new rows. The program names them itself where it writes parents and parts at once, but only keys that the
-- counter gave out and no record ever had: who took a deleted record's key would get its history, and its parts with
-- the undo; who ran ahead of the counter would stop everybody else.

create or replace function crm.check_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  lowest bigint;
  highest bigint;
begin
  select min(n.id), max(n.id) into lowest, highest from new_rows n;
  if highest > coalesce(pg_sequence_last_value(pg_get_serial_sequence(format('crm.%I', tg_table_name), 'id')::regclass), 0)
     or exists (select from journal.change c
                where c.table_name = tg_table_name and c.row_id between lowest and highest and c.operation = 'D'
                  and exists (select from new_rows n where n.id = c.row_id)) then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return null;
end $$;
