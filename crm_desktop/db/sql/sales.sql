-- What follows when an opportunity enters a stage. An undo puts back what it finds in the journal, so none of this is
-- for the owner of the tables.

create or replace function crm.enter_stage() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  stage crm.sales_stage;
begin
  select s.* into stage from crm.sales_stage s where s.id = new.stage_id;
  new.outcome_id := stage.outcome_id;
  if tg_op = 'INSERT' then
    new.probability := coalesce(new.probability, stage.probability);
    new.category_id := coalesce(new.category_id, stage.category_id);
    -- One that is entered later than it happened has been in its stage since then.
    if coalesce(new.closed_on, new.opened_on) < current_date then
      new.stage_since := coalesce(new.closed_on, new.opened_on);
    end if;
  else
    new.stage_since := now();
    if new.probability is not distinct from old.probability then new.probability := stage.probability; end if;
    if new.category_id is not distinct from old.category_id then new.category_id := stage.category_id; end if;
    new.checked := '{}';
  end if;
  if new.outcome_id = crm.choice('outcome', 'open') then
    new.closed_on := null;
    new.reason_id := null;
    new.stalls_on := new.stage_since::date + stage.days_allowed;
  else
    new.closed_on := coalesce(new.closed_on, current_date);
    new.stalls_on := null;
  end if;
  return new;
end $$;
create trigger enter_first_stage before insert on crm.opportunity
  for each row when (current_user <> 'crm_owner') execute function crm.enter_stage();
create trigger enter_stage before update on crm.opportunity
  for each row when (old.stage_id <> new.stage_id and current_user <> 'crm_owner') execute function crm.enter_stage();

create or replace function crm.weigh_opportunity() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.weighted_amount := round(new.amount * new.probability / 100, 2);
  return new;
end $$;
create trigger weigh before insert or update of amount, probability, stage_id on crm.opportunity  -- after enter_stage
  for each row execute function crm.weigh_opportunity();

create or replace function crm.weigh_line() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' and new.unit_price is null then
    new.unit_price := (select p.list_price from crm.product p where p.id = new.product_id);
  end if;
  new.amount := round(new.quantity * new.unit_price, 2);
  return new;
end $$;
create trigger weigh before insert or update of product_id, quantity, unit_price on crm.opportunity_line
  for each row execute function crm.weigh_line();

create or replace function crm.begin_stay() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into crm.opportunity_stay (opportunity_id, owner_id, stage_id, entered_at, note)
    select n.id, n.owner_id, n.stage_id, n.stage_since, n.stage_note from new_rows n order by n.id;
  return null;
end $$;

-- What a stage left behind is not marked as left: that is when the next one begins, also after an undo.
create or replace function crm.change_stay() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved bigint[] := array(
    select c.id from (select n.id, n.stage_id, n.stage_since from new_rows n
                      except select o.id, o.stage_id, o.stage_since from old_rows o) c);
begin
  if moved <> '{}' then
    insert into crm.opportunity_stay (opportunity_id, owner_id, stage_id, entered_at, note)
      select o.id, o.owner_id, o.stage_id, o.stage_since, o.stage_note from crm.opportunity o
      where o.id = any (moved) order by o.id;
  end if;
  return null;
end $$;
create trigger begin_stay after insert on crm.opportunity referencing new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.begin_stay();
create trigger change_stay after update on crm.opportunity referencing old table as old_rows new table as new_rows
  for each statement when (current_user <> 'crm_owner') execute function crm.change_stay();

-- Where a deal is won, winning it is certain; where it is lost or closed, it is out of the question.
create or replace function crm.keep_stage() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.outcome_id <> crm.choice('outcome', 'open') then
    new.probability := case when new.outcome_id = crm.choice('outcome', 'won') then 100 else 0 end;
  end if;
  return new;
end $$;
create trigger keep_stage before insert or update of outcome_id, probability on crm.sales_stage
  for each row when (current_user <> 'crm_owner') execute function crm.keep_stage();

-- A stage that means something else from now on, or allows more days, does so for what is in it.
create or replace function crm.carry_stage() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  is_open bigint := crm.choice('outcome', 'open');
  changed bigint[] := array(
    select c.id from (select n.id, n.outcome_id, n.days_allowed from new_rows n
                      except select o.id, o.outcome_id, o.days_allowed from old_rows o) c);
begin
  if changed <> '{}' then
    -- When somebody said it was closed follows from nothing else, so an undo must find it.
    insert into journal.change (change_set_id, at, table_name, row_id, operation, before)
      select journal.current_change_set(), clock_timestamp(), 'opportunity', o.id, 'U', jsonb_build_object('closed_on', o.closed_on)
      from crm.opportunity o join crm.sales_stage s on s.id = o.stage_id
      where s.id = any (changed) and (o.closed_on is null) = (s.outcome_id <> is_open) order by o.id;
    update crm.opportunity o
      set outcome_id = s.outcome_id,
          closed_on = case when s.outcome_id <> is_open then coalesce(o.closed_on, o.stage_since::date) end,
          stalls_on = case when s.outcome_id = is_open then o.stage_since::date + s.days_allowed end
      from crm.sales_stage s where s.id = any (changed) and o.stage_id = s.id;
  end if;
  return null;
end $$;
create trigger carry_stage after update on crm.sales_stage referencing old table as old_rows new table as new_rows
  for each statement execute function crm.carry_stage();

-- The process that new opportunities begin in is one: which becomes it takes the place of the one before.
create or replace function crm.keep_one_default_process() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update crm.sales_process p set is_default = false where p.is_default and p.id <> new.id;
  return new;
end $$;
create trigger keep_one_default before insert or update of is_default on crm.sales_process
  for each row when (new.is_default and current_user <> 'crm_owner') execute function crm.keep_one_default_process();
