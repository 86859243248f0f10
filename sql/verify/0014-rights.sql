do $$
declare
  missing text;
begin
  select string_agg(wanted, ', ') into missing
  from unnest(string_to_array('terms,agreement,dataset_exception,takedown,sub_distribution,delegation,third_party_transfer,frozen_audience,declared', ',')) as t (wanted)
  where to_regclass('registry.' || wanted) is null;
  assert missing is null, missing;
end
$$;
-- Every dated table remembers, refuses to be rewritten, and moves the epoch.
do $$
declare
  forgetful text;
begin
  select string_agg(c.relname, ', ') into forgetful
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'known'
  where c.relnamespace = 'registry'::regnamespace
    and c.relkind = 'r'
    and c.relname not in ('remembered', 'dated')
    and (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgname in ('remember', 'keep_all', 'epoch')) <> 3;
  assert forgetful is null, forgetful;
end
$$;
