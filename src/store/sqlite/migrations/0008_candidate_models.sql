-- The version of a model whose candidates a run makes, such as bike_demand/8; none: ''.
alter table runs add column model text not null default '';
