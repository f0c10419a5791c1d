-- Plans of backfills: what they are to do, how far they are, and a row a partition.
create table backfills (
  sequence integer primary key autoincrement,
  id text not null unique check (id glob 'plan_*'),
  definition text not null references definitions (digest),
  pipeline text not null check (pipeline <> ''),
  first_value text not null,
  last_value text not null,
  reprocess text not null,
  model text not null,
  params text not null,
  status text not null
    check (status in ('planned', 'running', 'paused', 'succeeded', 'failed', 'cancelled')),
  run_order text not null check (run_order in ('oldest', 'newest')),
  max_active integer not null check (max_active >= 0),
  on_failure text not null,
  failures integer not null check (failures >= 0),
  message text not null,
  expected_us integer,
  planned_by text not null,
  planned_at_us integer not null,
  starter text not null,
  starter_verified integer not null check (starter_verified in (0, 1)),
  starter_channel text not null,
  applier text not null,
  started_at_us integer,
  finished_at_us integer,
  check ((status in ('succeeded', 'failed', 'cancelled')) = (finished_at_us is not null))
) strict;
create index open_backfills on backfills (sequence) where status in ('running', 'paused');

create table backfill_partitions (
  backfill integer not null references backfills (sequence),
  ordinal integer not null check (ordinal >= 1),
  partition_key text not null check (partition_key <> ''),
  reason text not null check (reason in ('missing', 'failed', 'stale', 'all')),
  detail text not null,
  status text not null
    check (status in ('pending', 'running', 'succeeded', 'failed', 'cancelled', 'skipped')),
  run text,
  primary key (backfill, ordinal)
) strict, without rowid;
create index partitions_in_backfill_now on backfill_partitions (backfill, ordinal)
  where status = 'running';
