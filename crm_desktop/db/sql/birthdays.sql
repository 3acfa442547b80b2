-- Birthdays: on which day which are kept, by the calendar of the sun and by that of the moon.

-- The day of the Chinese calendar, month and day; null in leap months, where no birthday is kept, and outside of the years
-- that are known. Of each year since 1901: new year's day counted from the first of January (from bit 17 on), the month
-- that is doubled (4 bits from bit 13 on), and which months have 30 days (the first in bit 0), after core.lunar.
create or replace function crm.lunar_day(day date) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  years constant integer[] := array[
    6424402,4984485,3716682,6030923,4459163,3183958,5637482,4197209,2774866,5244754,3857189,6294309,4721227,3323051,
    5767853,4326763,2902889,5377449,4128146,6557330,4984101,3586637,6031958,4588214,3052981,5637844,4198057,2907794,
    5246610,3853606,6161707,4721239,3322550,5770074,4458196,3043017,5375817,3995283,6425235,4982059,3459675,5900973,
    4588906,3185493,5639076,4197193,2775699,5245589,3732781,6161718,4721325,3454378,5768626,4328869,3046730,5508426,
    4000405,6294167,4982102,3590837,5901013,4589266,3182245,5639845,4195914,2649239,5114523,3863898,6161770,4721513,
    3454802,5901138,4328229,2922059,5376587,4002987,6292141,4851053,3591017,6032809,4590994,3185957,5639461,4282957,
    6556246,5112502,3720629,6162133,4722345,3456658,5901970,4459814,2910806,5245527,4003030,6423386,4851413,3585737,
    6031177,4589203,3052843,5506347,4065883,2774362,5113194,3734357,6294436,4852553,3324563,5769877,4326701,2919085,
    5245621,4011434,6424018,4984229,3595594,6032714,4590741,3183918,5506390,4065973,2774450,5244626,3722917,6162213,
    4720203,3320983,5639339,4326746,2910934,5376873,4028242,6425426,4983589,3594827,5900875,4457643,3056987,5506477,
    4066154,2775890,5246354,3865893,6163749,4721237,3323053,5768374,4195765,2911658,5377737,4136594,6426258,4984102,
    3590742,5900887,4457814,3049173,5506901,4196169,2649747,5113491,3732779,6161707,4590171,3323226,5768554,4328293,
    2922314,5376842,4004501,6425237,4850989,3459757,5900981,4588970,3050405,5508517,4197706,2784405,5115030,3733838,
    6161750,4721333,3323314,5768914,4329125,3051082,5244555,3869847,6292651,4851035,3459798,5901162,4589394,3184421,
    5507909,4065931,2643099];
  year integer := extract(year from day);
  code integer := years[year - 1900];
  doubled integer;
  rest integer;
  place integer := 0;
begin
  if code is null or day < make_date(year, 1, 1) + (code >> 17) then
    year := year - 1;
    code := years[year - 1900];
  end if;
  doubled := code >> 13 & 15;
  rest := day - (make_date(year, 1, 1) + (code >> 17));
  while rest >= 29 + (code >> place & 1) loop
    rest := rest - 29 - (code >> place & 1);
    place := place + 1;
  end loop;
  if doubled > 0 and place >= doubled then
    if place = doubled then return null; end if;
    place := place - 1;
  end if;
  return to_char(make_date(2000, place + 1, 1), 'MM-') || to_char(rest + 1, 'FM00');
end $$;
grant execute on function crm.lunar_day(date) to crm_user;

-- The birthdays that are kept on a day. Whoever was born on a day that a year or month does not have keeps the one before.
create or replace function crm.birthdays_on(day date) returns table (birthday text, is_lunar boolean)
language sql immutable parallel safe rows 2 set search_path = pg_catalog, pg_temp as $$
  select to_char(day, 'MM-DD'), false
  union all select '02-29', false where to_char(day, 'MM-DD') = '02-28' and to_char(day + 1, 'MM-DD') = '03-01'
  union all select crm.lunar_day(day), true
  union all select left(crm.lunar_day(day), 3) || '30', true
    where crm.lunar_day(day) like '%-29' and crm.lunar_day(day + 1) is distinct from left(crm.lunar_day(day), 3) || '30'
$$;
grant execute on function crm.birthdays_on(date) to crm_user;

-- All lunar birthdays that are kept between two days; of more than a lunar year, all that there are.
create or replace function crm.lunar_birthdays(first date, last date) returns text[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select array(
    select b.birthday from generate_series(first, least(last, first + 400), interval '1 day') d, crm.birthdays_on(d::date) b
    where b.is_lunar)
$$;
grant execute on function crm.lunar_birthdays(date, date) to crm_user;
