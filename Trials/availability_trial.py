"""What Trials/availability does once it has its networks: see there."""

import argparse
import random
import signal
import sys
import threading
import time

from availability_cluster import SETTINGS, Cluster, wait_until
from availability_door import Answer, Door, House
from postgresql import Failure, Report, Server, run

# How long the door may take to open again, and how many revocations are to be acknowledged after the promotion.
REOPENS_WITHIN = 45
AFTERWARDS = 12


class Fault:
    """Something that happens to the primary, and how it is mended."""

    def __init__(self, what, happen, mend=lambda node: None):
        self.what = what
        self.happen = happen
        self.mend = mend


def switch_over(cluster, node):
    candidate = next(each["name"] for each in cluster.members() if each["role"] == "sync_standby")
    command = ["patronictl", "-c", f"{node.folder}/patroni.yml", "switchover", "--force"]
    run([*command, "--master", node.name, "--candidate", candidate], timeout=60)


def hang(_, node):
    node.patroni.send_signal(signal.SIGSTOP)
    node.connect(["cluster"], False)


def end_hanging(node):
    # Patroni 3.0.2 with etcd3 that goes on after such a pause takes the leader's lock back, whoever holds it, and
    # everything that was acknowledged meanwhile is lost (https://github.com/patroni/patroni/pull/2689).
    node.kill_patroni()
    node.connect(["cluster"], True)
    node.start()


FAULTS = {
    "leader": Fault(
        "kill -9 of the leader, Patroni and PostgreSQL",
        lambda cluster, node: node.kill(),
        lambda node: node.start(),
    ),
    "patroni": Fault(
        "kill -9 of the leader's Patroni alone, its PostgreSQL goes on",
        lambda cluster, node: node.kill_patroni(),
        lambda node: node.start(),
    ),
    "partition": Fault(
        "the leader cut off from etcd and the other nodes, within reach of the servers",
        lambda cluster, node: node.connect(["cluster"], False),
        lambda node: node.connect(["cluster"], True),
    ),
    "hang": Fault(
        "the leader cut off in the same way, and its Patroni hangs (SIGSTOP)",
        hang,
        end_hanging,
    ),
    "isolation": Fault(
        "the leader cut off from everybody",
        lambda cluster, node: node.connect(["cluster", "clients"], False),
        lambda node: node.connect(["cluster", "clients"], True),
    ),
    "switchover": Fault("a switchover", switch_over),
}


# A fault of another kind: that the trial finds what it looks for.
CAUGHT = "caught"


def cut_off_asynchronous(cluster, node):
    """What the trial has to catch: the leader goes on acknowledging what no other node has."""
    cluster.change({"synchronous_mode": False})
    with node.session() as session:
        names = "SHOW synchronous_standby_names"
        wait_until(lambda: session.value(names) == "", 30, "no standby is waited for any more")
    node.connect(["cluster"], False)


class Leaseless:
    """A door that asks the primary that was there before and relies on it: what the trial has to catch."""

    def __init__(self, node, door):
        self.door = door
        self.answers = []
        self.ends = threading.Event()
        self.session = node.session(options="-c default_transaction_read_only=on")
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()

    def ask(self):
        while not self.ends.wait(0.02):
            victim = random.choice(list(self.door.recent)[-6:] or self.door.house.victims)
            begun = time.monotonic()
            try:
                status = 200 if is_there(self.session, victim) else 403
            except Failure:
                break
            self.answers.append(Answer(begun, time.monotonic(), -1, self.door.house.visit(victim), status))

    def stop(self):
        self.ends.set()
        self.thread.join()
        self.session.close()
        return self.door.stale(self.answers)


def span(seconds):
    """From the shortest to the longest, and the median, for people."""
    if len(seconds) == 1:
        return f"{seconds[0]:.1f} s"
    return f"{seconds[0]:.1f} to {seconds[-1]:.1f} s, {seconds[len(seconds) // 2]:.1f} s in the middle"


def is_there(session, victim):
    """Whether nothing of a victim has been revoked in the database that a session is connected to."""
    kind, name = victim
    question = {
        "token": """SELECT count(*) FROM livechat.livechat_login_token
            WHERE "user" = (SELECT key FROM livechat.livechat_user WHERE id = '{}')""",
        "role": """SELECT count(*) FROM livechat.livechat_user_role
            WHERE "user" = (SELECT key FROM livechat.livechat_user WHERE id = '{}')""",
        "user": "SELECT count(*) FROM livechat.livechat_user WHERE id = '{}' AND active",
        "room": "SELECT count(*) FROM livechat.livechat_room WHERE id = '{}' AND open",
    }[kind]
    return session.value(question.format(name)) != "0"


class Round:
    """What came of one fault."""

    def __init__(self, trial, fault, name):
        self.leaseless = None
        cluster = trial.cluster
        house = House(name)
        run([trial.program, "load", "-", "--database", cluster.address()], input=house.fixture())
        self.door = Door(trial.program, house, [each.port for each in trial.servers], cluster, f"{trial.seed}-{name}")
        self.door.start()
        try:
            self.happen(cluster, fault)
        finally:
            self.door.stop()
        self.judge(cluster)

    def happen(self, cluster, fault):
        door = self.door
        wait_until(lambda: len(door.answers) > 300, 30, "the load has begun")
        door.begins_revoking.set()
        wait_until(lambda: len(door.revoked) > 5, 30, "revocations have begun")
        old = self.old = wait_until(cluster.leader, 30, "there is a leader before the fault")
        self.began = time.monotonic()
        # Only here the primary that was goes on answering: elsewhere its Patroni ends it in time.
        leaseless = Leaseless(old, door) if fault in (FAULTS["patroni"], FAULTS["hang"]) else None
        fault.happen(cluster, old)
        door.primary = wait_until(lambda: cluster.leader(but=old), 60, "another node is promoted")
        promoted = time.monotonic()
        revoked = len(door.revoked)
        self.promoted_after = promoted - self.began
        self.reopened = True
        try:
            wait_until(lambda: door.has_reopened(promoted), REOPENS_WITHIN, "the door opens")
        except Failure:
            self.reopened = False
        wait_until(
            lambda: len(door.revoked) >= revoked + AFTERWARDS or not door.victims, 45, "the new primary revokes"
        )
        door.ends.wait(2)
        if leaseless:
            self.leaseless = len(leaseless.stop())
        self.shut = door.shut(self.began)
        fault.mend(old)
        cluster.change({"synchronous_mode": True}, but=old)
        cluster.wait_until_whole(but=old)

    def judge(self, cluster):
        door = self.door
        leader = wait_until(lambda: cluster.leader(but=self.old), 30, "the other node is still the leader")
        with leader.session() as session:
            prefix = door.house.home.removesuffix("home")
            members = {
                tuple(row)
                for row in session(
                    f"""SELECT person.id, room.id FROM livechat.livechat_membership AS membership
                    JOIN livechat.livechat_user AS person ON person.key = membership."user"
                    JOIN livechat.livechat_room AS room ON room.key = membership.room
                    WHERE room.id LIKE '{prefix}%'"""
                )
            }
            told = {
                (user, room): int(count)
                for user, room, count in session(
                    f"""SELECT "user", room, count(*) FROM livechat.livechat_event
                    WHERE kind = 'joined' AND room LIKE '{prefix}%' GROUP BY 1, 2"""
                )
            }
            self.undone = [victim for victim in door.revoked if is_there(session, victim)]
            self.gaps = int(session.value("SELECT max(sequence) - count(*) FROM livechat.livechat_event"))
        joined = door.joined()
        self.joins = len(joined)
        self.lost = [pair for pair in joined if pair not in members or told.get(pair, 0) < 1]
        self.twice = [pair for pair, count in told.items() if count > 1 or pair not in members]
        self.stale = door.stale()
        self.revocations = len(door.revoked)
        self.answers = len(door.answers)

    def holds(self):
        wrong = self.lost, self.twice, self.undone, self.stale, self.door.unexpected, self.gaps
        return self.reopened and not any(wrong)

    def complaints(self):
        first = lambda each: [str(item) for item in each[:3]]
        for what, which in (
            ("joins lost", self.lost),
            ("joins told twice or never made", self.twice),
            ("revocations undone", self.undone),
            ("other answers than 200 and 503", self.door.unexpected),
        ):
            if which:
                yield f"{len(which)} {what}: {', '.join(first(which))}"
        revoked = {self.door.house.visit(victim): moment for victim, moment in self.door.revoked.items()}
        for each in self.stale[:3]:
            yield (
                f"{len(self.stale)} answers from a deposed primary: {each.pair} was let in by server {each.server} at "
                f"{each.begun - self.began:.3f} s, {each.begun - revoked[each.pair]:.3f} s after the revocation was "
                f"acknowledged"
            )
        if self.gaps:
            yield f"{self.gaps} numbers are missing in the event log"
        if not self.reopened:
            yield f"the door did not open within {REOPENS_WITHIN} s of the promotion"


class Trial:
    def __init__(self, program, folder, seed):
        self.program = program
        self.folder = folder
        self.seed = seed
        self.report = Report("availability")
        self.servers = []
        self.cluster = Cluster(folder)

    def prepare(self):
        self.cluster.start()
        print(f"  three nodes are up: {SETTINGS}, synchronous_mode_strict", flush=True)
        run([self.program, "migrate", "--database", self.cluster.address()])
        # Each begins with another node.
        for number in range(2):
            log = f"{self.folder}/server{number}.log"
            self.servers.append(Server(self.program, self.cluster.address(number), log))

    def stop(self):
        for server in self.servers:
            server.stop()
        self.cluster.stop()

    def catch(self):
        """Shows that joins that are lost, and revocations that are undone, are found."""
        each = Round(self, Fault("", cut_off_asynchronous, FAULTS["partition"].mend), CAUGHT)
        self.report.add(
            "the checker catches a leader that is cut off and acknowledges what no standby has",
            1,
            f"{len(each.lost)} joins lost and {len(each.undone)} revocations undone",
            bool(each.lost and each.undone),
        )

    def run(self, names, times):
        for name in names:
            if name == CAUGHT:
                self.catch()
                continue
            fault = FAULTS[name]
            rounds = []
            for number in range(1, times + 1):
                each = Round(self, fault, f"{name}{number}")
                rounds.append(each)
                print(
                    f"  {name} {number} of {times}: {each.answers:,} answers, {each.joins:,} members, "
                    f"{each.revocations} revocations, promoted after {each.promoted_after:.1f} s, "
                    f"503 for {each.shut:.1f} s",
                    flush=True,
                )
                if each.leaseless is not None:
                    print(f"    {each.leaseless} stale answers from a door without a lease", flush=True)
                for complaint in each.complaints():
                    print(f"    {complaint}", flush=True)
            self.tell(fault, rounds)

    def tell(self, fault, rounds):
        shut = sorted(each.shut for each in rounds)
        promoted = sorted(each.promoted_after for each in rounds)
        total = lambda name: sum(len(getattr(each, name)) for each in rounds)
        closed = sum(1 for each in rounds if not each.reopened)
        outcome = (
            f"{sum(each.joins for each in rounds):,} joins acknowledged, {total('lost')} lost, "
            f"{total('twice')} told twice; {sum(each.revocations for each in rounds):,} revocations acknowledged, "
            f"{total('undone')} undone; {total('stale')} of {sum(each.answers for each in rounds):,} answers from a "
            f"deposed primary; another primary after {span(promoted)}; 503 for {span(shut)}"
        )
        unexpected = sum(len(each.door.unexpected) for each in rounds)
        if unexpected:
            outcome += f"; {unexpected} other answers than 200 and 503"
        if closed:
            outcome += f"; {closed} times not open again after {REOPENS_WITHIN} s"
        self.report.add(fault.what, len(rounds), outcome, all(each.holds() for each in rounds))
        caught = [each.leaseless for each in rounds if each.leaseless is not None]
        if caught:
            self.report.add(
                f"the checker catches a door that relies on the deposed primary: {fault.what}",
                len(caught),
                f"{min(caught)} stale answers each time at least",
                min(caught) > 0,
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("faults", nargs="*")
    options = parser.parse_args()
    known = [CAUGHT, *FAULTS]
    names = options.faults or known
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"availability: no fault {', '.join(unknown)}; there are: {', '.join(known)}")
    trial = Trial(options.program, options.folder, options.seed)
    try:
        trial.prepare()
        trial.run(names, 10 if options.long else 1)
    except Failure as failure:
        print(f"✗ availability: {failure}", flush=True)
        trial.report.failed = True
    finally:
        trial.stop()
    sys.exit(1 if trial.report.failed else 0)


main()
