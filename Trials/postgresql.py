"""What the trials on PostgreSQL have in common: its programs, sessions of psql, and the servers that are tried."""

import contextlib
import glob
import os
import subprocess
import threading


class Failure(Exception):
    """The claim of a trial does not hold, or the trial could not be carried out."""


def bin_dir():
    """Where the programs of the newest PostgreSQL are that is installed."""
    found = glob.glob("/usr/lib/postgresql/*/bin")
    if not found:
        raise Failure("PostgreSQL is not installed: apt-get install postgresql")
    return max(found, key=lambda path: int(path.split("/")[4]))


def as_postgres(command):
    """The command as the user that PostgreSQL runs as, where this is root: it does not run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--no-new-privs", *command]


class Psql:
    """A session of psql: what one caller asks is one message, and so one transaction."""

    END = "-- the end of an answer --"

    def __init__(self, address, options=""):
        self.process = subprocess.Popen(
            ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t", address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PGOPTIONS": options, "PGCONNECT_TIMEOUT": "2"},
        )

    def __call__(self, *statements):
        """Runs statements in one transaction, and returns the rows as lists of text."""
        message = r"\; ".join(statements)
        try:
            self.process.stdin.write(f"{message};\n\\echo '{self.END}' :ERROR\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure(f"psql has ended: {error}") from error
        lines = []
        for line in self.process.stdout:
            line = line.rstrip("\n")
            if line.startswith(self.END):
                if line.endswith("true"):
                    raise Failure(f"{message[:200]}: {' '.join(lines)}")
                return [each.split("\t") for each in lines]
            lines.append(line)
        raise Failure(f"psql has ended: {' '.join(lines)}")

    def value(self, *statements):
        return self(*statements)[0][0]

    def close(self):
        end(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def end(process, kindly=False):
    """Ends a process of our own, and waits for it."""
    with contextlib.suppress(ProcessLookupError):
        if kindly:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()


class Server:
    """A `livechat-join serve` without limits on a free port."""

    def __init__(self, program, database, log):
        self.log = log
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                [program, "serve", "--port", "0", "--rate-limit", "0", "--login-limit", "0", "--database", database],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        line = self.process.stdout.readline()
        prefix = "listening on http://127.0.0.1:"
        if not line.startswith(prefix):
            end(self.process)
            raise Failure(f"the server does not start: {open(log, errors='replace').read()[-500:]}")
        self.port = int(line[len(prefix):])
        # Nobody has to wait for what it says after that.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        end(self.process, kindly=True)


def run(command, **options):
    """Runs a command to its end.

    Raises Failure with its own words where it fails.
    """
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)[:200]}: {(done.stderr or done.stdout)[-500:]}")
    return done.stdout


class Report:
    """What came of a trial: a line for each thing that was tried, and rows for Trials/report."""

    def __init__(self, trial):
        self.trial = trial
        self.failed = False

    def add(self, what, count, outcome, holds=True):
        self.failed = self.failed or not holds
        print(f"{'✓' if holds else '✗'} {self.trial}: {what}: {count:,}, {outcome}", flush=True)
        record = os.environ.get("LIVECHAT_JOIN_RECORD")
        if record and holds:
            with open(record, "a") as rows:
                rows.write(f"{self.trial}\t{what}\t{count}\t{outcome}\n")
