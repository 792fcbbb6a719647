#pragma once

/// Gives the system the memory that malloc keeps for later; does nothing where malloc is not glibc's.
void livechat_memory_give_back(void);
