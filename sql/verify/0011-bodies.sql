do $$
declare
  missing text;
begin
  select string_agg(wanted, ', ') into missing
  from unnest(string_to_array('body,organisation,pilotage,territorial_membership,instrument,instrument_term,instrument_acceptance,membership,piece,mandate', ',')) as t (wanted)
  where to_regclass('registry.' || wanted) is null;
  assert missing is null, missing;
end
$$;
