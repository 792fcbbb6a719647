import Testing

#if HTTP
import Hummingbird
import HummingbirdTesting
#endif
