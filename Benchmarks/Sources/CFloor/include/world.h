// The generated data: a pure function of its size, so that every side holds the same and nobody keeps a table of it.
#ifndef WORLD_H
#define WORLD_H
#include <stdbool.h>
#include <stdint.h>

enum { world_id_bytes = 17, world_token_bytes = 43, world_departments = 100, world_agents_per_department = 20 };

// Users 10k are managers (they may enter every room), users 10k + 1 are nobody's agent, all others are agents.
// Rooms 10k + 9 are closed, 10k + 8 wait in a department's queue, 10k + 7 in the public one; the rest are served by
// their first member. Every room has two members, both agents.
typedef struct {
    int64_t users, rooms;
} world;

// What a client sends: text without an end mark.
typedef struct {
    char user[world_id_bytes], token[world_token_bytes], room[world_id_bytes];
} world_request;

// What requests are about; the comment names the answer that every one of them must get.
typedef enum {
    world_member,            // already a member
    world_wrong_token,       // not logged in
    world_no_permission,     // lacks view-l-room
    world_no_room,           // no such room
    world_closed,            // the room is closed
    world_no_access,         // an agent whom nothing connects with the room
    world_no_access_queued,  // an agent of another department than the queued room's
    world_queued,            // an agent of the queued room's department: admitted
    world_join,              // a manager who is not a member: joins
    world_no_parameter,      // a member who names no room: the id begins with a NUL
    world_rule,              // a member whom a rule of the embedder's own refuses
    world_scenarios
} world_scenario;

void world_user_id(int64_t user, char *id);
void world_room_id(int64_t room, char *id);
void world_department_id(int64_t department, char *id);
void world_token(int64_t user, char *token);

bool world_is_manager(int64_t user);
bool world_is_agent(int64_t user);
bool world_is_open(int64_t room);
// The user who serves the room, or -1.
int64_t world_server(world w, int64_t room);
// The department in whose queue the room is, -1 for the public queue, -2 for none.
int64_t world_queue(int64_t room);
int64_t world_room_member(world w, int64_t room, int which);
int64_t world_department_agent(world w, int64_t department, int which);

// Draws request number `index` of a scenario; the same index gives the same request everywhere.
void world_draw(world w, world_scenario scenario, uint64_t index, world_request *request);

#endif
