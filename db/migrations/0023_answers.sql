-- Up Migration

-- What a kind of step may answer: a payment lapses, a register misses a record, a parcel is returned.
alter table cases drop constraint cases_status_check;
alter table cases add constraint cases_status_check check (status in
  ('submitted', 'accepted', 'completed', 'partially-completed', 'refused', 'lapsed', 'not-accepted', 'returned', 'withdrawn'));

alter table steps drop constraint steps_status_check;
alter table steps add constraint steps_status_check check (status in
  ('waiting', 'ready', 'submitted', 'accepted', 'supplement', 'suspended', 'attention', 'undoing', 'done', 'refused', 'lapsed',
   'skipped', 'blocked', 'stopped', 'undone'));

alter table steps drop constraint steps_decision_check;
alter table steps add constraint steps_decision_check check (decision in
  ('approved', 'exempt', 'refused', 'lapsed', 'missed', 'returned', 'supplement'));

drop index steps_finished;
create index steps_finished on steps (ended_at) where status in ('done', 'refused', 'lapsed');
