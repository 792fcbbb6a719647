"""What a person sees of the console: read by Trials/console, which says what it needs."""

import json
import pathlib
import random
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PROGRAM, FOLDER, PICTURES = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
MARKUP = "<img src=x onerror=alert(1)>"
PAGES = ["Why?", "Now", "Rooms", "Users", "Grants", "Health"]
checked = 0


def check(holds, what):
    global checked
    checked += 1
    if not holds:
        raise SystemExit(f"console: {what}")


# MARK: The database


def world():
    """Some hundred users and rooms, one of every reason."""
    chance = random.Random(20261130)
    roles = [["livechat-agent"], ["livechat-agent"], ["livechat-manager"], ["user"], ["guest", "livechat-agent"], []]
    users = [
        {
            "id": f"agent{number:03}",
            "username": f"Agent {number}",
            "roles": chance.choice(roles),
            "active": chance.random() > 0.05,
            "tokens": [{"token": f"token {number} {each}"} for each in range(chance.randint(0, 3))],
        }
        for number in range(400)
    ]
    past = {"createdAt": "2020-01-01T00:00:00Z"}
    users.append(
        {
            "id": "ann",
            "username": "Ann, an agent",
            "roles": ["livechat-agent"],
            "tokens": [{"token": "anns-token"}, {"token": "old", **past}, {"token": "pat", "kind": "personalAccess"}],
        }
    )
    users.append({"id": MARKUP, "username": "</td><script>alert(2)</script>", "roles": ["livechat-agent"]})
    users.append({"id": "gone", "username": "Gone", "active": False, "roles": ["livechat-agent"]})
    rooms = []
    for number in range(300):
        room = {"id": f"room{number:03}", "open": chance.random() > 0.2}
        if chance.random() > 0.4:
            room["servedBy"] = f"agent{chance.randint(0, 399):03}"
        if chance.random() > 0.5:
            room["departmentId"] = chance.choice(["sales", "support", "billing"])
            room["inquiry"] = {"status": chance.choice(["queued", "taken"]), "departmentId": room["departmentId"]}
        rooms.append(room)
    crowd = [{"userId": f"agent{number:03}", "joinedAt": "2026-01-02T03:04:05Z"} for number in range(200)]
    rooms += [
        {"id": "crowd", "servedBy": "agent007", "departmentId": "support", "members": crowd},
        {"id": MARKUP, "servedBy": MARKUP},
        {"id": "complaints", "servedBy": "agent010"},
        {"id": "orders", "servedBy": "ann"},
        {"id": "returns", "servedBy": "ann", "open": False},
        {"id": "general", "kind": "c"},
        {"id": "waiting", "departmentId": "sales", "inquiry": {"status": "queued", "departmentId": "sales"}},
    ]
    departments = [
        {"id": name, "enabled": name != "billing", "agents": [f"agent{each:03}" for each in range(start, start + 25)]}
        for name, start in [("sales", 0), ("support", 190), ("billing", 40)]
    ]
    return {
        "settings": {"previewRoom": True},
        "roles": [
            {"id": "guest", "restrictedTo": ["view-joined-room", "view-l-room"]},
            {"id": "night-shift", "description": "Who is awake"},
        ],
        "permissions": [
            {"id": "view-livechat-rooms", "roles": ["livechat-manager", "livechat-monitor", "night-shift"]},
            {"id": "close-the-shop", "roles": ["admin"]},
        ],
        "users": users,
        "departments": departments,
        "rooms": rooms,
    }


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    check(done.returncode == 0, f"{arguments}: {done.stderr}")
    return done.stdout


class Server:
    """A server with a console, on a database of its own."""

    def __init__(self, name, fixture):
        self.database = str(FOLDER / f"{name}.db")
        run("migrate", "--database", self.database)
        if fixture:
            (FOLDER / f"{name}.json").write_text(json.dumps(fixture))
            run("load", str(FOLDER / f"{name}.json"), "--database", self.database)
        self.log = open(FOLDER / f"{name}.log", "w+")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--console", "0", "--rate-limit", "0", "--database", self.database],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self.key = self.process.stdout.readline().split()[-1]
        self.console = self.key.split("/?")[0]
        self.endpoint = self.process.stdout.readline().split()[-1]

    def join(self, user, token, room):
        request = urllib.request.Request(
            f"{self.endpoint}/api/v1/livechat/room.join?roomId={urllib.parse.quote(room)}",
            headers={"X-User-Id": user, "X-Auth-Token": token},
        )
        try:
            return urllib.request.urlopen(request).status
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self):
        self.process.terminate()
        check(self.process.wait(15) == 0, "SIGTERM did not end the server with 0")
        self.log.seek(0)
        lines = self.log.read()
        check("anns-token" not in lines and "key=" not in lines, "a secret is in the log")


# MARK: The browser


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for each in [
        "headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu", "no-first-run",
        "disable-background-networking", "disable-component-update", "hide-scrollbars",
    ]:
        options.add_argument(f"--{each}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class Look:
    """A browser that looks at one console."""

    def __init__(self, driver, server):
        self.driver, self.server = driver, server
        self.size(1280)
        self.scheme("light")

    def size(self, width, height=900):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        self.width = width

    def scheme(self, scheme):
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )

    def scripts(self, are_on):
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not are_on})

    def open(self, path, **parameters):
        query = urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)
        self.driver.get(self.server.console + path + ("?" + query if query else ""))

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector="main"):
        return self.driver.find_element(By.CSS_SELECTOR, selector).text

    def click(self, selector):
        self.driver.find_element(By.CSS_SELECTOR, selector).click()

    def until(self, holds, what):
        try:
            WebDriverWait(self.driver, 10, 0.05).until(lambda _: holds())
        except Exception as error:
            raise SystemExit(f"console: not within 10 seconds: {what}") from error

    def picture(self, name, whole=True):
        metrics = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": self.width, "height": min(metrics["height"], 2400), "scale": 1}
        import base64

        shot = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": whole, **({"clip": clip} if whole else {})}
        )
        (PICTURES / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def quiet(self):
        said = self.driver.get_log("browser")
        check(not said, f"the browser's console says {said}")


CONTRAST = """
const linear = (c) => { c /= 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
const light = ({ r, g, b }) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
const ground = (element) => {
  for (; element; element = element.parentElement) {
    const colour = parse(getComputedStyle(element).backgroundColor);
    if (colour.a > 0) return colour;
  }
  return { r: 255, g: 255, b: 255 };
};
const low = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('option')) continue;
  const style = getComputedStyle(element);
  const [one, other] = [light(parse(style.color)), light(ground(element))].sort((a, b) => b - a);
  const ratio = (one + .05) / (other + .05);
  const what = `${element.tagName}.${element.className} ${walker.currentNode.data.trim()}`;
  if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${what}`);
}
return low;
"""


# MARK: What is looked at


def by_links(look):
    """Each page, by links and forms alone."""
    seen = set()

    def arrived(name):
        look.until(lambda: look.all("main h1"), name)
        check("livechat-join" in look.driver.title, f"{name} has no title")
        seen.add(urllib.parse.urlsplit(look.driver.current_url).path)

    for name in PAGES:
        [tab] = [each for each in look.all(".top nav a") if each.text == name]
        tab.click()
        arrived(name)
        check(look.text(".top nav [aria-current]") == name, f"{name} is not marked")
    look.click(".brand")
    arrived("the first page")
    for list_page, entity in [("Rooms", "/room"), ("Users", "/user")]:
        [tab] = [each for each in look.all(".top nav a") if each.text == list_page]
        tab.click()
        check(len(look.all("tbody tr")) == 200, f"{list_page} has not 200 rows")
        look.click(".paging a[rel=next]")
        arrived(list_page)
        check(0 < len(look.all("tbody tr")) <= 200, f"the second page of {list_page}")
        look.click("tbody td a")
        arrived(entity)
        check(urllib.parse.urlsplit(look.driver.current_url).path == entity, f"{entity} is not reached")
    look.click("form.ask input[name=room]")
    look.driver.find_element(By.CSS_SELECTOR, "input[name=room]").send_keys("complaints\n")
    look.until(lambda: look.all("#verdict"), "a question from a user's page")
    look.click("#verdict h2 a[href^='/room']")
    arrived("a room from an answer")
    look.click("td a[href^='/?user=']")
    look.until(lambda: look.all("#verdict"), "a question from a room's page")
    look.click("dl.facts a[href^='/grants']")
    arrived("a role from an answer")
    check(seen == {"/", "/now", "/rooms", "/room", "/users", "/user", "/grants", "/health"}, f"reached only {seen}")


def beside_explain(look):
    """The steps, the rules, the bytes and the cures that `explain --json` has."""
    questions = [
        ("ann", "orders"), ("ann", "complaints"), ("ann", "returns"), ("ann", "general"), ("ann", "nowhere"),
        ("gone", "orders"), ("nobody", "nowhere"), (MARKUP, MARKUP), ("agent003", "waiting"), ("-dash", "o'clock"),
    ]
    for user, room in questions:
        for profile in ["documented", "rocket-chat-7", "rocket-chat-8"]:
            said = json.loads(
                run("explain", f"--user={user}", f"--room={room}", "--profile", profile, "--json", "--database",
                    look.server.database)
            )
            look.open("/", user=user, room=room, profile=profile)
            where = f"{user} in {room}, {profile}"
            shown = [
                {
                    "step": each.get_attribute("data-step"),
                    "verdict": each.get_attribute("data-verdict"),
                    "reason": each.find_element(By.CSS_SELECTOR, ".reason").text,
                }
                for each in look.all(".steps li")
            ]
            check(shown == said["steps"], f"other steps of {where}: {shown}")
            shown = [
                {
                    "rule": each.get_attribute("data-rule"),
                    "holds": each.get_attribute("data-holds") == "true",
                    "reason": each.find_element(By.CSS_SELECTOR, ".reason").text,
                }
                for each in look.all(".rules li")
            ]
            check(shown == said["access"], f"other rules of {where}: {shown}")
            verdict = look.driver.find_element(By.CSS_SELECTOR, "#verdict")
            check(verdict.get_attribute("data-status") == str(said["outcome"]["status"]), f"status of {where}")
            check(verdict.get_attribute("data-step") == said["outcome"]["step"], f"deciding step of {where}")
            check(json.loads(look.text("#body")) == said["outcome"]["body"], f"bytes of {where}")
            check(len(look.all(".steps .decides")) == 1, f"not one step decides {where}")
            check(
                [each.find_element(By.CSS_SELECTOR, "p").text.split(" lets in")[0] for each in look.all(".cures li")]
                == [each["text"] for each in said["admits"]],
                f"other cures of {where}",
            )


def cured(look):
    """A refusal that is understood in the console, and cured by the command that it shows, in a shell."""
    look.open("/", user="ann", room="complaints")
    check(look.server.join("ann", "anns-token", "complaints") == 403, "ann is let in before the cure")
    commands = [each.get_attribute("textContent").removesuffix("copy") for each in look.all("pre.command")]
    script = f"livechat-join() {{ '{PROGRAM}' \"$@\"; }}\n{commands[0]}\n{commands[1]}\n"
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True)
    check(done.returncode == 0, f"{script}: {done.stderr}")
    check(look.server.join("ann", "anns-token", "complaints") == 200, f"not cured by {commands[1]}")
    look.driver.refresh()
    check(look.text("#verdict .status") == "200", "the page does not see the cure")


def live(look):
    """An event that is seen without a reload."""
    look.open("/now")
    look.until(lambda: look.text("#live") == "live", "the log is live")
    before = len(look.all("#events tr"))
    began = time.monotonic()
    check(look.server.join("ann", "anns-token", "orders") == 200, "ann does not join")
    look.until(lambda: "orders" in look.text("#events tr:first-child"), "the join is shown")
    print(f"console: a join was seen after {time.monotonic() - began:.1f} s")
    check(len(look.all("#events tr")) == before + 1, "not one more event")
    check(look.server.join("ann", "wrong", "orders") == 401, "a wrong token is let in")
    look.until(lambda: "authenticate" in look.text("#refusals"), "the refusal is counted")
    look.quiet()


def as_text(look):
    """An id that is markup."""
    look.open("/room", id=MARKUP)
    check(MARKUP in look.text("h1"), "the room's id is not shown as text")
    look.open("/user", id=MARKUP)
    check(MARKUP in look.text("h1") and "<script>alert(2)</script>" in look.text("dl"), "the user's name is not text")
    check(not look.all("main img, main script"), "markup of an id became an element")
    look.quiet()


def from_elsewhere(look):
    """A link from another site's page: the browser keeps its cookie back, and one more click helps."""
    target = f"{look.server.console}/room?id=orders"
    (FOLDER / "elsewhere.html").write_text(f'<a href="{target}">see</a>')
    look.driver.get((FOLDER / "elsewhere.html").as_uri())
    look.click("a")
    look.until(lambda: "403" in look.driver.title, "a link from elsewhere is refused")
    look.driver.get_log("browser")
    look.click("a")
    look.until(lambda: look.all("main h1"), "the page is opened from here")
    check("orders" in look.text("h1"), "another page was opened")


def pictures(look):
    views = {
        "why-refused": ("/", {"user": "ann", "room": "complaints"}),
        "why-queue": ("/", {"user": "agent003", "room": "waiting"}),
        "why-allowed": ("/", {"user": "ann", "room": "orders"}),
        "why-closed": ("/", {"user": "gone", "room": "returns"}),
        "why-empty": ("/", {}),
        "why-markup": ("/", {"user": MARKUP, "room": "complaints"}),
        "now": ("/now", {}),
        "room-crowd": ("/room", {"id": "crowd"}),
        "room-markup": ("/room", {"id": MARKUP}),
        "room-waiting": ("/room", {"id": "waiting"}),
        "rooms": ("/rooms", {}),
        "user": ("/user", {"id": "ann"}),
        "users": ("/users", {}),
        "grants": ("/grants", {}),
        "health": ("/health", {}),
        "missing": ("/room", {"id": "nowhere"}),
    }
    for look_name, width, scheme in [("light", 1280, "light"), ("dark", 1280, "dark"), ("narrow", 400, "light"),
                                     ("narrow-dark", 400, "dark")]:
        look.size(width)
        look.scheme(scheme)
        for name, (path, parameters) in views.items():
            look.open(path, **parameters)
            if name == "now":
                look.until(lambda: look.text("#live") == "live", "the log is live")
            look.picture(f"{name}-{look_name}")
            low = look.driver.execute_script(CONTRAST)
            check(not low, f"too little contrast in {name}, {look_name}: {low[:5]}")
            wide = look.driver.execute_script("return document.documentElement.scrollWidth")
            check(wide <= width, f"{name} is {wide} wide in {width}")
    look.size(1280)
    look.scheme("light")


def empty(driver):
    server = Server("empty", None)
    look = Look(driver, server)
    look.driver.get(server.key)
    for look_name, width, scheme in [("light", 1280, "light"), ("dark", 1280, "dark"), ("narrow", 400, "light")]:
        look.size(width)
        look.scheme(scheme)
        for name in PAGES:
            [tab] = [each for each in look.all(".top nav a") if each.text == name]
            tab.click()
            look.until(lambda: look.text(".top nav [aria-current]") == name, name)
            look.picture(f"empty-{name.strip('?').lower()}-{look_name}")
    look.open("/", user="nobody", room="nowhere")
    check(look.text("#verdict .status") == "401", "nobody is not refused")
    look.quiet()
    server.stop()


def main():
    server = Server("console", world())
    driver = browser()
    try:
        look = Look(driver, server)
        driver.get(server.console + "/now")
        check("403" in driver.title, "a browser without the key is let in")
        driver.get_log("browser")
        driver.get(server.key)
        check(driver.current_url == server.console + "/", f"the key leads to {driver.current_url}")
        driver.get(server.key)
        check(driver.current_url == server.console + "/", "the link with the key is not good for this browser any more")
        by_links(look)
        look.quiet()
        look.scripts(False)
        by_links(look)
        look.open("/now")
        check(look.text("#live") == "reload for newer events", "without scripts the log says that it is live")
        look.scripts(True)
        beside_explain(look)
        look.quiet()
        as_text(look)
        live(look)
        from_elsewhere(look)
        pictures(look)
        cured(look)
        look.driver.get_log("browser")
        server.stop()
        empty(driver)
    finally:
        driver.quit()
        if server.process.poll() is None:
            server.process.kill()
    print(f"console: {checked} looks, each as it should be; {len(list(PICTURES.glob('*.png')))} screenshots")


main()
