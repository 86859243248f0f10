-- Words of filters and searches: without case, without accents, French. Immutable, so that an index may hold them.

-- ICU folds every alphabet whatever the locale of the cluster.
create or replace function served.casei(value text) returns text
language sql immutable strict parallel safe
return lower(value collate "und-x-icu");

comment on function served.casei(text) is 'CASEI of CQL2: the text without difference of case.';

-- unaccent is only stable because its dictionary may be replaced; ours is named and does not move.
create or replace function served.accenti(value text) returns text
language sql immutable strict parallel safe
return public.unaccent('public.unaccent'::regdictionary, value);

comment on function served.accenti(text) is 'ACCENTI of CQL2: the text without difference of accents.';

do $$
begin
  if not exists (
    select from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace
    where n.nspname = 'served' and c.cfgname = 'french_words'
  ) then
    create text search configuration served.french_words (copy = pg_catalog.french);
    alter text search configuration served.french_words
      alter mapping for hword, hword_part, word with public.unaccent, french_stem;
  end if;
end
$$;

create or replace function served.words(value text) returns tsvector
language sql immutable parallel safe
return to_tsvector('served.french_words'::regconfig, coalesce(value, ''));

comment on function served.words(text) is 'What q searches in: French stems without accents.';

create or replace function served.phrase(value text) returns tsquery
language sql immutable strict parallel safe
return phraseto_tsquery('served.french_words'::regconfig, value);

comment on function served.phrase(text) is 'What q looks for: the words of one term, one after the other.';
