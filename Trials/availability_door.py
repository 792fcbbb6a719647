"""Clients of the servers while nodes fail: what they asked, what they were answered, and what was revoked when."""

import collections
import http.client
import json
import random
import subprocess
import threading
import time

Answer = collections.namedtuple("Answer", "begun ended server pair status")

USERS = 60
ROOMS = 500
# Whose token is revoked, whose role is withdrawn, who is deactivated, and which room is closed.
VICTIMS = {"token": 80, "role": 80, "user": 40, "room": 80}
CLIENTS = 12
# Those of them who only ask for what may have been revoked: a join that waits must not keep them.
WATCHERS = 4
REVOKERS = 3
ROLE = "livechat-agent"


class House:
    """Users and rooms of one round, all of whom may enter everywhere until something is revoked."""

    def __init__(self, name):
        self.users = [f"{name}-user-{number}" for number in range(USERS)]
        self.rooms = [f"{name}-room-{number}" for number in range(ROOMS)]
        self.home = f"{name}-home"
        self.witness = f"{name}-witness"
        # A victim is its kind and its id.
        self.victims = [
            (kind, f"{name}-revoked-{kind}-{number}") for kind, count in VICTIMS.items() for number in range(count)
        ]

    def visit(self, victim):
        """The pair of user and room that is let in as long as nothing of the victim has been revoked."""
        kind, name = victim
        return (self.witness, name) if kind == "room" else (name, self.home)

    def fixture(self):
        people = self.users + [self.witness] + [name for kind, name in self.victims if kind != "room"]
        rooms = self.rooms + [self.home] + [name for kind, name in self.victims if kind == "room"]
        return json.dumps(
            {
                "settings": {"previewRoom": True},
                "users": [{"id": each, "roles": [ROLE], "tokens": [{"token": f"of-{each}"}]} for each in people],
                "rooms": [{"id": each, "inquiry": {"status": "queued"}} for each in rooms],
            }
        )


class Door:
    """Clients that join through both servers, and revocations beside them."""

    def __init__(self, program, house, ports, cluster, seed):
        self.program = program
        self.house = house
        self.ports = ports
        self.cluster = cluster
        self.random = random.Random(seed)
        self.answers = []
        self.unexpected = []
        # The moments at which a revocation was begun and acknowledged.
        self.begun = {}
        self.revoked = {}
        pairs = [(user, room) for room in house.rooms for user in house.users]
        self.random.shuffle(pairs)
        self.pairs = collections.deque(pairs)
        victims = list(house.victims)
        self.random.shuffle(victims)
        self.victims = collections.deque(victims)
        self.recent = collections.deque(maxlen=24)
        # The node that revocations go to, where it is known which is the primary.
        self.primary = None
        self.begins_revoking = threading.Event()
        self.ends = threading.Event()
        self.threads = [
            threading.Thread(target=self.ask, args=(number, random.Random(f"{seed}-{number}")))
            for number in range(CLIENTS)
        ] + [
            threading.Thread(target=self.revoke, args=(random.Random(f"{seed}-revoker-{number}"),))
            for number in range(REVOKERS)
        ]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ends.set()
        self.begins_revoking.set()
        for thread in self.threads:
            thread.join()

    # Joins

    def ask(self, client, chance):
        server = client % len(self.ports)
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[server], timeout=15)
        while not self.ends.is_set():
            victim = None
            if client < WATCHERS or chance.random() < 0.3:
                victim = chance.choice(self.recent if self.recent and chance.random() < 0.7 else self.house.victims)
                pair = self.house.visit(victim)
            else:
                try:
                    pair = self.pairs.popleft()
                except IndexError:
                    continue
            known = victim in self.begun
            begun = time.monotonic()
            try:
                headers = {"X-User-Id": pair[0], "X-Auth-Token": f"of-{pair[0]}"}
                connection.request("GET", f"/api/v1/livechat/room.join?roomId={pair[1]}", headers=headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException) as error:
                status = 0
                self.unexpected.append(f"{pair}: {error!r}")
                connection.close()
            self.answers.append(Answer(begun, time.monotonic(), server, pair, status))
            if victim is None and status != 200:
                self.pairs.append(pair)
            if status not in (200, 503) and (victim is None or not known and victim not in self.begun):
                self.unexpected.append(f"{pair}: {status}")
            self.ends.wait(0.05 if status == 503 else 0.004)
        connection.close()

    # Revocations

    def revoke(self, chance):
        self.begins_revoking.wait()
        while not self.ends.is_set() and self.victims:
            victim = self.victims.popleft()
            kind, name = victim
            self.begun[victim] = time.monotonic()
            self.recent.append(victim)
            words = {
                "token": ["token", "revoke", name, "--all"],
                "role": ["user", "withdraw", name, ROLE],
                "user": ["user", "set", name, "--inactive"],
                "room": ["room", "close", name],
            }[kind]
            first = chance.randrange(3) if self.primary is None else self.primary.number - 1
            command = [self.program, *words, "--database", self.cluster.address(first)]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=6)
                if done.returncode == 0:
                    self.revoked[victim] = time.monotonic()
            except subprocess.TimeoutExpired:
                pass  # It may have been made, or not.
            self.ends.wait(0.3)

    # What came of it

    def stale(self, answers=None):
        """The 200s of which the request began after a revocation for it had been acknowledged."""
        revoked = {self.house.visit(victim): moment for victim, moment in self.revoked.items()}
        return [
            each
            for each in (self.answers if answers is None else answers)
            if each.status == 200 and each.begun > revoked.get(each.pair, float("inf"))
        ]

    def joined(self):
        return {each.pair for each in self.answers if each.status == 200}

    def has_reopened(self, since):
        """Whether both servers have written joins that were asked for after a moment."""
        news = {each.server for each in list(self.answers) if self.is_new(each) and each.begun > since}
        return len(news) == len(self.ports)

    def is_new(self, answer):
        return answer.status == 200 and answer.pair[1].rpartition("-")[0] == self.house.rooms[0].rpartition("-")[0]

    def shut(self, since):
        """From the first 503 after a moment until both servers have written a join again, in seconds.

        Of each server it is the longest time without a join that it wrote, if there was a 503 in it.
        """
        begins, ends = [], []
        for server in range(len(self.ports)):
            own = [each for each in self.answers if each.server == server and each.ended > since]
            own.sort(key=lambda each: each.ended)
            spans, first, last = [], None, since
            for each in own:
                if each.status == 503 and first is None:
                    first = each.ended
                if self.is_new(each):
                    if first is not None:
                        spans.append((each.ended - last, first, each.ended))
                    first, last = None, each.ended
            if first is not None:
                spans.append((own[-1].ended - last, first, own[-1].ended))
            if spans:
                _, began, ended = max(spans)
                begins.append(began)
                ends.append(ended)
        return max(ends) - min(begins) if begins else 0.0
