#include "CFuzz.h"

// Weak, so that the program is linked without libFuzzer too, and its inputs can be tried in any build.
__attribute__((weak)) int LLVMFuzzerRunDriver(int *count, char ***arguments, cfuzz_target target);

int cfuzz_is_linked(void) { return LLVMFuzzerRunDriver != NULL; }

int cfuzz_run(int count, char **arguments, cfuzz_target target) {
    return LLVMFuzzerRunDriver(&count, &arguments, target);
}
