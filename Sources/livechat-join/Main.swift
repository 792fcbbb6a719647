#if CommandLine
import ArgumentParser
import NIOHTTP1
@main struct Main { static func main() {} }
#else
@main struct Main { static func main() {} }
#endif
