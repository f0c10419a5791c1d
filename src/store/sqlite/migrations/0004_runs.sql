-- Runs, their steps and attempts, what is still to be done outside, and what happened.
create table runs (
  id text primary key check (id glob 'run_*'),
  definition text not null references definitions (digest),
  pipeline text not null check (pipeline <> ''),
  partition_key text not null check (partition_key <> ''),
  status text not null
    check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  revision integer not null check (revision >= 1),
  params text not null,
  starter text not null,
  starter_verified integer not null check (starter_verified in (0, 1)),
  starter_channel text not null,
  applier text not null,
  cause text not null,
  cause_parent text,
  cause_detail text not null,
  request_key text unique check (request_key <> ''),
  catalog_version integer not null check (catalog_version >= 0),
  settings text not null,
  priority integer not null,
  lane text not null check (lane in ('live', 'backfill')),
  recovers integer not null check (recovers in (0, 1)),
  cancel_requested_at_us integer,
  deadline_at_us integer,
  created_at_us integer not null,
  started_at_us integer,
  finished_at_us integer,
  check ((status in ('succeeded', 'failed', 'cancelled')) = (finished_at_us is not null))
) strict, without rowid;
create index open_runs on runs (id) where status in ('queued', 'running', 'waiting');
create index runs_of_pipeline on runs (pipeline, id);
create index runs_by_end on runs (finished_at_us) where finished_at_us is not null;

create table steps (
  run text not null references runs (id),
  step integer not null check (step >= 0),
  instance integer not null check (instance >= 0),
  name text not null,
  output_table text,
  each text not null,
  status text not null
    check (status in ('pending', 'queued', 'running', 'waiting_for_decision', 'waiting_for_data',
                      'waiting_to_retry', 'succeeded', 'failed', 'skipped', 'cancelled')),
  outcome text not null
    check (outcome in ('none', 'succeeded', 'passed', 'failed_criteria', 'approved', 'rejected',
                       'expired', 'superseded')),
  left_out integer not null check (left_out in (0, 1)),
  generation integer not null check (generation >= 0),
  attempts integer not null check (attempts >= 0),
  open_dependencies integer not null check (open_dependencies >= 0),
  attempt text,
  gate text,
  stop_requested text check (stop_requested in ('cancelled', 'timeout')),
  wake_at_us integer,
  deadline_at_us integer,
  pins text not null,
  result text,
  failure text,
  queued_at_us integer,
  started_at_us integer,
  finished_at_us integer,
  primary key (run, step, instance),
  check (status <> 'running' or attempt is not null),
  check (status <> 'waiting_for_decision' or gate is not null),
  check (status <> 'waiting_to_retry' or wake_at_us is not null)
) strict, without rowid;
create index writing_steps on steps (output_table)
  where status = 'running' and output_table is not null;

create table attempts (
  run text not null references runs (id),
  id text not null check (id glob 'att_*'),
  step text not null,
  instance integer not null check (instance >= 0),
  generation integer not null check (generation >= 0),
  ordinal integer not null check (ordinal >= 1),
  status text not null check (status in ('running', 'succeeded', 'failed', 'cancelled')),
  started_at_us integer,
  finished_at_us integer,
  failure text,
  primary key (run, id)
) strict, without rowid;

create table history (
  run text not null references runs (id),
  revision integer not null,
  ordinal integer not null,
  at_us integer not null,
  what text not null,
  cause text not null,
  actor text not null,
  details text not null,
  primary key (run, revision, ordinal)
) strict, without rowid;
create trigger history_is_never_edited before update on history
begin
  select raise(abort, 'nothing edits the history');
end;

-- Effects that are not acknowledged yet, in order. A row is deleted once its effect has happened;
-- ids are never used twice, so that a late acknowledgement hits nothing else.
create table outbox (
  id integer primary key autoincrement,
  run text references runs (id),
  key text not null unique check (key <> ''),
  kind text not null,
  body text not null
) strict;
