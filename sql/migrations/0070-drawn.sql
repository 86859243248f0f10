-- Tiles drawn at the end of a publication lie beside the copy they were drawn from, and go with it.
alter table served.copy add column tiles regclass;
comment on column served.copy.tiles is
  'Tiles drawn ahead from this copy, for whoever sees all of it; null: tiles are drawn when they are asked for.';
