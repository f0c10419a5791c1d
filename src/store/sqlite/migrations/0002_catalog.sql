-- Tables and what their partitions held at each version of the catalog. A change writes one row
-- here and stamps what it begins and ends with that version, so that every version can be read
-- again for as long as its contents are kept.
create table catalog_versions (
  version integer primary key check (version >= 1),
  at_us integer not null,
  actor text not null,
  run text
) strict;

create table tables (
  name text primary key check (name <> ''),
  key_columns text not null,
  columns text not null,
  updated_at_us integer not null
) strict, without rowid;

-- Immutable: what one attempt wrote for one partition.
create table contents (
  table_name text not null references tables (name),
  partition_key text not null check (partition_key <> ''),
  attempt text not null check (attempt glob 'att_*'),
  run text,
  candidate text not null,
  row_count integer not null check (row_count >= 0),
  digest text not null check (digest glob 'sha256:*'),
  files text not null,
  columns text not null,
  facts text not null,
  checks text not null,
  written_at_us integer not null,
  primary key (table_name, partition_key, attempt)
) strict;
create index contents_by_attempt on contents (attempt);
create index contents_by_run on contents (run) where run is not null;

-- When a content was current. A candidate has no row until a switch publishes it.
create table validities (
  table_name text not null,
  partition_key text not null,
  valid_from integer not null references catalog_versions (version),
  valid_until integer references catalog_versions (version),
  attempt text not null,
  primary key (table_name, partition_key, valid_from),
  foreign key (table_name, partition_key, attempt)
    references contents (table_name, partition_key, attempt),
  check (valid_until is null or valid_until > valid_from)
) strict, without rowid;
create unique index one_current_content on validities (table_name, partition_key)
  where valid_until is null;
create index validities_by_content on validities (table_name, partition_key, attempt);
create index validities_by_end on validities (valid_until) where valid_until is not null;

-- Partitions that an import is writing. Running attempts hold theirs by running.
create table partition_locks (
  table_name text not null,
  partition_key text not null,
  holder text not null check (holder glob 'att_*'),
  actor text not null,
  at_us integer not null,
  primary key (table_name, partition_key)
) strict, without rowid;

create trigger contents_are_immutable before update on contents
begin
  select raise(abort, 'what an attempt wrote is never changed');
end;
