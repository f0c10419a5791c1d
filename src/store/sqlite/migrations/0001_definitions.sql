-- What people declared: contents by digest, definitions as lists of them, and who applied which.
create table file_contents (
  digest text primary key check (digest glob 'sha256:*'),
  content blob not null
) strict;

create table definitions (
  digest text primary key check (digest glob 'sha256:*'),
  parsed text not null
) strict;

create table definition_files (
  definition text not null references definitions (digest),
  path text not null check (path <> ''),
  content text not null references file_contents (digest),
  primary key (definition, path)
) strict, without rowid;

-- The active definition is the last row.
create table activations (
  sequence integer primary key autoincrement,
  definition text not null references definitions (digest),
  applied_by text not null,
  applied_at_us integer not null
) strict;
