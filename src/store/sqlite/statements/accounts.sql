-- name: accounts.users
select name, password, role, is_active, created_at_us from users order by name;

-- name: accounts.find_user
select name, password, role, is_active, created_at_us from users where name = ?1;

-- name: accounts.put_user
insert into users (name, password, role, is_active, created_at_us) values (?1, ?2, ?3, ?4, ?5)
on conflict (name) do update set password = excluded.password, role = excluded.role,
  is_active = excluded.is_active;

-- name: accounts.find_session
select secret, user, created_at_us, expires_at_us from sessions where secret = ?1;

-- name: accounts.add_session
insert into sessions (secret, user, created_at_us, expires_at_us) values (?1, ?2, ?3, ?4);

-- name: accounts.forget_sessions
delete from sessions where expires_at_us <= ?1;

-- name: accounts.end_session
delete from sessions where user = ?1 and secret = ?2;

-- name: accounts.end_sessions
delete from sessions where user = ?1;

-- name: accounts.tokens
select id, name, secret, user, role, created_at_us, expires_at_us, revoked_at_us
from tokens order by id desc;

-- name: accounts.find_token
select id, name, secret, user, role, created_at_us, expires_at_us, revoked_at_us
from tokens where secret = ?1;

-- name: accounts.put_token
insert into tokens (id, name, secret, user, role, created_at_us, expires_at_us, revoked_at_us)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
on conflict (id) do update set revoked_at_us = excluded.revoked_at_us;
