create table absences (
  id uuid default gen_random_uuid() not null,
  agency text not null,
  account text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  group_id text not null,
  cover text,
  entered_by_role text not null,
  entered_by text not null,
  entered_at timestamp with time zone default now() not null,
  constraint absences_pkey PRIMARY KEY (id),
  constraint absences_account_fkey FOREIGN KEY (account) REFERENCES people(account),
  constraint absences_agency_fkey FOREIGN KEY (agency) REFERENCES agencies(id),
  constraint absences_cover_fkey FOREIGN KEY (cover) REFERENCES people(account),
  constraint absences_check CHECK ((starts_at <= ends_at)),
  constraint absences_check1 CHECK ((cover IS DISTINCT FROM account))
);

create table agencies (
  id text not null,
  name jsonb not null,
  connection text not null,
  base_url text,
  secrets bytea,
  timeout_ms integer default 10000 not null,
  allow_private boolean default false not null,
  max_per_second real,
  enquire_after_s integer default 900 not null,
  updated_at timestamp with time zone default now() not null,
  disabled_at timestamp with time zone,
  max_in_flight integer default 16 not null,
  serves text,
  divisions text[],
  nature text default 'organ'::text not null,
  constraint agencies_pkey PRIMARY KEY (id),
  constraint agencies_check CHECK (((connection = 'push'::text) = ((base_url IS NOT NULL) AND (secrets IS NOT NULL)))),
  constraint agencies_connection_check CHECK ((connection = ANY (ARRAY['push'::text, 'worklist'::text, 'rules'::text]))),
  constraint agencies_divisions_check CHECK ((cardinality(divisions) > 0)),
  constraint agencies_enquire_after_s_check CHECK ((enquire_after_s > 0)),
  constraint agencies_max_in_flight_check CHECK (((max_in_flight >= 1) AND (max_in_flight <= 50))),
  constraint agencies_max_per_second_check CHECK ((max_per_second > (0)::double precision)),
  constraint agencies_nature_check CHECK ((nature = ANY (ARRAY['organ'::text, 'authorised'::text, 'institution'::text, 'company'::text]))),
  constraint agencies_timeout_ms_check CHECK (((timeout_ms >= 100) AND (timeout_ms <= 10000)))
);

create table agency_switches (
  agency text not null,
  at timestamp with time zone default now() not null,
  disabled boolean not null,
  account text not null,
  reason bytea not null,
  constraint agency_switches_pkey PRIMARY KEY (agency, at),
  constraint agency_switches_agency_fkey FOREIGN KEY (agency) REFERENCES agencies(id)
);

create table breakers (
  agency text not null,
  state text default 'closed'::text not null,
  breaker jsonb default '{"inRow": 0, "since": 0, "spans": [], "state": "closed"}'::jsonb not null,
  watched_until timestamp with time zone default now() not null,
  release_at timestamp with time zone default now() not null,
  constraint breakers_pkey PRIMARY KEY (agency),
  constraint breakers_agency_fkey FOREIGN KEY (agency) REFERENCES agencies(id),
  constraint breakers_state_check CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'recovering'::text])))
);

create table bulk_acts (
  id uuid not null,
  status text not null,
  action jsonb not null,
  filter jsonb not null,
  region text collate "C" not null,
  reason bytea not null,
  created_by jsonb not null,
  created_at timestamp with time zone default now() not null,
  total integer not null,
  next_at timestamp with time zone default now() not null,
  ended_at timestamp with time zone,
  constraint bulk_acts_pkey PRIMARY KEY (id),
  constraint bulk_acts_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'awaiting-second'::text, 'running'::text, 'paused'::text, 'stopped'::text, 'done'::text])))
);

create table bulk_events (
  bulk_id uuid not null,
  at timestamp with time zone default clock_timestamp() not null,
  kind text not null,
  by jsonb not null,
  constraint bulk_events_pkey PRIMARY KEY (bulk_id, at),
  constraint bulk_events_bulk_id_fkey FOREIGN KEY (bulk_id) REFERENCES bulk_acts(id),
  constraint bulk_events_kind_check CHECK ((kind = ANY (ARRAY['create'::text, 'start'::text, 'confirm'::text, 'pause'::text, 'resume'::text, 'stop'::text])))
);

create table bulk_items (
  bulk_id uuid not null,
  n integer not null,
  case_id uuid not null,
  step_id text,
  round integer,
  effect text not null,
  state text not null,
  code text,
  constraint bulk_items_pkey PRIMARY KEY (bulk_id, n),
  constraint bulk_items_bulk_id_fkey FOREIGN KEY (bulk_id) REFERENCES bulk_acts(id),
  constraint bulk_items_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint bulk_items_n_check CHECK ((n > 0)),
  constraint bulk_items_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'left-out'::text, 'sent'::text, 'applied'::text, 'refused'::text, 'stopped'::text])))
);

create table calendars (
  version text not null,
  ordinal integer not null,
  hash text not null,
  definition jsonb not null,
  published_at timestamp with time zone default now() not null,
  published_by text not null,
  constraint calendars_pkey PRIMARY KEY (version),
  constraint calendars_ordinal_key UNIQUE (ordinal)
);

create table case_keys (
  case_id uuid not null,
  kind text not null,
  hash bytea not null,
  constraint case_keys_pkey PRIMARY KEY (case_id, kind, hash),
  constraint case_keys_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint case_keys_kind_check CHECK ((kind = ANY (ARRAY['id-no'::text, 'name'::text])))
);

create table case_numbers (
  region text not null,
  day date not null,
  last integer not null,
  constraint case_numbers_pkey PRIMARY KEY (region, day),
  constraint case_numbers_last_check CHECK (((last >= 1) AND (last <= 99999)))
);

create table cases (
  id uuid not null,
  case_no text not null,
  matter text not null,
  version integer not null,
  region text collate "C" not null,
  channel text not null,
  query_code_hash bytea not null,
  plan jsonb not null,
  status text default 'submitted'::text not null,
  submitted_by text not null,
  submitted_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  yellow_at timestamp with time zone,
  promised_at timestamp with time zone,
  statutory_at timestamp with time zone,
  provisional boolean default false not null,
  ended_at timestamp with time zone,
  ledger_seq integer not null,
  ledger_hash bytea not null,
  closing text,
  paused_at timestamp with time zone,
  gaps text[] default '{}'::text[] not null,
  calendar integer,
  ended_light integer default 
CASE
    WHEN (ended_at IS NOT NULL) THEN light_rank(ended_at, yellow_at, promised_at, statutory_at, ended_at, paused_at)
    ELSE NULL::integer
END,
  statutory_provisional boolean default false not null,
  run_id text,
  constraint cases_pkey PRIMARY KEY (id),
  constraint cases_case_no_key UNIQUE (case_no),
  constraint cases_matter_version_fkey FOREIGN KEY (matter, version) REFERENCES matters(code, version),
  constraint cases_case_no_check CHECK ((case_no ~ '^[0-9]{20}$'::text)),
  constraint cases_channel_check CHECK ((channel = ANY (ARRAY['window'::text, 'online'::text, 'kiosk'::text]))),
  constraint cases_closing_check CHECK ((closing = ANY (ARRAY['withdrawal'::text, 'return'::text, 'termination'::text]))),
  constraint cases_region_check CHECK ((region ~ '^[0-9]{6}$'::text)),
  constraint cases_status_check CHECK ((status = ANY (ARRAY['submitted'::text, 'accepted'::text, 'completed'::text, 'partially-completed'::text, 'refused'::text, 'lapsed'::text, 'not-accepted'::text, 'returned'::text, 'withdrawn'::text])))
);

create table confirmations (
  case_id uuid not null,
  revision integer not null,
  by text not null,
  at timestamp with time zone not null,
  confirmed jsonb not null,
  reasons bytea not null,
  constraint confirmations_pkey PRIMARY KEY (case_id, revision),
  constraint confirmations_case_id_revision_fkey FOREIGN KEY (case_id, revision) REFERENCES dossiers(case_id, revision)
);

create table daily_reports (
  day date not null,
  figures jsonb not null,
  made_at timestamp with time zone default now() not null,
  constraint daily_reports_pkey PRIMARY KEY (day)
);

create table disclosures (
  case_id uuid not null,
  step_id text not null,
  round integer not null,
  agency text not null,
  fields text[] not null,
  sends integer default 1 not null,
  first_at timestamp with time zone default now() not null,
  last_at timestamp with time zone default now() not null,
  officer text,
  constraint disclosures_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id)
);

create table dismissals (
  case_id uuid not null,
  message_id text not null,
  by_role text not null,
  by_id text not null,
  reason bytea not null,
  at timestamp with time zone default now() not null,
  constraint dismissals_pkey PRIMARY KEY (case_id, message_id),
  constraint dismissals_case_id_message_id_fkey FOREIGN KEY (case_id, message_id) REFERENCES inbox(case_id, message_id)
);

create table dossiers (
  case_id uuid not null,
  revision integer not null,
  content bytea not null,
  created_at timestamp with time zone default now() not null,
  handed_in integer,
  constraint dossiers_pkey PRIMARY KEY (case_id, revision),
  constraint dossiers_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint dossiers_revision_check CHECK ((revision > 0))
);

create table drafts (
  case_id uuid not null,
  step_id text not null,
  round integer not null,
  body bytea not null,
  account text not null,
  written_at timestamp with time zone default now() not null,
  constraint drafts_pkey PRIMARY KEY (case_id, step_id),
  constraint drafts_case_id_step_id_fkey FOREIGN KEY (case_id, step_id) REFERENCES steps(case_id, id)
);

create table dues (
  case_id uuid not null,
  key text not null,
  kind text not null,
  step_id text,
  since timestamp with time zone not null,
  due_at timestamp with time zone not null,
  provisional boolean default false not null,
  sent_at timestamp with time zone,
  constraint dues_pkey PRIMARY KEY (case_id, key),
  constraint dues_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id)
);

create table duplicate_keys (
  case_id uuid not null,
  key text not null,
  hash bytea not null,
  constraint duplicate_keys_pkey PRIMARY KEY (case_id, key, hash),
  constraint duplicate_keys_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id)
);

create table duplicate_overrides (
  case_id uuid not null,
  by text not null,
  at timestamp with time zone not null,
  found jsonb not null,
  reason bytea not null,
  constraint duplicate_overrides_pkey PRIMARY KEY (case_id),
  constraint duplicate_overrides_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id)
);

create table escalations (
  case_id uuid not null,
  step_id text not null,
  round integer not null,
  light text not null,
  level text not null,
  at timestamp with time zone default now() not null,
  constraint escalations_pkey PRIMARY KEY (case_id, step_id, round, light),
  constraint escalations_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint escalations_level_check CHECK ((level = ANY (ARRAY['nothing'::text, 'urge'::text, 'order'::text]))),
  constraint escalations_light_check CHECK ((light = ANY (ARRAY['yellow'::text, 'red'::text])))
);

create table exports (
  id uuid not null,
  by jsonb not null,
  at timestamp with time zone default now() not null,
  subject text not null,
  format text not null,
  filter jsonb not null,
  persons text not null,
  rows integer,
  finished_at timestamp with time zone,
  constraint exports_pkey PRIMARY KEY (id),
  constraint exports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text]))),
  constraint exports_persons_check CHECK ((persons = ANY (ARRAY['masked'::text, 'absent'::text]))),
  constraint exports_subject_check CHECK ((subject = ANY (ARRAY['cases'::text, 'stalls'::text, 'supervision-orders'::text, 'daily-reports'::text])))
);

create table group_members (
  agency text not null,
  group_id text not null,
  account text not null,
  constraint group_members_pkey PRIMARY KEY (agency, group_id, account),
  constraint group_members_account_fkey FOREIGN KEY (account) REFERENCES people(account),
  constraint group_members_agency_fkey FOREIGN KEY (agency) REFERENCES agencies(id)
);

create table heartbeats (
  process text not null,
  id uuid not null,
  started_at timestamp with time zone default now() not null,
  seen_at timestamp with time zone default now() not null,
  queues text[] default '{}'::text[] not null,
  constraint heartbeats_pkey PRIMARY KEY (process, id),
  constraint heartbeats_process_check CHECK ((process = ANY (ARRAY['worker'::text, 'watcher'::text])))
);

create table idempotency_keys (
  account text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  response bytea not null,
  created_at timestamp with time zone default now() not null,
  constraint idempotency_keys_pkey PRIMARY KEY (account, key),
  constraint idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);

create table inbox (
  case_id uuid not null,
  message_id text not null,
  step_id text,
  round integer,
  source text not null,
  message jsonb not null,
  body bytea,
  body_hash bytea not null,
  received_at timestamp with time zone default now() not null,
  claimed_until timestamp with time zone,
  attempts integer default 0 not null,
  settled_at timestamp with time zone,
  outcome jsonb,
  constraint inbox_pkey PRIMARY KEY (case_id, message_id),
  constraint inbox_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint inbox_message_id_check CHECK (((length(message_id) >= 1) AND (length(message_id) <= 300))),
  constraint inbox_source_check CHECK ((source = ANY (ARRAY['reply'::text, 'callback'::text, 'enquiry'::text, 'officer'::text, 'window'::text, 'supervisor'::text, 'rules'::text, 'system'::text])))
);

create table incidents (
  id uuid not null,
  agency text not null,
  opened_at timestamp with time zone not null,
  why text not null,
  calls integer not null,
  failures integer not null,
  last_error text,
  opened_by text,
  until_at timestamp with time zone,
  probes integer default 0 not null,
  recovering_at timestamp with time zone,
  reopened integer default 0 not null,
  released integer default 0 not null,
  closed_at timestamp with time zone,
  closed_by text,
  opened_reason bytea,
  closed_reason bytea,
  constraint incidents_pkey PRIMARY KEY (id),
  constraint incidents_agency_fkey FOREIGN KEY (agency) REFERENCES agencies(id),
  constraint incidents_why_check CHECK ((why = ANY (ARRAY['rate'::text, 'in-row'::text, 'by-hand'::text])))
);

create table installation (
  name text not null,
  value text not null,
  recorded_at timestamp with time zone default now() not null,
  constraint installation_pkey PRIMARY KEY (name),
  constraint installation_name_check CHECK ((name = 'temporal-namespace'::text))
);

create table ledger (
  case_id uuid not null,
  seq integer not null,
  at timestamp with time zone not null,
  kind text not null,
  step_id text,
  entry json not null,
  hash bytea not null,
  constraint ledger_pkey PRIMARY KEY (case_id, seq),
  constraint ledger_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint ledger_seq_check CHECK ((seq > 0))
);

create table matters (
  code text not null,
  version integer not null,
  hash text not null,
  definition jsonb not null,
  published_at timestamp with time zone default now() not null,
  published_by text not null,
  constraint matters_pkey PRIMARY KEY (code, version),
  constraint matters_version_check CHECK ((version > 0))
);

create table message_conflicts (
  case_id uuid not null,
  message_id text not null,
  found_at timestamp with time zone default now() not null,
  dismissed_by jsonb,
  dismissed_at timestamp with time zone,
  reason bytea,
  constraint message_conflicts_pkey PRIMARY KEY (case_id, message_id),
  constraint message_conflicts_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint message_conflicts_check CHECK ((((dismissed_at IS NULL) = (dismissed_by IS NULL)) AND ((dismissed_at IS NULL) = (reason IS NULL))))
);

create table notices (
  case_id uuid not null,
  id text not null,
  status text not null,
  since timestamp with time zone not null,
  notified_at timestamp with time zone,
  due_at timestamp with time zone,
  items jsonb not null,
  constraint notices_pkey PRIMARY KEY (case_id, id),
  constraint notices_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint notices_status_check CHECK ((status = ANY (ARRAY['gathering'::text, 'open'::text, 'answered'::text, 'lapsed'::text])))
);

create table office_directories (
  version text not null,
  ordinal integer not null,
  hash text not null,
  definition jsonb not null,
  published_at timestamp with time zone default now() not null,
  published_by text not null,
  constraint office_directories_pkey PRIMARY KEY (version),
  constraint office_directories_ordinal_key UNIQUE (ordinal)
);

create table order_numbers (
  region text not null,
  day date not null,
  last integer not null,
  constraint order_numbers_pkey PRIMARY KEY (region, day),
  constraint order_numbers_last_check CHECK (((last >= 1) AND (last <= 99999)))
);

create table people (
  account text not null,
  name bytea,
  added_at timestamp with time zone default now() not null,
  disabled_at timestamp with time zone,
  constraint people_pkey PRIMARY KEY (account)
);

create table person_roles (
  id uuid default gen_random_uuid() not null,
  account text not null,
  role text not null,
  agency text,
  region text default ''::text not null,
  added_at timestamp with time zone default now() not null,
  ended_at timestamp with time zone,
  added_by text,
  ended_by text,
  constraint person_roles_pkey PRIMARY KEY (id),
  constraint person_roles_account_fkey FOREIGN KEY (account) REFERENCES people(account),
  constraint person_roles_agency_fkey FOREIGN KEY (agency) REFERENCES agencies(id),
  constraint person_roles_check CHECK (((role = 'officer'::text) = (agency IS NOT NULL))),
  constraint person_roles_region_check CHECK ((region ~ '^[0-9]{0,6}$'::text)),
  constraint person_roles_role_check CHECK ((role = ANY (ARRAY['clerk'::text, 'officer'::text, 'supervisor'::text, 'admin'::text])))
);

create table person_switches (
  account text not null,
  at timestamp with time zone default now() not null,
  disabled boolean not null,
  by_account text not null,
  reason bytea not null,
  constraint person_switches_pkey PRIMARY KEY (account, at),
  constraint person_switches_account_fkey FOREIGN KEY (account) REFERENCES people(account)
);

create table reads (
  id bigint not null,
  at timestamp with time zone default now() not null,
  account text not null,
  role text not null,
  case_id uuid not null,
  step_id text,
  kind text not null,
  purpose text not null,
  constraint reads_pkey PRIMARY KEY (id),
  constraint reads_role_check CHECK ((role = ANY (ARRAY['clerk'::text, 'officer'::text, 'supervisor'::text, 'admin'::text, 'agency'::text])))
);

create table resumptions (
  id bigint not null,
  case_id uuid not null,
  why text not null,
  found_at timestamp with time zone default now() not null,
  approved_by jsonb,
  approved_at timestamp with time zone,
  reason bytea,
  claimed_until timestamp with time zone,
  attempts integer default 0 not null,
  outcome text,
  done_at timestamp with time zone,
  constraint resumptions_pkey PRIMARY KEY (id),
  constraint resumptions_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint resumptions_outcome_check CHECK ((outcome = ANY (ARRAY['resumed'::text, 'running'::text, 'ended'::text]))),
  constraint resumptions_why_check CHECK ((why = ANY (ARRAY['missing'::text, 'reset'::text, 'behind'::text, 'ahead'::text, 'unwritten'::text, 'asked'::text])))
);

create table rule_traces (
  case_id uuid not null,
  step_id text not null,
  round integer not null,
  approved boolean not null,
  trace jsonb not null,
  at timestamp with time zone default now() not null,
  constraint rule_traces_pkey PRIMARY KEY (case_id, step_id, round),
  constraint rule_traces_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id)
);

create table run_losses (
  id bigint not null,
  why text not null,
  opened_at timestamp with time zone default now() not null,
  confirmed_by jsonb,
  confirmed_at timestamp with time zone,
  reason bytea,
  closed_at timestamp with time zone,
  constraint run_losses_pkey PRIMARY KEY (id),
  constraint run_losses_why_check CHECK ((why = ANY (ARRAY['many'::text, 'namespace'::text, 'ledger'::text])))
);

create table signed_calls (
  agency text not null,
  id bytea not null,
  at timestamp with time zone default now() not null,
  target bytea not null,
  content bytea not null,
  constraint signed_calls_pkey PRIMARY KEY (agency, id),
  constraint signed_calls_agency_fkey FOREIGN KEY (agency) REFERENCES agencies(id)
);

create table stalls (
  id bigint not null,
  case_id uuid,
  step_id text,
  subject text default ''::text not null,
  agency text,
  matter text,
  region text collate "C",
  cause text not null,
  detail text not null,
  turn text not null,
  since timestamp with time zone not null,
  next_kind text,
  next_at timestamp with time zone,
  yellow_at timestamp with time zone,
  promised_at timestamp with time zone,
  statutory_at timestamp with time zone,
  paused_at timestamp with time zone,
  opened_at timestamp with time zone default now() not null,
  judged_at timestamp with time zone default now() not null,
  judged_as text default ''::text not null,
  cleared_at timestamp with time zone,
  division text collate "C",
  constraint stalls_pkey PRIMARY KEY (id),
  constraint stalls_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint stalls_cause_check CHECK ((cause = ANY (ARRAY['agency-unreachable'::text, 'agency-disabled'::text, 'agency-unregistered'::text, 'no-office'::text, 'agency-rejected'::text, 'agency-silent'::text, 'special-procedure'::text, 'officer-idle'::text, 'applicant'::text, 'payment'::text, 'courier'::text, 'upstream'::text, 'system'::text]))),
  constraint stalls_check CHECK (((case_id IS NOT NULL) OR ((step_id IS NULL) AND (subject <> ''::text)))),
  constraint stalls_check1 CHECK (((step_id IS NULL) OR (case_id IS NOT NULL))),
  constraint stalls_turn_check CHECK ((turn = ANY (ARRAY['applicant'::text, 'agency'::text, 'officer'::text, 'courier'::text, 'upstream'::text, 'system'::text])))
);

create table start_requests (
  case_id uuid not null,
  created_at timestamp with time zone default now() not null,
  claimed_until timestamp with time zone,
  attempts integer default 0 not null,
  started_at timestamp with time zone,
  recorded_at timestamp with time zone,
  constraint start_requests_pkey PRIMARY KEY (case_id),
  constraint start_requests_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id)
);

create table steps (
  case_id uuid not null,
  id text not null,
  definition text not null,
  item integer,
  "position" integer not null,
  agency text not null,
  kind text not null,
  status text not null,
  round integer default 0 not null,
  undo boolean default false not null,
  decision text,
  message_id text,
  attention text,
  because text,
  started_at timestamp with time zone,
  yellow_at timestamp with time zone,
  promised_at timestamp with time zone,
  statutory_at timestamp with time zone,
  provisional boolean default false not null,
  ended_at timestamp with time zone,
  changed_at timestamp with time zone default now() not null,
  attempts integer default 0 not null,
  attempt_round integer default 0 not null,
  last_error text,
  last_error_at timestamp with time zone,
  next_attempt_at timestamp with time zone,
  enquire_at timestamp with time zone,
  enquiries integer default 0 not null,
  claimed_by text,
  claimed_until timestamp with time zone,
  sent_at timestamp with time zone,
  clock jsonb,
  paused_at timestamp with time zone,
  extension_days integer,
  extension integer default 0 not null,
  notice_id text,
  suspension jsonb,
  officer text,
  watch_at timestamp with time zone,
  held_minutes real,
  worked_minutes real,
  supplemented boolean,
  parked_at timestamp with time zone,
  released_parked_at timestamp with time zone,
  claimed_at timestamp with time zone,
  statutory_provisional boolean default false not null,
  results jsonb,
  division text collate "C" not null,
  constraint steps_pkey PRIMARY KEY (case_id, id),
  constraint steps_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint steps_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'exempt'::text, 'refused'::text, 'lapsed'::text, 'missed'::text, 'returned'::text, 'supplement'::text]))),
  constraint steps_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'ready'::text, 'submitted'::text, 'accepted'::text, 'supplement'::text, 'suspended'::text, 'attention'::text, 'undoing'::text, 'done'::text, 'refused'::text, 'lapsed'::text, 'skipped'::text, 'blocked'::text, 'stopped'::text, 'undone'::text])))
);

create table supervision_events (
  order_id uuid not null,
  seq integer not null,
  message_id text not null,
  at timestamp with time zone not null,
  kind text not null,
  by jsonb not null,
  words bytea,
  words_hash bytea not null,
  arrival jsonb,
  constraint supervision_events_pkey PRIMARY KEY (order_id, seq),
  constraint supervision_events_order_id_message_id_key UNIQUE (order_id, message_id),
  constraint supervision_events_order_id_fkey FOREIGN KEY (order_id) REFERENCES supervision_orders(id),
  constraint supervision_events_kind_check CHECK ((kind = ANY (ARRAY['open'::text, 'answer'::text, 'contest'::text, 'close'::text, 'return'::text, 'uphold'::text, 'reject'::text, 'circulate'::text, 'lift'::text]))),
  constraint supervision_events_message_id_check CHECK (((length(message_id) >= 1) AND (length(message_id) <= 300))),
  constraint supervision_events_seq_check CHECK ((seq > 0))
);

create table supervision_orders (
  id uuid not null,
  order_no text not null,
  case_id uuid not null,
  step_id text not null,
  round integer not null,
  agency text not null,
  region text collate "C" not null,
  matter text not null,
  ground text not null,
  status text not null,
  opened_by jsonb not null,
  opened_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  yellow_at timestamp with time zone not null,
  provisional boolean not null,
  replied_by text[] default '{}'::text[] not null,
  replied_at timestamp with time zone,
  circular_at timestamp with time zone,
  ended_at timestamp with time zone,
  circulates boolean not null,
  seq integer not null,
  constraint supervision_orders_pkey PRIMARY KEY (id),
  constraint supervision_orders_order_no_key UNIQUE (order_no),
  constraint supervision_orders_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint supervision_orders_check CHECK (((status = ANY (ARRAY['closed'::text, 'lifted'::text])) = (ended_at IS NOT NULL))),
  constraint supervision_orders_ground_check CHECK ((ground = ANY (ARRAY['yellow'::text, 'red'::text, 'hand'::text]))),
  constraint supervision_orders_order_no_check CHECK ((order_no ~ '^[0-9]{20}$'::text)),
  constraint supervision_orders_status_check CHECK ((status = ANY (ARRAY['open'::text, 'contested'::text, 'answered'::text, 'closed'::text, 'lifted'::text])))
);

create table tokens (
  hash bytea not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  role_id uuid not null,
  last_used_at timestamp with time zone,
  created_by text,
  revoked_by text,
  constraint tokens_pkey PRIMARY KEY (hash),
  constraint tokens_role_id_fkey FOREIGN KEY (role_id) REFERENCES person_roles(id)
);

CREATE INDEX absences_by_agency ON public.absences USING btree (agency, ends_at);

CREATE INDEX bulk_acts_by_time ON public.bulk_acts USING btree (created_at DESC, id DESC);

CREATE INDEX bulk_acts_running ON public.bulk_acts USING btree (next_at) WHERE (status = 'running'::text);

CREATE INDEX bulk_items_pending ON public.bulk_items USING btree (bulk_id, n) WHERE (state = 'pending'::text);

CREATE INDEX bulk_items_sent ON public.bulk_items USING btree (bulk_id, n) WHERE (state = 'sent'::text);

CREATE INDEX case_keys_by_hash ON public.case_keys USING btree (kind, hash);

CREATE INDEX cases_by_calendar ON public.cases USING btree (calendar) WHERE (ended_at IS NULL);

CREATE INDEX cases_by_end ON public.cases USING btree (ended_at, id) WHERE (ended_at IS NOT NULL);

CREATE INDEX cases_by_ended_light ON public.cases USING btree (ended_light, submitted_at DESC, id DESC) WHERE (ended_light IS NOT NULL);

CREATE INDEX cases_by_matter ON public.cases USING btree (matter, submitted_at DESC, id DESC);

CREATE INDEX cases_by_region ON public.cases USING btree (region, submitted_at DESC, id DESC);

CREATE INDEX cases_by_status ON public.cases USING btree (status, submitted_at DESC, id DESC);

CREATE INDEX cases_by_time ON public.cases USING btree (submitted_at DESC, id DESC);

CREATE INDEX cases_open ON public.cases USING btree (submitted_at DESC, id DESC) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX disclosures_once ON public.disclosures USING btree (case_id, step_id, round, officer) NULLS NOT DISTINCT;

CREATE INDEX dues_sent ON public.dues USING btree (sent_at) WHERE (sent_at IS NOT NULL);

CREATE INDEX dues_to_send ON public.dues USING btree (due_at) WHERE (sent_at IS NULL);

CREATE INDEX duplicate_keys_by_hash ON public.duplicate_keys USING btree (key, hash);

CREATE INDEX exports_by_time ON public.exports USING btree (at DESC, id DESC);

CREATE INDEX inbox_calendar_changes ON public.inbox USING btree (case_id) WHERE ((settled_at IS NULL) AND ((message ->> 'kind'::text) = 'calendar-change'::text));

CREATE INDEX inbox_discarded ON public.inbox USING btree (case_id, step_id) WHERE ((outcome ->> 'code'::text) = 'REVIEW_QUEUE_FULL'::text);

CREATE INDEX inbox_not_counted ON public.inbox USING btree (received_at DESC, message_id DESC) WHERE (((outcome ->> 'kind'::text) = 'refused'::text) AND ((message ->> 'kind'::text) = 'decision'::text) AND (source = ANY (ARRAY['reply'::text, 'callback'::text, 'enquiry'::text])));

CREATE INDEX inbox_open ON public.inbox USING btree (received_at) WHERE (settled_at IS NULL);

CREATE INDEX incidents_by_time ON public.incidents USING btree (opened_at DESC, id DESC);

CREATE UNIQUE INDEX incidents_open ON public.incidents USING btree (agency) WHERE (closed_at IS NULL);

CREATE INDEX ledger_decisions ON public.ledger USING btree ((((entry -> 'by'::text) ->> 'role'::text)), (((entry -> 'by'::text) ->> 'id'::text)), at DESC, case_id DESC, seq DESC) WHERE (kind = ANY (ARRAY['step-decided'::text, 'supplement-wanted'::text, 'parcel-returned'::text]));

CREATE INDEX ledger_refused ON public.ledger USING btree (case_id) WHERE (kind = 'message-refused'::text);

CREATE INDEX person_roles_by_account ON public.person_roles USING btree (account, role);

CREATE UNIQUE INDEX person_roles_once ON public.person_roles USING btree (account, role, agency, region) NULLS NOT DISTINCT WHERE (ended_at IS NULL);

CREATE INDEX reads_by_case ON public.reads USING btree (case_id, id DESC);

CREATE INDEX resumptions_done ON public.resumptions USING btree (done_at) WHERE (outcome = 'resumed'::text);

CREATE UNIQUE INDEX resumptions_open ON public.resumptions USING btree (case_id) WHERE (done_at IS NULL);

CREATE INDEX resumptions_to_do ON public.resumptions USING btree (approved_at) WHERE ((done_at IS NULL) AND (approved_at IS NOT NULL));

CREATE UNIQUE INDEX run_losses_open ON public.run_losses USING btree ((true)) WHERE (closed_at IS NULL);

CREATE INDEX signed_calls_at ON public.signed_calls USING btree (at);

CREATE INDEX stalls_by_clearing ON public.stalls USING btree (cleared_at) WHERE (cleared_at IS NOT NULL);

CREATE UNIQUE INDEX stalls_open ON public.stalls USING btree (COALESCE(case_id, '00000000-0000-0000-0000-000000000000'::uuid), COALESCE(step_id, ''::text), subject) WHERE (cleared_at IS NULL);

CREATE INDEX stalls_open_by_age ON public.stalls USING btree (since, id) WHERE (cleared_at IS NULL);

CREATE INDEX stalls_open_by_case ON public.stalls USING btree (case_id) WHERE (cleared_at IS NULL);

CREATE INDEX stalls_open_by_urgency ON public.stalls USING btree (COALESCE(promised_at, 'infinity'::timestamp with time zone), id) WHERE (cleared_at IS NULL);

CREATE INDEX stalls_open_to_judge ON public.stalls USING btree (judged_at) WHERE (cleared_at IS NULL);

CREATE INDEX start_requests_open ON public.start_requests USING btree (created_at) WHERE (recorded_at IS NULL);

CREATE INDEX steps_by_agency ON public.steps USING btree (agency, case_id);

CREATE INDEX steps_by_end ON public.steps USING btree (ended_at, case_id, id) WHERE ((clock IS NOT NULL) AND (ended_at IS NOT NULL));

CREATE INDEX steps_finished ON public.steps USING btree (ended_at) WHERE (status = ANY (ARRAY['done'::text, 'refused'::text, 'lapsed'::text]));

CREATE INDEX steps_open_by_agency ON public.steps USING btree (agency, COALESCE(promised_at, 'infinity'::timestamp with time zone), case_id, id) WHERE (status = ANY (ARRAY['submitted'::text, 'accepted'::text, 'supplement'::text, 'suspended'::text, 'attention'::text, 'undoing'::text]));

CREATE INDEX steps_parked ON public.steps USING btree (agency, COALESCE(promised_at, 'infinity'::timestamp with time zone), case_id, id) WHERE (parked_at IS NOT NULL);

CREATE INDEX steps_to_enquire ON public.steps USING btree (enquire_at) WHERE (enquire_at IS NOT NULL);

CREATE INDEX steps_to_watch ON public.steps USING btree (watch_at) WHERE (watch_at IS NOT NULL);

CREATE INDEX supervision_orders_awaiting ON public.supervision_orders USING btree (due_at) WHERE ((status = 'open'::text) AND (circular_at IS NULL) AND circulates);

CREATE INDEX supervision_orders_by_agency ON public.supervision_orders USING btree (agency, opened_at DESC, id DESC);

CREATE INDEX supervision_orders_by_case ON public.supervision_orders USING btree (case_id);

CREATE INDEX supervision_orders_by_time ON public.supervision_orders USING btree (opened_at DESC, id DESC);

CREATE UNIQUE INDEX supervision_orders_in_progress ON public.supervision_orders USING btree (case_id, step_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX tokens_by_id ON public.tokens USING btree ("left"(encode(hash, 'hex'::text), 12));

CREATE INDEX tokens_by_role ON public.tokens USING btree (role_id);

CREATE OR REPLACE FUNCTION public.find_duplicates(wanted jsonb, granted text[])
 RETURNS TABLE(rule text, case_id uuid, case_no text, region text)
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock(lock) from (
    select distinct hashtextextended(format('duplicate:%s:%s', item ->> 'key', item ->> 'hash'), 0) as lock
    from jsonb_array_elements(wanted) as item order by lock
  ) as ordered;
  return query
    select distinct item ->> 'rule', cases.id, cases.case_no, cases.region::text
    from jsonb_array_elements(wanted) as item
    join duplicate_keys on duplicate_keys.key = item ->> 'key' and duplicate_keys.hash = decode(item ->> 'hash', 'hex')
    join cases on cases.id = duplicate_keys.case_id and item -> 'against' ? cases.matter
    where cases.ended_at is null or item ->> 'other' = 'granted' and cases.status = any (granted)
    order by 3, 1;
end $function$;

CREATE OR REPLACE FUNCTION public.ledger_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end
$function$;

CREATE OR REPLACE FUNCTION public.light_rank(now timestamp with time zone, yellow_at timestamp with time zone, promised_at timestamp with time zone, statutory_at timestamp with time zone, ended_at timestamp with time zone, paused_at timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when promised_at is null then 5
    when coalesce(least(ended_at, paused_at), now) > statutory_at then 1
    when coalesce(least(ended_at, paused_at), now) > promised_at then 2
    when ended_at is not null then 4
    when paused_at is not null then 5
    when now >= yellow_at then 3
    else 4
  end
$function$;

CREATE TRIGGER bulk_events_append_only BEFORE DELETE OR UPDATE ON public.bulk_events FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();

CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE ON public.ledger FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();

CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON public.ledger FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

CREATE TRIGGER reads_append_only BEFORE DELETE OR UPDATE ON public.reads FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();

CREATE TRIGGER reads_no_truncate BEFORE TRUNCATE ON public.reads FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

CREATE TRIGGER supervision_events_append_only BEFORE DELETE OR UPDATE ON public.supervision_events FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();

CREATE TRIGGER supervision_events_no_truncate BEFORE TRUNCATE ON public.supervision_events FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

grant insert, select, update on absences to one_matter_service;

grant insert, select, update on agencies to one_matter_service;

grant insert, select on agency_switches to one_matter_service;

grant insert, select, update on breakers to one_matter_service;

grant insert, select on bulk_acts to one_matter_service;

grant insert, select on bulk_events to one_matter_service;

grant insert, select on bulk_items to one_matter_service;

grant insert, select on calendars to one_matter_service;

grant insert, select on case_keys to one_matter_service;

grant insert, select, update on case_numbers to one_matter_service;

grant insert, select on cases to one_matter_service;

grant insert, select on confirmations to one_matter_service;

grant insert, select on daily_reports to one_matter_service;

grant insert, select, update on disclosures to one_matter_service;

grant insert, select on dismissals to one_matter_service;

grant insert, select on dossiers to one_matter_service;

grant delete, insert, select, update on drafts to one_matter_service;

grant delete, insert, select, update on dues to one_matter_service;

grant insert, select on duplicate_keys to one_matter_service;

grant insert, select on duplicate_overrides to one_matter_service;

grant insert, select on escalations to one_matter_service;

grant insert, select on exports to one_matter_service;

grant delete, insert, select on group_members to one_matter_service;

grant delete, insert, select, update on heartbeats to one_matter_service;

grant insert, select on idempotency_keys to one_matter_service;

grant insert, select, update on inbox to one_matter_service;

grant insert, select, update on incidents to one_matter_service;

grant insert, select, update on installation to one_matter_service;

grant insert, select on ledger to one_matter_service;

grant insert, select on matters to one_matter_service;

grant insert, select on message_conflicts to one_matter_service;

grant select on migrations to one_matter_service;

grant insert, select, update on notices to one_matter_service;

grant insert, select on office_directories to one_matter_service;

grant insert, select, update on order_numbers to one_matter_service;

grant insert, select on people to one_matter_service;

grant insert, select on person_roles to one_matter_service;

grant insert, select on person_switches to one_matter_service;

grant insert, select on reads to one_matter_service;

grant insert, select, update on resumptions to one_matter_service;

grant insert, select on rule_traces to one_matter_service;

grant insert, select, update on run_losses to one_matter_service;

grant delete, insert, select, update on signed_calls to one_matter_service;

grant insert, select, update on stalls to one_matter_service;

grant insert, select, update on start_requests to one_matter_service;

grant insert, select, update on steps to one_matter_service;

grant insert, select on supervision_events to one_matter_service;

grant insert, select on supervision_orders to one_matter_service;

grant insert, select on tokens to one_matter_service;

grant update (ended_at, next_at, status) on bulk_acts to one_matter_service;

grant update (code, state) on bulk_items to one_matter_service;

grant update (accepted_at, calendar, closing, ended_at, gaps, ledger_hash, ledger_seq, paused_at, promised_at, provisional, run_id, status, statutory_at, statutory_provisional, yellow_at) on cases to one_matter_service;

grant update (finished_at, rows) on exports to one_matter_service;

grant update (dismissed_at, dismissed_by, reason) on message_conflicts to one_matter_service;

grant update (disabled_at, name) on people to one_matter_service;

grant update (ended_at, ended_by) on person_roles to one_matter_service;

grant update (circular_at, due_at, ended_at, provisional, replied_at, replied_by, seq, status, yellow_at) on supervision_orders to one_matter_service;

grant update (expires_at, last_used_at, revoked_at, revoked_by) on tokens to one_matter_service;
