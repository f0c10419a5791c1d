-- Who did what. Each entry covers the one before; the head is kept apart, so that a log that was
-- cut off at its end is noticed.
create table audit (
  sequence integer primary key check (sequence >= 1),
  at_us integer not null,
  actor text not null,
  verified integer not null check (verified in (0, 1)),
  channel text not null,
  action text not null,
  subject text not null,
  details text not null,
  previous text not null,
  digest text not null
) strict;
create trigger audit_is_never_edited before update on audit
begin
  select raise(abort, 'nothing edits the audit log');
end;
create trigger audit_is_kept before delete on audit
begin
  select raise(abort, 'nothing removes audit entries');
end;

create table audit_head (
  only_row integer primary key check (only_row = 1),
  sequence integer not null check (sequence >= 0),
  digest text not null
) strict;
