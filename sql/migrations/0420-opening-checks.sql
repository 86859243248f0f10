-- What is checked before data are published to everybody (Tarn-et-Garonne convention, art. 5; CRPA, L312-1-2): four
-- questions, asked once for each source; what detectors found in its cells; who answered what, when and why.

create table registry.opening_answer (
  like registry.remembered including all,
  dataset text not null references registry.dataset,
  source text not null check (btrim(source) <> ''),  -- what the data are made from: another one is asked anew
  question text not null
    check (question in ('personal_data', 'secrets', 'intellectual_property', 'internal_security')),
  detector text,                       -- with `field`: the answer to what that detector found in that column
  field text,
  verdict text not null check (verdict in ('clear', 'barred')),
  organisation text not null references registry.body,
  reason text not null check (length(btrim(reason)) between 3 and 2000),
  constraint a_finding_is_of_a_column check ((detector is null) = (field is null)),
  constraint a_finding_is_of_personal_data check (detector is null or question = 'personal_data'),
  constraint one_answer_of_a_question exclude using gist (dataset with =, source with =, question with =,
    (coalesce(detector, '')) with =, (coalesce(field, '')) with =, known with &&)
);
call registry.keep_history('registry.opening_answer');
create index opening_answer_of on registry.opening_answer (dataset) where closed_by is null;

-- The last reading of the cells of each dataset, by the owner of the tables: places and masked values, no value.
create schema open_data;
comment on schema open_data is 'Opening of data: the last scan of each dataset for what looks like personal data.';

create table open_data.scan (
  dataset text primary key,
  at timestamptz not null default now(),
  source text not null,
  version bigint not null,             -- registry.data_version: the rows that were read
  rows bigint not null check (rows >= 0),
  findings jsonb not null check (jsonb_typeof(findings) = 'array')
);
