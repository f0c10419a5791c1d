-- The version of a model whose candidates a run makes, such as bike_demand/8; none: ''.
alter table runs add column model text not null default '';

-- The runs of one partition, newest last, however many others the pipeline has.
create index runs_of_partition on runs (pipeline, partition_key, id);
