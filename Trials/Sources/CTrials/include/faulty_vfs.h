#ifndef CTRIALS_FAULTY_VFS_H
#define CTRIALS_FAULTY_VFS_H

/// What can go wrong, one kind at a time. The numbers index a table in the trials.
enum ctrials_fault {
    CTRIALS_NO_FAULT,
    /// A read fails.
    CTRIALS_READ,
    /// The system returns half of what was to be read.
    CTRIALS_READ_IN_PIECES,
    /// A write fails with nothing written.
    CTRIALS_WRITE,
    /// A write fails with half of it written.
    CTRIALS_WRITE_HALF,
    /// The system writes half of what was to be written.
    CTRIALS_WRITE_IN_PIECES,
    /// There is no space left: for a write, half of which is written, a longer or a new file, shared memory, or when
    /// the system writes at a sync what it had put off.
    CTRIALS_NO_SPACE,
    CTRIALS_SYNC,
    CTRIALS_TRUNCATE,
    CTRIALS_SIZE,
    CTRIALS_LOCK,
    CTRIALS_SHARED_MAP,
    CTRIALS_SHARED_LOCK,
    CTRIALS_OPEN,
    CTRIALS_ACCESS,
    CTRIALS_DELETE,
    /// SQLite gets no memory.
    CTRIALS_MEMORY,
};

/// Makes a file system that can fail, over SQLite's own for this system, the default of this process. A sync is not
/// passed on: it takes long and means nothing to a process that ends.
///
/// Returns 0, or SQLite's error.
int ctrials_install_faulty_vfs(void);

/// Has the `nth` call of a kind fail, counted from now, once or from then on.
void ctrials_arm(enum ctrials_fault fault, long nth, int lasts);

/// Lets everything succeed again. Returns how many calls have failed.
long ctrials_disarm(void);

/// How many calls there were of the kind that was armed last, since then.
long ctrials_calls(void);

/// What SQLite has allocated and not freed, in bytes.
long long ctrials_sqlite_memory(void);

/// When the power goes: at the `nth` write, or the `nth` sync, of whichever file.
struct ctrials_power_loss {
    int at_sync;
    long nth;
    /// Chooses what survives.
    unsigned long long seed;
    /// Says that a sync was done and does nothing.
    int drops_syncs;
};

/// Keeps what is written apart from what is synced, and ends the process at the chosen moment with the status
/// CTRIALS_POWER_LOST; the files are then what the seed lets survive. Only files in `folder` take part. It goes
/// before the first file is opened.
void ctrials_lose_power(const char *folder, struct ctrials_power_loss loss);

enum { CTRIALS_POWER_LOST = 86 };

#endif
