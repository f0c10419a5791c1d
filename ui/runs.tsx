// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { api } from "./api";
import { Graph } from "./graph";
import { count, goTo, Link, Loading, seconds, State, Time, toneOf, useLoaded } from "./parts";
import { useSession } from "./session";
import type { OwnGate, Run, RunDetail, Step } from "./types";
import { Action, Choice, Empty, Facts, Table } from "./widgets";

export function RunTable(props: { rows: Run[]; label: string; ofOne?: boolean }) {
  const pipeline = { head: "Pipeline", cell: (run: Run) => run.pipeline };
  return (
    <Table
      label={props.label}
      rows={props.rows}
      keyOf={(run) => run.run}
      columns={[
        {
          head: "Run",
          cell: (run) => (
            <Link to={`/runs/${run.run}`} className="whole">
              {run.partition}
            </Link>
          ),
        },
        ...(props.ofOne ? [] : [pipeline]),
        { head: "State", cell: (run) => <State state={run.state} /> },
        { head: "Started by", cell: (run) => run.starter },
        { head: "Created", cell: (run) => <Time at={run.created_at} /> },
        { head: "Took", cell: (run) => seconds(run.seconds), isNumber: true },
      ]}
    />
  );
}

const states = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"];
const shown_at_most = 500;

export function Runs() {
  const [pipeline, setPipeline] = useState("");
  const [state, setState] = useState("");
  const query: Record<string, string | number> = { limit: shown_at_most };
  if (pipeline) query["pipeline"] = pipeline;
  if (state) query["state"] = state;
  const pipelines = useLoaded("pipelines", () => api.pipelines());
  const runs = useLoaded(`runs ${pipeline} ${state}`, () => api.runs(query));
  const names = (pipelines.value ?? []).map((each) => each.pipeline);
  return (
    <section>
      <h1>Runs</h1>
      <div className="filters">
        <Choice label="Pipeline" value={pipeline} set={setPipeline} options={names} empty="all" />
        <Choice label="State" value={state} set={setState} options={states} empty="all" />
      </div>
      <Loading loaded={runs}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>
              No run here. Start one from its <Link to="/pipelines">pipeline</Link>, or with{" "}
              <code>gossamer run PIPELINE</code>.
            </Empty>
          ) : (
            <>
              <RunTable rows={rows} label="Runs" />
              {rows.length === shown_at_most && (
                <p className="soft">The newest {shown_at_most} are shown.</p>
              )}
            </>
          )
        }
      </Loading>
    </section>
  );
}

function StepLog(props: { run: string; step: string; state: string }) {
  const [search, setSearch] = useState("");
  const logs = useLoaded(`log ${props.run} ${props.step} ${props.state}`, () =>
    api.logs(props.run, props.step),
  );
  const matching = (text: string) =>
    search === ""
      ? text
      : text
          .split("\n")
          .filter((line) => line.toLowerCase().includes(search.toLowerCase()))
          .join("\n");
  return (
    <>
      <label className="search">
        Lines with
        <input value={search} type="search" onChange={(event) => setSearch(event.target.value)} />
      </label>
      <Loading loaded={logs}>
        {(attempts) => (
          <>
            {attempts.map((log) => (
              <section key={log.attempt}>
                <h3>Attempt {log.attempt}</h3>
                <pre tabIndex={0}>
                  {log.text === "" ? "It wrote nothing." : matching(log.text) || "No such line."}
                </pre>
              </section>
            ))}
          </>
        )}
      </Loading>
    </>
  );
}

// When each step ran, on one axis from the run's first start to its last end, or to now.
function Gantt(props: { run: RunDetail }) {
  // A gate waits for people, days maybe: beside it nothing else would be seen.
  const times = props.run.steps.filter((step) => step.started_at && step.kind !== "approval");
  const first = Math.min(...times.map((step) => Date.parse(step.started_at ?? "")));
  const ends = times.map((step) => (step.finished_at ? Date.parse(step.finished_at) : Date.now()));
  const span = Math.max(1, Math.max(...ends) - first);
  if (times.length === 0) return null;
  return (
    <section aria-label="When each step ran">
      <h2>Time</h2>
      <ol className="gantt">
        {times.map((step, at) => {
          const left = (100 * (Date.parse(step.started_at ?? "") - first)) / span;
          const width = Math.max(0.4, (100 * ((ends[at] ?? first) - first)) / span - left);
          return (
            <li key={step.step}>
              <span>{step.step}</span>
              <span className="lane">
                <span
                  className={`bar ${toneOf(step.state)}`}
                  style={{ marginLeft: `${left}%`, width: `${width}%` }}
                  title={`${step.step}: ${seconds(step.seconds)}`}
                />
              </span>
              <span className="number">{seconds(step.seconds)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function StepDetail(props: { run: RunDetail; step: Step; gate: OwnGate | undefined; again: () => void }) {
  const { run, step, gate } = props;
  const { may } = useSession();
  return (
    <section aria-label={`Step ${step.step}`} className="detail">
      <h2>
        {step.step} <span className="soft">{step.kind}</span>
      </h2>
      <Facts
        of={[
          ["State", <State key="state" state={step.state} />],
          ["Attempts", step.attempts],
          ["Rows", count(step.rows)],
          ["Started", <Time key="started" at={step.started_at} />],
          ["Took", seconds(step.seconds)],
        ]}
      />
      {step.error && <p className="notice bad">{step.error}</p>}
      {gate && (
        <p>
          <Link to={`/gates/${gate.gate}`}>{gate.question}</Link> <State state={gate.state} />
        </p>
      )}
      {step.state === "failed" && may("operator") && (
        <Action
          verb="Count as done"
          says={`Counts ${step.step} as done although it failed; what follows it goes on.`}
          asksReason
          act={(reason) => api.force(run.run, step.step, reason)}
          done={props.again}
        />
      )}
      {step.kind !== "approval" && step.attempts > 0 && (
        <StepLog run={run.run} step={step.step} state={step.state} />
      )}
    </section>
  );
}

function RunActions(props: { run: RunDetail; again: () => void }) {
  const { run, again } = props;
  const { may } = useSession();
  if (!may("operator")) return null;
  if (["queued", "running", "waiting"].includes(run.state)) {
    return (
      <Action
        verb="Cancel"
        tone="reject"
        says="Stops its programs and withdraws its gates; nothing of it is published half."
        asksReason
        act={(reason) => api.cancel(run.run, reason)}
        done={again}
      />
    );
  }
  if (run.state === "succeeded") return null;
  return (
    <Action
      verb="Retry what failed"
      says="Repeats what failed and what depends on it; the rest is kept."
      act={() => api.retry(run.run).then((made) => goTo(`/runs/${made.run}`))}
      done={again}
    />
  );
}

function stepToShow(run: RunDetail): string {
  const telling = run.steps.find(
    (step) => step.state === "failed" || step.state.startsWith("waiting") || step.state === "running",
  );
  return telling?.step ?? "";
}

export function RunScreen(props: { run: string }) {
  const loaded = useLoaded(`run ${props.run}`, () => api.run(props.run));
  const gates = useLoaded(`gates of ${props.run}`, () => api.gatesOf(props.run));
  const [chosen, setChosen] = useState("");
  useEffect(() => setChosen(""), [props.run]);
  return (
    <Loading loaded={loaded}>
      {(run) => {
        const step = run.steps.find((each) => each.step === (chosen || stepToShow(run)));
        return (
          <article>
            <header className="head">
              <h1>
                <Link to={`/pipelines/${run.pipeline}`}>{run.pipeline}</Link> {run.partition}
              </h1>
              <p className="line">
                <State state={run.state} />
                <span className="soft">
                  by {run.starter}, <Time at={run.created_at} />
                </span>
                <code className="soft">{run.run}</code>
              </p>
              <RunActions run={run} again={loaded.again} />
            </header>
            <Graph
              nodes={run.steps.map((each) => ({ ...each, note: each.state.replaceAll("_", " ") }))}
              chosen={step?.step ?? ""}
              choose={setChosen}
            />
            <Table
              label="Steps"
              rows={run.steps}
              keyOf={(each) => each.step}
              columns={[
                {
                  head: "Step",
                  cell: (each) => (
                    <button
                      className="plain"
                      aria-pressed={each.step === step?.step}
                      onClick={() => setChosen(each.step)}
                    >
                      {each.step}
                    </button>
                  ),
                },
                { head: "Kind", cell: (each) => each.kind },
                { head: "State", cell: (each) => <State state={each.state} /> },
                { head: "Attempts", cell: (each) => each.attempts, isNumber: true },
                { head: "Rows", cell: (each) => count(each.rows), isNumber: true },
                { head: "Took", cell: (each) => seconds(each.seconds), isNumber: true },
              ]}
            />
            {step && (
              <StepDetail
                run={run}
                step={step}
                gate={gates.value?.findLast(
                  (gate) => gate.step === step.step,
                )}
                again={loaded.again}
              />
            )}
            <Gantt run={run} />
          </article>
        );
      }}
    </Loading>
  );
}
