// SPDX-License-Identifier: Apache-2.0
// One gate: everything needed to decide, and the decision.
import { useEffect, useRef, useState } from "react";
import { api, Problem } from "./api";
import type { Gate, Session, Shown } from "./api";
import { Link, Loading, State, Time, useLoaded } from "./parts";

type Answer = "approve" | "reject" | "rework";
const verbs: Record<Answer, string> = {
  approve: "Approve",
  reject: "Reject",
  rework: "Ask for rework",
};

// The report that the server rendered. It runs no script; this page only measures its height.
function Evidence(props: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(400);
  const measure = () => {
    const root = frame.current?.contentDocument?.documentElement;
    if (root) setHeight(root.scrollHeight);
  };
  useEffect(() => {
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  return (
    <iframe
      ref={frame}
      title="Evidence"
      sandbox="allow-same-origin"
      srcDoc={props.html}
      style={{ height }}
      onLoad={measure}
    />
  );
}

function consequence(answer: Answer, gate: Gate): string {
  const given = gate.votes.filter((vote) => vote.answer === "approve").length;
  if (answer === "reject") return "Keeps what is in use, and the run goes on.";
  if (answer === "rework") return "Closes this gate and sends the run back to a step.";
  if (given + 1 < gate.needed) {
    return `Records your approval: ${given + 1} of ${gate.needed} needed.`;
  }
  return gate.on_approval.length > 0
    ? `Does this now: ${gate.on_approval.join("; ")}.`
    : "Lets the run go on.";
}

function parametersOf(text: string): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    if (at <= 0) continue;
    const value = line.slice(at + 1).trim();
    try {
      parameters[line.slice(0, at).trim()] = JSON.parse(value);
    } catch {
      parameters[line.slice(0, at).trim()] = value;
    }
  }
  return parameters;
}

function Decision(props: { gate: Gate; digest: string; done: () => void }) {
  const { gate } = props;
  const [answer, setAnswer] = useState<Answer>();
  const [comment, setComment] = useState("");
  const [step, setStep] = useState("");
  const [parameters, setParameters] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const override = answer === "approve" && gate.criteria_failed;

  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await api.vote(gate.gate, {
        answer,
        digest: props.digest,
        comment,
        override,
        ...(answer === "rework" ? { rework: { step, params: parametersOf(parameters) } } : {}),
      });
      setAnswer(undefined);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(0, String(error)));
    }
    setBusy(false);
    props.done();
  };

  return (
    <section className="decision" aria-label="Decision">
      {problem && (
        <p className="notice bad" role="alert">
          {problem.status === 409 ? "Somebody was faster, or it moved on: " : ""}
          {problem.message}
        </p>
      )}
      {answer === undefined ? (
        <div className="answers">
          {(Object.keys(verbs) as Answer[]).map((each) => (
            <button key={each} className={each} onClick={() => setAnswer(each)}>
              {verbs[each]}
            </button>
          ))}
        </div>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <p>
            <strong>{verbs[answer]}.</strong> {consequence(answer, gate)}
          </p>
          {answer === "rework" && (
            <>
              <label>
                Back to step
                <input value={step} required onChange={(event) => setStep(event.target.value)} />
              </label>
              <label>
                New parameters, name=value, one a line
                <textarea
                  value={parameters}
                  rows={2}
                  onChange={(event) => setParameters(event.target.value)}
                />
              </label>
            </>
          )}
          <label>
            {override ? "Why, although a criterion failed" : "Comment"}
            <textarea
              value={comment}
              rows={2}
              required={override}
              onChange={(event) => setComment(event.target.value)}
            />
          </label>
          <div className="answers">
            <button className={answer} disabled={busy}>
              {verbs[answer]}
            </button>
            <button type="button" onClick={() => setAnswer(undefined)} disabled={busy}>
              Back
            </button>
          </div>
        </form>
      )}
    </section>
  );
}

function Votes(props: { gate: Gate }) {
  if (props.gate.votes.length === 0) return null;
  return (
    <ul className="votes">
      {props.gate.votes.map((vote) => (
        <li key={`${vote.by} ${vote.at}`}>
          <strong>{vote.by}</strong>: {vote.answer} <Time at={vote.at} /> ({vote.channel})
          {vote.comment && <q>{vote.comment}</q>}
        </li>
      ))}
    </ul>
  );
}

export function GateScreen(props: { gate: string; session: Session }) {
  // The evidence is fetched once, since fetching it is noted as having seen it; the rest is live.
  const [shown, setShown] = useState<Shown>();
  const [problem, setProblem] = useState<Problem>();
  const live = useLoaded(`gate ${props.gate}`, () => api.gate(props.gate));
  useEffect(() => {
    setShown(undefined);
    api.showGate(props.gate).then(setShown, (error: unknown) =>
      setProblem(error instanceof Problem ? error : new Problem(0, String(error))),
    );
  }, [props.gate]);
  return (
    <Loading loaded={live}>
      {(gate) => (
        <article>
          <header className="head">
            <h1>{gate.question}</h1>
            <p className="soft">
              {gate.pipeline} {gate.partition} · <Link to={`/runs/${gate.run}`}>run</Link> · opened{" "}
              <Time at={gate.opened_at} />
              {gate.state === "open" && gate.due_at !== null && (
                <>
                  {" "}
                  · due <Time at={gate.due_at} />
                </>
              )}
            </p>
            <p>
              <State state={gate.state} />{" "}
              <span className="soft">
                {gate.votes.filter((vote) => vote.answer === "approve").length} of {gate.needed}{" "}
                approvals
              </span>
            </p>
            <Votes gate={gate} />
          </header>
          {problem && (
            <p className="notice bad" role="alert">
              {problem.message}
            </p>
          )}
          {shown && shown.gate.digest !== gate.digest && (
            <p className="notice warn" role="alert">
              The evidence has changed since you opened this.{" "}
              <button onClick={() => api.showGate(props.gate).then(setShown, setProblem)}>
                Show the new evidence
              </button>
            </p>
          )}
          {shown ? <Evidence html={shown.html} /> : !problem && <p className="soft">Loading…</p>}
          {gate.state === "open" && shown && (
            <Decision gate={gate} digest={shown.gate.digest} done={live.again} />
          )}
        </article>
      )}
    </Loading>
  );
}
