-- Databases made before 0032 let the server read all of the registry; a new one never did: names, letters and mandates
-- of persons stay with the owner. What the server may read is granted again, column by column, by replaceable/31.
do $$
declare
  relation text;
begin
  foreach relation in array array['act', 'agenda_item', 'attendance', 'committee', 'competence', 'dated', 'decision',
    'decision_result', 'declared', 'mandate', 'meeting', 'piece', 'remembered', 'vote']
  loop
    if to_regclass('registry.' || relation) is not null then
      execute format('revoke select on registry.%I from idg_app', relation);
    end if;
  end loop;
end
$$;
