-- name: release.add_version
insert into model_versions (model, version, folder, digest, flavour, signature, facts, metrics, run,
                            step, created_at_us)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: release.version_exists
select 1 from model_versions where model = ?1 and version = ?2;

-- name: release.next_version
select coalesce(max(version), 0) + 1
from (select version from model_versions where model = ?1
      union all
      select version from deleted_versions where model = ?1);

-- name: release.deleted
select actor, at_us, reason from deleted_versions where model = ?1 and version = ?2;

-- name: release.delete_version
delete from model_versions where model = ?1 and version = ?2;

-- name: release.note_deletion
insert into deleted_versions (model, version, digest, actor, reason, at_us)
values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: release.add_content_model
insert into content_models (attempt, model, version) values (?1, ?2, ?3) on conflict do nothing;

-- name: release.contents_of_version
select c.table_name, count(*), sum(c.row_count), sum(v.attempt is not null)
from content_models m join contents c on c.attempt = m.attempt
left join validities v on v.table_name = c.table_name and v.partition_key = c.partition_key
                      and v.attempt = c.attempt and v.valid_until is null
where m.model = ?1 and m.version = ?2
group by c.table_name order by c.table_name;

-- name: release.needed_by
-- What would break without a version, in words.
select 'the alias ' || model || '@' || alias from aliases where model = ?1 and version = ?2
union all
select 'the open gate ' || g.id
from gates g
where g.status = 'open'
  and exists (select 1 from json_each(g.proposal, '$.aliases') a
              where a.value ->> 'model' = ?1
                and (a.value ->> 'to' = ?2 or a.value ->> 'from' = ?2))
union all
select 'the run ' || r.id || ', which is still going on'
from runs r
where r.status in ('queued', 'running', 'waiting')
  and (r.model = ?1 || '/' || ?2
       or r.id = (select m.run from model_versions m where m.model = ?1 and m.version = ?2)
       or exists (select 1 from steps s, json_each(s.pins) p
                  where s.run = r.id and p.key like ?1 || '@%' and p.value = ?2))
union all
select 'the backfill ' || id
from backfills where status in ('planned', 'running', 'paused') and model = ?1 || '/' || ?2
union all
select 'the kept predictions in ' || c.table_name
from content_models m join contents c on c.attempt = m.attempt
where m.model = ?1 and m.version = ?2 group by c.table_name;

-- name: release.author
select r.starter from model_versions m join runs r on r.id = m.run
where m.model = ?1 and m.version = ?2;

-- name: release.versions
select model, version, folder, digest, flavour, signature, facts, metrics, run, step, created_at_us,
       (select json_group_array(alias order by alias) from aliases a
        where a.model = m.model and a.version = m.version)
from model_versions m
where (?1 is null or model = ?1) and (?2 is null or version = ?2)
order by model, version desc;

-- name: release.alias
select version from aliases where model = ?1 and alias = ?2;

-- name: release.aliases_of
select alias from aliases where model = ?1 order by alias;

-- name: release.models
select distinct model from model_versions order by model;

-- name: release.set_alias
insert into aliases (model, alias, version, switch) values (?1, ?2, ?3, ?4)
on conflict (model, alias) do update set version = excluded.version, switch = excluded.switch;

-- name: release.remove_alias
delete from aliases where model = ?1 and alias = ?2;

-- name: release.setting
select value from settings where name = ?1;

-- name: release.settings
select name, value from settings order by name;

-- name: release.set_setting
insert into settings (name, value, switch) values (?1, ?2, ?3)
on conflict (name) do update set value = excluded.value, switch = excluded.switch;

-- name: release.add_switch
insert into switches (id, cause, actor, reason, at_us, gate, undoes, changes)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: release.switches
select changes from switches
where ?2 is null or sequence < (select sequence from switches where id = ?2)
order by sequence desc limit ?1;

-- name: release.find_switch
select changes from switches where id = ?1;

-- name: release.undone_by
select id, actor from switches where undoes = ?1;
