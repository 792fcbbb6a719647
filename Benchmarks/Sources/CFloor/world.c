#include "world.h"

#include <string.h>

static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

static uint64_t hash(char kind, uint64_t a, uint64_t b) { return mix(mix(mix((uint64_t)kind) ^ a) ^ b); }

// Ids and tokens look like those of the servers that speak this contract: 17 and 43 characters of 55 and 64.
static void text(char kind, int64_t number, char *out, int length) {
    static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";
    uint64_t bits = 0;
    for (int i = 0; i < length; i++) {
        if (i % 10 == 0) bits = hash(kind, (uint64_t)number, (uint64_t)i);
        out[i] = letters[bits % 55];
        bits /= 55;
    }
}

void world_user_id(int64_t user, char *id) { text('u', user, id, world_id_bytes); }
void world_room_id(int64_t room, char *id) { text('r', room, id, world_id_bytes); }
void world_department_id(int64_t department, char *id) { text('d', department, id, world_id_bytes); }
void world_token(int64_t user, char *token) { text('t', user, token, world_token_bytes); }

bool world_is_manager(int64_t user) { return user % 10 == 0; }
bool world_is_agent(int64_t user) { return user % 10 > 1; }
bool world_is_open(int64_t room) { return room % 10 != 9; }

static int64_t agent(world w, uint64_t number) {
    uint64_t agents = (uint64_t)w.users / 10 * 8;
    number %= agents;
    return (int64_t)(number / 8 * 10 + 2 + number % 8);
}

static int64_t manager(world w, uint64_t number) { return (int64_t)(number % ((uint64_t)w.users / 10)) * 10; }

int64_t world_room_member(world w, int64_t room, int which) {
    // The second is never the first: it is a step of at most half the circle further.
    uint64_t first = hash('m', (uint64_t)room, 0) % ((uint64_t)w.users / 10 * 8);
    uint64_t step = 1 + hash('m', (uint64_t)room, 1) % ((uint64_t)w.users / 10 * 4);
    return agent(w, which == 0 ? first : first + step);
}

int64_t world_server(world w, int64_t room) { return room % 10 < 7 ? world_room_member(w, room, 0) : -1; }

int64_t world_queue(int64_t room) {
    switch (room % 10) {
    case 8: return (int64_t)(hash('q', (uint64_t)room, 0) % world_departments);
    case 7: return -1;
    default: return -2;
    }
}

int64_t world_department_agent(world w, int64_t department, int which) {
    // Neighbours, so that nobody is in a department twice.
    return agent(w, hash('a', (uint64_t)department, 0) + (uint64_t)which);
}

static bool is_member(world w, int64_t room, int64_t user) {
    return user == world_room_member(w, room, 0) || user == world_room_member(w, room, 1);
}

static bool is_in_department(world w, int64_t department, int64_t user) {
    for (int i = 0; i < world_agents_per_department; i++)
        if (user == world_department_agent(w, department, i)) return true;
    return false;
}

static int64_t room_ending(world w, uint64_t number, int digit) {
    return (int64_t)(number % ((uint64_t)w.rooms / 10)) * 10 + digit;
}

void world_draw(world w, world_scenario scenario, uint64_t index, world_request *request) {
    uint64_t draw = hash((char)('A' + scenario), index, 0), other = hash((char)('A' + scenario), index, 1);
    int64_t room = room_ending(w, draw, (int)((draw >> 40) % 9));
    int64_t user = -1;
    switch (scenario) {
    case world_closed: room = room_ending(w, draw, 9); break;
    case world_no_access: room = room_ending(w, draw, (int)((draw >> 40) % 7)); break;
    case world_no_access_queued:
    case world_queued: room = room_ending(w, draw, 8); break;
    default: break;
    }
    switch (scenario) {
    case world_no_permission: user = (int64_t)(other % ((uint64_t)w.users / 10)) * 10 + 1; break;
    case world_join: user = manager(w, other); break;
    case world_no_access:
    case world_no_access_queued:
        do {
            user = agent(w, other++);
        } while (is_member(w, room, user)
                 || (scenario == world_no_access_queued && is_in_department(w, world_queue(room), user)));
        break;
    case world_queued:
        do {
            user = world_department_agent(w, world_queue(room), (int)(other++ % world_agents_per_department));
        } while (is_member(w, room, user));
        break;
    default: user = world_room_member(w, room, (int)(other & 1)); break;
    }
    world_user_id(user, request->user);
    world_token(scenario == world_wrong_token ? -1 - user : user, request->token);
    world_room_id(scenario == world_no_room ? -1 - room : room, request->room);
    if (scenario == world_no_parameter) memset(request->room, 0, sizeof request->room);
}
