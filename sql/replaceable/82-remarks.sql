-- The clerk receives remarks and moves them on; it changes neither what was said nor who said it.
grant usage on schema remarks to idg_clerk;
grant select, insert on remarks.remark, remarks.event to idg_clerk;
grant update (state, answer, answered_at, public, public_words, caller) on remarks.remark to idg_clerk;
grant select, update on remarks.gate to idg_clerk;  -- FOR UPDATE asks for the right to update
