-- Who there is, who is signed in, and tokens of programs. Of secrets only digests are kept.
create table users (
  name text primary key check (name <> ''),
  password text not null check (password glob '$argon2id$*'),
  role text not null check (role in ('viewer', 'operator', 'approver', 'editor', 'admin')),
  is_active integer not null check (is_active in (0, 1)),
  created_at_us integer not null
) strict, without rowid;

create table sessions (
  secret text primary key,
  user text not null references users (name),
  created_at_us integer not null,
  expires_at_us integer not null check (expires_at_us > created_at_us)
) strict, without rowid;
create index sessions_of_user on sessions (user);

create table tokens (
  id text primary key check (id glob 'tok_*'),
  name text not null check (name <> ''),
  secret text not null unique,
  user text not null references users (name),
  role text not null check (role in ('viewer', 'operator', 'approver', 'editor', 'admin')),
  created_at_us integer not null,
  expires_at_us integer not null,
  revoked_at_us integer
) strict, without rowid;
create trigger revoked_tokens_stay_revoked before update on tokens
when old.revoked_at_us is not null and new.revoked_at_us is null
begin
  select raise(abort, 'a revoked token is never valid again');
end;
