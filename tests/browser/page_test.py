# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser: signing in, the inbox, a gate with its answers, runs."""
import signal
import unittest

from browser import CHROMIUM, Browser, Server

PASSWORD = "correct horse battery"
FILES = {
    "gossamer.yaml": "workspace: shown\ntimezone: UTC\n",
    "sql/one.sql": "select 1 as n\n",
    "pipelines/ask.yaml": """pipeline: ask
parameters: { rounds: { type: integer, default: 3 } }
steps:
  talk:
    command: { argv: [/bin/sh, -c, "echo hello from the step"] }
  one:
    after: talk
    sql: sql/one.sql
    output: one
  confirm:
    approval:
      title: Go on?
      evidence: [one]
      approvers: { any_of: [ana, bo], count: 2 }
      expires: { after: 2d, then: rejected }
      on_approved: {}
""",
}


@unittest.skipUnless(CHROMIUM, "chromium is not installed: apt-get install chromium")
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        signal.alarm(600)  # a browser that hangs fails the test
        cls.server = Server(FILES)
        cls.browser = Browser()
        for name in ("ana", "bo"):
            cls.server.command("users", "add", name, "--role", "approver", text=PASSWORD + "\n")
        cls.ana = cls.signed_in("ana")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.browser.close()
        cls.server.close()
        signal.alarm(0)

    @classmethod
    def signed_in(cls, name: str):
        tab = cls.browser.open(cls.server.url, separate=True)
        tab.type("Name", name)
        tab.type("Password", PASSWORD)
        tab.click("Sign in")
        tab.wait_for_text("Inbox")
        return tab

    def setUp(self) -> None:
        self.browser.faults.clear()

    def tearDown(self) -> None:
        self.assertEqual(self.browser.faults, [])

    def open_gate(self) -> str:
        self.server.command("run", "ask", codes=(4,))
        gates = self.server.json("gates", "list")
        self.assertEqual(len(gates), 1)
        return gates[0]["gate"]

    def reject(self, gate: str) -> None:
        self.server.command("--as", "bo", "gates", "reject", gate)

    def test_nobody_gets_in_with_a_wrong_password(self) -> None:
        tab = self.browser.open(self.server.url + "/runs", separate=True)
        tab.type("Name", "ana")
        tab.type("Password", "guess")
        tab.click("Sign in")
        tab.wait_for_text("the name or the password is wrong")
        tab.type("Password", PASSWORD)
        tab.click("Sign in")
        tab.wait_for_text("Runs")
        tab.click("Sign out")
        tab.wait_for_text("Password")

    def test_a_gate_comes_by_itself_and_two_people_decide_it(self) -> None:
        self.ana.go(self.server.url)
        self.ana.wait_for_text("Nothing waits for a decision")
        gate = self.open_gate()
        self.ana.wait_for_text("Go on?")
        self.ana.click("Go on?")
        self.ana.wait_for_text("0 of 2 approvals")
        self.ana.wait("document.querySelector('iframe')?.contentDocument?.body?.innerText"
                      ".includes('Go on?')")
        self.ana.click("Approve")
        self.ana.wait_for_text("Records your approval: 1 of 2 needed.")
        self.ana.type("Comment", "better on every week")
        self.ana.click("Approve")
        self.ana.wait_for_text("1 of 2 approvals")
        bo = self.signed_in("bo")
        bo.go(f"{self.server.url}/gates/{gate}")
        bo.wait_for_text("better on every week")
        bo.click("Approve")
        bo.wait_for_text("Lets the run go on.")
        bo.click("Approve")
        bo.wait_for_text("approved")
        self.ana.wait_for_text("2 of 2 approvals")
        self.assertNotIn("Ask for rework", self.ana.text())
        votes = self.server.json("gates", "list", "--state", "approved")[0]["votes"]
        self.assertEqual([vote["by"] for vote in votes], ["ana", "bo"])
        self.assertEqual([vote["channel"] for vote in votes], ["page", "page"])

    def test_what_somebody_else_decided_is_said_and_not_undone(self) -> None:
        gate = self.open_gate()
        self.ana.go(f"{self.server.url}/gates/{gate}")
        self.ana.click("Approve")
        self.ana.wait_for_text("Records your approval")
        # The vote leaves the page only after somebody else has decided.
        self.ana.run("window.heldFetch = window.fetch; window.fetch = (path, init) =>"
                     " init?.method === 'POST' ? new Promise((go) => { window.goOn = () =>"
                     " go(window.heldFetch(path, init)); }) : window.heldFetch(path, init); true")
        self.ana.click("Approve")
        self.ana.wait("window.goOn")
        self.reject(gate)
        self.ana.run("window.goOn(); window.fetch = window.heldFetch; true")
        self.ana.wait_for_text("rejected")
        rejected = self.server.json("gates", "list", "--state", "rejected")
        self.assertIn(gate, [each["gate"] for each in rejected])

    def test_rework_sends_the_run_back_with_new_parameters(self) -> None:
        gate = self.open_gate()
        self.ana.go(f"{self.server.url}/gates/{gate}")
        self.ana.click("Ask for rework")
        self.ana.type("Back to step", "one")
        self.ana.type("New parameters", "rounds=5")
        self.ana.type("Comment", "more rounds")
        self.ana.click("Ask for rework")
        self.ana.wait_for_text("reworked")
        self.ana.go(self.server.url)
        self.ana.wait_for_text("Go on?")
        self.reject(self.server.json("gates", "list")[0]["gate"])

    def test_runs_lead_to_steps_and_logs(self) -> None:
        self.reject(self.open_gate())
        self.ana.go(self.server.url)
        self.ana.click("Runs")
        self.ana.wait("document.querySelector('tbody a')")
        self.ana.click("ask")
        self.ana.wait_for_text("confirm")
        self.ana.click("talk")
        self.ana.wait_for_text("hello from the step")

    def test_a_phone_shows_the_gate_without_sideways_scrolling(self) -> None:
        gate = self.open_gate()
        self.ana.call("Emulation.setDeviceMetricsOverride", width=390, height=844,
                      deviceScaleFactor=2, mobile=True)
        self.ana.go(f"{self.server.url}/gates/{gate}")
        self.ana.wait("document.querySelector('button.approve')")
        self.assertLessEqual(self.ana.run("document.documentElement.scrollWidth"), 390)
        place = self.ana.run("(() => { const box = document.querySelector('button.approve')"
                             ".getBoundingClientRect(); return [box.top, box.bottom]; })()")
        self.assertGreaterEqual(place[0], 0)
        self.assertLessEqual(place[1], 844)
        self.ana.call("Emulation.clearDeviceMetricsOverride")
        self.reject(gate)

    def test_light_and_dark_follow_the_system(self) -> None:
        self.ana.go(self.server.url)
        seen = []
        for scheme in ("light", "dark"):
            self.ana.call("Emulation.setEmulatedMedia",
                          features=[{"name": "prefers-color-scheme", "value": scheme}])
            seen.append(self.ana.run("getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(set(seen)), 2)

    def test_an_address_that_names_nothing_says_so(self) -> None:
        self.ana.go(self.server.url + "/nothing/here")
        self.ana.wait_for_text("There is nothing at this address")
        self.ana.go(self.server.url + "/gates/gate_nothing")
        self.ana.wait("document.querySelector('[role=alert]')")


if __name__ == "__main__":
    unittest.main()
