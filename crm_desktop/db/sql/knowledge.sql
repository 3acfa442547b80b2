-- Knowledge articles: their life, who reads and who publishes them, whom they helped, and what finds them.

-- From which state an article may go to which: the one table of it.
create or replace function crm.article_moves() returns table (from_state text, to_state text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values ('draft', 'in_review'), ('draft', 'published'), ('in_review', 'draft'), ('in_review', 'published'),
         ('published', 'withdrawn'), ('withdrawn', 'draft'), ('withdrawn', 'published')
$$;
grant execute on function crm.article_moves() to crm_user;

-- Who may change articles of others publishes and withdraws those, and his own; who may change his own alone hands them in.
create or replace function crm.may_publish(author bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  reached bigint[] := crm.owners_in_scope('knowledge_article', 'update');
begin
  return author = any (reached) and exists (select from unnest(reached) o where o not in (crm.me(), crm.pool_owner()));
end $$;
grant execute on function crm.may_publish(bigint) to crm_user;

-- Everybody has 0 in what he may read (crm.owners_for). Also for an undo, which puts a state back.
create or replace function crm.keep_audience() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.audience_id := case when new.state_id = crm.choice('article_state', 'published') then 0 else new.owner_id end;
  return new;
end $$;
create trigger keep_audience before insert or update of state_id, owner_id on crm.knowledge_article
  for each row execute function crm.keep_audience();

create or replace function crm.keep_article() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  state text := (select e.code from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id
                 where e.id = new.state_id and d.code = 'article_state');
  earlier text := 'draft';
  is_moved boolean;
  is_reworded boolean;
begin
  if state is null then raise check_violation; end if;
  if tg_op = 'UPDATE' then earlier := (select e.code from crm.dictionary_entry e where e.id = old.state_id); end if;
  is_moved := state <> earlier;
  if is_moved and tg_op = 'INSERT' then
    raise 'A new article is a draft.' using errcode = 'P0001', hint = 'Publish it when it has been saved.';
  end if;
  if is_moved and not exists (select from crm.article_moves() m where m.from_state = earlier and m.to_state = state) then
    raise 'An article cannot go from this state to that one.' using errcode = 'P0001',
      hint = 'Read it again, somebody else may have moved it.';
  end if;
  if tg_op = 'INSERT' then return new; end if;
  is_reworded := (new.name, new.problem, new.solution) is distinct from (old.name, old.problem, old.solution);
  if 'published' in (state, earlier) and not crm.may_publish(old.owner_id) then
    raise 'Only who may change the articles of others may do this to a published one.' using errcode = '42501',
      hint = 'Hand a draft in for review, or ask a reviewer to change it.';
  end if;
  if state = 'published' and (is_moved or is_reworded) then
    if coalesce(new.solution, '') = '' then
      raise 'An article without a solution cannot be published.' using errcode = 'P0001', hint = 'Write what helps.';
    end if;
    new.edition := old.edition + 1;
    new.published_at := now();
    new.reviewer_id := crm.me();
    new.review_note := null;
  elsif earlier = 'in_review' and state = 'draft' and crm.me() <> old.owner_id then
    new.reviewer_id := crm.me();
  elsif is_moved and state = 'in_review' then
    new.review_note := null;
  end if;
  new.handed_in_at := case when state = 'in_review' then coalesce(old.handed_in_at, now()) end;
  return new;
end $$;
create trigger keep_article
  before insert or update of state_id, name, kind_id, product_id, category_id, keywords, problem, solution, review_note
  on crm.knowledge_article
  for each row when (current_user <> 'crm_owner' and crm.me() is not null) execute function crm.keep_article();

-- An undo of what its author wrote before it was published would rewrite it past those who review.
create or replace function crm.check_article_undone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if 0 in (old.audience_id, new.audience_id) and not crm.may_publish(old.owner_id) then
    raise 'Only who may change the articles of others may do this to a published one.' using errcode = '42501',
      hint = 'Hand a draft in for review, or ask a reviewer to change it.';
  end if;
  return new;
end $$;
create trigger keep_undone before update on crm.knowledge_article  -- after keep_audience
  for each row when (current_user = 'crm_owner' and crm.me() is not null
                     -- one by one: compared as rows, it is written otherwise after a restore
                     and (old.state_id <> new.state_id or old.name <> new.name
                          or old.keywords is distinct from new.keywords or old.problem is distinct from new.problem
                          or old.solution is distinct from new.solution))
  execute function crm.check_article_undone();

create or replace function crm.check_article_goes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if old.audience_id = 0 and not crm.may_publish(old.owner_id) then
    raise 'Only who may change the articles of others may do this to a published one.' using errcode = '42501',
      hint = 'Hand a draft in for review, or ask a reviewer to change it.';
  end if;
  return old;
end $$;
create trigger check_goes before delete on crm.knowledge_article
  for each row when (current_user <> 'crm_owner') execute function crm.check_article_goes();

-- The pictures of a published article are part of what was reviewed.
create or replace function crm.check_article_file() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  file crm.attachment;
begin
  if tg_op = 'DELETE' then file := old; else file := new; end if;
  if file.entity = 'knowledge_article' and exists (
      select from crm.knowledge_article a
      where a.id = file.record_id and a.audience_id = 0 and not crm.may_publish(a.owner_id)) then
    raise 'Only who may change the articles of others may do this to a published one.' using errcode = '42501',
      hint = 'Hand a draft in for review, or ask a reviewer to change it.';
  end if;
  return file;
end $$;
create trigger check_article before insert or update or delete on crm.attachment
  for each row when (current_user <> 'crm_owner') execute function crm.check_article_file();

-- A vote is for what is published, in the edition of the moment.
create or replace function crm.sign_vote() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.edition into new.edition from crm.knowledge_article a
    where a.id = new.article_id and a.audience_id = 0 and crm.may('knowledge_article', 'read');
  if not found then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return new;
end $$;
create trigger sign_vote before insert or update on crm.article_vote
  for each row when (current_user <> 'crm_owner') execute function crm.sign_vote();

create or replace function crm.count_votes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  voted bigint := case when tg_op = 'DELETE' then old.article_id else new.article_id end;
begin
  update crm.knowledge_article a set (useful_count, useless_count) = (
    select count(*) filter (where v.is_useful), count(*) filter (where not v.is_useful)
    from crm.article_vote v where v.article_id = voted) where a.id = voted;
  return null;
end $$;
create trigger count_votes after insert or update or delete on crm.article_vote
  for each row execute function crm.count_votes();

-- What helped with a request is in sight of whom notes it: published, or his own.
create or replace function crm.check_article_use() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from crm.knowledge_article a
                 where a.id = new.article_id and a.audience_id = any (crm.owners_in_scope('knowledge_article', 'read'))) then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  return new;
end $$;
create trigger check_article before insert or update of article_id on crm.article_use
  for each row when (current_user <> 'crm_owner') execute function crm.check_article_use();

-- The request that an article is written from shows it among those that helped, if its writer may change the request.
create or replace function crm.link_article() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if journal.visible_row('service_request', new.request_id) is null then
    raise 'You have no right to do this.' using errcode = '42501', hint = 'Ask the administrator if you need it.';
  end if;
  insert into crm.article_use (request_id, owner_id, article_id)
    select r.id, r.owner_id, new.id from crm.service_request r
      where r.id = new.request_id and journal.may_change('service_request', r.id)
    on conflict (request_id, article_id) do nothing;
  return null;
end $$;
create trigger link_request after insert or update of request_id on crm.knowledge_article
  for each row when (new.request_id is not null and current_user <> 'crm_owner') execute function crm.link_article();

create or replace function crm.count_uses() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update crm.knowledge_article a
    set used_count = (select count(*) from crm.article_use u where u.article_id = a.id)
    where a.id in (case when tg_op <> 'INSERT' then old.article_id end, case when tg_op <> 'DELETE' then new.article_id end);
  return null;
end $$;
create trigger count_uses after insert or update of article_id or delete on crm.article_use
  for each row execute function crm.count_uses();

-- In which part of the articles some pieces of text are, as the server has noted of the index. What five articles have is
-- nobody's secret; of what fewer have, or none, no less is told, since it may stand in a draft alone.
alter index crm.knowledge_article_search_idx alter column 1 set statistics 400;
create or replace function crm.article_shares(pieces text[]) returns real[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if crm.me() is null then return null; end if;
  return (
    with told as (
      select least(0.5, 5 / greatest(c.reltuples, 1)) as least from pg_class c where c.oid = 'crm.knowledge_article'::regclass
    ), noted as materialized (
      select s.most_common_elems::text::text[] as pieces, s.most_common_elem_freqs as shares
      from pg_stats s where s.schemaname = 'crm' and s.tablename = 'knowledge_article_search_idx'
    ), shares as (
      select p.place, min(greatest(t.least, n.shares[array_position(n.pieces, one.piece)])) as share
      from unnest(pieces) with ordinality p (pieces, place), unnest(string_to_array(p.pieces, ' ')) one (piece)
      cross join told t left join noted n on true group by p.place
    )
    select array_agg(s.share order by s.place) from shares s);
end $$;
grant execute on function crm.article_shares(text[]) to crm_user;

-- The articles that say most of what is asked: each word counts by how rare it is, and more in the title than in the
-- keywords, there more than in the problem, and least in the solution. Of equals the most useful come first. Each word
-- comes with its pieces, parted by blanks.
-- Words are looked up one after the other, the rarest first, until enough articles were found: each of them has to be
-- visited. The other words are only counted in these. Runs as the person himself, so that the policies judge each article.
create or replace function crm.find_articles(words text[], pieces text[], product bigint, is_public boolean, most integer)
returns table (id bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
  enough constant integer := 2500;
  most_of_one constant integer := 1500;
  ranked constant integer := 200;
  size real := (select greatest(c.reltuples, 1) from pg_class c where c.oid = 'crm.knowledge_article'::regclass);
  shares real[] := crm.article_shares(find_articles.pieces);
  fitting bigint[] := array(
    with recursive above as (
      select p.category_id as id from crm.product p where p.id = find_articles.product
      union
      select c.parent_id from crm.product_category c join above a on a.id = c.id)
    select a.id from above a where a.id is not null);
  asked record;
  more bigint[];
  found bigint[] := '{}';
  weights float8[] := '{}';
begin
  for asked in
    with word as (
      select string_to_array(w.pieces, ' ') as pieces, -ln(greatest(w.share, 0.0005)) as weight, w.share * size as expected,
             row_number() over (order by w.share, w.place) as place
      from unnest(find_articles.pieces, shares) with ordinality w (pieces, share, place)
    )
    select w.place, w.pieces, w.weight from word w
    union all  -- where even the rarest is in too many, those that have the next one too come first
    select 0, a.pieces || b.pieces, a.weight + b.weight from word a, word b
    where a.place = 1 and b.place = 2 and a.expected > most_of_one
    order by 1
  loop
    exit when cardinality(found) >= enough;
    more := array(
      select k.id from crm.knowledge_article k
      where crm.owned_grams(k.search_grams, k.audience_id) operator(crm.@>>) asked.pieces and (k.audience_id = 0 or not is_public)
      limit most_of_one);
    found := found || more;
    weights := weights || array_fill(asked.weight, array[cardinality(more)]);
  end loop;
  return query
    with word as (
      select w.word, -ln(greatest(w.share, 0.0005)) as weight from unnest(find_articles.words, shares) w (word, share)
    ), best as (
      select f.id, sum(f.weight) as weight from unnest(found, weights) f (id, weight)
      group by f.id order by 2 desc limit ranked
    ), judged as (
      select k.id, k.useful_count - k.useless_count + k.used_count as usefulness,
             case when k.product_id = find_articles.product then 1.5
                  when find_articles.product is null or k.product_id is null
                       and (k.category_id is null or k.category_id = any (fitting)) then 1
                  else 0.5 end as fit,
             said.weight
      from best f join crm.knowledge_article k on k.id = f.id
      cross join lateral (
        select sum(w.weight * case when position(w.word in lower(k.name)) > 0 then 2
                                   when position(w.word in lower(k.keywords)) > 0 then 1.8
                                   when position(w.word in lower(k.problem)) > 0 then 1.4 else 1 end) as weight
        from word w where position(w.word in k.search_text) > 0) said
      where said.weight > 0
    )
    select j.id from judged j order by j.weight * j.fit desc, j.usefulness desc, j.id limit most;
end $$;
grant execute on function crm.find_articles(text[], text[], bigint, boolean, integer) to crm_user;
