-- What follows from whose a sales target is and of which month. A month that there is not is left to its check.
create or replace function crm.keep_sales_target() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.begins_on := (make_date(new.year, 1, 1) + (new.month - 1) * interval '1 month')::date;
  new.title := coalesce((select e.name from crm.employee e where e.id = new.owner_id), '')
    || to_char(new.begins_on, ' YYYY-MM');
  return new;
end $$;
create trigger keep_month before insert or update of owner_id, year, month on crm.sales_target
  for each row execute function crm.keep_sales_target();
