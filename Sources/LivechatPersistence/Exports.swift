// Loading a fixture throws its FixtureError, and every call speaks of the values of the engine.
@_exported public import LivechatFixture
@_exported public import LivechatJoin
