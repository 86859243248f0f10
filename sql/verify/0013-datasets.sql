do $$
declare
  missing text;
begin
  select string_agg(wanted, ', ') into missing
  from unnest(string_to_array('dataset,dataset_state,dataset_attributes,dataset_metadata,dataset_licence,dataset_version,ownership,co_owner,inventory_entry,working_group,coproduction,group_member', ',')) as t (wanted)
  where to_regclass('registry.' || wanted) is null;
  assert missing is null, missing;
end
$$;
