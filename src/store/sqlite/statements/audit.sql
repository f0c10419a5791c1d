-- name: audit.head
select sequence, digest from audit_head;

-- name: audit.set_head
insert into audit_head (only_row, sequence, digest) values (1, ?1, ?2)
on conflict (only_row) do update set sequence = excluded.sequence, digest = excluded.digest;

-- name: audit.add
insert into audit (sequence, at_us, actor, verified, channel, action, subject, details, previous,
                   digest)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: audit.read
select sequence, at_us, actor, verified, channel, action, subject, details, previous, digest
from audit where sequence > ?1 order by sequence limit ?2;
