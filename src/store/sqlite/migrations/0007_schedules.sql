-- Timers of pipelines, as people left them. One without a row was never switched on.
create table schedules (
  pipeline text primary key check (pipeline <> ''),
  is_on integer not null check (is_on in (0, 1)),
  handled_until_us integer not null,
  switched_by text not null,
  switched_at_us integer not null
) strict, without rowid;
