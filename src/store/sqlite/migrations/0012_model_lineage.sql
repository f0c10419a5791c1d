-- Which model versions took part in what an attempt published: while the rows are kept, so are they.
create table content_models (
  attempt text not null check (attempt glob 'att_*'),
  model text not null check (model <> ''),
  version integer not null check (version >= 1),
  primary key (attempt, model, version)
) strict, without rowid;
create index contents_of_model on content_models (model, version);

-- What steps of runs that are still here said of their model.
insert into content_models (attempt, model, version)
select distinct attempt, substr(name, 1, instr(name, '/') - 1), substr(name, instr(name, '/') + 1) + 0
from (select attempt, result ->> '$.report.model' as name
      from steps
      where attempt is not null and json_array_length(result, '$.publications') > 0)
where name glob '?*/[1-9]*';

-- Versions that somebody deleted: their numbers are never given again.
create table deleted_versions (
  model text not null check (model <> ''),
  version integer not null check (version >= 1),
  digest text not null check (digest glob 'sha256:*'),
  actor text not null,
  reason text not null,
  at_us integer not null,
  primary key (model, version)
) strict, without rowid;
create trigger deleted_versions_are_immutable before update on deleted_versions
begin
  select raise(abort, 'a deletion is never changed');
end;
create trigger deleted_versions_are_kept before delete on deleted_versions
begin
  select raise(abort, 'a deletion is never forgotten');
end;
