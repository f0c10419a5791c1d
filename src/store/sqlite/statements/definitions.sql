-- name: definitions.add_content
insert into file_contents (digest, content) values (?1, ?2) on conflict (digest) do nothing;

-- name: definitions.add
insert into definitions (digest, parsed) values (?1, ?2)
on conflict (digest) do update set parsed = excluded.parsed;

-- name: definitions.add_file
insert into definition_files (definition, path, content) values (?1, ?2, ?3)
on conflict (definition, path) do nothing;

-- name: definitions.activate
insert into activations (definition, applied_by, applied_at_us) values (?1, ?2, ?3);

-- name: definitions.active
select d.digest, d.parsed, a.applied_by, a.applied_at_us
from activations a join definitions d on d.digest = a.definition
order by a.sequence desc limit 1;

-- name: definitions.find
select d.digest, d.parsed, coalesce(a.applied_by, ''), coalesce(a.applied_at_us, 0)
from definitions d left join activations a on a.definition = d.digest
where d.digest = ?1
order by a.sequence desc limit 1;

-- name: definitions.files
select f.path, c.content
from definition_files f join file_contents c on c.digest = f.content
where f.definition = ?1 order by f.path;
