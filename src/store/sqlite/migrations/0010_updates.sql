-- Up to which version of the catalog the tables of a pipeline's `when_updated` were looked at.
create table updates_handled (
  pipeline text primary key check (pipeline <> ''),
  catalog_version integer not null check (catalog_version >= 0)
) strict, without rowid;

create index validities_by_begin on validities (valid_from);
