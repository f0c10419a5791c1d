// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { api, Problem } from "./api";
import type { Run, Session, Step } from "./api";
import { count, Link, Loading, seconds, State, Time, useLoaded } from "./parts";

export function SignIn(props: { done: (session: Session) => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      props.done(await api.signIn(user, password));
    } catch (error) {
      setProblem(error instanceof Problem ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <h1>Gossamer</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          Name
          <input
            value={user}
            autoComplete="username"
            required
            autoFocus
            onChange={(event) => setUser(event.target.value)}
          />
        </label>
        <label>
          Password
          <input
            type="password"
            value={password}
            autoComplete="current-password"
            required
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {problem && (
          <p className="notice bad" role="alert">
            {problem}
          </p>
        )}
        <button className="approve" disabled={busy}>
          Sign in
        </button>
      </form>
    </main>
  );
}

export function Inbox() {
  const [state, setState] = useState("open");
  const gates = useLoaded(`gates ${state}`, () => api.gates(state));
  return (
    <section>
      <h1>Inbox</h1>
      <div className="filters" role="group" aria-label="Which gates">
        {["open", "all"].map((each) => (
          <button key={each} aria-pressed={state === each} onClick={() => setState(each)}>
            {each === "open" ? "Waiting" : "All"}
          </button>
        ))}
      </div>
      <Loading loaded={gates}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="empty">Nothing waits for a decision.</p>
          ) : (
            <ul className="cards">
              {rows.map((gate) => (
                <li key={gate.gate}>
                  <Link to={`/gates/${gate.gate}`}>
                    <strong>{gate.question}</strong>
                    <span className="soft">
                      {gate.pipeline} {gate.partition}
                    </span>
                  </Link>
                  <span>
                    <State state={gate.state} />
                    {gate.criteria_failed && <span className="bad"> criteria not met</span>}
                  </span>
                  <span className="soft">
                    {gate.state === "open" ? "due " : ""}
                    <Time at={gate.state === "open" ? gate.due_at : gate.opened_at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
    </section>
  );
}

export function Runs() {
  const [pipeline, setPipeline] = useState("");
  const runs = useLoaded("runs", () => api.runs(500));
  const names = [...new Set((runs.value ?? []).map((run) => run.pipeline))].sort();
  const isShown = (run: Run) => pipeline === "" || run.pipeline === pipeline;
  return (
    <section>
      <h1>Runs</h1>
      <label className="filters">
        Pipeline
        <select value={pipeline} onChange={(event) => setPipeline(event.target.value)}>
          <option value="">all</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <Loading loaded={runs}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="empty">
              No run yet. Start one with <code>gossamer run PIPELINE</code>.
            </p>
          ) : (
            <div className="scroll">
              <table>
                <thead>
                  <tr>
                    <th>Pipeline</th>
                    <th>Partition</th>
                    <th>State</th>
                    <th>Started by</th>
                    <th>Created</th>
                    <th className="number">Took</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.filter(isShown).map((run) => (
                    <tr key={run.run}>
                      <td>
                        <Link to={`/runs/${run.run}`}>{run.pipeline}</Link>
                      </td>
                      <td>{run.partition}</td>
                      <td>
                        <State state={run.state} />
                      </td>
                      <td>{run.starter}</td>
                      <td>
                        <Time at={run.created_at} />
                      </td>
                      <td className="number">{seconds(run.seconds)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loading>
    </section>
  );
}

function StepLog(props: { run: string; step: string }) {
  const logs = useLoaded(`log ${props.run} ${props.step}`, () => api.logs(props.run, props.step));
  return (
    <Loading loaded={logs}>
      {(attempts) => (
        <>
          {attempts.map((log) => (
            <section key={log.attempt}>
              <h3>
                {log.step}, attempt {log.attempt}
              </h3>
              <pre tabIndex={0}>{log.text || "It wrote nothing."}</pre>
            </section>
          ))}
        </>
      )}
    </Loading>
  );
}

function StepRow(props: { step: Step; open: boolean; choose: () => void }) {
  const { step } = props;
  return (
    <tr>
      <td>
        <button className="plain" aria-expanded={props.open} onClick={props.choose}>
          {step.step}
        </button>
      </td>
      <td>{step.kind}</td>
      <td>
        <State state={step.state} />
        {step.error && <div className="bad">{step.error}</div>}
      </td>
      <td className="number">{step.attempts}</td>
      <td className="number">{count(step.rows)}</td>
      <td className="number">{seconds(step.seconds)}</td>
    </tr>
  );
}

export function RunScreen(props: { run: string }) {
  const loaded = useLoaded(`run ${props.run}`, () => api.run(props.run));
  const [chosen, setChosen] = useState("");
  const [problem, setProblem] = useState("");
  const act = async (change: Promise<unknown>) => {
    setProblem("");
    try {
      await change;
    } catch (error) {
      setProblem(error instanceof Problem ? error.message : String(error));
    }
    loaded.again();
  };
  return (
    <Loading loaded={loaded}>
      {(run) => (
        <article>
          <header className="head">
            <h1>
              {run.pipeline} {run.partition}
            </h1>
            <p>
              <State state={run.state} /> <code className="soft">{run.run}</code>
            </p>
            {["queued", "running", "waiting"].includes(run.state) && (
              <button className="reject" onClick={() => void act(api.cancel(run.run))}>
                Cancel
              </button>
            )}
            {["failed", "cancelled"].includes(run.state) && (
              <button className="approve" onClick={() => void act(api.retry(run.run))}>
                Retry what failed
              </button>
            )}
            {problem && (
              <p className="notice bad" role="alert">
                {problem}
              </p>
            )}
          </header>
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  <th>Step</th>
                  <th>Kind</th>
                  <th>State</th>
                  <th className="number">Attempts</th>
                  <th className="number">Rows</th>
                  <th className="number">Took</th>
                </tr>
              </thead>
              <tbody>
                {run.steps.map((step) => (
                  <StepRow
                    key={step.step}
                    step={step}
                    open={chosen === step.step}
                    choose={() => setChosen(chosen === step.step ? "" : step.step)}
                  />
                ))}
              </tbody>
            </table>
          </div>
          {chosen && <StepLog run={run.run} step={chosen} />}
        </article>
      )}
    </Loading>
  );
}
