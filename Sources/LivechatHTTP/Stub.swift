#if HTTP
import Hummingbird
#endif
