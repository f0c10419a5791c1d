// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { api } from "./api";
import { Graph } from "./graph";
import { goTo, Link, Loading, State, Time, toneOf, Trouble, useLoaded } from "./parts";
import { RunTable } from "./runs";
import { useSession } from "./session";
import type { PipelineDetail, Run, Schedule } from "./types";
import { Empty, Facts, Field, Table, useWork } from "./widgets";

// The last runs as small squares, the newest to the right.
function Squares(props: { runs: Run[] }) {
  return (
    <span className="squares">
      {props.runs.map((run) => (
        <Link key={run.run} to={`/runs/${run.run}`} className={`square ${toneOf(run.state)}`}>
          <span className="unseen">
            {run.partition} {run.state}
          </span>
        </Link>
      ))}
    </span>
  );
}

function nextOf(schedules: Schedule[] | undefined, pipeline: string) {
  const own = (schedules ?? []).filter((each) => each.pipeline === pipeline);
  const next = own.find((each) => each.next !== null && each.state === "on");
  if (next) return <Time at={next.next} />;
  const first = own[0];
  if (!first) return <span className="soft">by hand</span>;
  return (
    <span className="soft">{first.state === "off" ? `off (${first.when})` : first.when}</span>
  );
}

export function Pipelines() {
  const pipelines = useLoaded("pipelines", () => api.pipelines());
  const schedules = useLoaded("schedules", () => api.schedules());
  return (
    <section>
      <h1>Pipelines</h1>
      <Loading loaded={pipelines}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>
              Nothing was applied yet. Write <code>pipelines/NAME.yaml</code>, then{" "}
              <code>gossamer apply</code>.
            </Empty>
          ) : (
            <Table
              label="Pipelines"
              rows={rows}
              keyOf={(row) => row.pipeline}
              columns={[
                {
                  head: "Pipeline",
                  cell: (row) => (
                    <>
                      <Link to={`/pipelines/${row.pipeline}`}>{row.pipeline}</Link>
                      <div className="soft">{row.description}</div>
                    </>
                  ),
                },
                { head: "Last runs", cell: (row) => <Squares runs={row.recent} /> },
                {
                  head: "State",
                  cell: (row) => {
                    const last = row.recent.at(-1);
                    return last ? <State state={last.state} /> : <span className="soft">never ran</span>;
                  },
                },
                { head: "Next", cell: (row) => nextOf(schedules.value, row.pipeline) },
                { head: "Owner", cell: (row) => row.owner || "–" },
              ]}
            />
          )
        }
      </Loading>
    </section>
  );
}

function StartForm(props: { pipeline: PipelineDetail; done: () => void }) {
  const [partition, setPartition] = useState("");
  const [params, setParams] = useState<Record<string, string>>({});
  const work = useWork();
  const { pipeline } = props;
  const send = () =>
    work.run(async () => {
      const typed = Object.entries(params).filter(([, text]) => text !== "");
      const values = typed.map(([name, text]) => {
        const type = pipeline.parameters.find((each) => each.parameter === name)?.type;
        const isText = type === "string" || type === "date";
        return [name, isText ? text : (JSON.parse(text) as unknown)];
      });
      const run = await api.start({
        pipeline: pipeline.pipeline,
        partition,
        params: Object.fromEntries(values) as object,
      });
      goTo(`/runs/${run.run}`);
    });
  return (
    <form
      className="action"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {pipeline.partitions !== "all" && (
        <Field
          label={`Partition (${pipeline.partitions})`}
          value={partition}
          set={setPartition}
          hint="the last complete one"
        />
      )}
      {pipeline.parameters.map((each) => (
        <Field
          key={each.parameter}
          label={`${each.parameter} (${each.type})`}
          value={params[each.parameter] ?? ""}
          set={(text) => setParams({ ...params, [each.parameter]: text })}
          hint={JSON.stringify(each.default)}
        />
      ))}
      <Trouble problem={work.problem} />
      <div className="answers">
        <button className="approve" disabled={work.busy}>
          Start
        </button>
        <button type="button" onClick={props.done} disabled={work.busy}>
          Back
        </button>
      </div>
    </form>
  );
}

export function PipelineScreen(props: { pipeline: string }) {
  const loaded = useLoaded(`pipeline ${props.pipeline}`, () => api.pipeline(props.pipeline));
  const schedules = useLoaded("schedules", () => api.schedules());
  const [starts, setStarts] = useState(false);
  const { may } = useSession();
  return (
    <Loading loaded={loaded}>
      {(pipeline) => (
        <article>
          <header className="head">
            <h1>{pipeline.pipeline}</h1>
            <p className="soft">{pipeline.description}</p>
            {may("operator") &&
              (starts ? (
                <StartForm pipeline={pipeline} done={() => setStarts(false)} />
              ) : (
                <button className="approve" onClick={() => setStarts(true)}>
                  Start a run
                </button>
              ))}
          </header>
          <Facts
            of={[
              ["Owner", pipeline.owner || "–"],
              ["Partitions", pipeline.partitions],
              ["Next start", nextOf(schedules.value, pipeline.pipeline)],
              [
                "Reads",
                pipeline.inputs.length === 0
                  ? "–"
                  : pipeline.inputs.map((input) => (
                      <span key={input.input}>
                        <Link to={`/tables/${input.table}`}>{input.table}</Link>{" "}
                      </span>
                    )),
              ],
              [
                "Writes",
                pipeline.steps.flatMap((step) =>
                  step.output ? [<Link key={step.step} to={`/tables/${step.output}`}>{step.output}</Link>, " "] : [],
                ),
              ],
            ]}
          />
          <h2>Steps</h2>
          <Graph
            nodes={pipeline.steps.map((step) => ({
              ...step,
              note: step.checks > 0 ? `${step.checks} checks` : "",
            }))}
          />
          <h2>Runs</h2>
          {pipeline.recent.length === 0 ? (
            <Empty>It never ran.</Empty>
          ) : (
            <RunTable rows={[...pipeline.recent].reverse()} label="Runs" ofOne />
          )}
          <h2>
            File <span className="soft">{pipeline.file}</span>
          </h2>
          <pre tabIndex={0}>{pipeline.text}</pre>
        </article>
      )}
    </Loading>
  );
}
