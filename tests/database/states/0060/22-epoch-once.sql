-- Once a transaction has moved the epoch, its other facts do not move it again: a publication of a thousand datasets
-- is one move. The mark is local to the transaction and falls with a savepoint that is rolled back, as the move does.
-- Reading the epoch's row instead would cost more with every savepoint: each leaves a dead version to walk over.
create or replace function registry.epoch_unmoved() returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  this text := pg_current_xact_id()::text;
begin
  if current_setting('idg.epoch_moved_by', true) = this then
    return false;
  end if;
  perform set_config('idg.epoch_moved_by', this, true);
  return true;
end
$$;
revoke execute on function registry.epoch_unmoved() from public;
