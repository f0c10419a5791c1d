// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { api } from "./api";
import { bytes, count, Link, Loading, State, Time, useLoaded } from "./parts";
import { Choice, Empty, Facts, Table } from "./widgets";

export function Tables() {
  const tables = useLoaded("tables", () => api.tables());
  return (
    <section>
      <h1>Tables</h1>
      <Loading loaded={tables}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>
              No table yet. Bring files in with <code>gossamer tables import NAME FILE…</code>, or
              run a pipeline that writes one.
            </Empty>
          ) : (
            <Table
              label="Tables"
              rows={rows}
              keyOf={(row) => row.table}
              columns={[
                { head: "Table", cell: (row) => <Link to={`/tables/${row.table}`}>{row.table}</Link> },
                { head: "Rows", cell: (row) => count(row.rows), isNumber: true },
                { head: "Partitions", cell: (row) => count(row.partitions), isNumber: true },
                { head: "Columns", cell: (row) => row.columns.length, isNumber: true },
                { head: "Changed", cell: (row) => <Time at={row.updated_at} /> },
              ]}
            />
          )
        }
      </Loading>
    </section>
  );
}

const content_states = ["current", "candidate", "former"];

function Contents(props: { table: string }) {
  const [state, setState] = useState("current");
  const contents = useLoaded(`contents ${props.table}`, () => api.contents(props.table));
  return (
    <section aria-label="Partitions">
      <h2>Partitions</h2>
      <div className="filters">
        <Choice label="State" value={state} set={setState} options={content_states} empty="all" />
      </div>
      <Loading loaded={contents}>
        {(all) => {
          const rows = all.filter((row) => state === "" || row.state === state);
          if (rows.length === 0) return <Empty>No partition is {state || "here"}.</Empty>;
          return (
            <Table
              label="Partitions"
              rows={rows}
              keyOf={(row) => `${row.partition} ${row.digest} ${row.state} ${row.candidate}`}
              columns={[
                { head: "Partition", cell: (row) => row.partition },
                {
                  head: "State",
                  cell: (row) => (
                    <>
                      <State state={row.state} /> {row.candidate}
                    </>
                  ),
                },
                { head: "Rows", cell: (row) => count(row.rows), isNumber: true },
                { head: "Size", cell: (row) => bytes(row.bytes), isNumber: true },
                { head: "Written", cell: (row) => <Time at={row.written_at} /> },
                {
                  head: "By",
                  cell: (row) => (row.run ? <Link to={`/runs/${row.run}`}>run</Link> : "import"),
                },
              ]}
            />
          );
        }}
      </Loading>
    </section>
  );
}

function Changes(props: { table: string }) {
  const changes = useLoaded(`changes ${props.table}`, () => api.tableHistory(props.table));
  return (
    <section aria-label="History">
      <h2>History</h2>
      <Loading loaded={changes}>
        {(rows) => (
          <Table
            label="History"
            rows={rows}
            keyOf={(row) => row.version}
            columns={[
              { head: "When", cell: (row) => <Time at={row.at} /> },
              { head: "What", cell: (row) => row.what },
              { head: "Added", cell: (row) => count(row.added), isNumber: true },
              { head: "Replaced", cell: (row) => count(row.replaced), isNumber: true },
              { head: "Removed", cell: (row) => count(row.removed), isNumber: true },
              {
                head: "By",
                cell: (row) =>
                  row.run ? <Link to={`/runs/${row.run}`}>{row.actor || "run"}</Link> : row.actor,
              },
            ]}
          />
        )}
      </Loading>
    </section>
  );
}

export function TableScreen(props: { table: string }) {
  const loaded = useLoaded(`table ${props.table}`, () => api.table(props.table));
  return (
    <Loading loaded={loaded}>
      {(table) => (
        <article>
          <h1>{table.table}</h1>
          <Facts
            of={[
              ["Rows", count(table.rows)],
              ["Partitions", count(table.partitions)],
              ["Partitioned by", table.keys.join(", ") || "–"],
              ["Changed", <Time key="at" at={table.updated_at} />],
            ]}
          />
          <h2>Columns</h2>
          <Table
            label="Columns"
            rows={table.columns}
            keyOf={(column) => column.name}
            columns={[
              { head: "Column", cell: (column) => column.name },
              { head: "Type", cell: (column) => <code>{column.type}</code> },
            ]}
          />
          <Contents table={props.table} />
          <Changes table={props.table} />
        </article>
      )}
    </Loading>
  );
}
