-- The clerk receives remarks and moves them on; it does not change what was said, and who said it
-- only to forget it.
grant usage on schema remarks to idg_clerk;
grant select, insert on remarks.remark, remarks.event to idg_clerk;
grant update (state, organisation, answer, answered_at, public, public_words, caller, author_name, author_email) on remarks.remark to idg_clerk;
grant select, update on remarks.gate to idg_clerk;  -- FOR UPDATE asks for the right to update
