"""Who may enter where in Trials/race, what takes it away and gives it back, and the judge."""

import bisect
import json

USERS = 12
ROOMS = 16

CHANGES = """
CREATE SCHEMA trial;
CREATE TABLE trial.change (fact text NOT NULL, holds boolean NOT NULL);
"""


def user(number):
    return f"u{number}"


def room(number):
    return f"r{number}"


def token(user_id):
    return f"of-{user_id}"


def is_served(number):
    return number % 4 == 3


def is_departments(number):
    return number % 4 == 1


def server_of(number):
    return user(number % USERS)


def fixture():
    rooms = []
    for number in range(ROOMS):
        each = {"id": room(number)}
        if is_served(number):
            each["servedBy"] = server_of(number)
        else:
            each["inquiry"] = {"status": "queued"} | ({"departmentId": "d"} if is_departments(number) else {})
        rooms.append(each)
    users = [
        {
            "id": user(number),
            "roles": ["agent", "plain"],
            "tokens": [{"token": token(user(number)), "kind": "personalAccess"}],
        }
        for number in range(USERS)
    ]
    return json.dumps(
        {
            "settings": {"previewRoom": True},
            # Nobody is restricted yet, but for those who get the role `guest`.
            "roles": [{"id": "agent"}, {"id": "plain"}, {"id": "guest", "restrictedTo": ["sing"]}],
            "permissions": [{"id": "view-l-room", "roles": ["agent"]}, {"id": "sing", "roles": []}],
            "users": users,
            "departments": [
                {"id": "d", "agents": [user(number) for number in range(USERS)]},
                {"id": "nobodys", "agents": []},
            ],
            "rooms": rooms,
        }
    )


def facts(user_id, room_id):
    """Everything that has to hold for a join."""
    number = int(room_id[1:])
    needed = ["grant", "plain", f"open {room_id}"]
    needed += [f"{what} {user_id}" for what in ("token", "expiry", "active", "role", "guest")]
    if is_served(number):
        return [*needed, f"served {room_id}"]
    needed += ["preview", f"status {room_id}", f"inquiry {room_id}", f"queue {room_id}"]
    if is_departments(number):
        needed += ["enabled", f"agent {user_id}"]
    return needed


def may_ever(user_id, room_id):
    number = int(room_id[1:])
    return not is_served(number) or server_of(number) == user_id


def changes(part, parts):
    """What one of several changers changes: the fact, what takes it away, and what gives it back."""

    def key(table, name):
        return f"(SELECT key FROM livechat_{table} WHERE id = '{name}')"

    found = []
    if part == 0:
        grant = f"VALUES ({key('permission', 'view-l-room')}, {key('role', 'agent')})"
        restriction = f"({key('role', 'plain')}, {key('permission', 'sing')})"
        found += [
            (
                "grant",
                f"DELETE FROM livechat_grant WHERE role = {key('role', 'agent')}",
                f"INSERT INTO livechat_grant (permission, role) {grant}",
            ),
            (
                "plain",
                f"INSERT INTO livechat_restriction (role, permission) VALUES {restriction}",
                f"DELETE FROM livechat_restriction WHERE (role, permission) = {restriction}",
            ),
            (
                "preview",
                "UPDATE livechat_setting SET preview_room = false",
                "UPDATE livechat_setting SET preview_room = true",
            ),
            (
                "enabled",
                "UPDATE livechat_department SET enabled = false WHERE id = 'd'",
                "UPDATE livechat_department SET enabled = true WHERE id = 'd'",
            ),
        ]
    for each in map(user, range(part, USERS, parts)):
        of = f'WHERE "user" = {key("user", each)}'
        row = f'INSERT INTO livechat_user_role ("user", role) VALUES ({key("user", each)}, {{}})'
        role = f"DELETE FROM livechat_user_role {of} AND role = {{}}"
        agent, guest = key("role", "agent"), key("role", "guest")
        digest = f"sha256('{token(each)}')"
        found += [
            (
                f"token {each}",
                f"DELETE FROM livechat_login_token {of}",
                'INSERT INTO livechat_login_token ("user", digest, created_at, personal_access) '
                f"VALUES ({key('user', each)}, {digest}, 0, true)",
            ),
            (
                f"expiry {each}",
                f"UPDATE livechat_login_token SET expires_at = 1 {of}",
                f"UPDATE livechat_login_token SET expires_at = NULL {of}",
            ),
            (
                f"active {each}",
                f"UPDATE livechat_user SET active = false WHERE id = '{each}'",
                f"UPDATE livechat_user SET active = true WHERE id = '{each}'",
            ),
            (f"role {each}", role.format(agent), row.format(agent)),
            (f"guest {each}", row.format(guest), role.format(guest)),
            (
                f"agent {each}",
                f"DELETE FROM livechat_department_agent {of}",
                'INSERT INTO livechat_department_agent (department, "user") '
                f"VALUES ({key('department', 'd')}, {key('user', each)})",
            ),
        ]
    for number in range(part, ROOMS, parts):
        each = room(number)
        of = f"WHERE room = {key('room', each)}"
        found.append(
            (
                f"open {each}",
                f"UPDATE livechat_room SET open = false WHERE id = '{each}'",
                f"UPDATE livechat_room SET open = true WHERE id = '{each}'",
            )
        )
        if is_served(number):
            found.append(
                (
                    f"served {each}",
                    f"UPDATE livechat_room SET served_by = NULL WHERE id = '{each}'",
                    f"UPDATE livechat_room SET served_by = {key('user', server_of(number))} WHERE id = '{each}'",
                )
            )
            continue
        queue = key("department", "d") if is_departments(number) else "NULL"
        found += [
            (
                f"status {each}",
                f"UPDATE livechat_inquiry SET status = 'taken' {of}",
                f"UPDATE livechat_inquiry SET status = 'queued' {of}",
            ),
            (
                f"inquiry {each}",
                f"DELETE FROM livechat_inquiry {of}",
                "INSERT INTO livechat_inquiry (room, status, department) "
                f"VALUES ({key('room', each)}, 'queued', {queue})",
            ),
            (
                f"queue {each}",
                f"UPDATE livechat_inquiry SET department = {key('department', 'nobodys')} {of}",
                f"UPDATE livechat_inquiry SET department = {queue} {of}",
            ),
        ]
    return found


MOMENT = "(extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint"


class Judge:
    """Compares the moments at which joins and changes were committed, by the database's own clock."""

    def __init__(self, session):
        # First the joins: whatever they could rely on is among the changes that are read after them.
        joins = session(
            f"""SELECT {MOMENT}, "user", room FROM livechat.livechat_event WHERE kind = 'joined'"""
        )
        self.moments = {}
        rows = session(f"SELECT {MOMENT} AS moment, fact, holds FROM trial.change ORDER BY 1")
        self.changes = len(rows)
        for moment, fact, holds in rows:
            moments, states = self.moments.setdefault(fact, ([], [True]))
            moments.append(int(moment))
            states.append(holds == "t")
        self.joins = len(joins)
        self.wrong = []
        for moment, user_id, room_id in joins:
            self.look(int(moment), user_id, room_id)

    def look(self, moment, user_id, room_id):
        if not may_ever(user_id, room_id):
            self.wrong.append((user_id, room_id, "never allowed", 0))
        for fact in facts(user_id, room_id):
            moments, states = self.moments.get(fact, ([], [True]))
            index = bisect.bisect_right(moments, moment)
            # Of two transactions of the same microsecond nobody knows which was first.
            if not states[index] and not (moments[index - 1] == moment and states[index - 1]):
                self.wrong.append((user_id, room_id, fact, moment - moments[index - 1]))
