-- Questions to people and their answers.
create table gates (
  id text primary key check (id glob 'gate_*'),
  run text not null references runs (id),
  pipeline text not null,
  partition_key text not null,
  step text not null,
  generation integer not null check (generation >= 0),
  question text not null,
  evidence text not null,
  proposal text not null,
  kept text not null,
  policy text not null,
  criteria_failed integer not null check (criteria_failed in (0, 1)),
  opened_at_us integer not null,
  due_at_us integer,
  remind_at text not null,
  escalate_at_us integer,
  escalate_to text not null,
  status text not null
    check (status in ('open', 'approved', 'rejected', 'reworked', 'expired', 'superseded',
                      'withdrawn')),
  closed_at_us integer,
  check ((status = 'open') = (closed_at_us is null))
) strict;
create index open_gates on gates (due_at_us, opened_at_us) where status = 'open';
create index gates_of_run on gates (run);
create index gates_by_end on gates (closed_at_us) where closed_at_us is not null;

-- A decided gate stays as it is: rework and reopening make new ones.
create trigger closed_gates_are_immutable before update on gates
when old.status <> 'open' and old.status <> new.status
begin
  select raise(abort, 'a closed gate is never changed');
end;

create table votes (
  id text primary key check (id glob 'vote_*'),
  gate text not null references gates (id),
  voter text not null check (voter <> ''),
  answer text not null check (answer in ('approve', 'reject', 'rework')),
  at_us integer not null,
  channel text not null,
  comment text not null,
  digest text not null,
  override_criteria integer not null check (override_criteria in (0, 1)),
  verified integer not null check (verified in (0, 1)),
  rework text not null,
  unique (gate, digest, voter)
) strict;
create trigger votes_are_immutable before update on votes
begin
  select raise(abort, 'a vote is never changed');
end;
create trigger votes_are_kept before delete on votes
begin
  select raise(abort, 'a vote is never removed');
end;

-- The evidence that somebody saw last: what an approval without a digest means.
create table shown_evidence (
  gate text not null references gates (id),
  who text not null,
  digest text not null,
  at_us integer not null,
  primary key (gate, who)
) strict, without rowid;
