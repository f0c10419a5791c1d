-- Versions, and the aliases, settings and switches that point to them.
create table model_versions (
  model text not null check (model <> ''),
  version integer not null check (version >= 1),
  folder text not null,
  digest text not null check (digest glob 'sha256:*'),
  flavour text not null,
  signature text not null,
  facts text not null,
  metrics text not null,
  run text,
  step text not null,
  created_at_us integer not null,
  primary key (model, version)
) strict;

create trigger model_versions_are_immutable before update on model_versions
begin
  select raise(abort, 'a model version is never changed');
end;

create table switches (
  sequence integer primary key autoincrement,
  id text not null unique check (id glob 'switch_*'),
  cause text not null check (cause in ('gate', 'undo', 'command')),
  actor text not null,
  reason text not null,
  at_us integer not null,
  gate text,
  undoes text unique references switches (id),
  changes text not null,
  check ((cause = 'gate') = (gate is not null)),
  check ((cause = 'undo') = (undoes is not null))
) strict;

create trigger switches_are_immutable before update on switches
begin
  select raise(abort, 'a switch is never changed: undo it');
end;
create trigger switches_are_kept before delete on switches
begin
  select raise(abort, 'a switch is never removed: undo it');
end;

create table aliases (
  model text not null,
  alias text not null check (alias <> ''),
  version integer not null,
  switch text not null references switches (id),
  primary key (model, alias),
  foreign key (model, version) references model_versions (model, version)
) strict, without rowid;

create table settings (
  name text primary key check (name <> ''),
  value text not null check (value <> 'null'),
  switch text not null references switches (id)
) strict, without rowid;
