-- SPDX-License-Identifier: Apache-2.0
-- A control database as the release before 0010 left it (sqlite3 .dump): two runs of a pipeline with a gate,
-- one decided and one that waits, a backfill that is done, and one that is planned.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE activations (
  sequence integer primary key autoincrement,
  definition text not null references definitions (digest),
  applied_by text not null,
  applied_at_us integer not null
) strict;
INSERT INTO "activations" VALUES(1,'sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','ana',1795396889828939);
CREATE TABLE aliases (
  model text not null,
  alias text not null check (alias <> ''),
  version integer not null,
  switch text not null references switches (id),
  primary key (model, alias),
  foreign key (model, version) references model_versions (model, version)
) strict, without rowid;
CREATE TABLE attempts (
  run text not null references runs (id),
  id text not null check (id glob 'att_*'),
  step text not null,
  instance integer not null check (instance >= 0),
  generation integer not null check (generation >= 0),
  ordinal integer not null check (ordinal >= 1),
  status text not null check (status in ('running', 'succeeded', 'failed', 'cancelled')),
  started_at_us integer,
  finished_at_us integer,
  failure text,
  primary key (run, id)
) strict, without rowid;
INSERT INTO "attempts" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510','att_01a205fe-6d8c-768a-89e6-39e51f71c44d','one',0,0,1,'succeeded',1795396890073686,1795396890118685,NULL);
INSERT INTO "attempts" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510','att_01a205fe-6e11-754c-b43d-81c06205d614','confirm',0,0,1,'succeeded',1795396890276168,1795396890306181,NULL);
INSERT INTO "attempts" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51','att_01a205fe-6f76-741e-b168-33e1ddc97a92','one',0,0,1,'succeeded',1795396890533726,1795396890597404,NULL);
INSERT INTO "attempts" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51','att_01a205fe-6fec-74e6-989f-ce2cd57e94a4','confirm',0,0,1,'succeeded',1795396890623279,1795396890667983,NULL);
INSERT INTO "attempts" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b','att_01a205fe-c6e0-7700-93fb-82a5f693327d','two',0,0,1,'succeeded',1795396912913913,1795396912956952,NULL);
INSERT INTO "attempts" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f','att_01a205fe-c6e0-7700-93fb-82a64e6758f8','two',0,0,1,'succeeded',1795396912940146,1795396913002712,NULL);
CREATE TABLE audit (
  sequence integer primary key check (sequence >= 1),
  at_us integer not null,
  actor text not null,
  verified integer not null check (verified in (0, 1)),
  channel text not null,
  action text not null,
  subject text not null,
  details text not null,
  previous text not null,
  digest text not null
) strict;
INSERT INTO "audit" VALUES(1,1795396889828939,'ana',0,'cli','definition.apply','sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','{"changes":6}','sha256:0000000000000000000000000000000000000000000000000000000000000000','sha256:612f52ed859a86991efea6c25c94648f1c6e50cc9307988e675a9b9084ae19bf');
INSERT INTO "audit" VALUES(2,1795396889974808,'ben',0,'cli','run.create','run_01a205fe-6d76-70b0-b4f4-856082cd1510','{"cause":"command","partition":"day=2026-01-01","pipeline":"ask"}','sha256:612f52ed859a86991efea6c25c94648f1c6e50cc9307988e675a9b9084ae19bf','sha256:89008a953d3983bc5f45878b09129ec9da854e84a120e6453f9a112a95527eac');
INSERT INTO "audit" VALUES(3,1795396890332241,'gossamer',1,'engine','gate.open','gate_01a205fe-6edc-7622-9643-5d684fba3ef5','{"evidence":"sha256:74c673dcf9031a702346a83d7e31c0fb61559f0985ad4c485d5c0c1d6049a45c","proposal":{"actor":"","aliases":[],"at":"1970-01-01T00:00:00.000000Z","cause":"gate","contents":[],"gate":null,"id":null,"reason":"","settings":[{"from":7,"name":"demand.horizon_days","to":"14"}],"undoes":null},"question":"Go on?","step":"confirm"}','sha256:89008a953d3983bc5f45878b09129ec9da854e84a120e6453f9a112a95527eac','sha256:637f27714332f58fa46ff19bcb143897853ad5c17117b08dc8aca2d95e26cd25');
INSERT INTO "audit" VALUES(4,1795396890464231,'ben',0,'cli','run.create','run_01a205fe-6f60-70b4-9a96-323cc14c3f51','{"cause":"command","partition":"day=2026-01-02","pipeline":"ask"}','sha256:637f27714332f58fa46ff19bcb143897853ad5c17117b08dc8aca2d95e26cd25','sha256:e10795d995bba4ecf8f7fcaf138dc8e9a0065cf75d7d5c1ba9e841e7c540ea1a');
INSERT INTO "audit" VALUES(5,1795396890676166,'gossamer',1,'engine','gate.open','gate_01a205fe-7034-7156-9f25-2066aa9e6a0c','{"evidence":"sha256:8e80e220e8ee8af6da2cb6b1dbc8aafe02279f5399585062a940eba256cd2621","proposal":{"actor":"","aliases":[],"at":"1970-01-01T00:00:00.000000Z","cause":"gate","contents":[],"gate":null,"id":null,"reason":"","settings":[{"from":7,"name":"demand.horizon_days","to":"14"}],"undoes":null},"question":"Go on?","step":"confirm"}','sha256:e10795d995bba4ecf8f7fcaf138dc8e9a0065cf75d7d5c1ba9e841e7c540ea1a','sha256:195f5afca538d86aea8814a0153f41349d21de87d7db2a8d7c5411c5c25c862b');
INSERT INTO "audit" VALUES(6,1795396910893946,'ana',0,'cli','gate.vote','gate_01a205fe-6edc-7622-9643-5d684fba3ef5','{"answer":"approve","approvals":1,"comment":"as shown","evidence":"sha256:74c673dcf9031a702346a83d7e31c0fb61559f0985ad4c485d5c0c1d6049a45c","gate":"gate_01a205fe-6edc-7622-9643-5d684fba3ef5","needed":1,"override":false,"state":"approved"}','sha256:195f5afca538d86aea8814a0153f41349d21de87d7db2a8d7c5411c5c25c862b','sha256:18e7b324b1e45205870f471e591067ed450d5778efe8aa33acc77ce97078c221');
INSERT INTO "audit" VALUES(7,1795396910893946,'ana',0,'cli','switch.apply','switch_01a205fe-bf2d-7791-b2b2-0a90794abe61','{"changes":["demand.horizon_days: 7 -> \"14\""],"gate":"gate_01a205fe-6edc-7622-9643-5d684fba3ef5"}','sha256:18e7b324b1e45205870f471e591067ed450d5778efe8aa33acc77ce97078c221','sha256:d5bf4050438cab483dcebe2d020ff719ee9712224a8ceb19b5734bfe5e04975a');
INSERT INTO "audit" VALUES(8,1795396911244103,'ben',0,'cli','backfill.plan','plan_01a205fe-c08c-729d-afa0-0b7dec835d14','{"model":"","partitions":2,"pipeline":"daily"}','sha256:d5bf4050438cab483dcebe2d020ff719ee9712224a8ceb19b5734bfe5e04975a','sha256:8dafd524d91bd4cb0649cb15bbeab41fa2480a7e9660f015edc7b19197653cfb');
INSERT INTO "audit" VALUES(9,1795396912829267,'ben',0,'cli','backfill.start','plan_01a205fe-c08c-729d-afa0-0b7dec835d14','{"max_active":4,"on_failure":"stop","order":"oldest"}','sha256:8dafd524d91bd4cb0649cb15bbeab41fa2480a7e9660f015edc7b19197653cfb','sha256:56106d098f6ec8718a0d08b03d547f0ef90025ed2bcec20701d6f1c86403d6e5');
INSERT INTO "audit" VALUES(10,1795396912855289,'ben',0,'cli','run.create','run_01a205fe-c6d7-7269-b446-1dad12fab11b','{"cause":"backfill","partition":"day=2026-01-01","pipeline":"daily"}','sha256:56106d098f6ec8718a0d08b03d547f0ef90025ed2bcec20701d6f1c86403d6e5','sha256:34f5f3ad0367ab5f901f827161f0ffc30c7d25b1ac6efed51b44b645e8c5e22f');
INSERT INTO "audit" VALUES(11,1795396912855349,'ben',0,'cli','run.create','run_01a205fe-c6d7-7269-b446-1dae0dfaea6f','{"cause":"backfill","partition":"day=2026-01-02","pipeline":"daily"}','sha256:34f5f3ad0367ab5f901f827161f0ffc30c7d25b1ac6efed51b44b645e8c5e22f','sha256:b8ad47c35c253d14927d4e9931e356b7a56782bb02181ce91d3e55f93f14425d');
INSERT INTO "audit" VALUES(12,1795396913280213,'ben',0,'cli','backfill.plan','plan_01a205fe-c880-775e-af66-30f9bc75beaa','{"model":"","partitions":2,"pipeline":"daily"}','sha256:b8ad47c35c253d14927d4e9931e356b7a56782bb02181ce91d3e55f93f14425d','sha256:6b2959512c9d452c50f1b9363a7c591e45bb7682b9cc6f53c750c1f851e38a94');
CREATE TABLE audit_head (
  only_row integer primary key check (only_row = 1),
  sequence integer not null check (sequence >= 0),
  digest text not null
) strict;
INSERT INTO "audit_head" VALUES(1,12,'sha256:6b2959512c9d452c50f1b9363a7c591e45bb7682b9cc6f53c750c1f851e38a94');
CREATE TABLE backfill_partitions (
  backfill integer not null references backfills (sequence),
  ordinal integer not null check (ordinal >= 1),
  partition_key text not null check (partition_key <> ''),
  reason text not null check (reason in ('missing', 'failed', 'stale', 'all')),
  detail text not null,
  status text not null
    check (status in ('pending', 'running', 'succeeded', 'failed', 'cancelled', 'skipped')),
  run text,
  primary key (backfill, ordinal)
) strict, without rowid;
INSERT INTO "backfill_partitions" VALUES(1,1,'day=2026-01-01','missing','','succeeded','run_01a205fe-c6d7-7269-b446-1dad12fab11b');
INSERT INTO "backfill_partitions" VALUES(1,2,'day=2026-01-02','missing','','succeeded','run_01a205fe-c6d7-7269-b446-1dae0dfaea6f');
INSERT INTO "backfill_partitions" VALUES(2,1,'day=2026-01-03','missing','','pending',NULL);
INSERT INTO "backfill_partitions" VALUES(2,2,'day=2026-01-04','missing','','pending',NULL);
CREATE TABLE backfills (
  sequence integer primary key autoincrement,
  id text not null unique check (id glob 'plan_*'),
  definition text not null references definitions (digest),
  pipeline text not null check (pipeline <> ''),
  first_value text not null,
  last_value text not null,
  reprocess text not null,
  model text not null,
  params text not null,
  status text not null
    check (status in ('planned', 'running', 'paused', 'succeeded', 'failed', 'cancelled')),
  run_order text not null check (run_order in ('oldest', 'newest')),
  max_active integer not null check (max_active >= 0),
  on_failure text not null,
  failures integer not null check (failures >= 0),
  message text not null,
  expected_us integer,
  planned_by text not null,
  planned_at_us integer not null,
  starter text not null,
  starter_verified integer not null check (starter_verified in (0, 1)),
  starter_channel text not null,
  applier text not null,
  started_at_us integer,
  finished_at_us integer,
  check ((status in ('succeeded', 'failed', 'cancelled')) = (finished_at_us is not null))
) strict;
INSERT INTO "backfills" VALUES(1,'plan_01a205fe-c08c-729d-afa0-0b7dec835d14','sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','daily','2026-01-01','2026-01-02','["missing"]','','{}','succeeded','oldest',4,'stop',0,'',NULL,'ben',1795396911244103,'ben',0,'cli','ana',1795396912829264,1795396913048649);
INSERT INTO "backfills" VALUES(2,'plan_01a205fe-c880-775e-af66-30f9bc75beaa','sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','daily','2026-01-03','2026-01-04','["missing"]','','{}','planned','oldest',0,'stop',0,'',117557,'ben',1795396913280213,'',1,'','ana',NULL,NULL);
CREATE TABLE catalog_versions (
  version integer primary key check (version >= 1),
  at_us integer not null,
  actor text not null,
  run text
) strict;
INSERT INTO "catalog_versions" VALUES(1,1795396890129764,'ben','run_01a205fe-6d76-70b0-b4f4-856082cd1510');
INSERT INTO "catalog_versions" VALUES(2,1795396890603908,'ben','run_01a205fe-6f60-70b4-9a96-323cc14c3f51');
INSERT INTO "catalog_versions" VALUES(3,1795396912957563,'ben','run_01a205fe-c6d7-7269-b446-1dad12fab11b');
INSERT INTO "catalog_versions" VALUES(4,1795396913006049,'ben','run_01a205fe-c6d7-7269-b446-1dae0dfaea6f');
CREATE TABLE contents (
  table_name text not null references tables (name),
  partition_key text not null check (partition_key <> ''),
  attempt text not null check (attempt glob 'att_*'),
  run text,
  candidate text not null,
  row_count integer not null check (row_count >= 0),
  digest text not null check (digest glob 'sha256:*'),
  files text not null,
  columns text not null,
  facts text not null,
  checks text not null,
  written_at_us integer not null,
  primary key (table_name, partition_key, attempt)
) strict;
INSERT INTO "contents" VALUES('t.one','day=2026-01-01','att_01a205fe-6d8c-768a-89e6-39e51f71c44d','run_01a205fe-6d76-70b0-b4f4-856082cd1510','',1,'sha256:d80b926e1286887d05e9e2b714bc9f6ed5eda81b30ffce1a549e1435dbde5e30','[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-6d8c-768a-89e6-39e51f71c44d-0.parquet","rows":1}]','[{"name":"n","type":"INTEGER"}]','[{"maximum":"1","minimum":"1","name":"n","nulls":0}]','[]',1795396890129764);
INSERT INTO "contents" VALUES('t.one','day=2026-01-02','att_01a205fe-6f76-741e-b168-33e1ddc97a92','run_01a205fe-6f60-70b4-9a96-323cc14c3f51','',1,'sha256:a69b959b788acbd27c84a8288f0bbbf0440d22993a25336ed7d136e344c7ef12','[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-6f76-741e-b168-33e1ddc97a92-0.parquet","rows":1}]','[{"name":"n","type":"INTEGER"}]','[{"maximum":"1","minimum":"1","name":"n","nulls":0}]','[]',1795396890603908);
INSERT INTO "contents" VALUES('t.two','day=2026-01-01','att_01a205fe-c6e0-7700-93fb-82a5f693327d','run_01a205fe-c6d7-7269-b446-1dad12fab11b','',1,'sha256:2ed3b931aadcb79688c42b4643acf2931960db161907e320ca9b13503b672849','[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-c6e0-7700-93fb-82a5f693327d-0.parquet","rows":1}]','[{"name":"n","type":"INTEGER"}]','[{"maximum":"1","minimum":"1","name":"n","nulls":0}]','[]',1795396912957563);
INSERT INTO "contents" VALUES('t.two','day=2026-01-02','att_01a205fe-c6e0-7700-93fb-82a64e6758f8','run_01a205fe-c6d7-7269-b446-1dae0dfaea6f','',1,'sha256:3c82c4cf42907d943a258811cc4d8507fdb46516bc60f7eda6c02467b3fa89dd','[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-c6e0-7700-93fb-82a64e6758f8-0.parquet","rows":1}]','[{"name":"n","type":"INTEGER"}]','[{"maximum":"1","minimum":"1","name":"n","nulls":0}]','[]',1795396913006049);
CREATE TABLE definition_files (
  definition text not null references definitions (digest),
  path text not null check (path <> ''),
  content text not null references file_contents (digest),
  primary key (definition, path)
) strict, without rowid;
INSERT INTO "definition_files" VALUES('sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','gossamer.yaml','sha256:40a97f12208ec2056e224acb6ccd2f5ce85e04f9b7b5847e73bdf24a7ff71371');
INSERT INTO "definition_files" VALUES('sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','pipelines/ask.yaml','sha256:6e2b9b9069708c252c86d9778669deb01fe25c15e1a04ebf8e9149979a8b779a');
INSERT INTO "definition_files" VALUES('sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','pipelines/daily.yaml','sha256:477b630c5ee65c072f70add9d18015b9430ae31c81df67f55b00f261f2d35abb');
INSERT INTO "definition_files" VALUES('sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','sql/one.sql','sha256:8249daff5d515aacf5425e508c017565768d66980d9ee71f3bd36247efa9eabd');
CREATE TABLE definitions (
  digest text primary key check (digest glob 'sha256:*'),
  parsed text not null
) strict;
INSERT INTO "definitions" VALUES('sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','{"models":[],"overlay":"","queries":{"sha256:8249daff5d515aacf5425e508c017565768d66980d9ee71f3bd36247efa9eabd":{"functions":[],"is_volatile":false,"parameters":[],"predict_models":[],"tables":[]}},"tables":[]}');
CREATE TABLE file_contents (
  digest text primary key check (digest glob 'sha256:*'),
  content blob not null
) strict;
INSERT INTO "file_contents" VALUES('sha256:40a97f12208ec2056e224acb6ccd2f5ce85e04f9b7b5847e73bdf24a7ff71371',X'776F726B73706163653A2075706772616465640A74696D657A6F6E653A205554430A67726F7570733A207B20616E616C797374733A205B616E615D207D0A73657474696E67733A207B2064656D616E642E686F72697A6F6E5F646179733A207B20747970653A20696E74656765722C2064656661756C743A2037207D207D0A');
INSERT INTO "file_contents" VALUES('sha256:6e2b9b9069708c252c86d9778669deb01fe25c15e1a04ebf8e9149979a8b779a',X'706970656C696E653A2061736B0A706172746974696F6E733A207B2065766572793A206461792C2074696D657A6F6E653A205554432C2073746172743A20323032362D30312D3031207D0A73746570733A0A20206F6E653A207B2073716C3A2073716C2F6F6E652E73716C2C206F75747075743A20742E6F6E65207D0A2020636F6E6669726D3A0A20202020617070726F76616C3A0A2020202020207469746C653A20476F206F6E3F0A20202020202065766964656E63653A205B6F6E655D0A202020202020617070726F766572733A207B20616E795F6F663A205B67726F75703A616E616C797374735D207D0A2020202020206F6E5F617070726F7665643A207B2073657474696E67733A207B2064656D616E642E686F72697A6F6E5F646179733A203134207D207D0A');
INSERT INTO "file_contents" VALUES('sha256:477b630c5ee65c072f70add9d18015b9430ae31c81df67f55b00f261f2d35abb',X'706970656C696E653A206461696C790A706172746974696F6E733A207B2065766572793A206461792C2074696D657A6F6E653A205554432C2073746172743A20323032362D30312D3031207D0A73746570733A0A202074776F3A207B2073716C3A2073716C2F6F6E652E73716C2C206F75747075743A20742E74776F207D0A');
INSERT INTO "file_contents" VALUES('sha256:8249daff5d515aacf5425e508c017565768d66980d9ee71f3bd36247efa9eabd',X'73656C6563742031206173206E0A');
CREATE TABLE gates (
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
INSERT INTO "gates" VALUES('gate_01a205fe-6edc-7622-9643-5d684fba3ef5','run_01a205fe-6d76-70b0-b4f4-856082cd1510','ask','day=2026-01-01','confirm',0,'Go on?','sha256:74c673dcf9031a702346a83d7e31c0fb61559f0985ad4c485d5c0c1d6049a45c','{"actor":"","aliases":[],"at":"1970-01-01T00:00:00.000000Z","cause":"gate","contents":[],"gate":null,"id":null,"reason":"","settings":[{"from":7,"name":"demand.horizon_days","to":"14"}],"undoes":null}','{"actor":"","aliases":[],"at":"1970-01-01T00:00:00.000000Z","cause":"gate","contents":[],"gate":null,"id":null,"reason":"","settings":[],"undoes":null}','{"any_of":["group:analysts"],"count":1,"excluded":[],"rejections":1}',0,1795396890332220,NULL,'[]',NULL,'','approved',1795396910893946);
INSERT INTO "gates" VALUES('gate_01a205fe-7034-7156-9f25-2066aa9e6a0c','run_01a205fe-6f60-70b4-9a96-323cc14c3f51','ask','day=2026-01-02','confirm',0,'Go on?','sha256:8e80e220e8ee8af6da2cb6b1dbc8aafe02279f5399585062a940eba256cd2621','{"actor":"","aliases":[],"at":"1970-01-01T00:00:00.000000Z","cause":"gate","contents":[],"gate":null,"id":null,"reason":"","settings":[{"from":7,"name":"demand.horizon_days","to":"14"}],"undoes":null}','{"actor":"","aliases":[],"at":"1970-01-01T00:00:00.000000Z","cause":"gate","contents":[],"gate":null,"id":null,"reason":"","settings":[],"undoes":null}','{"any_of":["group:analysts"],"count":1,"excluded":[],"rejections":1}',0,1795396890676154,NULL,'[]',NULL,'','open',NULL);
CREATE TABLE history (
  run text not null references runs (id),
  revision integer not null,
  ordinal integer not null,
  at_us integer not null,
  what text not null,
  cause text not null,
  actor text not null,
  details text not null,
  primary key (run, revision, ordinal)
) strict, without rowid;
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',1,0,1795396889974808,'run created','command','ben','{"params":{},"partition":"day=2026-01-01"}');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',2,0,1795396889996112,'run: queued -> running','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',2,1,1795396889996112,'step one: pending -> queued','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',3,0,1795396889996238,'step one: queued -> running','step_granted','','{"attempt":"att_01a205fe-6d8c-768a-89e6-39e51f71c44d"}');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',4,0,1795396890129764,'step one: running -> succeeded','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',4,1,1795396890129764,'step confirm: pending -> queued','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',5,0,1795396890184044,'step confirm: queued -> running','step_granted','','{"attempt":"att_01a205fe-6e11-754c-b43d-81c06205d614"}');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',6,0,1795396890332241,'step confirm: running -> waiting_for_decision','attempt_finished','','{"evidence":"sha256:74c673dcf9031a702346a83d7e31c0fb61559f0985ad4c485d5c0c1d6049a45c","gate":"gate_01a205fe-6edc-7622-9643-5d684fba3ef5"}');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',6,1,1795396890332241,'run: running -> waiting','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',7,0,1795396910893946,'step confirm: waiting_for_decision -> succeeded','person_voted','ana','{"answer":"approve","approvals":1,"comment":"as shown","evidence":"sha256:74c673dcf9031a702346a83d7e31c0fb61559f0985ad4c485d5c0c1d6049a45c","gate":"gate_01a205fe-6edc-7622-9643-5d684fba3ef5","needed":1,"override":false,"state":"approved"}');
INSERT INTO "history" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',7,1,1795396910893946,'run: waiting -> succeeded','person_voted','ana','null');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',1,0,1795396890464231,'run created','command','ben','{"params":{},"partition":"day=2026-01-02"}');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',2,0,1795396890486712,'run: queued -> running','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',2,1,1795396890486712,'step one: pending -> queued','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',3,0,1795396890486834,'step one: queued -> running','step_granted','','{"attempt":"att_01a205fe-6f76-741e-b168-33e1ddc97a92"}');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',4,0,1795396890603908,'step one: running -> succeeded','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',4,1,1795396890603908,'step confirm: pending -> queued','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',5,0,1795396890612056,'step confirm: queued -> running','step_granted','','{"attempt":"att_01a205fe-6fec-74e6-989f-ce2cd57e94a4"}');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',6,0,1795396890676166,'step confirm: running -> waiting_for_decision','attempt_finished','','{"evidence":"sha256:8e80e220e8ee8af6da2cb6b1dbc8aafe02279f5399585062a940eba256cd2621","gate":"gate_01a205fe-7034-7156-9f25-2066aa9e6a0c"}');
INSERT INTO "history" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',6,1,1795396890676166,'run: running -> waiting','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b',1,0,1795396912855289,'run created','backfill','ben','{"params":{},"partition":"day=2026-01-01"}');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b',2,0,1795396912864233,'run: queued -> running','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b',2,1,1795396912864233,'step two: pending -> queued','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b',3,0,1795396912864344,'step two: queued -> running','step_granted','','{"attempt":"att_01a205fe-c6e0-7700-93fb-82a5f693327d"}');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b',4,0,1795396912957563,'step two: running -> succeeded','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b',4,1,1795396912957563,'run: running -> succeeded','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f',1,0,1795396912855349,'run created','backfill','ben','{"params":{},"partition":"day=2026-01-02"}');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f',2,0,1795396912864265,'run: queued -> running','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f',2,1,1795396912864265,'step two: pending -> queued','run_started','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f',3,0,1795396912864364,'step two: queued -> running','step_granted','','{"attempt":"att_01a205fe-c6e0-7700-93fb-82a64e6758f8"}');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f',4,0,1795396913006049,'step two: running -> succeeded','attempt_finished','','null');
INSERT INTO "history" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f',4,1,1795396913006049,'run: running -> succeeded','attempt_finished','','null');
CREATE TABLE model_versions (
  model text not null check (model <> ''),
  version integer not null check (version >= 1),
  folder text not null,
  digest text not null check (digest glob 'sha256:*'),
  flavour text not null,
  signature text not null,
  facts text not null,
  metrics text not null,
  run text,
  step text not null,
  created_at_us integer not null,
  primary key (model, version)
) strict;
CREATE TABLE outbox (
  id integer primary key autoincrement,
  run text references runs (id),
  key text not null unique check (key <> ''),
  kind text not null,
  body text not null
) strict;
CREATE TABLE partition_locks (
  table_name text not null,
  partition_key text not null,
  holder text not null check (holder glob 'att_*'),
  actor text not null,
  at_us integer not null,
  primary key (table_name, partition_key)
) strict, without rowid;
CREATE TABLE runs (
  id text primary key check (id glob 'run_*'),
  definition text not null references definitions (digest),
  pipeline text not null check (pipeline <> ''),
  partition_key text not null check (partition_key <> ''),
  status text not null
    check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  revision integer not null check (revision >= 1),
  params text not null,
  starter text not null,
  starter_verified integer not null check (starter_verified in (0, 1)),
  starter_channel text not null,
  applier text not null,
  cause text not null,
  cause_parent text,
  cause_detail text not null,
  request_key text unique check (request_key <> ''),
  catalog_version integer not null check (catalog_version >= 0),
  settings text not null,
  priority integer not null,
  lane text not null check (lane in ('live', 'backfill')),
  recovers integer not null check (recovers in (0, 1)),
  cancel_requested_at_us integer,
  deadline_at_us integer,
  created_at_us integer not null,
  started_at_us integer,
  finished_at_us integer, model text not null default '',
  check ((status in ('succeeded', 'failed', 'cancelled')) = (finished_at_us is not null))
) strict, without rowid;
INSERT INTO "runs" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510','sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','ask','day=2026-01-01','succeeded',7,'{}','ben',0,'cli','ana','command',NULL,'',NULL,0,'{"demand.horizon_days":7}',0,'live',0,NULL,NULL,1795396889974808,1795396889996112,1795396910893946,'');
INSERT INTO "runs" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51','sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','ask','day=2026-01-02','waiting',6,'{}','ben',0,'cli','ana','command',NULL,'',NULL,1,'{"demand.horizon_days":7}',0,'live',0,NULL,NULL,1795396890464231,1795396890486712,NULL,'');
INSERT INTO "runs" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b','sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','daily','day=2026-01-01','succeeded',4,'{}','ben',0,'cli','ana','backfill',NULL,'plan_01a205fe-c08c-729d-afa0-0b7dec835d14','backfill/plan_01a205fe-c08c-729d-afa0-0b7dec835d14/day=2026-01-01',2,'{"demand.horizon_days":"14"}',0,'backfill',0,NULL,NULL,1795396912855289,1795396912864233,1795396912957563,'');
INSERT INTO "runs" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f','sha256:7fbebd447b3dee45aadd0a965d21f7197c9ac444d14bc9230030f555a92cd750','daily','day=2026-01-02','succeeded',4,'{}','ben',0,'cli','ana','backfill',NULL,'plan_01a205fe-c08c-729d-afa0-0b7dec835d14','backfill/plan_01a205fe-c08c-729d-afa0-0b7dec835d14/day=2026-01-02',2,'{"demand.horizon_days":"14"}',0,'backfill',0,NULL,NULL,1795396912855349,1795396912864265,1795396913006049,'');
CREATE TABLE schedules (
  pipeline text primary key check (pipeline <> ''),
  is_on integer not null check (is_on in (0, 1)),
  handled_until_us integer not null,
  switched_by text not null,
  switched_at_us integer not null
) strict, without rowid;
CREATE TABLE settings (
  name text primary key check (name <> ''),
  value text not null check (value <> 'null'),
  switch text not null references switches (id)
) strict, without rowid;
INSERT INTO "settings" VALUES('demand.horizon_days','"14"','switch_01a205fe-bf2d-7791-b2b2-0a90794abe61');
CREATE TABLE shown_evidence (
  gate text not null references gates (id),
  who text not null,
  digest text not null,
  at_us integer not null,
  primary key (gate, who)
) strict, without rowid;
CREATE TABLE steps (
  run text not null references runs (id),
  step integer not null check (step >= 0),
  instance integer not null check (instance >= 0),
  name text not null,
  output_table text,
  each text not null,
  status text not null
    check (status in ('pending', 'queued', 'running', 'waiting_for_decision', 'waiting_for_data',
                      'waiting_to_retry', 'succeeded', 'failed', 'skipped', 'cancelled')),
  outcome text not null
    check (outcome in ('none', 'succeeded', 'passed', 'failed_criteria', 'approved', 'rejected',
                       'expired', 'superseded')),
  left_out integer not null check (left_out in (0, 1)),
  generation integer not null check (generation >= 0),
  attempts integer not null check (attempts >= 0),
  open_dependencies integer not null check (open_dependencies >= 0),
  attempt text,
  gate text,
  stop_requested text check (stop_requested in ('cancelled', 'timeout')),
  wake_at_us integer,
  deadline_at_us integer,
  pins text not null,
  result text,
  failure text,
  queued_at_us integer,
  started_at_us integer,
  finished_at_us integer,
  primary key (run, step, instance),
  check (status <> 'running' or attempt is not null),
  check (status <> 'waiting_for_decision' or gate is not null),
  check (status <> 'waiting_to_retry' or wake_at_us is not null)
) strict, without rowid;
INSERT INTO "steps" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',0,0,'one','t.one','null','succeeded','succeeded',0,0,1,0,'att_01a205fe-6d8c-768a-89e6-39e51f71c44d',NULL,NULL,NULL,NULL,'{}','{"outputs":{},"publications":[{"candidate":"","content":{"attempt":"att_01a205fe-6d8c-768a-89e6-39e51f71c44d","checks":[],"digest":"sha256:d80b926e1286887d05e9e2b714bc9f6ed5eda81b30ffce1a549e1435dbde5e30","facts":[{"maximum":"1","minimum":"1","name":"n","nulls":0}],"files":[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-6d8c-768a-89e6-39e51f71c44d-0.parquet","rows":1}],"partition":"day=2026-01-01","rows":1,"schema":[{"name":"n","type":"INTEGER"}],"table":"t.one"},"visibility":"current"}],"report":{"checks":[]},"rows":1}',NULL,1795396889996112,1795396889996238,1795396890129764);
INSERT INTO "steps" VALUES('run_01a205fe-6d76-70b0-b4f4-856082cd1510',1,0,'confirm',NULL,'null','succeeded','approved',0,0,1,0,'att_01a205fe-6e11-754c-b43d-81c06205d614','gate_01a205fe-6edc-7622-9643-5d684fba3ef5',NULL,NULL,NULL,'{}',NULL,NULL,1795396890129764,1795396890184044,1795396910893946);
INSERT INTO "steps" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',0,0,'one','t.one','null','succeeded','succeeded',0,0,1,0,'att_01a205fe-6f76-741e-b168-33e1ddc97a92',NULL,NULL,NULL,NULL,'{}','{"outputs":{},"publications":[{"candidate":"","content":{"attempt":"att_01a205fe-6f76-741e-b168-33e1ddc97a92","checks":[],"digest":"sha256:a69b959b788acbd27c84a8288f0bbbf0440d22993a25336ed7d136e344c7ef12","facts":[{"maximum":"1","minimum":"1","name":"n","nulls":0}],"files":[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-6f76-741e-b168-33e1ddc97a92-0.parquet","rows":1}],"partition":"day=2026-01-02","rows":1,"schema":[{"name":"n","type":"INTEGER"}],"table":"t.one"},"visibility":"current"}],"report":{"checks":[]},"rows":1}',NULL,1795396890486712,1795396890486834,1795396890603908);
INSERT INTO "steps" VALUES('run_01a205fe-6f60-70b4-9a96-323cc14c3f51',1,0,'confirm',NULL,'null','waiting_for_decision','none',0,0,1,0,'att_01a205fe-6fec-74e6-989f-ce2cd57e94a4','gate_01a205fe-7034-7156-9f25-2066aa9e6a0c',NULL,NULL,NULL,'{}',NULL,NULL,1795396890603908,1795396890612056,NULL);
INSERT INTO "steps" VALUES('run_01a205fe-c6d7-7269-b446-1dad12fab11b',0,0,'two','t.two','null','succeeded','succeeded',0,0,1,0,'att_01a205fe-c6e0-7700-93fb-82a5f693327d',NULL,NULL,NULL,NULL,'{}','{"outputs":{},"publications":[{"candidate":"","content":{"attempt":"att_01a205fe-c6e0-7700-93fb-82a5f693327d","checks":[],"digest":"sha256:2ed3b931aadcb79688c42b4643acf2931960db161907e320ca9b13503b672849","facts":[{"maximum":"1","minimum":"1","name":"n","nulls":0}],"files":[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-c6e0-7700-93fb-82a5f693327d-0.parquet","rows":1}],"partition":"day=2026-01-01","rows":1,"schema":[{"name":"n","type":"INTEGER"}],"table":"t.two"},"visibility":"current"}],"report":{"checks":[]},"rows":1}',NULL,1795396912864233,1795396912864344,1795396912957563);
INSERT INTO "steps" VALUES('run_01a205fe-c6d7-7269-b446-1dae0dfaea6f',0,0,'two','t.two','null','succeeded','succeeded',0,0,1,0,'att_01a205fe-c6e0-7700-93fb-82a64e6758f8',NULL,NULL,NULL,NULL,'{}','{"outputs":{},"publications":[{"candidate":"","content":{"attempt":"att_01a205fe-c6e0-7700-93fb-82a64e6758f8","checks":[],"digest":"sha256:3c82c4cf42907d943a258811cc4d8507fdb46516bc60f7eda6c02467b3fa89dd","facts":[{"maximum":"1","minimum":"1","name":"n","nulls":0}],"files":[{"bytes":199,"digest":"sha256:757906640f372a5ed7adb0df5b4d9e80a54ac4c6ff19937a3bcb5bc5682827c4","name":"part-att_01a205fe-c6e0-7700-93fb-82a64e6758f8-0.parquet","rows":1}],"partition":"day=2026-01-02","rows":1,"schema":[{"name":"n","type":"INTEGER"}],"table":"t.two"},"visibility":"current"}],"report":{"checks":[]},"rows":1}',NULL,1795396912864265,1795396912864364,1795396913006049);
CREATE TABLE switches (
  sequence integer primary key autoincrement,
  id text not null unique check (id glob 'switch_*'),
  cause text not null check (cause in ('gate', 'undo', 'command')),
  actor text not null,
  reason text not null,
  at_us integer not null,
  gate text,
  undoes text unique references switches (id),
  changes text not null,
  check ((cause = 'gate') = (gate is not null)),
  check ((cause = 'undo') = (undoes is not null))
) strict;
INSERT INTO "switches" VALUES(1,'switch_01a205fe-bf2d-7791-b2b2-0a90794abe61','gate','ana','as shown',1795396910893946,'gate_01a205fe-6edc-7622-9643-5d684fba3ef5',NULL,'{"actor":"ana","aliases":[],"at":"2026-11-23T01:21:50.893946Z","cause":"gate","contents":[],"gate":"gate_01a205fe-6edc-7622-9643-5d684fba3ef5","id":"switch_01a205fe-bf2d-7791-b2b2-0a90794abe61","reason":"as shown","settings":[{"from":7,"name":"demand.horizon_days","to":"14"}],"undoes":null}');
CREATE TABLE tables (
  name text primary key check (name <> ''),
  key_columns text not null,
  columns text not null,
  updated_at_us integer not null
) strict, without rowid;
INSERT INTO "tables" VALUES('t.one','["day"]','[{"name":"n","type":"INTEGER"}]',1795396890603908);
INSERT INTO "tables" VALUES('t.two','["day"]','[{"name":"n","type":"INTEGER"}]',1795396913006049);
CREATE TABLE validities (
  table_name text not null,
  partition_key text not null,
  valid_from integer not null references catalog_versions (version),
  valid_until integer references catalog_versions (version),
  attempt text not null,
  primary key (table_name, partition_key, valid_from),
  foreign key (table_name, partition_key, attempt)
    references contents (table_name, partition_key, attempt),
  check (valid_until is null or valid_until > valid_from)
) strict, without rowid;
INSERT INTO "validities" VALUES('t.one','day=2026-01-01',1,NULL,'att_01a205fe-6d8c-768a-89e6-39e51f71c44d');
INSERT INTO "validities" VALUES('t.one','day=2026-01-02',2,NULL,'att_01a205fe-6f76-741e-b168-33e1ddc97a92');
INSERT INTO "validities" VALUES('t.two','day=2026-01-01',3,NULL,'att_01a205fe-c6e0-7700-93fb-82a5f693327d');
INSERT INTO "validities" VALUES('t.two','day=2026-01-02',4,NULL,'att_01a205fe-c6e0-7700-93fb-82a64e6758f8');
CREATE TABLE votes (
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
INSERT INTO "votes" VALUES('vote_01a205fe-bf2d-7791-b2b2-0a8f75edad69','gate_01a205fe-6edc-7622-9643-5d684fba3ef5','ana','approve',1795396910893898,'cli','as shown','sha256:74c673dcf9031a702346a83d7e31c0fb61559f0985ad4c485d5c0c1d6049a45c',0,0,'null');
CREATE INDEX contents_by_attempt on contents (attempt);
CREATE INDEX contents_by_run on contents (run) where run is not null;
CREATE UNIQUE INDEX one_current_content on validities (table_name, partition_key)
  where valid_until is null;
CREATE INDEX validities_by_content on validities (table_name, partition_key, attempt);
CREATE INDEX validities_by_end on validities (valid_until) where valid_until is not null;
CREATE TRIGGER contents_are_immutable before update on contents
begin
  select raise(abort, 'what an attempt wrote is never changed');
end;
CREATE TRIGGER model_versions_are_immutable before update on model_versions
begin
  select raise(abort, 'a model version is never changed');
end;
CREATE TRIGGER switches_are_immutable before update on switches
begin
  select raise(abort, 'a switch is never changed: undo it');
end;
CREATE TRIGGER switches_are_kept before delete on switches
begin
  select raise(abort, 'a switch is never removed: undo it');
end;
CREATE INDEX open_runs on runs (id) where status in ('queued', 'running', 'waiting');
CREATE INDEX runs_of_pipeline on runs (pipeline, id);
CREATE INDEX runs_by_end on runs (finished_at_us) where finished_at_us is not null;
CREATE INDEX writing_steps on steps (output_table)
  where status = 'running' and output_table is not null;
CREATE TRIGGER history_is_never_edited before update on history
begin
  select raise(abort, 'nothing edits the history');
end;
CREATE INDEX open_gates on gates (due_at_us, opened_at_us) where status = 'open';
CREATE INDEX gates_of_run on gates (run);
CREATE INDEX gates_by_end on gates (closed_at_us) where closed_at_us is not null;
CREATE TRIGGER closed_gates_are_immutable before update on gates
when old.status <> 'open' and old.status <> new.status
begin
  select raise(abort, 'a closed gate is never changed');
end;
CREATE TRIGGER votes_are_immutable before update on votes
begin
  select raise(abort, 'a vote is never changed');
end;
CREATE TRIGGER votes_are_kept before delete on votes
begin
  select raise(abort, 'a vote is never removed');
end;
CREATE TRIGGER audit_is_never_edited before update on audit
begin
  select raise(abort, 'nothing edits the audit log');
end;
CREATE TRIGGER audit_is_kept before delete on audit
begin
  select raise(abort, 'nothing removes audit entries');
end;
CREATE INDEX runs_of_partition on runs (pipeline, partition_key, id);
CREATE INDEX open_backfills on backfills (sequence) where status in ('running', 'paused');
CREATE INDEX partitions_in_backfill_now on backfill_partitions (backfill, ordinal)
  where status = 'running';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('activations',1);
INSERT INTO "sqlite_sequence" VALUES('outbox',13);
INSERT INTO "sqlite_sequence" VALUES('switches',1);
INSERT INTO "sqlite_sequence" VALUES('backfills',2);
COMMIT;
PRAGMA user_version=9;
PRAGMA foreign_keys=ON;
