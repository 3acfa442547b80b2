-- What a part that was used comes to. Nothing but its words may say which it was.
create or replace function crm.weigh_part() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.product_id is null and new.description is null then
    raise 'Say which part was used.' using hint = 'Choose a product, or describe it in words.';
  end if;
  new.amount := round(new.quantity * new.unit_price, 2);
  return new;
end $$;
create trigger weigh before insert or update of product_id, description, quantity, unit_price on crm.service_part
  for each row execute function crm.weigh_part();
