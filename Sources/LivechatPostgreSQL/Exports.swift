// Every call speaks of the values of the engine, and loading a fixture throws its FixtureError.
@_exported public import LivechatFixture
@_exported public import LivechatJoin
