#ifndef CFUZZ_H
#define CFUZZ_H

#include <stddef.h>
#include <stdint.h>

/// Tries one input.
typedef int (*cfuzz_target)(const uint8_t *bytes, size_t count);

/// Whether this program was linked with libFuzzer.
int cfuzz_is_linked(void);

/// Hands the program over to libFuzzer (https://llvm.org/docs/LibFuzzer.html), which takes the options from the
/// program's arguments. Returns its exit status.
int cfuzz_run(int count, char **arguments, cfuzz_target target);

#endif
