# SPDX-License-Identifier: Apache-2.0
"""Chromium, driven over a pipe by its DevTools protocol, and a server to visit."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run",
         "--disable-dev-shm-usage", "--remote-debugging-pipe", "--window-size=1200,900"]


class Browser:
    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        told, tells = os.pipe()  # what the browser is told, and where it is told
        heard, says = os.pipe()

        def place_descriptors() -> None:
            # The browser reads 3 and writes 4; the copies on the way may have these numbers.
            first, second = os.dup(told), os.dup(says)
            first, second = os.dup2(first, 63), os.dup2(second, 64)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self._process = subprocess.Popen(
            [CHROMIUM, *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"],
            close_fds=False, preexec_fn=place_descriptors, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(told)
        os.close(says)
        self._out = os.fdopen(tells, "wb", buffering=0)
        self._in = os.fdopen(heard, "rb")
        self._last = 0
        self.faults: list[str] = []  # of scripts and of the security policy, in any page

    def close(self) -> None:
        self._out.close()
        self._process.terminate()
        self._process.wait()
        self._in.close()
        self._profile.cleanup()

    def _receive(self) -> dict:
        text = bytearray()
        while (byte := self._in.read(1)) != b"\0":
            if not byte:
                raise EOFError("the browser has ended")
            text += byte
        return json.loads(text)

    def call(self, method: str, session: str | None = None, **params) -> dict:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer)

    def _note(self, event: dict) -> None:
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(params["exceptionDetails"]))
        entry = params.get("entry", {})
        # Answers such as 401 are no faults of the page.
        if entry.get("level") == "error" and entry.get("source") != "network":
            self.faults.append(entry["text"])

    def open(self, url: str, separate: bool = False) -> "Tab":
        """A tab; a separate one shares no cookie with the others."""
        context = {}
        if separate:
            context = {"browserContextId":
                       self.call("Target.createBrowserContext")["browserContextId"]}
        target = self.call("Target.createTarget", url="about:blank", **context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Runtime", "Page", "Log"):
            tab.call(f"{domain}.enable")
        tab.go(url)
        return tab


class Tab:
    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **params) -> dict:
        return self._browser.call(method, self._session, **params)

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && document.querySelector('main, .notice')")

    def run(self, expression: str):
        """The value of a JavaScript expression; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, condition: str) -> None:
        """Until the condition holds; looks again whenever the document changes."""
        expression = f"""new Promise((done) => {{
          const holds = () => {{ try {{ return {condition}; }} catch {{ return false; }} }};
          const look = () => {{ if (holds()) {{ observer.disconnect(); done(true); }} }};
          const observer = new MutationObserver(look);
          observer.observe(document, {{ subtree: true, childList: true, attributes: true,
                                       characterData: true }});
          document.addEventListener('readystatechange', look);
          look();
        }})"""
        while True:
            try:
                self.run(expression)
                return
            except RuntimeError as error:
                # A new page came meanwhile: it is asked anew.
                if "context was destroyed" not in str(error) and "navigated" not in str(error):
                    raise

    def wait_for_text(self, text: str) -> None:
        self.wait(f"document.body.innerText.includes({json.dumps(text)})")

    def text(self) -> str:
        return self.run("document.body.innerText")

    def click(self, text: str) -> None:
        """The button or link with this text."""
        found = (f"[...document.querySelectorAll('button, a')].find("
                 f"(each) => each.innerText.trim().startsWith({json.dumps(text)}))")
        self.wait(found)
        self.run(f"({found}).click()")

    def type(self, label: str, text: str) -> None:
        """Into the field whose label begins so."""
        found = (f"[...document.querySelectorAll('label')].find("
                 f"(each) => each.innerText.trim().startsWith({json.dumps(label)}))"
                 "?.querySelector('input, textarea')")
        self.wait(found)
        self.run(f"(() => {{ const field = {found}; field.focus(); field.select(); }})()")
        self.call("Input.insertText", text=text)


    def choose(self, label: str, option: str) -> None:
        """In the list whose label begins so."""
        found = (f"[...document.querySelectorAll('label')].find("
                 f"(each) => each.innerText.trim().startsWith({json.dumps(label)}))"
                 "?.querySelector('select')")
        self.wait(f"[...({found})?.options ?? []].some((each) => each.value === "
                  f"{json.dumps(option)})")
        # As the browser does it, so that React hears of it.
        self.run(f"(() => {{ const list = {found}; const set = Object.getOwnPropertyDescriptor("
                 "HTMLSelectElement.prototype, 'value').set;"
                 f" set.call(list, {json.dumps(option)});"
                 " list.dispatchEvent(new Event('change', { bubbles: true })); })()")


class Server:
    """A workspace with a server; commands go to it by its socket."""

    def __init__(self, files: dict[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name) / "w"
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.command("apply")
        self._process = subprocess.Popen(self._argv("serve", "--listen", "127.0.0.1:0"),
                                         stderr=subprocess.PIPE, text=True)
        said = ""
        while " serves " not in said:
            line = self._process.stderr.readline()
            if not line:
                raise RuntimeError(f"the server ended: {said}")
            said += line
        self.url = re.search(r"http://\S+", said).group()

    def _argv(self, *arguments: str) -> list[str]:
        return [f"{os.environ['GOSSAMER_BIN_DIR']}/gossamer", "-C", str(self.folder), *arguments]

    def command(self, *arguments: str, text: str = "", codes: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(self._argv(*arguments), input=text, capture_output=True, text=True)
        if done.returncode not in codes:
            raise RuntimeError(f"{arguments}: exit code {done.returncode}: {done.stderr}")
        return done.stdout

    def json(self, *arguments: str, **options) -> list | dict:
        return json.loads(self.command(*arguments, "-o", "json", **options))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._process.stderr.close()
        self._folder.cleanup()
