#ifndef CTRIALS_H
#define CTRIALS_H

// What the trials need of C: a faulty file system beneath SQLite, a faulty allocator, plain sockets.
#include "faulty_memory.h"
#include "faulty_vfs.h"
#include "full_disk.h"
#include "process.h"
#include "socket.h"
#include "sqlite_errors.h"

#endif
