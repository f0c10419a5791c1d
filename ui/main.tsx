// SPDX-License-Identifier: Apache-2.0
// The page: who is signed in, and which screen the address names.
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { api, Problem } from "./api";
import type { Session } from "./api";
import { GateScreen } from "./gate";
import { goTo, Link, listenToServer, useAddress } from "./parts";
import { Inbox, RunScreen, Runs, SignIn } from "./screens";
import "./main.css";

function Screen(props: { path: string; session: Session }) {
  const [, noun, id] = props.path.split("/");
  if (noun === "gates" && id) return <GateScreen gate={id} session={props.session} />;
  if (noun === "runs" && id) return <RunScreen run={id} />;
  if (noun === "runs") return <Runs />;
  if (props.path === "/") return <Inbox />;
  return (
    <p className="empty">
      There is nothing at this address. <Link to="/">To the inbox</Link>
    </p>
  );
}

function Page() {
  const path = useAddress();
  const [session, setSession] = useState<Session | null>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    api.session().then(setSession, (error: unknown) => {
      if (error instanceof Problem && error.status === 401) setSession(null);
      else setProblem(String(error));
    });
  }, []);
  const isIn = Boolean(session);
  useEffect(() => (isIn ? listenToServer() : undefined), [isIn]);
  if (problem) {
    return (
      <p className="notice bad" role="alert">
        {problem}
      </p>
    );
  }
  if (session === undefined) return <p className="soft">Loading…</p>;
  if (session === null) return <SignIn done={setSession} />;
  const signOut = () =>
    api.signOut().finally(() => {
      goTo("/");
      setSession(null);
    });
  return (
    <>
      <nav aria-label="Screens">
        <Link to="/" here={path === "/"}>
          Inbox
        </Link>
        <Link to="/runs" here={path.startsWith("/runs")}>
          Runs
        </Link>
        <span className="who">
          {session.user} <span className="soft">({session.role})</span>{" "}
          <button className="plain" onClick={() => void signOut()}>
            Sign out
          </button>
        </span>
      </nav>
      <main>
        <Screen path={path} session={session} />
      </main>
    </>
  );
}

const place = document.getElementById("page");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
