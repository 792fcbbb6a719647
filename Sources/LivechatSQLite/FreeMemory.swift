internal import CLivechatSQLite

/// Gives the system the memory that malloc keeps for later; does nothing where malloc is not glibc's.
package func giveMemoryBack() {
    #if canImport(Glibc)
    malloc_trim(0)
    #endif
}
