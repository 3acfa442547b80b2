-- Saved views of lists. Who made a view has it for himself until he shows it to groups or to everybody, for which he
-- needs the function share_views of the list's entity. Who has that function may also change the views that are shown
-- to him. How somebody arranged a list is nobody's history; a change is only told.

create or replace function crm.my_groups() returns bigint[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select array(select m.group_id from crm.group_member m where m.employee_id = crm.me())
$$;
grant execute on function crm.my_groups() to crm_user;

create or replace function crm.tell_of_views() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    perform journal.notify(tg_table_name, 'd', array(select o.id from old_rows o limit 201));
  else
    perform journal.notify(tg_table_name, left(tg_op, 1), array(select n.id from new_rows n limit 201));
  end if;
  return null;
end $$;

create trigger tell_insert after insert on crm.saved_view referencing new table as new_rows
  for each statement execute function crm.tell_of_views();
create trigger tell_update after update on crm.saved_view referencing new table as new_rows
  for each statement execute function crm.tell_of_views();
create trigger tell_delete after delete on crm.saved_view referencing old table as old_rows
  for each statement execute function crm.tell_of_views();
