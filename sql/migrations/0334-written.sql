-- Whether a run's rows are in the layer: a base adopted for the next version waits until that version is validated.
alter table consolidation.run add column written_at timestamptz;
update consolidation.run set written_at = adopted_at
where exists (select from consolidation.origin o where o.run = run.id);
