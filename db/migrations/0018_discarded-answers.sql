-- Up Migration

-- The answers of agencies whose words were not kept, because the review queue of their step was full:
-- each such step is a stall.
create index inbox_discarded on inbox (case_id, step_id) where outcome ->> 'code' = 'REVIEW_QUEUE_FULL';
