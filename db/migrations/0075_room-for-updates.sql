-- Up Migration

-- A case's row is updated with every progress and seldom in a column that an index has. With room in its page the new version needs no
-- entry in the eight indexes.
alter table cases set (fillfactor = 70);
