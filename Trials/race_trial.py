"""What Trials/race does once its folder is there: see there."""

import argparse
import multiprocessing
import random
import re
import selectors
import signal
import socket
import sys
import threading
import time

import race_world as world
from postgresql import Failure, Psql, Report, Server, as_postgres, bin_dir, run

CONNECTIONS = 32
CHANGERS = 3
# How long an unguarded variant may go on without being caught, in seconds.
AT_MOST = 120


class Database:
    """A private PostgreSQL server, on a socket in a folder and on no port."""

    def __init__(self, folder):
        self.folder = folder
        self.data = f"{folder}/data"
        programs = bin_dir()
        words = ["-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-instructions", "--locale=C"]
        run(as_postgres([f"{programs}/initdb", *words]), cwd=folder)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "track_commit_timestamp": "on",
            "max_connections": "60",
            "shared_buffers": "64MB",
            "max_wal_size": "2GB",
            "max_pred_locks_per_transaction": "1024",
            "autovacuum_naptime": "5s",
        }
        with open(f"{self.data}/postgresql.auto.conf", "a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self.control = as_postgres([f"{programs}/pg_ctl", "-D", self.data, "-w", "-l", f"{folder}/log"])

    def start(self):
        run([*self.control, "start"], cwd=self.folder)

    def address(self, name):
        return f"postgres://postgres@{self.folder.replace('/', '%2F')}/{name}"

    def session(self, name, options=""):
        return Psql(self.address(name), options)

    def stop(self):
        run([*self.control, "-m", "immediate", "stop"], cwd=self.folder)


def ask(ports, seed, ends, counts):
    """A process that asks over many connections, one request at a time on each."""
    chance = random.Random(seed)
    selector = selectors.DefaultSelector()

    def next_request(connection):
        while True:
            user, room = world.user(chance.randrange(world.USERS)), world.room(chance.randrange(world.ROOMS))
            # Who may never enter is asked for now and then.
            if world.may_ever(user, room) or chance.random() < 0.05:
                break
        connection.sendall(
            f"GET /api/v1/livechat/room.join?roomId={room} HTTP/1.1\r\nHost: trial\r\n"
            f"X-User-Id: {user}\r\nX-Auth-Token: {world.token(user)}\r\n\r\n".encode()
        )

    for number in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", ports[number % len(ports)]))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ, bytearray())
        next_request(connection)
    length = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
    while not ends.is_set():
        for key, _ in selector.select(0.2):
            piece = key.fileobj.recv(65536)
            if not piece:
                raise Failure("a server has closed a connection")
            key.data.extend(piece)
            head = key.data.find(b"\r\n\r\n")
            if head < 0 or len(key.data) < head + 4 + int(length.search(key.data)[1]):
                continue
            counts[int(key.data[9:12])] += 1
            key.data.clear()
            next_request(key.fileobj)


class Race:
    """Joins through two servers against changes, in a database of their own."""

    def __init__(self, trial, name, prepare=None, options=""):
        self.trial = trial
        self.name = name
        self.options = options
        database = trial.database
        with database.session("postgres") as session:
            session(f"CREATE DATABASE {name} TEMPLATE furnished")
        if prepare:
            with database.session(name) as session:
                prepare(session, name)
        self.ends = threading.Event()
        self.failures = []

    def change(self, part):
        chance = random.Random(f"{self.trial.seed}-{self.name}-{part}")
        found = world.changes(part, CHANGERS)
        try:
            with self.trial.database.session(self.name, self.options) as session:
                session("SET search_path = livechat")
                while not self.ends.is_set():
                    fact, away, back = chance.choice(found)
                    self.make(session, fact, away, "false")
                    time.sleep(chance.random() * 0.002)
                    self.make(session, fact, back, "true")
                    time.sleep(chance.random() * 0.004)
        except Failure as failure:
            self.failures.append(str(failure))

    def make(self, session, fact, statement, holds):
        while True:
            try:
                session(statement, f"INSERT INTO trial.change VALUES ('{fact}', {holds})")
                return
            except Failure as failure:
                if "could not serialize" not in str(failure) and "deadlock detected" not in str(failure):
                    raise

    def leave(self):
        """Ends all memberships again and again, so that there is somebody to join."""
        try:
            with self.trial.database.session(self.name) as session:
                while not self.ends.wait(0.02):
                    session("DELETE FROM livechat.livechat_membership")
        except Failure as failure:
            self.failures.append(str(failure))

    def run(self, is_over, at_most):
        """Goes on until `is_over` says so of what the judge has found, and returns that."""
        trial = self.trial
        ends = multiprocessing.Event()
        servers, processes, counts, threads = [], [], [], []
        began = time.monotonic()
        try:
            for number in range(2):
                log = f"{trial.folder}/{self.name}-server{number}.log"
                servers.append(Server(trial.program, trial.database.address(self.name), log))
            ports = [each.port for each in servers]
            for number in range(2):
                seed = f"{trial.seed}-{self.name}-load-{number}"
                counts.append(multiprocessing.Array("q", 600, lock=False))
                process = multiprocessing.Process(target=ask, args=(ports, seed, ends, counts[-1]), daemon=True)
                process.start()
                processes.append(process)
            threads = [threading.Thread(target=self.change, args=(part,)) for part in range(CHANGERS)]
            threads.append(threading.Thread(target=self.leave))
            for thread in threads:
                thread.start()
            with trial.database.session(self.name) as session:
                while True:
                    time.sleep(1)
                    if self.failures or any(process.exitcode for process in processes):
                        raise Failure(f"{self.name}: the load has ended: {self.failures}")
                    over = is_over(session)
                    if over or time.monotonic() - began > at_most:
                        break
        finally:
            ends.set()
            self.ends.set()
            for thread in threads:
                thread.join()
            for process in processes:
                process.join()
            for server in servers:
                server.stop()
        self.took = time.monotonic() - began
        totals = [sum(each) for each in zip(*counts)]
        self.statuses = {status: count for status, count in enumerate(totals) if count}
        with trial.database.session(self.name) as session:
            judge = world.Judge(session)
            self.gaps = int(
                session.value("SELECT coalesce(max(sequence), 0) - count(*) FROM livechat.livechat_event")
            )
        return judge

    def say(self, judge):
        worst = max((each[3] for each in judge.wrong), default=0) / 1000
        statuses = ", ".join(f"{count:,} × {status}" for status, count in self.statuses.items())
        print(
            f"  {self.name}: {judge.joins:,} joins and {judge.changes:,} changes in {self.took:.0f} s, "
            f"{len(judge.wrong)} joins too late, by {worst:.1f} ms at most; answers: {statuses}",
            flush=True,
        )


# Variants of the function that writes joins, each without a part of what guards it.


def function(session):
    session("SET search_path = livechat")
    rows = session("SELECT pg_get_functiondef('livechat_join'::regproc)")
    return "\n".join("\t".join(row) for row in rows)


def replaced(text, pattern, replacement, times):
    text, count = re.subn(pattern, replacement, text)
    if count != times:
        raise Failure(f"livechat_join has changed: {pattern} stands in it {count} times, not {times}")
    return text


def without_locks(session, _):
    session(unlocked(session))


def unlocked(session):
    return replaced(function(session), r" FOR SHARE( OF person, room SKIP LOCKED)?\b", "", 2)


def without_versions(session, _):
    """It takes the locks, and does not look whether anything has moved before."""
    text = replaced(function(session), r"WHERE asked.stamp = newest\n", "WHERE true\n", 1)
    session(replaced(text, r"AND person\.xmin.*\n", "\n", 1))


def serializable(session, name):
    """No locks, and every session SERIALIZABLE: a function that stands before the real one sets that."""
    guard = "IF current_setting('transaction_isolation') <> 'serializable' THEN RAISE 'it is not'; END IF;"
    session(replaced(unlocked(session), r"\bBEGIN\n", f"BEGIN {guard}\n", 1))
    session(
        """CREATE FUNCTION trial.set_config(name text, value text, is_local boolean) RETURNS text LANGUAGE sql AS $$
            SELECT pg_catalog.set_config(
                name, CASE name WHEN 'default_transaction_isolation' THEN 'serializable' ELSE value END, is_local
            )
        $$"""
    )
    session(f"ALTER DATABASE {name} SET search_path = trial, pg_catalog")


VARIANTS = [
    ("no locks", "no_locks", without_locks, ""),
    ("locks without a comparison of versions", "no_versions", without_versions, ""),
    ("SERIALIZABLE in place of locks", "serializable", serializable, "-c default_transaction_isolation=serializable"),
]


class Trial:
    def __init__(self, program, folder, seed):
        self.program = program
        self.folder = folder
        self.seed = seed
        self.report = Report("race")
        self.database = Database(folder)

    def prepare(self):
        self.database.start()
        with self.database.session("postgres") as session:
            session("CREATE DATABASE furnished")
        address = self.database.address("furnished")
        program = self.program
        run([program, "migrate", "--empty", "--database", address])
        run([program, "load", "-", "--database", address], input=world.fixture())
        with self.database.session("furnished") as session:
            session(*world.CHANGES.strip().rstrip(";").split(";"))
            # Loading is an event of its own; from here on all events are joins.
            self.events_before = int(session.value("SELECT last FROM livechat.livechat_event_log"))

    def catch(self, what, name, prepare, options):
        race = Race(self, name, prepare, options)
        found = race.run(lambda session: len(world.Judge(session).wrong) > 0, AT_MOST)
        race.say(found)
        self.report.add(
            f"joins until {what} is caught",
            found.joins,
            f"caught: {len(found.wrong)} committed when what allowed them was gone" if found.wrong else "not caught",
            bool(found.wrong),
        )

    def show(self, joins):
        race = Race(self, "guarded")
        enough = self.events_before + joins
        found = race.run(
            lambda session: int(session.value("SELECT last FROM livechat.livechat_event_log")) >= enough,
            5 * AT_MOST,
        )
        race.say(found)
        for user, room, fact, late in found.wrong[:5]:
            print(f"    {user} joined {room} {late / 1000:.3f} ms after this was gone: {fact}", flush=True)
        odd = {status: count for status, count in race.statuses.items() if status not in (200, 400, 401, 403, 503)}
        holds = not found.wrong and not race.gaps and not odd and found.joins >= joins
        rate = found.joins / race.took
        self.report.add(
            f"joins through two servers against tokens, roles, grants, restrictions, users, rooms, inquiries and "
            f"departments that are changed {found.changes / race.took:.0f} times a second",
            found.joins,
            f"{len(found.wrong)} committed when what allowed them was gone, by the database's clock, among "
            f"{found.changes:,} changes; {rate:.0f} joins a second; {race.statuses.get(503, 0)} of "
            f"{sum(race.statuses.values()):,} answers were 503"
            + (f"; answers {odd}" if odd else "")
            + (f"; {race.gaps} gaps in the event log" if race.gaps else ""),
            holds,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("program")
    parser.add_argument("folder")
    options = parser.parse_args()
    multiprocessing.set_start_method("fork")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    trial = Trial(options.program, options.folder, options.seed)
    try:
        trial.prepare()
        for what, name, prepare, settings in VARIANTS:
            trial.catch(what, name, prepare, settings)
        trial.show(100_000 if options.long else 20_000)
    except Failure as failure:
        print(f"✗ race: {failure}", flush=True)
        trial.report.failed = True
    finally:
        trial.database.stop()
    sys.exit(1 if trial.report.failed else 0)


main()
