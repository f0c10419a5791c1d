// SPDX-License-Identifier: Apache-2.0
import { api } from "./api";
import { changeText, figure, Link, Loading, Time, useLoaded } from "./parts";
import { useSession } from "./session";
import type { Switch, Version } from "./types";
import { Action, Empty, Facts, Table } from "./widgets";

function Aliases(props: { names: string[] }) {
  return (
    <>
      {props.names.map((name) => (
        <span key={name} className="badge">
          {name}
        </span>
      ))}
    </>
  );
}

export function Models() {
  const models = useLoaded("models", () => api.models(""));
  return (
    <section>
      <h1>Models</h1>
      <Loading loaded={models}>
        {(versions) => {
          const names = [...new Set(versions.map((each) => each.model))].sort();
          if (names.length === 0) {
            return <Empty>No model yet: a step of the kind train registers one.</Empty>;
          }
          return (
            <Table
              label="Models"
              rows={names}
              keyOf={(name) => name}
              columns={[
                { head: "Model", cell: (name) => <Link to={`/models/${name}`}>{name}</Link> },
                {
                  head: "In use",
                  cell: (name) =>
                    versions
                      .filter((each) => each.model === name && each.aliases.length > 0)
                      .map((each) => (
                        <span key={each.version}>
                          {each.version} <Aliases names={each.aliases} />{" "}
                        </span>
                      )),
                },
                {
                  head: "Versions",
                  cell: (name) => versions.filter((each) => each.model === name).length,
                  isNumber: true,
                },
              ]}
            />
          );
        }}
      </Loading>
      <Switches />
    </section>
  );
}

// What decisions and people moved, newest first.
function Switches(props: { model?: string }) {
  const switches = useLoaded("switches", () => api.switches());
  const { may } = useSession();
  const isShown = (change: Switch) =>
    props.model === undefined || change.changes.some((each) => each.includes(`${props.model}@`));
  const undone = new Set((switches.value ?? []).map((each) => each.undoes));
  return (
    <section aria-label="Switches">
      <h2>Switches</h2>
      <Loading loaded={switches}>
        {(all) => {
          const rows = all.filter(isShown);
          if (rows.length === 0) return <Empty>Nothing was switched yet.</Empty>;
          return (
            <Table
              label="Switches"
              rows={rows}
              keyOf={(row) => row.switch}
              columns={[
                { head: "When", cell: (row) => <Time at={row.at} /> },
                {
                  head: "What",
                  cell: (row) => row.changes
                      .map(changeText)
                      .filter((each) => each !== "")
                      .map((each) => <div key={each}>{each}</div>),
                },
                {
                  head: "By",
                  cell: (row) => (
                    <>
                      {row.actor}{" "}
                      {row.gate && <Link to={`/gates/${row.gate}`}>gate</Link>}
                      <div className="soft">{row.reason}</div>
                    </>
                  ),
                },
                {
                  head: "",
                  cell: (row) =>
                    undone.has(row.switch) ? (
                      <span className="soft">undone</span>
                    ) : (
                      may("editor") && (
                        <Action
                          verb="Undo"
                          tone="reject"
                          asksReason
                          says={`Puts back what was there before: ${row.changes
                            .map(changeText)
                            .filter((each) => each !== "")
                            .join("; ")}, undone.`}
                          act={(reason) => api.undo(row.switch, reason)}
                          done={switches.again}
                        />
                      )
                    ),
                },
              ]}
            />
          );
        }}
      </Loading>
    </section>
  );
}

function metricNames(versions: Version[]): string[] {
  return [...new Set(versions.flatMap((each) => Object.keys(each.metrics)))].sort();
}

export function ModelScreen(props: { model: string }) {
  const versions = useLoaded(`model ${props.model}`, () => api.models(props.model));
  return (
    <Loading loaded={versions}>
      {(rows) => (
        <article>
          <h1>{props.model}</h1>
          {rows.length === 0 ? (
            <Empty>
              There is no model of this name. <Link to="/models">All models</Link>
            </Empty>
          ) : (
            <Table
              label="Versions"
              rows={rows}
              keyOf={(row) => row.version}
              columns={[
                {
                  head: "Version",
                  cell: (row) => (
                    <Link to={`/models/${row.model}/${row.version}`}>{row.version}</Link>
                  ),
                },
                { head: "Aliases", cell: (row) => <Aliases names={row.aliases} /> },
                ...metricNames(rows).map((name) => ({
                  head: name,
                  cell: (row: Version) => figure(row.metrics[name]),
                  isNumber: true,
                })),
                {
                  head: "Made by",
                  cell: (row: Version) => (row.run ? <Link to={`/runs/${row.run}`}>run</Link> : "–"),
                },
              ]}
            />
          )}
          <Switches model={props.model} />
        </article>
      )}
    </Loading>
  );
}

export function VersionScreen(props: { model: string; version: string }) {
  const name = `${props.model}/${props.version}`;
  const loaded = useLoaded(`version ${name}`, () => api.version(name));
  return (
    <Loading loaded={loaded}>
      {(version) => (
        <article>
          <h1>
            <Link to={`/models/${props.model}`}>{props.model}</Link>/{props.version}{" "}
            <Aliases names={version.aliases} />
          </h1>
          <Facts
            of={[
              ["Made", <Time key="at" at={version.created_at} />],
              [
                "By",
                version.run ? <Link to={`/runs/${version.run}`}>{version.step || "run"}</Link> : "–",
              ],
              ["Format", version.flavour],
            ]}
          />
          <h2>Figures</h2>
          {Object.keys(version.metrics).length === 0 ? (
            <Empty>It was registered without figures.</Empty>
          ) : (
            <Table
              label="Figures"
              rows={Object.entries(version.metrics)}
              keyOf={([metric]) => metric}
              columns={[
                { head: "Measure", cell: ([metric]) => metric },
                { head: "Value", cell: ([, value]) => figure(value), isNumber: true },
              ]}
            />
          )}
          <h2>How it was made</h2>
          <pre tabIndex={0}>{JSON.stringify(version.facts, null, 2)}</pre>
          <h2>What it takes and gives</h2>
          <pre tabIndex={0}>{JSON.stringify(version.signature, null, 2)}</pre>
          <p className="soft">
            Digest <code>{version.digest}</code>
          </p>
        </article>
      )}
    </Loading>
  );
}
