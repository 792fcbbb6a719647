#ifndef CTRIALS_FAULTY_MEMORY_H
#define CTRIALS_FAULTY_MEMORY_H

/// Has SQLite take its memory through CTRIALS_MEMORY, all of it: its small reserves for each connection are turned off.
/// It goes before any use of SQLite.
///
/// Returns 0, or SQLite's error.
int ctrials_install_faulty_memory(void);

#endif
