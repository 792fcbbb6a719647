"""Three PostgreSQL nodes under Patroni, each in a network namespace of its own, and etcd beside them.

A node has two networks: `cluster` for etcd, replication and Patroni, and `clients` for those who use the database.
So a primary can be cut off from the other nodes and still be reached by the servers.
"""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import time

from postgresql import Failure, Psql, as_postgres, bin_dir, end, run

NETWORKS = {"cluster": "10.77.1", "clients": "10.77.2"}
HERE = 254
SETTINGS = {"ttl": 10, "loop_wait": 1, "retry_timeout": 3}


def wait_until(condition, seconds, what):
    """Waits until a condition holds, and returns what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Failure(f"not within {seconds} s: {what}")
        time.sleep(0.1)


class Node:
    """A machine of its own, as far as the network is concerned."""

    def __init__(self, folder, number):
        self.name = f"node{number}"
        self.number = number
        self.folder = f"{folder}/{self.name}"
        os.mkdir(self.folder, 0o700)
        run(["chown", "postgres", self.folder])
        self.patroni = None
        # It holds the namespace; the links go with it.
        self.machine = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{self.machine.pid}/ns/net") != own, 5, "a network namespace")
        self.inside = ["nsenter", "--target", str(self.machine.pid), "--net"]
        run([*self.inside, "ip", "link", "set", "lo", "up"])
        for network, prefix in NETWORKS.items():
            link = f"{network}{number}"
            run(["ip", "link", "add", link, "type", "veth", "peer", "name", network, "netns", str(self.machine.pid)])
            run(["ip", "link", "set", link, "master", network, "up"])
            run([*self.inside, "ip", "address", "add", f"{prefix}.{number}/24", "dev", network])
            run([*self.inside, "ip", "link", "set", network, "up"])

    def address(self, network):
        return f"{NETWORKS[network]}.{self.number}"

    def configure(self):
        cluster = self.address("cluster")
        configuration = {
            "scope": "livechat",
            "name": self.name,
            "restapi": {"listen": f"{cluster}:8008", "connect_address": f"{cluster}:8008"},
            "etcd3": {"hosts": f"{NETWORKS['cluster']}.{HERE}:2379"},
            "bootstrap": {
                "dcs": SETTINGS
                | {
                    "synchronous_mode": True,
                    "synchronous_mode_strict": True,
                    "synchronous_node_count": 1,
                    "maximum_lag_on_failover": 1 << 30,
                    "postgresql": {
                        "use_pg_rewind": True,
                        "use_slots": True,
                        "parameters": {
                            "synchronous_commit": "on",
                            "max_connections": 60,
                            "shared_buffers": "32MB",
                            "wal_keep_size": "256MB",
                            "max_wal_size": "256MB",
                            "wal_receiver_timeout": "5s",
                            "wal_sender_timeout": "5s",
                        },
                    },
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": "*:5432",
                "connect_address": f"{cluster}:5432",
                "data_dir": f"{self.folder}/data",
                "bin_dir": bin_dir(),
                "pgpass": f"{self.folder}/pgpass",
                "use_unix_socket": True,
                "parameters": {"unix_socket_directories": self.folder},
                # Nobody else is in these networks.
                "pg_hba": [
                    "local all all trust",
                    "host all all all trust",
                    "host replication all all trust",
                ],
                "authentication": {
                    "superuser": {"username": "postgres", "password": "of-this-trial"},
                    "replication": {"username": "replicator", "password": "of-this-trial"},
                    "rewind": {"username": "rewinder", "password": "of-this-trial"},
                },
            },
            "watchdog": {"mode": "off"},
        }
        # Every JSON document is a YAML document.
        with open(f"{self.folder}/patroni.yml", "w") as file:
            json.dump(configuration, file)

    def start(self):
        with open(f"{self.folder}/log", "ab") as log:
            self.patroni = subprocess.Popen(
                [*self.inside, *as_postgres(["patroni", f"{self.folder}/patroni.yml"])],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill_patroni(self):
        end(self.patroni)

    def kill(self):
        """Ends everything of this node at once, as when its power goes."""
        postmaster = self.postmaster()
        children = []
        for entry in os.listdir("/proc"):
            with contextlib.suppress(OSError, ValueError):
                with open(f"/proc/{int(entry)}/stat") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == postmaster:
                        children.append(int(entry))
        self.patroni.kill()
        for process in [postmaster, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.patroni.wait()

    def postmaster(self):
        with open(f"{self.folder}/data/postmaster.pid") as file:
            return int(file.readline())

    def connect(self, networks, up):
        """Plugs the node's cables in, or pulls them."""
        for network in networks:
            run(["ip", "link", "set", f"{network}{self.number}", "up" if up else "down"])

    def rest(self, path):
        """What Patroni answers, as status and document; None when it does not."""
        connection = http.client.HTTPConnection(self.address("cluster"), 8008, timeout=2)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (OSError, ValueError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def session(self, database="livechat", options=""):
        """A session of psql, from inside the node's folder: it needs no network."""
        return Psql(f"host={self.folder} user=postgres dbname={database}", options)


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        run(["ip", "link", "set", "lo", "up"])
        for network, prefix in NETWORKS.items():
            run(["ip", "link", "add", network, "type", "bridge"])
            run(["ip", "address", "add", f"{prefix}.{HERE}/24", "dev", network])
            run(["ip", "link", "set", network, "up"])
        os.mkdir(f"{folder}/etcd")
        run(["chown", "postgres", f"{folder}/etcd"])
        here = f"{NETWORKS['cluster']}.{HERE}"
        with open(f"{folder}/etcd.log", "ab") as log:
            self.etcd = subprocess.Popen(
                as_postgres(
                    ["etcd", "--name=e1", f"--data-dir={folder}/etcd/data"]
                    + [f"--{kind}-client-urls=http://{here}:2379" for kind in ("listen", "advertise")]
                    + ["--listen-peer-urls=http://127.0.0.1:2380"]
                    + ["--initial-advertise-peer-urls=http://127.0.0.1:2380"]
                    + ["--initial-cluster=e1=http://127.0.0.1:2380", "--unsafe-no-fsync"]
                ),
                stdout=log,
                stderr=log,
            )
        self.nodes = [Node(folder, number) for number in (1, 2, 3)]
        for node in self.nodes:
            node.configure()

    def start(self):
        self.nodes[0].start()
        wait_until(self.leader, 60, "the first node is the leader")
        for node in self.nodes[1:]:
            node.start()
        self.wait_until_whole()
        with self.leader().session("postgres") as session:
            session("CREATE DATABASE livechat ENCODING 'UTF8'")
        # libpq does not go on to the next host after one that does not know the database yet.
        for node in self.nodes:
            with node.session("postgres") as session:
                known = "SELECT count(*) FROM pg_database WHERE datname = 'livechat'"
                wait_until(lambda: session.value(known) == "1", 30, "all nodes have the database")

    def stop(self):
        for node in self.nodes:
            if node.patroni and node.patroni.poll() is None:
                node.patroni.terminate()
        for node in self.nodes:
            if node.patroni:
                end(node.patroni, kindly=True)
            end(node.machine)
        end(self.etcd, kindly=True)

    def leader(self, but=None):
        """The node that is the leader by Patroni's word, as far as it can be asked."""
        for node in self.nodes:
            if node is not but:
                answer = node.rest("/leader")
                if answer and answer[0] == 200:
                    return node
        return None

    def change(self, settings, but=None):
        """Changes Patroni's settings, by a node that knows them."""
        node = wait_until(lambda: self.leader(but), 30, "a leader that changes the settings")
        connection = http.client.HTTPConnection(node.address("cluster"), 8008, timeout=10)
        connection.request("PATCH", "/config", json.dumps(settings), {"Content-Type": "application/json"})
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            raise Failure(f"Patroni answers {status} to {settings}")

    def members(self, but=None):
        for node in self.nodes:
            answer = node.rest("/cluster") if node is not but else None
            if answer and answer[0] == 200:
                return answer[1]["members"]
        return []

    def is_whole(self, but=None):
        members = self.members(but)
        return (
            sorted(each.get("role") for each in members) == ["leader", "replica", "sync_standby"]
            and all(each.get("state") in ("running", "streaming") for each in members)
            and len({each.get("timeline") for each in members}) == 1
        )

    def wait_until_whole(self, but=None):
        """Waits until all three are there; `but` is not asked, since what it knows may be old."""
        try:
            wait_until(lambda: self.is_whole(but), 120, "a leader, a synchronous standby and a replica")
        except Failure as failure:
            raise Failure(f"{failure}, but {self.members(but)}") from failure

    def address(self, first=0):
        """The connection string that names all nodes, beginning with one of them."""
        nodes = self.nodes[first:] + self.nodes[:first]
        hosts = ",".join(f"{node.address('clients')}:5432" for node in nodes)
        return f"postgres://postgres@{hosts}/livechat?connect_timeout=2"
