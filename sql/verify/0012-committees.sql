do $$
declare
  missing text;
begin
  select string_agg(wanted, ', ') into missing
  from unnest(string_to_array('committee,competence,meeting,attendance,decision,vote,agenda_item', ',')) as t (wanted)
  where to_regclass('registry.' || wanted) is null;
  assert missing is null, missing;
end
$$;
