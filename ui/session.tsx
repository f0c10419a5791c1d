// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and what they may do. The server checks it again.
import { createContext, useContext, useState } from "react";
import { api } from "./api";
import type { Session } from "./types";
import { Trouble } from "./parts";
import { Field, useWork } from "./widgets";

export const roles = ["viewer", "operator", "approver", "editor", "admin"] as const;
export type Role = (typeof roles)[number];

export const CurrentSession = createContext<Session>({ user: "", role: "viewer", csrf: "" });

export function useSession(): Session & { may: (least: Role) => boolean } {
  const session = useContext(CurrentSession);
  const rank = (role: string) => roles.findIndex((each) => each === role);
  return { ...session, may: (least) => rank(session.role) >= rank(least) };
}

export function SignIn(props: { done: (session: Session) => void; note: string }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const work = useWork();
  return (
    <main className="sign-in">
      <h1>Gossamer</h1>
      {props.note && <p className="notice warn">{props.note}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void work.run(async () => props.done(await api.signIn(user, password)));
        }}
      >
        <Field label="Name" value={user} set={setUser} required autoComplete="username" />
        <Field
          label="Password"
          type="password"
          value={password}
          set={setPassword}
          required
          autoComplete="current-password"
        />
        <Trouble problem={work.problem} />
        <button className="approve" disabled={work.busy}>
          Sign in
        </button>
      </form>
      <p className="soft">
        No name yet? Somebody with the workspace adds you:{" "}
        <code>gossamer users add NAME --role approver</code>
      </p>
    </main>
  );
}
